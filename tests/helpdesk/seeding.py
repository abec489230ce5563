"""A small demo store, seeded at a fixed time: a Wednesday morning in New York."""

from datetime import UTC, datetime

from helpdesk.demo.seed import Seeded, no_progress, seed

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


def seeded(subscribers: int = 200, tickets: int = 150, number: int = 1, *, replace: bool = False) -> Seeded:
    return seed(subscribers=subscribers, tickets=tickets, seed=number, now=NOW, replace=replace, progress=no_progress)
