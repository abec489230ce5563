"""Brings open clocks to what their policies promise now, where somebody asked for it after an edit.

What a clock has used up stays; from now on it counts by the version that matches its ticket now. `affected` says
beforehand how many due times would change, by the same judgement.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.later import soon
from subscribers.models import Store
from tickets.enums import OPEN_CLOCK, ClockState, Metric, RecalculationState
from tickets.models import Clock, Recalculation, SlaPolicy, SlaPolicyVersion, Ticket
from tickets.sla import rules
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.conditions import Facts, Known
from tickets.sla.policies import Policies, Version, counting_under, policies_of
from tickets.sla.rules import Counting

logger = logging.getLogger(__name__)

LOOKED_AT = 500  # tickets a query, to count
BATCH = 50  # tickets a transaction: an agent who wants one of them waits no longer than for so many
TURN = timedelta(seconds=60)  # then the worker takes other work in between
MOST_ERROR = 2000


@dataclass(frozen=True)
class Judgement:
    """The open clocks of one ticket: how many, how many to look after, and how many due times change."""

    looked_at: int
    concerned: int
    changed: int


def affected(of: Store | Collection[SlaPolicy], at: datetime | None = None) -> int:
    """How many open clocks of a store, or of policies of one store, would be due at another time.

    Exact, by looking at every ticket with an open clock: three queries for each 500, and one for each kind of fact
    that its policies ask for.
    """
    at = at or timezone.now()
    store_id, chosen = _scope(of)
    if store_id is None:
        return 0
    policies, changed, cursor = policies_of(store_id), 0, 0
    while batch := list(_tickets(store_id, cursor)[:LOOKED_AT]):
        changed += sum(judgement.changed for judgement in _judge(batch, policies, chosen, at).values())
        cursor = batch[-1].pk
    return changed


@transaction.atomic
def start(of: Store | Collection[SlaPolicy], *, requested_by: AbstractBaseUser | None, reason: str) -> Recalculation:
    """Writes the recalculation of a store's, or of policies', open clocks; the worker does it.

    Raises `Refused` where there is nothing to recalculate, or the policies are of several stores.
    """
    store_id, _ = _scope(of)
    if store_id is None:
        raise Refused(gettext("No policy was chosen."), "policies")
    row = Recalculation.objects.create(
        store_id=store_id,
        requested_by_id=requested_by.pk if requested_by else None,
        reason=" ".join(reason.split())[:200] or "Recalculated",
        total=Clock.objects.filter(ticket__store_id=store_id, state__in=OPEN_CLOCK).count(),
    )
    if not isinstance(of, Store):
        row.policies.set(of)
    soon("tickets.tasks.recalculate_clocks", row.pk)
    return row


def sweep(now: datetime | None = None) -> int:
    """Takes up what is queued, or what a dead worker left; how many."""
    rows = Recalculation.objects.filter(state__in=(RecalculationState.QUEUED, RecalculationState.RUNNING))
    left = list(rows.order_by("pk").values_list("pk", flat=True))
    for pk in left:
        work(pk, now)
    return len(left)


def work(recalculation_id: int, now: datetime | None = None) -> None:
    """Works on a recalculation for a turn, batch by batch, each with its progress in one transaction.

    Killed in between, whoever comes next goes on behind the last batch that was finished. Nothing where another
    worker is at it, or it is over.
    """
    until = timezone.now() + TURN
    while timezone.now() < until:
        try:
            if not _batch(recalculation_id, now or timezone.now()):
                return
        except Exception as error:
            logger.exception("recalculation %s", recalculation_id)
            _fail(recalculation_id, f"{type(error).__name__}: {error}")
            return


@transaction.atomic
def _batch(recalculation_id: int, now: datetime) -> bool:
    """Does one batch; whether there is more to do here."""
    rows = Recalculation.objects.filter(finished_at=None).select_for_update(skip_locked=True, of=("self",))
    row = rows.filter(pk=recalculation_id).first()
    if row is None:
        return False
    row.started_at = row.started_at or now
    row.state = RecalculationState.RUNNING
    chosen = frozenset(row.policies.values_list("pk", flat=True)) or None
    # In the order of their keys, and waited for: none is left out because somebody is at work on it.
    batch = list(_tickets(row.store_id, row.cursor).select_for_update(of=("self",), no_key=True)[:BATCH])
    judged = _judge(batch, policies_of(row.store_id), chosen, now)
    for ticket in batch:
        judgement = judged[ticket.pk]
        row.done += judgement.looked_at
        if judgement.concerned and _recalculate(row, ticket, now):
            row.changed += judgement.changed
    if batch:
        row.cursor = batch[-1].pk
    else:
        row.state, row.finished_at = RecalculationState.DONE, now
    row.save(update_fields=["state", "done", "changed", "cursor", "error", "started_at", "finished_at"])
    return bool(batch)


def _recalculate(row: Recalculation, ticket: Ticket, now: datetime) -> bool:
    """One ticket's clocks; a fault is noted, and stops no other ticket."""
    try:
        with transaction.atomic():
            apply(ticket, TicketChange.RETARGETED, at=now, cause=row.reason)
    except Exception as error:
        logger.exception("recalculation %s, %s", row.pk, ticket.number)
        row.error = f"{row.error}{ticket.number}: {type(error).__name__}: {error}\n".replace("\x00", "")[:MOST_ERROR]
        return False
    return True


