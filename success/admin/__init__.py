"""Configuration of customer success: which facts open alerts, and the flows that answer them."""

from success.admin import alerts, causes, contact, flows, health, histories

__all__ = ["alerts", "causes", "contact", "flows", "health", "histories"]
