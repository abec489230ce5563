"""Configuration of customer service, and its mail and histories to look at."""

from tickets.admin import (
    answers,
    calendars,
    histories,
    learned_topics,
    macros,
    mail,
    mailboxes,
    promises,
    queues,
    recalculations,
    rules,
    satisfaction,
    saved_views,
    tags,
    ticket_fields,
    ticket_rules,
)

__all__ = [
    "answers",
    "calendars",
    "histories",
    "learned_topics",
    "macros",
    "mail",
    "mailboxes",
    "promises",
    "queues",
    "recalculations",
    "rules",
    "satisfaction",
    "saved_views",
    "tags",
    "ticket_fields",
    "ticket_rules",
]
