"""A cause's rate as server-made SVG: complaints per 100 boxes over the last seven days, by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import number_format

from success.causes.measuring import Figures
from success.models import Cause

WIDTH, HEIGHT = 720.0, 160.0
SMALL_WIDTH, SMALL_HEIGHT = 120.0, 28.0
ROLLING = 7
LEAST_BOXES = 1.0  # of so few a rate says nothing


@dataclass(frozen=True)
class Chart:
    """`path` is broken where there were no boxes. Ticks are (y, words); months (x, day); None where it is not shown."""

    path: str
    ticks: Sequence[tuple[float, str]]
    baseline_y: float
    begins_x: float | None
    fixed_x: float | None
    dates: Sequence[tuple[float, date]]
    table: Sequence[tuple[date, int, float, float | None]]


def rates(figures: Figures) -> list[float | None]:
    """Per 100 boxes, of the seven days that end on each day."""
    found: list[float | None] = []
    for number in range(len(figures.days)):
        some = figures.days[max(0, number + 1 - ROLLING) : number + 1]
        boxes = sum(day[2] for day in some)
        found.append(100 * sum(day[1] for day in some) / boxes if boxes >= LEAST_BOXES else None)
    return found


def chart_of(cause: Cause, figures: Figures) -> Chart | None:
    """None where fewer than two days have a rate."""
    amounts = rates(figures)
    if sum(amount is not None for amount in amounts) < 2:
        return None
    top = _round_up(max([cause.baseline_rate * 1.2, *(amount for amount in amounts if amount is not None)]))
    days = [day for day, _, _ in figures.days]
    step = WIDTH / max(1, len(days) - 1)

    def x_of(day: date | None) -> float | None:
        return None if day is None or day < days[0] or day > days[-1] else round((day - days[0]).days * step, 1)

    every = max(1, len(days) // 5)
    return Chart(
        path=path_of(amounts, WIDTH, HEIGHT, top),
        ticks=[(round(HEIGHT * (1 - part), 1), number_format(top * part, 1)) for part in (1.0, 0.5, 0.0)],
        baseline_y=round(HEIGHT * (1 - cause.baseline_rate / top), 1),
        begins_x=x_of(cause.begins_on),
        fixed_x=x_of(cause.fixed_on),
        dates=[(round(number * step, 1), days[number]) for number in range(0, len(days), every)],
        table=[(*day, rate) for day, rate in zip(reversed(figures.days), reversed(amounts), strict=True)],
    )


def spark_of(figures: Figures) -> str:
    """The path of the small chart in a list; empty where there is too little."""
    amounts = rates(figures)
    known = [amount for amount in amounts if amount is not None]
    if len(known) < 2 or not max(known):
        return ""
    return path_of(amounts, SMALL_WIDTH, SMALL_HEIGHT, max(known))


def path_of(amounts: Sequence[float | None], width: float, height: float, top: float) -> str:
    step, path, is_new = width / max(1, len(amounts) - 1), [], True
    for number, amount in enumerate(amounts):
        if amount is None:
            is_new = True
            continue
        path.append(f"{'M' if is_new else 'L'}{number * step:.1f} {height * (1 - amount / top):.1f}")
        is_new = False
    return " ".join(path)


def _round_up(amount: float) -> float:
    size = 1.0
    while size < amount:
        for part in (1, 2, 5, 10):
            if size * part >= amount:
                return size * part
        size *= 10
    return size
