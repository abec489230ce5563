"""Configuration of customer success: which facts open alerts, and the flows that answer them."""

from success.admin import alerts, flows, health, histories

__all__ = ["alerts", "flows", "health", "histories"]
