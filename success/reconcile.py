"""Derives from the facts what should be there, and mends what is missing: a receiver's fault, an outage, a new rule.

Looks back a week: a receiver's fault is repaired within a minute, and an old complaint needs no new alert. Of what
only time makes a fact (a late box) it is the one that finds out.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from subscribers.cancellation.enums import OPEN_SESSION, SessionState
from subscribers.enums import BoxStatus, CycleStatus
from subscribers.models import Box, CancellationSession, CardExpiry, Cycle, Subscription
from success.enums import LIVE_ALERT, LIVE_RUN, TAKEN_BACK, AlertStatus, FactKind, FlowKind, VersionStatus
from success.flows.entry import begin
from success.models import Alert, EntryRefusal, Evidence, FlowVersion, HeldFact, Run
from success.receivers import (
    LIVE_SUBSCRIPTION,
    lose,
    settle_box,
    settle_cancellation,
    settle_card,
    settle_payment,
    settle_rating,
    settle_skips,
)
from success.services.alerts import locked, wake
from success.services.assignment import assign_waiting, release_left
from success.services.crowds import weigh_crowds
from success.services.facts import NewFact, record, record_facts, retract_fact
from success.sources import SOURCES, STALE_BOX, Source, over
from tickets.enums import DAMAGED, GOOD_SCORES
from tickets.models import SatisfactionRequest, Ticket, TicketTopic

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=7)
HELD_KEPT = timedelta(days=90)
BATCH = 500


@dataclass
class Repairs:
    opened: int = 0
    retracted: int = 0
    closed: int = 0
    begun: int = 0
    woken: int = 0
    failed: int = 0


def reconcile_alerts() -> Repairs:
    """Repair everything that can be; one fact that cannot stops no other and is logged."""
    repairs = Repairs()
    for source in SOURCES:
        _record(repairs, source)
    for topic in rejected_damage():
        repairs.retracted += _try(repairs, _retract, topic)
    for kind, rows, settle in settled():
        for row in _ended(kind, rows):
            repairs.retracted += _try(repairs, settle, row)
    for subscription in gone():
        repairs.closed += _try(repairs, _lose, subscription)
    for evidence in unanswered():
        repairs.begun += _try(repairs, _begin, evidence)
    for alert in Alert.objects.filter(status=AlertStatus.SNOOZED, snoozed_until__lte=timezone.now())[:BATCH]:
        repairs.woken += _try(repairs, _wake, alert)
    weigh_crowds()
    release_left()
    assign_waiting()
    HeldFact.objects.filter(held_at__lt=timezone.now() - HELD_KEPT).delete()
    if repairs != Repairs():
        logger.info("Reconciled alerts: %s", repairs)
    return repairs


def _record(repairs: Repairs, source: Source) -> None:
    """Record what is missing, together; where that fails, each alone."""
    look_back = STALE_BOX if source.kind == FactKind.BOX_LATE else LOOK_BACK
    facts = [source.fact(row) for row in source.missing(look_back, BATCH)]
    try:
        repairs.opened += record_facts(facts)
    except Exception:  # logged, and each tried alone, which counts those that fail
        logger.exception("Could not record %s facts of kind %s together", len(facts), source.kind)
        for fact in facts:
            repairs.opened += _try(repairs, _record_one, fact)


def _record_one(fact: NewFact) -> bool:
    return record(fact) is not None


def _try(repairs: Repairs, repair: Callable[[Any], Any], row: Any) -> bool:
    try:
        with transaction.atomic():
            return bool(repair(row))
    except Exception:  # logged, counted, and tried again by the next sweep
        logger.exception("Could not reconcile %r", row)
        repairs.failed += 1
        return False


def rejected_damage() -> Iterator[Evidence]:
    """Damage that somebody said was none, and that no other topic of its ticket tells of."""
    topics = TicketTopic.objects.filter(ticket=OuterRef("ticket"), reason__key=DAMAGED)
    yield from Evidence.objects.filter(
        Exists(topics.filter(rejected_at__isnull=False)),
        ~Exists(topics.filter(rejected_at=None)),
        kind=FactKind.DAMAGED_BOX,
        retracted_at=None,
        alert__status__in=LIVE_ALERT,
    )[:BATCH]


def settled() -> Sequence[tuple[FactKind, QuerySet[Any], Callable[[Any], Any]]]:
    """Kinds of facts that come right, the rows of which they still hold, and what is done for one that no longer is."""
    good = SatisfactionRequest.objects.filter(ticket=OuterRef("pk"), score__in=GOOD_SCORES)
    return (
        (
            FactKind.PAYMENT_FAILED,
            Cycle.objects.filter(status__in=(CycleStatus.FAILED, CycleStatus.LOST)),
            settle_payment,
        ),
        (FactKind.BOX_LATE, Box.objects.filter(delivered_at=None).exclude(status=BoxStatus.CANCELLED), settle_box),
        (FactKind.LOW_SATISFACTION, Ticket.objects.filter(~Exists(good)), settle_rating),
        (FactKind.CARD_EXPIRING, CardExpiry.objects.filter(settled_at=None), settle_card),
        (
            FactKind.SKIPPED_TWICE,
            Cycle.objects.filter(status=CycleStatus.SKIPPED),
            lambda cycle: settle_skips(cycle.subscription),
        ),
        (
            FactKind.CANCELLATION_STARTED,
            CancellationSession.objects.filter(state__in=(*OPEN_SESSION, SessionState.ABANDONED)),
            settle_cancellation,
        ),
    )


def gone() -> Iterator[Subscription]:
    """Last subscriptions that ended, of people whose alert was opened before and is open still."""
    alerts = Alert.objects.live().filter(subscriber=OuterRef("subscriber"), opened_at__lte=OuterRef("ended_at"))
    live = Subscription.objects.filter(subscriber=OuterRef("subscriber"), status__in=LIVE_SUBSCRIPTION)
    rows = Subscription.objects.filter(ended_at__gte=timezone.now() - LOOK_BACK)
    yield from rows.filter(Exists(alerts), ~Exists(live)).order_by("pk")[:BATCH]


def _lose(subscription: Subscription) -> bool:
    return lose(subscription, subscription.get_status_display())


def _ended(kind: FactKind, holding: QuerySet[Any]) -> list[Any]:
    """The rows behind evidence that no longer holds."""
    numbers = [evidence.number for evidence in over(kind, holding)[:BATCH]]
    return list(holding.model._default_manager.filter(pk__in=numbers)) if numbers else []


def unanswered() -> Iterator[Evidence]:
    """Standing reasons of live alerts whose flow never began, though there is one and nothing else runs."""
    of_box = Concat(Value("box:"), Cast(OuterRef(OuterRef("box")), CharField()))
    of_person = Concat(Value("subscriber:"), Cast(OuterRef(OuterRef("subscriber")), CharField()))
    refused = EntryRefusal.objects.filter(
        Q(trigger_key=OuterRef(OuterRef("source_key"))) | Q(trigger_key=of_box) | Q(trigger_key=of_person),
        flow=OuterRef("flow"),
        subscriber=OuterRef(OuterRef("subscriber")),
        trigger_kind=OuterRef(OuterRef("kind")),
    )
    published = FlowVersion.objects.filter(
        ~Exists(refused),
        status=VersionStatus.PUBLISHED,
        flow__is_active=True,
        flow__kind=FlowKind.RECOVERY,
        flow__store=OuterRef("alert__store"),
        flow__trigger=OuterRef("kind"),
    )
    runs = Run.objects.filter(is_recovery=True)
    running = runs.filter(subscriber=OuterRef("subscriber"), status__in=LIVE_RUN)
    # What `begin` would refuse: the fact (its box, their first cycle) has had its run.
    begun = (
        runs.filter(subscriber=OuterRef("subscriber"), trigger_kind=OuterRef("kind"))
        .exclude(exit_reason__in=TAKEN_BACK)
        .filter(
            Q(trigger_key=OuterRef("source_key"))
            | Q(box__isnull=False, box=OuterRef("box"))
            | Q(trigger_kind=FactKind.CYCLE_ONE_TICKET)
        )
    )
    yield from (
        Evidence.objects.filter(
            Exists(published),
            ~Exists(running),
            ~Exists(begun),
            Q(alert__status__in=LIVE_ALERT),
            retracted_at=None,
            created_at__gte=timezone.now() - LOOK_BACK,
        )
        .select_related("alert", "subscriber", "ticket", "box")
        .order_by("-weight", "pk")[:BATCH]
    )


def _retract(evidence: Evidence) -> bool:
    return retract_fact(kind=FactKind.DAMAGED_BOX, source_key=evidence.source_key, actor=None)


def _begin(evidence: Evidence) -> bool:
    evidence.alert = locked(evidence.alert_id)
    return evidence.alert.is_live and begin(evidence) is not None


def _wake(alert: Alert) -> bool:
    alert = locked(alert)
    if alert.status != AlertStatus.SNOOZED:
        return False
    wake(alert, why="Its time came")
    return True
