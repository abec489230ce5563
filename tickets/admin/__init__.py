"""Configuration of customer service, and its mail and histories to look at."""

from tickets.admin import (
    answers,
    calendars,
    histories,
    mail,
    mailboxes,
    promises,
    queues,
    recalculations,
    rules,
    satisfaction,
)

__all__ = [
    "answers",
    "calendars",
    "histories",
    "mail",
    "mailboxes",
    "promises",
    "queues",
    "recalculations",
    "rules",
    "satisfaction",
]
