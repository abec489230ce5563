"""Derives from the facts what should be there, and mends what is missing: a receiver's fault, an outage, a new rule.

Looks back a week: a receiver's fault is repaired within a minute, and an old complaint needs no new alert.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from success.enums import LIVE_ALERT, LIVE_RUN, AlertStatus, ExitReason, FactKind, FlowKind, VersionStatus
from success.flows.entry import begin
from success.models import Alert, AlertRule, Evidence, FlowVersion, Run
from success.receivers import key_of, record_cycle_one, record_damage
from success.services.alerts import locked, wake
from success.services.facts import retract_fact
from tickets.enums import DAMAGED, Author
from tickets.models import Message, Ticket, TicketTopic

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=7)
BATCH = 200


@dataclass
class Repairs:
    opened: int = 0
    retracted: int = 0
    begun: int = 0
    woken: int = 0
    failed: int = 0


def reconcile_alerts() -> Repairs:
    """Repair everything that can be; one fact that cannot stops no other and is logged."""
    repairs = Repairs()
    # The more urgent facts first, so that no flow begins only to be superseded.
    for topic in missing_damage():
        repairs.opened += _try(repairs, record_damage, topic)
    for ticket in missing_cycle_one():
        repairs.opened += _try(repairs, record_cycle_one, ticket)
    for topic in rejected_damage():
        repairs.retracted += _try(repairs, _retract, topic)
    for evidence in unanswered():
        repairs.begun += _try(repairs, _begin, evidence)
    for alert in Alert.objects.filter(status=AlertStatus.SNOOZED, snoozed_until__lte=timezone.now())[:BATCH]:
        repairs.woken += _try(repairs, _wake, alert)
    if repairs != Repairs():
        logger.info("Reconciled alerts: %s", repairs)
    return repairs


def _try(repairs: Repairs, repair: Any, row: Any) -> bool:
    try:
        with transaction.atomic():
            return bool(repair(row))
    except Exception:  # logged, counted, and tried again by the next sweep
        logger.exception("Could not reconcile %r", row)
        repairs.failed += 1
        return False


def _asking(kind: FactKind, store: str) -> Q:
    """Rows (by the name of their store's column) of stores whose rule asks for such facts: a store's own rule, on or
    off, stands before the shared one."""
    rules = AlertRule.objects.filter(kind=kind)
    own = rules.exclude(store=None)
    if rules.filter(store=None, is_active=True).exists():
        return ~Q(**{f"{store}__in": own.filter(is_active=False).values("store")})
    return Q(**{f"{store}__in": own.filter(is_active=True).values("store")})


def _evidence(kind: FactKind, ticket: str) -> Exists:
    """Whether a ticket (by the name of its id's column) stands as evidence of this kind."""
    key = Concat(Value("ticket:"), Cast(OuterRef(ticket), CharField()))
    return Exists(Evidence.objects.filter(kind=kind, source_key=key, retracted_at=None))


def _damage_topics(*, rejected: bool) -> QuerySet[TicketTopic]:
    return (
        TicketTopic.objects.filter(
            reason__key=DAMAGED,
            rejected_at__isnull=not rejected,
            created_at__gte=timezone.now() - LOOK_BACK,
            ticket__deleted_at=None,
        )
        .select_related("ticket__subscriber", "ticket__box", "reason")
        .order_by("created_at", "pk")
    )


def missing_damage() -> Iterator[TicketTopic]:
    asking = _asking(FactKind.DAMAGED_BOX, "ticket__store")
    topics = _damage_topics(rejected=False).filter(asking).exclude(_evidence(FactKind.DAMAGED_BOX, "ticket_id"))
    yield from topics[:BATCH]


def rejected_damage() -> Iterator[TicketTopic]:
    yield from _damage_topics(rejected=True).filter(_evidence(FactKind.DAMAGED_BOX, "ticket_id"))[:BATCH]


def missing_cycle_one() -> Iterator[Ticket]:
    # As the signal: a ticket that only a machine wrote is no call for help.
    by_person = Message.objects.filter(ticket=OuterRef("pk"), automatic="").exclude(author_kind=Author.SYSTEM)
    tickets = (
        Ticket.objects.filter(
            Exists(by_person),
            _asking(FactKind.CYCLE_ONE_TICKET, "store"),
            cycle_index=1,
            opened_at__gte=timezone.now() - LOOK_BACK,
            deleted_at=None,
        )
        .exclude(_evidence(FactKind.CYCLE_ONE_TICKET, "pk"))
        .select_related("subscriber")
        .order_by("opened_at", "pk")
    )
    yield from tickets[:BATCH]


def unanswered() -> Iterator[Evidence]:
    """Standing reasons of live alerts whose flow never began, though there is one and nothing else runs."""
    published = FlowVersion.objects.filter(
        status=VersionStatus.PUBLISHED,
        flow__is_active=True,
        flow__kind=FlowKind.RECOVERY,
        flow__store=OuterRef("alert__store"),
        flow__trigger=OuterRef("kind"),
    )
    runs = Run.objects.filter(is_recovery=True)
    running = runs.filter(subscriber=OuterRef("alert__subscriber"), status__in=LIVE_RUN)
    # What `begin` would refuse: the fact (its box, their first cycle) has had its run.
    begun = (
        runs.filter(subscriber=OuterRef("alert__subscriber"), trigger_kind=OuterRef("kind"))
        .exclude(exit_reason__in=(ExitReason.RETRACTED, ExitReason.SUPERSEDED))
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
        .select_related("alert", "ticket", "box")
        .order_by("-weight", "pk")[:BATCH]
    )


def _retract(topic: TicketTopic) -> bool:
    retract_fact(kind=FactKind.DAMAGED_BOX, source_key=key_of(topic.ticket), actor=None)
    return True


def _begin(evidence: Evidence) -> bool:
    evidence.alert = locked(evidence.alert_id)
    return evidence.alert.is_live and begin(evidence) is not None


def _wake(alert: Alert) -> bool:
    alert = locked(alert)
    if alert.status != AlertStatus.SNOOZED:
        return False
    wake(alert, why="Its time came")
    return True
