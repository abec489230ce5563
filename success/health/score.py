"""Turns signals into a number and a word. Pure; docs/decisions/0019 says why it is so.

Each side, from 0 to 100: success begins at the scale's base, gains by what is good and loses by what is not; service
begins at 100 and only loses. The lower side is the number, so that poor service can be made up for by nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from success.health.enums import GOOD, OF_SERVICE, HealthWord, SignalKind
from success.health.signals import Signal

GROWS_FOR = 5  # days until an open complaint says all that it says
LEAST = 0.5  # points; what says less is not counted, nor shown


class Weight(NamedTuple):
    points: int
    half_life: int | None
    most: int


class Scale(NamedTuple):
    base: int
    healthy_from: int
    risk_until: int
    critical_until: int
    fall_points: int
    fall_days: int


class Score(NamedTuple):
    number: int
    word: HealthWord
    success: int
    service: int


Weights = Mapping[str, Weight]
Counted = tuple[Signal, float]


def strength(signal: Signal, weight: Weight, on: date) -> float:
    """How many points a signal is worth on a day, before its sign. Whole days: it changes at midnight, UTC."""
    age = max(0, (on - signal.at.date()).days)
    if signal.kind == SignalKind.COMPLAINT_OPEN:
        return weight.points * min(1.0, (age + 1) / GROWS_FOR)
    return weight.points if weight.half_life is None else weight.points * 0.5 ** (age / weight.half_life)


def counted(signals: Iterable[Signal], weights: Weights, on: date) -> list[Counted]:
    """The signals that count, with their points: of each kind the strongest, as many as count at most."""
    found: dict[str, list[Counted]] = {}
    for signal in signals:
        weight = weights.get(signal.kind)
        if weight is not None:
            worth = strength(signal, weight, on)
            if worth >= LEAST:
                found.setdefault(signal.kind, []).append((signal, worth))
    kept: list[Counted] = []
    for kind, ones in found.items():
        if len(ones) > weights[kind].most:
            ones = sorted(ones, key=lambda one: -one[1])[: weights[kind].most]
        sign = 1 if kind in GOOD else -1
        kept += [(signal, sign * worth) for signal, worth in ones]
    return kept


def score(ones: Iterable[Counted], scale: Scale) -> Score:
    success, service = float(scale.base), 100.0
    for signal, points in ones:
        if signal.kind in OF_SERVICE:
            service += points
        else:
            success += points
    sides = _side(success), _side(service)
    number = min(sides)
    return Score(number, word_of(number, scale), *sides)


def _side(points: float) -> int:
    return int(min(100.0, max(0.0, points)) + 0.5)


def word_of(number: int, scale: Scale) -> HealthWord:
    if number <= scale.critical_until:
        return HealthWord.CRITICAL
    if number <= scale.risk_until:
        return HealthWord.AT_RISK
    return HealthWord.WATCH if number < scale.healthy_from else HealthWord.HEALTHY


LOOK_AHEAD = 7  # days; whoever changes later is looked at again then


def next_change(signals: list[Signal], weights: Weights, scale: Scale, now: datetime) -> datetime:
    """When the same signals first make another number, at most a week ahead."""
    today = now.astimezone(UTC).date()
    moving: list[Signal] = []
    still: list[Signal] = []
    for signal in signals:
        weight = weights.get(signal.kind)
        if weight is not None:
            moves = signal.kind == SignalKind.COMPLAINT_OPEN or weight.half_life is not None
            (moving if moves else still).append(signal)
    if moving:
        # Of a kind all move or none does, so that what counts of the rest stays the same.
        fixed = counted(still, weights, today)
        before = score([*fixed, *counted(moving, weights, today)], scale)
        for days in range(1, LOOK_AHEAD):
            day = today + timedelta(days=days)
            if score([*fixed, *counted(moving, weights, day)], scale) != before:
                return datetime.combine(day, time(), UTC)
    return datetime.combine(today + timedelta(days=LOOK_AHEAD), time(), UTC)
