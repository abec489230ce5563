"""Reads what the explanation of a promise needs: its ledger, and what the versions named in it counted by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tickets.models import Clock, ClockEvent, SlaPolicyVersion
from tickets.sla.calendars import frozen_calendar
from tickets.sla.drawing import Drawing, draw
from tickets.sla.explain import Explanation, explain
from tickets.sla.segments import Basis
from tickets.sla.told_times import Teller


@dataclass(frozen=True)
class Told:
    """An explanation with its drawing."""

    explanation: Explanation
    drawing: Drawing


def explanation_of(clock: Clock, *, now: datetime, zone: ZoneInfo) -> Told:
    """Why this clock is due when it is due, in the times of `zone`. Two queries."""
    lines = list(ClockEvent.objects.filter(clock=clock).order_by("id"))
    named = {clock.version_id, *(line.data["version"] for line in lines if "version" in line.data)}
    told = explain(clock, lines, _bases(named), now=now, zone=zone)
    tell = Teller.of(zone, now, *_ends(told))
    return Told(told, draw(told, tell))


def _bases(ids: Iterable[int]) -> dict[int, Basis]:
    versions = SlaPolicyVersion.objects.filter(pk__in=ids).select_related("policy", "calendar")
    return {
        version.pk: Basis(
            policy=version.policy.name,
            number=version.number,
            calendar_name=version.calendar.name,
            calendar=frozen_calendar(version.calendar_form),
        )
        for version in versions
    }


def _ends(told: Explanation) -> tuple[datetime, datetime]:
    moments = [told.now, *(line.at for line in told.lines)]
    return min(moments), max(moments)
