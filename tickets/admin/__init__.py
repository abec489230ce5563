"""Configuration of customer service, and its mail and histories to look at."""

from tickets.admin import histories, mail, promises, queues, rules

__all__ = ["histories", "mail", "promises", "queues", "rules"]
