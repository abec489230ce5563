"""Changes alerts: assigned, started, snoozed, closed. `success.services.facts` opens them."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.enums import Actor
from subscribers.errors import Refused
from subscribers.live import announce
from subscribers.models import Membership
from success.enums import AlertEventKind, AlertOutcome, AlertPriority, AlertStatus, ExitReason
from success.flows.runs import exit_runs
from success.models import Alert, AlertEvent

# From which score on an alert has a priority: the score is the sum of its reasons' weights.
PRIORITIES = ((60, AlertPriority.URGENT), (40, AlertPriority.HIGH), (20, AlertPriority.NORMAL))


def priority_of(score: int) -> AlertPriority:
    return next((priority for least, priority in PRIORITIES if score >= least), AlertPriority.LOW)


def locked(alert: Alert | int) -> Alert:
    pk = alert if isinstance(alert, int) else alert.pk
    return Alert.objects.select_for_update(of=("self",), no_key=True).select_related("subscriber", "store").get(pk=pk)


def log(
    alert: Alert,
    kind: AlertEventKind,
    *,
    actor: AbstractBaseUser | None = None,
    from_value: object = "",
    to_value: object = "",
    **data: object,
) -> None:
    log_all([event(alert, kind, actor=actor, from_value=from_value, to_value=to_value, **data)])


def event(
    alert: Alert,
    kind: AlertEventKind,
    *,
    actor: AbstractBaseUser | None = None,
    from_value: object = "",
    to_value: object = "",
    **data: object,
) -> AlertEvent:
    """An event that `log_all` will append."""
    return AlertEvent(
        alert=alert,
        kind=kind,
        actor_id=actor.pk if actor else None,
        actor_kind=Actor.AGENT if actor else Actor.SYSTEM,
        from_value=str(from_value)[:200],
        to_value=str(to_value)[:200],
        data=data,
    )


def log_all(events: Sequence[AlertEvent]) -> None:
    """Append events in their order, and tell of their alerts; two statements."""
    AlertEvent.objects.bulk_create(events)
    announce("alert", *dict.fromkeys(event.alert_id for event in events))


def _live(alert: Alert) -> Alert:
    alert = locked(alert)
    if not alert.is_live:
        raise Refused(gettext("This alert is closed."))
    return alert


@transaction.atomic
def assign_alert(alert: Alert, *, actor: AbstractBaseUser | None, owner: AbstractBaseUser | None) -> Alert:
    alert = _live(alert)
    if owner and not Membership.objects.filter(store=alert.store_id, user_id=owner.pk).exists():
        raise Refused(gettext("This person does not work for the alert's store."), "owner")
    if alert.owner_id == (owner.pk if owner else None):
        return alert
    before = alert.owner
    alert.owner_id, alert.updated_at = owner.pk if owner else None, timezone.now()
    alert.to_assign = False
    alert.save(update_fields=["owner", "to_assign", "updated_at"])
    log(alert, AlertEventKind.ASSIGNED, actor=actor, from_value=before or "", to_value=owner or "")
    return alert


@transaction.atomic
def start_alert(alert: Alert, *, actor: AbstractBaseUser) -> Alert:
    """Somebody works on it: it is theirs unless it has an owner."""
    alert = _live(alert)
    if alert.owner_id is None:
        alert.owner_id, alert.to_assign = actor.pk, False
        log(alert, AlertEventKind.ASSIGNED, actor=actor, to_value=actor)
    if alert.status != AlertStatus.IN_PROGRESS:
        log(alert, AlertEventKind.STARTED, actor=actor, from_value=alert.status, to_value=AlertStatus.IN_PROGRESS)
    alert.status, alert.snoozed_until, alert.snooze_reason = AlertStatus.IN_PROGRESS, None, ""
    alert.wakes_when = ""
    alert.updated_at = timezone.now()
    alert.save(
        update_fields=["owner", "to_assign", "status", "snoozed_until", "snooze_reason", "wakes_when", "updated_at"]
    )
    return alert


@transaction.atomic
def snooze_alert(alert: Alert, *, actor: AbstractBaseUser, until: datetime, reason: str) -> Alert:
    alert = _live(alert)
    if until <= timezone.now():
        raise Refused(gettext("Snooze it until a time that is still to come."), "until")
    if not reason.strip():
        raise Refused(gettext("Say why it can wait."), "reason")
    before = alert.status
    alert.status, alert.snoozed_until = AlertStatus.SNOOZED, until
    alert.snooze_reason, alert.updated_at = reason.strip()[:200], timezone.now()
    alert.save(update_fields=["status", "snoozed_until", "snooze_reason", "updated_at"])
    log(
        alert,
        AlertEventKind.SNOOZED,
        actor=actor,
        from_value=before,
        to_value=until.isoformat(),
        reason=alert.snooze_reason,
    )
    return alert


def wake(alert: Alert, *, why: str) -> None:
    """Bring a locked, snoozed alert back into the queue."""
    alert.status, alert.snoozed_until, alert.snooze_reason, alert.wakes_when = AlertStatus.OPEN, None, "", ""
    alert.save(update_fields=["status", "snoozed_until", "snooze_reason", "wakes_when"])
    log(alert, AlertEventKind.WOKEN, from_value=AlertStatus.SNOOZED, to_value=AlertStatus.OPEN, why=why)


@transaction.atomic
def note_alert(alert: Alert, *, actor: AbstractBaseUser, text: str) -> None:
    if not text.strip():
        raise Refused(gettext("A note needs some text."), "text")
    log(locked(alert), AlertEventKind.NOTED, actor=actor, text=text.strip())


@transaction.atomic
def close_alert(alert: Alert, *, actor: AbstractBaseUser | None, outcome: AlertOutcome, note: str = "") -> Alert:
    """Close it with what came of it; what its flows had still planned is not done any more."""
    alert = _live(alert)
    before, now = alert.status, timezone.now()
    alert.status, alert.outcome = AlertStatus.CLOSED, outcome
    alert.closed_at = alert.updated_at = now
    alert.snoozed_until, alert.snooze_reason, alert.wakes_when = None, "", ""
    alert.save(
        update_fields=["status", "outcome", "closed_at", "updated_at", "snoozed_until", "snooze_reason", "wakes_when"]
    )
    log(alert, AlertEventKind.CLOSED, actor=actor, from_value=before, to_value=outcome, note=note.strip())
    why = f"The alert was closed: {AlertOutcome(outcome).label.lower()}"
    exit_runs(alert.runs.all(), exit_reason_of(outcome, actor), actor=actor, why=why)
    return alert


def exit_reason_of(outcome: AlertOutcome, actor: AbstractBaseUser | None) -> ExitReason:
    """How the runs of an alert end that is closed: what nobody stopped by hand ended by what happened."""
    if outcome in (AlertOutcome.SAVED, AlertOutcome.AUTO_RESOLVED):
        return ExitReason.GOAL
    return ExitReason.LEFT if outcome == AlertOutcome.LOST and actor is None else ExitReason.CANCELLED
