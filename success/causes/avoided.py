"""What a fix saved: complaints avoided, from the rates before and after it. Arithmetic, without a database."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from success.causes.detection import tail

# Fewer expected complaints since the fix cannot tell a fix from luck.
LEAST_EXPECTED = 5.0
INF = float("inf")
HALF = 0.025  # of the error of a 95 % interval, on each side


@dataclass(frozen=True)
class Avoided:
    """Complaints and boxes of both sides. `number` avoided, with a 95 % interval; rates are per 100 boxes."""

    before: int
    boxes_before: float
    after: int
    boxes_after: float

    @property
    def rate_before(self) -> float:
        return 100 * self.before / self.boxes_before if self.boxes_before else 0.0

    @property
    def rate_after(self) -> float:
        return 100 * self.after / self.boxes_after if self.boxes_after else 0.0

    @property
    def expected(self) -> float:
        """Complaints since the fix, had the rate stayed."""
        return self.rate_before * self.boxes_after / 100

    @property
    def is_too_early(self) -> bool:
        return self.expected < LEAST_EXPECTED

    @property
    def number(self) -> float:
        return self.expected - self.after

    @property
    def interval(self) -> tuple[float, float]:
        """At 95 %: the difference of two Poisson rates by Zou and Donner, from the exact interval of each."""
        if not self.boxes_before or not self.boxes_after:
            return -INF, INF
        scale = self.boxes_after / self.boxes_before
        low, high = (scale * bound for bound in poisson_interval(self.before))
        least, most = poisson_interval(self.after)
        return (
            self.number - sqrt((self.expected - low) ** 2 + (most - self.after) ** 2),
            self.number + sqrt((high - self.expected) ** 2 + (self.after - least) ** 2),
        )

    @property
    def is_shown(self) -> bool:
        """Whether it is more than luck."""
        return not self.is_too_early and self.interval[0] > 0


def poisson_interval(count: int) -> tuple[float, float]:
    """Garwood's exact 95 % interval of the mean behind a count."""
    low = 0.0 if count == 0 else _mean_where(lambda mean: tail(count, mean, INF) < HALF, count)
    return low, _mean_where(lambda mean: 1 - tail(count + 1, mean, INF) > HALF, count)


def _mean_where(holds: Callable[[float], bool], count: int) -> float:
    """The mean up to which a test that holds for small means holds, by halving."""
    low, high = 0.0, count + 10 * sqrt(count + 1) + 10
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
