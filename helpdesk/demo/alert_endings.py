"""Alerts about cancellations, as they ended: for sessions in which nothing else was asked of success."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from helpdesk.demo.world import Setting
from subscribers.cancellation.enums import SessionState
from subscribers.enums import Actor
from subscribers.lazy import in_english
from subscribers.models import CancellationSession
from success.enums import AlertEventKind, AlertOutcome, AlertStatus, FactKind
from success.models import Alert, AlertEvent, AlertRule, Evidence
from success.rules.people import people_of
from success.services.alerts import priority_of
from success.sources import leaving

TOLD = timedelta(days=60)
ENDS = {
    SessionState.CANCELLED: (AlertOutcome.LOST, "They cancelled"),
    SessionState.ACCEPTED: (AlertOutcome.SAVED, "They took an offer"),
}


def write_endings(setting: Setting) -> int:
    """A closed alert for each cancellation of the last weeks, or offer that was taken; how many."""
    rule = AlertRule.objects.filter(store=None, kind=FactKind.CANCELLATION_STARTED, is_active=True).first()
    if rule is None:
        return 0
    alerts = Alert.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=OuterRef("started_at")),
        subscriber=OuterRef("subscriber"),
        opened_at__lte=OuterRef("ended_at"),
    )
    sessions = CancellationSession.objects.filter(
        ~Exists(alerts),
        store=setting.store,
        state__in=ENDS,
        subscriber__isnull=False,
        started_at__gte=setting.now - TOLD,
        ended_at__lte=setting.now,
    )
    rows = list(sessions.select_related("reason").order_by("started_at", "pk"))
    people = people_of(session.subscriber_id for session in rows if session.subscriber_id is not None)
    made, evidence, events = [], [], []
    for session in rows:
        outcome, settled = ENDS[SessionState(session.state)]
        at: datetime = session.ended_at or setting.now
        value = people[session.subscriber_id].value if session.subscriber_id in people else 0
        alert = Alert(
            store=setting.store,
            subscriber_id=session.subscriber_id,
            rule=rule,
            status=AlertStatus.CLOSED,
            outcome=outcome,
            score=0,
            priority=priority_of(0),
            value_at_risk=value,
            opened_at=session.started_at,
            updated_at=at,
            due_at=session.started_at + rule.due_within,
            closed_at=at,
        )
        made.append(alert)
        fact = leaving(session)
        evidence.append(
            Evidence(
                alert=alert,
                subscriber_id=session.subscriber_id,
                kind=fact.kind,
                source_key=fact.source_key,
                weight=rule.weight,
                data=dict(fact.data),
                observed_at=session.started_at,
                created_at=session.started_at,
                retracted_at=at,
                settled=settled,
            )
        )
        label = in_english(FactKind.CANCELLATION_STARTED.label)
        events += [
            _event(alert, AlertEventKind.OPENED, session.started_at, after=label),
            _event(alert, AlertEventKind.EVIDENCE_ADDED, session.started_at, after=label, source=fact.source_key),
            _event(alert, AlertEventKind.EVIDENCE_SETTLED, at, label, settled, source=fact.source_key),
            _event(alert, AlertEventKind.CLOSED, at, AlertStatus.OPEN, outcome, note=settled),
        ]
    Alert.objects.bulk_create(made, batch_size=2000)
    Evidence.objects.bulk_create(evidence, batch_size=2000)
    AlertEvent.objects.bulk_create(events, batch_size=2000)
    return len(made)


def _event(
    alert: Alert, kind: AlertEventKind, at: datetime, before: str = "", after: str = "", **data: Any
) -> AlertEvent:
    return AlertEvent(
        alert=alert,
        kind=kind,
        actor_kind=Actor.SYSTEM,
        from_value=before,
        to_value=after,
        data=data,
        occurred_at=at,
    )
