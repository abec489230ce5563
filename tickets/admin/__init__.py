"""Configuration of customer service, and its mail and histories to look at."""

from tickets.admin import calendars, histories, mail, promises, queues, recalculations, rules

__all__ = ["calendars", "histories", "mail", "promises", "queues", "recalculations", "rules"]
