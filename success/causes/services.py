"""Writes causes: opened, given, moved on, linked. Each change under the cause's row, with an event."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.enums import Actor, SubscriptionStatus
from subscribers.errors import Refused
from subscribers.live import announce
from subscribers.models import Membership
from success.causes.enums import MOVES, OPEN_CAUSE, UNFIXED, CauseEventKind, CauseState
from success.causes.facts import Complaint
from success.enums import LIVE_ALERT, AlertOutcome
from success.models import Alert, Cause, CauseEvent, CauseTicket
from success.rules.people import VALUE
from success.services.alerts import assign_alert, close_alert
from success.services.facts import record_cause
from tickets.models import Ticket

AT_RISK = f"""
SELECT count(DISTINCT ticket.subscriber_id), (
    SELECT round(coalesce({VALUE}, 0), 2) FROM subscribers_subscription WHERE status = %s AND subscriber_id IN (
        SELECT theirs.subscriber_id FROM success_causeticket link
        JOIN tickets_ticket theirs ON theirs.id = link.ticket_id
        WHERE link.cause_id = %s AND link.removed_at IS NULL
    )
)
FROM success_causeticket link JOIN tickets_ticket ticket ON ticket.id = link.ticket_id
WHERE link.cause_id = %s AND link.removed_at IS NULL
"""  # noqa: S608  our own constants


def locked(cause: Cause | int) -> Cause:
    pk = cause if isinstance(cause, int) else cause.pk
    rows = Cause.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("store", "topic", "owner").get(pk=pk)


def log(
    cause: Cause,
    kind: CauseEventKind,
    *,
    actor: AbstractBaseUser | None = None,
    from_value: object = "",
    to_value: object = "",
    **data: object,
) -> None:
    CauseEvent.objects.create(
        cause=cause,
        kind=kind,
        actor_id=actor.pk if actor else None,
        actor_kind=Actor.AGENT if actor else Actor.SYSTEM,
        from_value=str(from_value)[:300],
        to_value=str(to_value)[:300],
        data=data,
    )


@transaction.atomic
def open_cause(cause: Cause) -> Cause | None:
    """Write a cause that was found, and ask a success manager; None where one is open for the same thing."""
    Cause.objects.bulk_create([cause], ignore_conflicts=True)
    one = {"store": cause.store, "topic": cause.topic, "dimension": cause.dimension, "value": cause.value}
    written = Cause.objects.open().select_related("store", "topic").get(**one)
    if written.events.exists():
        return None
    log(written, CauseEventKind.FOUND, to_value=written.title, count=written.count, q=written.q)
    alert(written)
    return written


def alert(cause: Cause) -> Alert | None:
    """Its one alert, opened where none is."""
    return record_cause(
        store=cause.store,
        about=cause.about,
        title=cause.title,
        source_key=cause.about,
        observed_at=cause.found_at,
        data={
            "complaints": cause.count,
            "per_100_boxes": round(cause.rate, 2),
            "before": round(cause.baseline_rate, 2),
            "since": cause.begins_on.isoformat(),
        },
    )


@transaction.atomic
def link(cause: Cause, found: Iterable[Complaint]) -> int:
    """Put complaints on an open cause; how many are new. What a person took off stays off."""
    cause = locked(cause)
    if not cause.is_open:
        return 0
    known = set(cause.links.values_list("ticket", flat=True))
    new = {one.ticket: one for one in found if one.ticket not in known}
    if not new:
        return 0
    CauseTicket.objects.bulk_create(
        (CauseTicket(cause=cause, ticket_id=one.ticket, box_id=one.box) for one in new.values()), ignore_conflicts=True
    )
    log(cause, CauseEventKind.LINKED, to_value=len(new))
    weigh(cause)
    return len(new)


def weigh(cause: Cause) -> None:
    """Tell its alert how many people complained, and what they are worth a year."""
    with connection.cursor() as cursor:
        cursor.execute(AT_RISK, [SubscriptionStatus.ACTIVE, cause.pk, cause.pk])
        people, value = cursor.fetchone()
    rows = Alert.objects.filter(store=cause.store_id, about=cause.about, status__in=LIVE_ALERT)
    for pk in rows.values_list("pk", flat=True):
        Alert.objects.filter(pk=pk).update(people=people, value_at_risk=value, updated_at=timezone.now())
        announce("alert", pk)


@transaction.atomic
def link_ticket(cause: Cause, ticket: Ticket, *, actor: AbstractBaseUser) -> None:
    """By hand, of the same store."""
    cause = _open(cause)
    if ticket.store_id != cause.store_id:
        raise Refused(_("This ticket is of another store."), "ticket")
    row, is_new = CauseTicket.objects.get_or_create(
        cause=cause, ticket=ticket, defaults={"added_by_id": actor.pk, "box_id": ticket.box_id}
    )
    if not is_new and row.removed_at is None:
        raise Refused(_("%(ticket)s is part of it already.") % {"ticket": ticket.number}, "ticket")
    if not is_new:
        row.removed_at, row.added_by_id, row.added_at = None, actor.pk, timezone.now()
        row.save(update_fields=["removed_at", "added_by", "added_at"])
    log(cause, CauseEventKind.LINKED, actor=actor, to_value=ticket.number)
    weigh(cause)


@transaction.atomic
def unlink_ticket(cause: Cause, ticket: Ticket, *, actor: AbstractBaseUser) -> None:
    """It is no part of it; nothing links it again by itself."""
    cause = locked(cause)
    if cause.links.filter(ticket=ticket, removed_at=None).update(removed_at=timezone.now()):
        log(cause, CauseEventKind.UNLINKED, actor=actor, from_value=ticket.number)
        weigh(cause)


@transaction.atomic
def assign(cause: Cause, *, actor: AbstractBaseUser, owner: AbstractBaseUser | None) -> Cause:
    """Give it to somebody of its store, its alert with it. With an owner, what was only found is being looked into."""
    cause = _open(cause)
    if owner and not Membership.objects.filter(store=cause.store_id, user_id=owner.pk).exists():
        raise Refused(_("This person does not work for this store."), "owner")
    if cause.owner_id == (owner.pk if owner else None):
        return cause
    log(cause, CauseEventKind.ASSIGNED, actor=actor, from_value=cause.owner or "", to_value=owner or "")
    cause.owner_id, cause.updated_at = owner.pk if owner else None, timezone.now()
    cause.save(update_fields=["owner", "updated_at"])
    for row in Alert.objects.filter(store=cause.store_id, about=cause.about, status__in=LIVE_ALERT):
        assign_alert(row, actor=actor, owner=owner)
    if owner and cause.state == CauseState.FOUND:
        _move(cause, CauseState.INVESTIGATING, actor)
    return cause


@transaction.atomic
def move(cause: Cause, to: CauseState, *, actor: AbstractBaseUser, note: str = "") -> Cause:
    """To a state that asks for nothing more; a fix and a dismissal have services of their own."""
    cause = locked(cause)
    if to in (CauseState.FIXED, CauseState.DISMISSED) and cause.fixed_on is None:
        raise Refused(_("Say when it was fixed, or why it is none."), "state")
    if to == CauseState.FOUND and cause.state == CauseState.DISMISSED:
        _refuse_second(cause)
        cause.dismissed_because = ""
    if to in UNFIXED:
        cause.fixed_on = None
    _move(cause, to, actor, note=note.strip())
    return cause


@transaction.atomic
def fix(cause: Cause, *, actor: AbstractBaseUser, on: date, note: str = "") -> Cause:
    """Boxes shipped from that day on are without it: from then on what is avoided is counted."""
    cause = locked(cause)
    if on < cause.begins_on:
        raise Refused(_("It began on %(day)s: a fix is later.") % {"day": cause.begins_on}, "fixed_on")
    if on > timezone.localdate():
        raise Refused(_("Choose a day that has come."), "fixed_on")
    before, cause.fixed_on = cause.fixed_on, on
    if cause.state in (CauseState.FIXED, CauseState.CLOSED):
        cause.updated_at = timezone.now()
        cause.save(update_fields=["fixed_on", "updated_at"])
        log(cause, CauseEventKind.MOVED, actor=actor, from_value=before or "", to_value=on, note=note.strip())
        return cause
    _move(cause, CauseState.FIXED, actor, day=on.isoformat(), note=note.strip())
    _close_alert(cause, actor, AlertOutcome.SAVED, _("Fixed"))
    return cause


@transaction.atomic
def dismiss(cause: Cause, *, actor: AbstractBaseUser, because: str) -> Cause:
    """It is none. The same thing is not named again for a while."""
    cause = locked(cause)
    if not because.strip():
        raise Refused(_("Say why it is none."), "because")
    cause.dismissed_because = because.strip()[:300]
    _move(cause, CauseState.DISMISSED, actor, note=cause.dismissed_because)
    _close_alert(cause, actor, AlertOutcome.NO_ACTION, cause.dismissed_because)
    return cause


@transaction.atomic
def note(cause: Cause, *, actor: AbstractBaseUser, text: str) -> None:
    if not text.strip():
        raise Refused(_("A note needs some text."), "text")
    log(locked(cause), CauseEventKind.NOTED, actor=actor, text=text.strip()[:5000])


def _open(cause: Cause) -> Cause:
    cause = locked(cause)
    if not cause.is_open:
        raise Refused(_("This cause is closed."))
    return cause


def _move(cause: Cause, to: CauseState, actor: AbstractBaseUser, **data: object) -> None:
    before = CauseState(cause.state)
    if to not in MOVES[before]:
        words = _("It is %(state)s: from there it does not become that.")
        raise Refused(words % {"state": str(before.label).lower()}, "state")
    cause.state, cause.updated_at = to, timezone.now()
    cause.save(update_fields=["state", "fixed_on", "dismissed_because", "updated_at"])
    log(
        cause, CauseEventKind.MOVED, actor=actor, from_value=before, to_value=to, **{k: v for k, v in data.items() if v}
    )


def _refuse_second(cause: Cause) -> None:
    same = Cause.objects.filter(store=cause.store, topic=cause.topic, dimension=cause.dimension, value=cause.value)
    if same.filter(state__in=OPEN_CAUSE).exists():
        raise Refused(_("Another cause is open for the same thing."), "state")


def _close_alert(cause: Cause, actor: AbstractBaseUser, outcome: AlertOutcome, note: str) -> None:
    for row in Alert.objects.filter(store=cause.store_id, about=cause.about, status__in=LIVE_ALERT):
        close_alert(row, actor=actor, outcome=outcome, note=note)
