"""Configuration of customer success: which facts open alerts, and the flows that answer them."""

from success.admin import alerts, contact, flows, health, histories

__all__ = ["alerts", "contact", "flows", "health", "histories"]
