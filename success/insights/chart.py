"""A figure's days as a server-made line: marks on `currentColor`, so that both modes suit it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from success.insights.selectors import Figure
from success.insights.wording import amount_words

WIDTH, HEIGHT = 720.0, 160.0


@dataclass(frozen=True)
class Line:
    """`path` is broken where nothing was measured; `dots` are days without neighbours; `ticks` are (y, words)."""

    path: str
    dots: Sequence[tuple[float, float]]
    ticks: Sequence[tuple[float, str]]


def line_of(days: Sequence[tuple[date, Figure]]) -> Line | None:
    """None where fewer than two days have anything to show."""
    amounts = [figure.amount for _, figure in days]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < 2 or not max(known):
        return None
    definition = days[0][1].definition
    top = 1.0 if definition.unit.value == "share" else max(known)
    step = WIDTH / max(1, len(days) - 1)
    points = [
        None if amount is None else (round(number * step, 1), round(HEIGHT - amount / top * HEIGHT, 1))
        for number, amount in enumerate(amounts)
    ]
    path, dots = [], []
    for number, point in enumerate(points):
        if point is None:
            continue
        before = points[number - 1] if number else None
        after = points[number + 1] if number + 1 < len(points) else None
        path.append(f"{'L' if before else 'M'}{point[0]} {point[1]}")
        if before is None and after is None:
            dots.append(point)
    ticks = [(round(HEIGHT - part * HEIGHT, 1), amount_words(definition, part * top)) for part in (1.0, 0.5, 0.0)]
    return Line(" ".join(path), dots, ticks)
