"""Chance that can be repeated: the same seed and noun give the same draws."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

Item = TypeVar("Item")

# Of 100 mails, how many are written in each hour of the writer's day.
WRITING_HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 6, 8, 8, 7, 6, 6, 6, 6, 6, 6, 6, 6, 6, 5, 2, 1)


class Chance(Random):
    def __init__(self, seed: int, noun: str) -> None:
        super().__init__(f"{seed}:{noun}")

    def happens(self, share: float) -> bool:
        return self.random() < share

    def weighed(self, weights: Mapping[Item, float]) -> Item:
        """One of the keys, by its weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def one(self, items: Sequence[Item]) -> Item:
        return items[int(self.random() * len(items))]

    def about(self, median: float, spread: float = 0.6) -> float:
        """A positive number around the median, with a long tail upwards."""
        return self.lognormvariate(0, spread) * median

    def moment_of_day(self, day: datetime, zone: ZoneInfo) -> datetime:
        """A time of this day at which a person in the zone writes."""
        hour = self.choices(range(24), WRITING_HOURS)[0]
        local = day.astimezone(zone).replace(
            hour=hour, minute=self.randrange(60), second=self.randrange(60), microsecond=0
        )
        return local.astimezone(UTC)


def add_months(at: datetime, months: int) -> datetime:
    """The same day so many months later, or the last one of a shorter month."""
    month = at.month - 1 + months
    year, month = at.year + month // 12, month % 12 + 1
    for day in range(at.day, 27, -1):
        try:
            return at.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return at.replace(year=year, month=month, day=min(at.day, 27))


def at_hour(day: datetime, hour: float, zone: ZoneInfo) -> datetime:
    """That hour of the day in the zone, in UTC."""
    local = day.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return (local + timedelta(hours=hour)).astimezone(UTC)
