"""Acts on alerts of the queue, one or many at once, all or none of them, and each as a deed that can be taken back.

Set by set, so that a thousand take few statements. Lock order: alerts by number, then their runs.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.lazy import grouped
from subscribers.models import Membership
from success.enums import (
    LIVE_ALERT,
    LIVE_RUN,
    OPEN_STEP,
    AlertEventKind,
    AlertOutcome,
    AlertStatus,
    DeedKind,
    RunStatus,
    WakeWhen,
)
from success.flows.runs import exit_runs, log_run
from success.models import Alert, AlertEvent, Deed, DeedItem, Run, RunStep, Task
from success.services.alerts import event, exit_reason_of, log_all

MOST = 5000  # at once
UNDO_WITHIN = timedelta(hours=1)
KEPT = ("status", "owner_id", "to_assign", "snoozed_until", "snooze_reason", "wakes_when", "outcome", "closed_at")


def assign(pks: Collection[int], *, actor: AbstractBaseUser, owner: AbstractBaseUser | None) -> Deed:
    """Give them to a colleague, or to nobody. Refused where the colleague does not work for one of their stores."""
    wanted = owner.pk if owner else None

    def change(alerts: Sequence[Alert], now: datetime) -> list[AlertEvent]:
        stores = {alert.store_id for alert in alerts}
        if wanted and not stores <= set(_stores_of(wanted)):
            raise Refused(gettext("This person does not work for the store of these alerts."), "owner")
        return [_assigned(alert, actor, owner) for alert in alerts]

    return _do(DeedKind.ASSIGN, pks, actor, change, lambda alert: alert.owner_id != wanted)


def _stores_of(user_id: int) -> QuerySet[Membership, int]:
    return Membership.objects.filter(user_id=user_id).values_list("store", flat=True)


def _assigned(alert: Alert, actor: AbstractBaseUser, owner: AbstractBaseUser | None) -> AlertEvent:
    told = event(alert, AlertEventKind.ASSIGNED, actor=actor, from_value=alert.owner or "", to_value=owner or "")
    alert.owner_id, alert.to_assign = owner.pk if owner else None, False
    return told


def share_out(gifts: dict[int, AbstractBaseUser], *, actor: AbstractBaseUser) -> Deed:
    """Give each alert (by number) to its person, as one deed."""

    def change(alerts: Sequence[Alert], now: datetime) -> list[AlertEvent]:
        return [_assigned(alert, actor, gifts[alert.pk]) for alert in alerts]

    return _do(DeedKind.ASSIGN, gifts, actor, change)


def snooze(
    pks: Collection[int], *, actor: AbstractBaseUser, until: datetime, reason: str, when: WakeWhen | str = ""
) -> Deed:
    """Put them aside until a time, or until `when` comes true before it."""
    if until <= timezone.now():
        raise Refused(gettext("Snooze it until a time that is still to come."), "until")
    if not reason.strip():
        raise Refused(gettext("Say why it can wait."), "reason")

    def change(alerts: Sequence[Alert], now: datetime) -> list[AlertEvent]:
        told = []
        for alert in alerts:
            said = {"reason": reason.strip()[:200], "when": str(when)}
            told.append(
                event(
                    alert,
                    AlertEventKind.SNOOZED,
                    actor=actor,
                    from_value=alert.status,
                    to_value=until.isoformat(),
                    **said,
                )
            )
            alert.status, alert.snoozed_until = AlertStatus.SNOOZED, until
            alert.snooze_reason, alert.wakes_when = said["reason"], said["when"]
        return told

    return _do(DeedKind.SNOOZE, pks, actor, change)


def close(pks: Collection[int], *, actor: AbstractBaseUser, outcome: AlertOutcome, note: str = "") -> Deed:
    """Close them with what came of it; what their flows had still planned is not done any more."""

    def change(alerts: Sequence[Alert], now: datetime) -> list[AlertEvent]:
        told = []
        for alert in alerts:
            said = {"note": note.strip()} if note.strip() else {}
            told.append(
                event(alert, AlertEventKind.CLOSED, actor=actor, from_value=alert.status, to_value=str(outcome), **said)
            )
            alert.status, alert.outcome, alert.closed_at = AlertStatus.CLOSED, outcome, now
            alert.snoozed_until, alert.snooze_reason, alert.wakes_when = None, "", ""
        return told

    return _do(DeedKind.CLOSE, pks, actor, change)


def note(pks: Collection[int], *, actor: AbstractBaseUser, text: str) -> Deed:
    if not text.strip():
        raise Refused(gettext("A note needs some text."), "text")

    def change(alerts: Sequence[Alert], now: datetime) -> list[AlertEvent]:
        return [event(alert, AlertEventKind.NOTED, actor=actor, text=text.strip()) for alert in alerts]

    return _do(DeedKind.NOTE, pks, actor, change)


@transaction.atomic
def _do(
    kind: DeedKind,
    pks: Collection[int],
    actor: AbstractBaseUser,
    change: Callable[[Sequence[Alert], datetime], list[AlertEvent]],
    concerns: Callable[[Alert], bool] = lambda alert: True,
) -> Deed:
    """Change the live ones among them. Refused where none is live, or there are too many."""
    if len(pks) > MOST:
        raise Refused(
            gettext("At most %(most)s alerts at once: narrow the view by a filter.") % {"most": grouped(MOST)}
        )
    live = [alert for alert in _locked(pks) if alert.is_live]
    if pks and not live:
        raise Refused(gettext("This alert is closed.") if len(pks) == 1 else gettext("These alerts are closed."))
    alerts = [alert for alert in live if concerns(alert)]
    now = timezone.now()
    deed = Deed.objects.create(actor_id=actor.pk, kind=kind, count=len(alerts), created_at=now)
    if not alerts:
        return deed
    images = [{name: _plain(getattr(alert, name)) for name in KEPT} for alert in alerts]
    events = change(alerts, now)
    runs = _leave_runs(alerts, actor) if kind == DeedKind.CLOSE else {}
    for alert, told in zip(alerts, events, strict=True):
        alert.updated_at = now
        told.data["deed"] = deed.pk
    Alert.objects.bulk_update(alerts, [name.removesuffix("_id") for name in KEPT] + ["updated_at"])
    DeedItem.objects.bulk_create(
        DeedItem(deed=deed, alert=alert, before=image | {"runs": runs.get(alert.pk, [])}, changed_at=now)
        for alert, image in zip(alerts, images, strict=True)
    )
    log_all(events)
    return deed


def _locked(pks: Collection[int]) -> QuerySet[Alert]:
    rows = Alert.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
    return rows.filter(pk__in=pks).order_by("pk")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _leave_runs(alerts: Sequence[Alert], actor: AbstractBaseUser) -> dict[int, list[dict[str, Any]]]:
    """End what their flows had planned; how each run and its open step stood, by alert."""
    live = Run.objects.filter(alert__in=alerts, status__in=LIVE_RUN)
    steps = {step.run_id: step for step in RunStep.objects.filter(run__in=live, state__in=OPEN_STEP)}
    found: dict[int, list[dict[str, Any]]] = {}
    for run in live:
        step, image = steps.get(run.pk), {"run": run.pk, "status": run.status}
        if step is not None:
            image |= {"step": step.pk, "state": step.state, "due_at": _plain(step.due_at), "result": step.result}
        found.setdefault(run.alert_id or 0, []).append(image)
    outcome = AlertOutcome(alerts[0].outcome)
    exit_runs(live, exit_reason_of(outcome, actor), actor=actor, why=f"The alert was closed: {outcome.label.lower()}")
    return found


@transaction.atomic
def undo(deed: Deed, *, actor: AbstractBaseUser) -> int:
    """Put back what nobody changed since; how many alerts stand again as before. A deed is taken back once."""
    deed = Deed.objects.select_for_update().get(pk=deed.pk)
    if deed.actor_id != actor.pk:
        raise Refused(gettext("Somebody else did this."))
    if deed.undone_at is not None:
        raise Refused(gettext("This was taken back already."))
    if deed.created_at < timezone.now() - UNDO_WITHIN:
        raise Refused(gettext("It is too late to take this back."))
    now = timezone.now()
    items = {item.alert_id: item for item in deed.items.all()}
    alerts = [alert for alert in _locked(items) if alert.updated_at == items[alert.pk].changed_at]
    if deed.kind == DeedKind.CLOSE:
        alerts = _without_a_newer(alerts)
    for alert in alerts:
        for name in KEPT:
            value = items[alert.pk].before[name]
            setattr(alert, name, parse_datetime(value) if name in ("snoozed_until", "closed_at") and value else value)
        alert.updated_at = now
    try:
        with transaction.atomic():
            Alert.objects.bulk_update(alerts, [name.removesuffix("_id") for name in KEPT] + ["updated_at"])
    except IntegrityError:  # a new alert was opened for one of them just now
        raise Refused(gettext("Something changed meanwhile. Try again.")) from None
    for alert in alerts:
        for image in items[alert.pk].before.get("runs", []):
            _go_on(image, actor)
    deed.undone_at = now
    deed.save(update_fields=["undone_at"])
    said = DeedKind(deed.kind).label
    log_all([event(one, AlertEventKind.UNDONE, actor=actor, from_value=said, deed=deed.pk) for one in alerts])
    return len(alerts)


def _without_a_newer(alerts: Sequence[Alert]) -> list[Alert]:
    """Those whose subscriber has got no other alert since."""
    people = [alert.subscriber_id for alert in alerts if alert.subscriber_id]
    again = set(Alert.objects.filter(subscriber__in=people, status__in=LIVE_ALERT).values_list("subscriber", flat=True))
    return [alert for alert in alerts if alert.subscriber_id not in again]


def _go_on(image: dict[str, Any], actor: AbstractBaseUser) -> None:
    """Let a run that closing ended go on where it was; not where another one has begun for the person since."""
    run = Run.objects.select_for_update(of=("self",), no_key=True).get(pk=image["run"])
    if run.status != RunStatus.EXITED:
        return
    now = timezone.now()
    run.status, run.exit_reason, run.ended_at, run.updated_at = image["status"], "", None, now
    try:
        with transaction.atomic():
            run.save(update_fields=["status", "exit_reason", "ended_at", "updated_at"])
    except IntegrityError:
        return
    if "step" in image:
        due_at = parse_datetime(image["due_at"]) if image["due_at"] else None
        RunStep.objects.filter(pk=image["step"]).update(
            state=image["state"], due_at=due_at, finished_at=None, result=image["result"]
        )
        Task.objects.filter(run_step=image["step"], result="skipped").update(done_at=None, result="")
    log_run(run, "started", "Goes on: closing the alert was taken back", actor=actor)
