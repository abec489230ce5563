"""Turns facts into alerts and recovery runs. Safe to call again with the same fact, from receivers and sweeps alike.

The key is the source fact, not "there is no open alert": a fact told twice adds nothing, also after its alert was
closed.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from subscribers.models import Box, Subscriber
from subscribers.selectors import value_at_risk
from success.enums import LIVE_ALERT, AlertEventKind, AlertOutcome, AlertStatus, ExitReason, FactKind
from success.flows.entry import begin
from success.flows.runs import exit_runs
from success.models import Alert, AlertRule, Evidence
from success.services.alerts import close_alert, event, locked, log, log_all, priority_of, wake
from tickets.models import Ticket


@transaction.atomic
def record_fact(
    *,
    subscriber: Subscriber,
    kind: FactKind,
    source_key: str,
    observed_at: datetime,
    ticket: Ticket | None = None,
    box: Box | None = None,
    data: dict[str, Any] | None = None,
) -> Alert | None:
    """Put a fact on the subscriber's open alert (a new one where there is none) and begin what answers it.

    None where no rule asks for such facts. `source_key` names the fact, such as `ticket:1042`.
    """
    if known := Evidence.objects.filter(kind=kind, source_key=source_key, retracted_at=None).first():
        return known.alert
    rule = rule_for(subscriber.store_id, kind)
    if rule is None:
        return None
    alert, is_new = _open_alert(subscriber, observed_at, rule)
    try:
        with transaction.atomic():
            evidence = Evidence.objects.create(
                alert=alert,
                kind=kind,
                source_key=source_key,
                weight=rule.weight,
                ticket=ticket,
                box=box,
                data=data or {},
                observed_at=observed_at,
            )
    except IntegrityError:  # the receiver and the sweep met: the other one has it
        return Evidence.objects.get(kind=kind, source_key=source_key, retracted_at=None).alert
    label = evidence.get_kind_display()
    events = [event(alert, AlertEventKind.OPENED, to_value=label)] if is_new else []
    events.append(event(alert, AlertEventKind.EVIDENCE_ADDED, to_value=label, source=source_key))
    if not is_new:
        if alert.status == AlertStatus.SNOOZED:
            wake(alert, why=label)
        alert.due_at = min(alert.due_at, observed_at + rule.due_within)
        _weigh(alert)
    log_all(events)
    begin(evidence)
    return alert


def rule_for(store_id: int, kind: FactKind) -> AlertRule | None:
    """The store's own rule for such facts, else the shared one; None where it is switched off."""
    rules = AlertRule.objects.filter(Q(store=store_id) | Q(store=None), kind=kind).order_by("store_id")
    rule = rules.first()  # PostgreSQL sorts NULL, the shared rule, last
    return rule if rule and rule.is_active else None


def _open_alert(subscriber: Subscriber, observed_at: datetime, rule: AlertRule) -> tuple[Alert, bool]:
    """The subscriber's open alert, locked, and whether it is made for this fact: then it weighs that much already."""
    live = Alert.objects.select_for_update(no_key=True).filter(subscriber=subscriber, status__in=LIVE_ALERT)
    alert = live.first()
    if alert is not None:
        return alert, False
    try:
        # A savepoint: of two facts at once, the second meets the unique constraint and joins the first one's alert.
        with transaction.atomic():
            alert = Alert.objects.create(
                store_id=subscriber.store_id,
                subscriber=subscriber,
                value_at_risk=value_at_risk(subscriber),
                due_at=observed_at + rule.due_within,
                score=rule.weight,
                priority=priority_of(rule.weight),
            )
    except IntegrityError:
        return live.get(), False
    return alert, True


def _weigh(alert: Alert) -> None:
    """Score and priority from the reasons that stand."""
    standing = alert.evidence.filter(retracted_at=None)
    alert.score = standing.aggregate(score=Sum("weight"))["score"] or 0
    alert.priority = priority_of(alert.score)
    alert.updated_at = timezone.now()
    alert.save(update_fields=["score", "priority", "due_at", "updated_at"])


@transaction.atomic
def retract_fact(*, kind: FactKind, source_key: str, actor: AbstractBaseUser | None) -> None:
    """A fact was none: what rested on it alone closes, what rests on others goes on with them."""
    found = Evidence.objects.filter(kind=kind, source_key=source_key, retracted_at=None).first()
    if found is None:
        return
    alert = locked(found.alert_id)
    if not Evidence.objects.filter(pk=found.pk, retracted_at=None).update(retracted_at=timezone.now()):
        return
    log(alert, AlertEventKind.EVIDENCE_RETRACTED, actor=actor, from_value=found.get_kind_display(), source=source_key)
    exit_runs(
        alert.runs.filter(trigger_kind=kind, ticket=found.ticket_id),
        ExitReason.RETRACTED,
        actor=actor,
        why=f"{found.get_kind_display()} was taken back",
    )
    if not alert.is_live:
        return
    _weigh(alert)
    standing = list(alert.evidence.filter(retracted_at=None))
    if not standing:
        close_alert(alert, actor=actor, outcome=AlertOutcome.AUTO_RESOLVED, note="Its only reason was taken back")
        return
    for evidence in sorted(
        standing, key=lambda one: -one.weight
    ):  # a less urgent flow that had only been noted may begin now
        begin(evidence)
