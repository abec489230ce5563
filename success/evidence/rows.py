"""Rows of the tables on a flow's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from success.evidence.chart import Bar, bars
from success.evidence.results import Arms, Estimate, FlowEffect, from_json
from success.evidence.wording import headline, percent, points
from success.models import Study


@dataclass(frozen=True)
class ArmsRow:
    """A horizon in words; a dash where too few are known."""

    days: int
    treated: str
    held: str
    difference: str
    always: str
    once: str
    tone: str
    bar: Bar | None


@dataclass(frozen=True)
class EarlierRow:
    at: datetime
    days: int | None
    always: str
    bar: Bar | None


def triple(estimate: Estimate | None) -> tuple[float, float, float] | None:
    return None if estimate is None else (estimate.value, estimate.low, estimate.high)


def arms_rows(effect: FlowEffect) -> list[ArmsRow]:
    drawn = bars(triple(one.always) for one in effect.arms)
    return [_arms_row(one, bar) for one, bar in zip(effect.arms, drawn, strict=True)]


def _arms_row(arms: Arms, bar: Bar | None) -> ArmsRow:
    gap = arms.always
    tone = "plain" if gap is None else "bad" if gap.high < 0 else "good" if gap.low > 0 else "plain"
    return ArmsRow(
        arms.days,
        _share(arms.kept, arms.number),
        _share(arms.kept_held, arms.number_held),
        points(gap.value) if gap else "–",
        _range(gap),
        _range(arms.one_look),
        tone,
        bar,
    )


def _share(kept: int, number: int) -> str:
    return f"{percent(kept / number, 1)} ({kept}/{number})" if number else "–"


def _range(gap: Estimate | None) -> str:
    return f"{points(gap.low)} … {points(gap.high)}" if gap else "–"


def earlier_rows(studies: Sequence[Study]) -> list[EarlierRow]:
    """How the estimate became surer, the latest first."""
    shown = [headline(from_json(FlowEffect, one.found)) for one in studies]
    drawn = bars(triple(one.always) if one else None for one in shown)
    return [
        EarlierRow(study.data_until, one.days if one else None, _range(one.always if one else None), bar)
        for study, one, bar in zip(studies, shown, drawn, strict=True)
    ]
