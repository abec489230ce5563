"""Finds clocks that are due, records it and tells of it.

It decides nothing: views compare due times themselves, and a change of the ticket that comes first records the breach
just the same. Any number of sweeps may run at once. A clock whose ticket is being changed is left to that change, or
to the next sweep.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from tickets.enums import ClockState
from tickets.models import Clock
from tickets.sla import ledger
from tickets.sla.escalation import escalate
from tickets.sla.notices import tell_breaches, tell_warnings
from tickets.sla.rules import breach_line, warn_line

BATCH = 200  # a transaction: tickets are held no longer than receivers need for so many


@dataclass(frozen=True)
class SweepResult:
    """How many clocks this sweep found overdue, how many it warned of, and how many escalations it looked after."""

    breached: int = 0
    warned: int = 0
    escalated: int = 0


def sweep_clocks(limit: int = 10_000, now: datetime | None = None) -> SweepResult:
    """Records breaches, then warnings, then escalates, at most `limit` of each, the longest due first.

    A batch is one transaction: its clocks, their ledgers, the tickets' events and the facts told are all there or all
    not, so a sweep that dies is made good by the next.
    """
    now = now or timezone.now()
    breached = warned = 0
    while breached < limit and (done := _breach(now, min(BATCH, limit - breached))):
        breached += done
    while warned < limit and (done := _warn(now, min(BATCH, limit - warned))):
        warned += done
    return SweepResult(breached, warned, escalate(max(now, timezone.now()), limit))


@transaction.atomic
def _breach(now: datetime, size: int) -> int:
    # Both conditions are those of the partial index clock_to_breach, which is read in order and only so far.
    clocks = _claim(Q(due_at__lt=now), "due_at", size)
    for clock in clocks:
        clock.breached_at = clock.due_at
    _marked(clocks).update(breached_at=F("due_at"))
    ledger.write([breach_line(clock) for clock in clocks], change="sweep", cause="Due time passed")
    tell_breaches(clocks)
    return len(clocks)


@transaction.atomic
def _warn(now: datetime, size: int) -> int:
    # The partial index clock_to_warn. What is overdue by now needs no warning.
    clocks = _claim(Q(warned_at=None, warn_at__lt=now, due_at__gte=now), "warn_at", size)
    for clock in clocks:
        clock.warned_at = clock.warn_at
    _marked(clocks).update(warned_at=F("warn_at"))
    ledger.write([warn_line(clock) for clock in clocks], change="sweep", cause="Due soon")
    tell_warnings(clocks)
    return len(clocks)


def _claim(due: Q, order: str, size: int) -> list[Clock]:
    """Locks clocks with their tickets, past what others hold.

    Services lock the ticket and then write its clocks; a sweep that held a clock and waited for its ticket (which the
    ticket's event refers to) would be a deadlock. Skipping both never waits.
    """
    running = Clock.objects.filter(due, state=ClockState.RUNNING, breached_at=None).select_related("ticket")
    locked = running.select_for_update(skip_locked=True, of=("self", "ticket"), no_key=True)
    return list(locked.order_by(order)[:size])


def _marked(clocks: list[Clock]) -> QuerySet[Clock]:
    return Clock.objects.filter(pk__in=[clock.pk for clock in clocks])
