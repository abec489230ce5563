"""The small line of a number's history, as server-made SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from success.health.selectors import Past

WIDTH, HEIGHT = 240.0, 44.0


@dataclass(frozen=True)
class Line:
    """`path`: steps, for a number stays until the next. `risk_y`: below it is at risk. `end_y`: where it stands now."""

    path: str
    risk_y: float
    end_y: float
    words: str


def line_of(past: Sequence[Past], risk_until: int) -> Line | None:
    """None where there is nothing to compare with yet."""
    if len(past) < 2:
        return None
    start, end = past[0].at, past[-1].at
    span = max(1.0, (end - start).total_seconds())
    commands = []
    for number, one in enumerate(past):
        x = round((one.at - start).total_seconds() / span * WIDTH, 1)
        commands.append(f"M0 {_y(one.number)}" if number == 0 else f"H{x} V{_y(one.number)}")
    lowest, highest = min(one.number for one in past), max(one.number for one in past)
    words = gettext("From %(number)s to %(number2)s in %(days)s days; between %(lowest)s and %(highest)s.") % {
        "number": past[0].number,
        "number2": past[-1].number,
        "days": (end - start).days,
        "lowest": lowest,
        "highest": highest,
    }
    return Line(" ".join(commands), _y(risk_until), _y(past[-1].number), words)


def _y(number: int) -> float:
    return round(2 + (100 - number) / 100 * (HEIGHT - 4), 1)