def _fail(recalculation_id: int, error: str) -> None:
    """What stops the whole: kept on the row; who wants it again asks again."""
    Recalculation.objects.filter(pk=recalculation_id, finished_at=None).update(
        state=RecalculationState.FAILED, finished_at=timezone.now(), error=error.replace("\x00", "")[:MOST_ERROR]
    )


def _scope(of: Store | Collection[SlaPolicy]) -> tuple[int | None, frozenset[int] | None]:
    """The store, and the policies that it is limited to."""
    if isinstance(of, Store):
        return of.pk, None
    stores = {policy.store_id for policy in of}
    if len(stores) > 1:
        raise Refused(gettext("These policies are of several stores."), "policies")
    return next(iter(stores), None), frozenset(policy.pk for policy in of)


def _tickets(store_id: int, after: int) -> QuerySet[Ticket]:
    """Tickets with open clocks, in the order of their keys."""
    has_open_clocks = Exists(Clock.objects.filter(ticket=OuterRef("pk"), state__in=OPEN_CLOCK))
    return Ticket.objects.filter(has_open_clocks, store_id=store_id, pk__gt=after).order_by("pk")


def _judge(
    tickets: Sequence[Ticket], policies: Policies, chosen: frozenset[int] | None, at: datetime
) -> dict[int, Judgement]:
    """What a recalculation would do to the open clocks of each ticket."""
    clocks: dict[int, list[Clock]] = {ticket.pk: [] for ticket in tickets}
    for clock in Clock.objects.filter(ticket__in=clocks, state__in=OPEN_CLOCK):
        clocks[clock.ticket_id].append(clock)
    ids = {clock.version_id for each in clocks.values() for clock in each}
    runs_under = {version.pk: RunsUnder(version) for version in SlaPolicyVersion.objects.filter(pk__in=ids)}
    known = Known(tickets, at)
    return {
        ticket.pk: _judge_one(Facts(ticket, at, known), clocks[ticket.pk], runs_under, policies, chosen)
        for ticket in tickets
    }


class RunsUnder:
    """A version that clocks run under, and how they count, read once for all of them."""

    def __init__(self, version: SlaPolicyVersion) -> None:
        self.policy_id = version.policy_id
        self.counting = {business: counting_under(version, in_business_time=business) for business in (True, False)}


def _judge_one(
    facts: Facts,
    clocks: Collection[Clock],
    runs_under: Mapping[int, RunsUnder],
    policies: Policies,
    chosen: frozenset[int] | None,
) -> Judgement:
    version = policies.match_facts(facts)
    concerned = {runs_under[clock.version_id].policy_id for clock in clocks} | (
        {version.policy_id} if version else set()
    )
    if chosen is not None and chosen.isdisjoint(concerned):
        return Judgement(len(clocks), 0, 0)
    changed = 0
    for clock in clocks:
        old = runs_under[clock.version_id].counting[clock.in_business_time]
        changed += _changes(clock, old, version, facts.ticket.priority, facts.at)
    return Judgement(len(clocks), len(clocks), changed)


def _changes(clock: Clock, old: Counting, version: Version | None, priority: int, at: datetime) -> bool:
    """Whether the clock, which is ours to try it on, is due at another time by the version; a paused one, when it is
    resumed now."""
    target = version.target_for(Metric(clock.metric), priority) if version else None
    if version is None or target is None:
        return True
    promise = (version.id, target.seconds, target.in_business_time)
    if promise == (clock.version_id, clock.target_seconds, clock.in_business_time):
        return False
    new, before = version.counting(target), clock
    if clock.state == ClockState.PAUSED:
        before = copy(clock)
        rules.resume(before, at, old, None)
    was_due = before.due_at
    rules.retarget(
        clock,
        at,
        version_id=version.id,
        seconds=target.seconds,
        in_business_time=target.in_business_time,
        old=old,
        new=new,
    )
    rules.resume(clock, at, new, None)
    return was_due != clock.due_at
