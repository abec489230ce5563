"""Pictures made here: intervals on a common scale, and curves. Drawn in `currentColor`: both modes suit them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log

from success.evidence.results import Curve, Landmark
from success.evidence.wording import percent

WIDTH, HEIGHT = 600.0, 200.0


@dataclass(frozen=True)
class Bar:
    """An interval in percent of the width: from `low` to `high`, the estimate at `value`, no effect at `zero`.

    `ends`: whether an end lies beyond the scale.
    """

    value: float
    low: float
    high: float
    zero: float
    beyond_low: bool = False
    beyond_high: bool = False


def bars(
    rows: Iterable[tuple[float, float, float] | None], *, zero: float = 0.0, is_ratio: bool = False
) -> list[Bar | None]:
    """(value, low, high) of each on one scale, symmetric around `zero`; ratios by their logarithm, to 1/8 and 8."""
    known = list(rows)

    def placed(number: float) -> float:
        return log(max(number, 1e-9) / zero) if is_ratio else number - zero

    ends = [abs(placed(number)) for row in known if row for number in row[1:]]
    most = max(0.01, min(max(ends, default=1.0), log(8) if is_ratio else 1e9)) * 1.05
    made: list[Bar | None] = []
    for row in known:
        if row is None:
            made.append(None)
            continue
        value, low, high = (50 + 50 * max(-1.0, min(1.0, placed(number) / most)) for number in row)
        made.append(Bar(value, low, high, 50.0, placed(row[1]) < -most, placed(row[2]) > most))
    return made


@dataclass(frozen=True)
class Drawn:
    """A curve: its steps, the band of its interval, and what it says at the end."""

    path: str
    band: str
    end: str


@dataclass(frozen=True)
class Curves:
    with_ticket: Drawn
    without: Drawn
    ticks: Sequence[tuple[float, str]]  # y, words


def curves_of(found: Landmark) -> Curves | None:
    """None where a group is too small for a curve."""
    both = (found.with_ticket, found.without)
    if found.difference is None or not all(one.days for one in both):
        return None
    least = floor(10 * min(min(one.low) for one in both)) / 10
    least = min(0.9, max(0.0, least))
    steps = ceil(round((1 - least) * 10)) or 1
    every = 1 if steps <= 5 else 2
    shares = [1 - 0.1 * step for step in range(0, steps + 1, every)]
    drawn = [_drawn(one, least) for one in both]
    return Curves(drawn[0], drawn[1], [(_y(share, least), percent(share)) for share in shares])


def _y(share: float, least: float) -> float:
    return round(HEIGHT * (1 - (share - least) / (1 - least)), 1)


def _drawn(curve: Curve, least: float) -> Drawn:
    step = WIDTH / max(1, len(curve.days) - 1)

    def staircase(values: Sequence[float]) -> list[str]:
        points = []
        for place, value in enumerate(values):
            if place:
                points.append(f"{place * step:.1f} {_y(values[place - 1], least)}")
            points.append(f"{place * step:.1f} {_y(value, least)}")
        return points

    band = [*staircase(curve.high), *reversed(staircase(curve.low))]
    return Drawn("M" + " L".join(staircase(curve.share)), "M" + " L".join(band) + "Z", percent(curve.share[-1], 1))
