"""How each action is done: through its service, with what takes it back; None where it is so already."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets.actions.kinds import DELIVERY, ME, field_value, until_of
from tickets.actions.vocabulary import Vocabulary
from tickets.enums import ActionKind, Author, MessageKind, Priority, SnoozedFor, TicketEventKind, TicketStatus
from tickets.fields.setting import set_field
from tickets.models import FieldValue, Queue, Ticket
from tickets.services import discarding, following, snoozing, tagging, topics
from tickets.services import tickets as service
from tickets.services.conversation import add_note
from tickets.sla.mornings import MOMENTS, mornings_of

Inverse = list[dict[str, Any]]


@dataclass(frozen=True)
class Deed:
    """A ticket whose row is held, who acts on it, and why."""

    ticket: Ticket
    actor: AbstractBaseUser | None
    known: Vocabulary
    cause: str
    is_undo: bool = False

    def person(self, value: Any) -> AbstractBaseUser:
        if value == ME:
            if self.actor is None:
                raise Refused(_("A machine is nobody’s “me”."))
            return self.actor
        person = self.known.people.get(value)
        if person is None:
            raise Refused(_("This person does not work here any more."))
        return person

    def acts(self) -> AbstractBaseUser:
        if self.actor is None:
            raise Refused(_("Only a person does this."))
        return self.actor


def _changes(kind: ActionKind, before: Any, after: Any) -> Inverse:
    """Put back what was before, if it is still what this made it."""
    return [{"kind": str(kind), "value": before, "expects": after}]


def _assign(deed: Deed, value: Any) -> Inverse | None:
    wanted, before = None if value is None else deed.person(value), deed.ticket.assignee_id
    if before == (wanted.pk if wanted else None):
        return None
    service.assign(deed.ticket, actor=deed.actor, assignee=wanted)
    return _changes(ActionKind.ASSIGN, before, wanted.pk if wanted else None)


def _queue(deed: Deed, value: Any) -> Inverse | None:
    queue, before = deed.known.queues.get(value), deed.ticket.queue
    if queue is None:
        raise Refused(_("There is no such queue any more."))
    if queue.pk == before.pk:
        return None
    if deed.actor is not None and not Queue.objects.visible_to(deed.actor).filter(pk=queue.pk).exists():
        raise Refused(_("You do not see this queue."))
    assignee = deed.ticket.assignee_id
    moved = service.move(deed.ticket, actor=deed.actor, queue=queue)
    inverse = _changes(ActionKind.QUEUE, before.key, queue.key)
    if assignee is not None and moved.assignee_id is None:  # who had it does not see it there
        inverse += _changes(ActionKind.ASSIGN, assignee, None)
    return inverse


def _status(deed: Deed, value: Any) -> Inverse | None:
    before, after = TicketStatus(deed.ticket.status), TicketStatus(value)
    if before == after:
        return None
    service.change_status(deed.ticket, actor=deed.actor, status=after, is_undo=deed.is_undo)
    # `new` never comes back: it was touched.
    put_back = TicketStatus.OPEN if before == TicketStatus.NEW else before
    return _changes(ActionKind.STATUS, str(put_back), str(after))


def _priority(deed: Deed, value: Any) -> Inverse | None:
    before = deed.ticket.priority
    if before == value:
        return None
    service.set_priority(deed.ticket, actor=deed.actor, priority=Priority(value))
    return _changes(ActionKind.PRIORITY, before, value)


def _add_tag(deed: Deed, value: Any) -> Inverse | None:
    if tagging.named(deed.ticket.store_id, tagging.tag_name(value)).filter(tickets=deed.ticket).exists():
        return None
    tag = tagging.add_tag(deed.ticket, actor=deed.actor, name=value)
    return [{"kind": str(ActionKind.REMOVE_TAG), "value": tag.name}]


def _remove_tag(deed: Deed, value: Any) -> Inverse | None:
    if not tagging.remove_tag(deed.ticket, actor=deed.actor, name=value):
        return None
    return [{"kind": str(ActionKind.ADD_TAG), "value": value}]


def _add_topic(deed: Deed, value: Any) -> Inverse | None:
    reason = deed.known.topics.get(value)
    if reason is None:
        raise Refused(_("There is no such topic any more."))
    if deed.ticket.topics.filter(reason=reason, rejected_at=None).exists():
        return None
    topics.add_topic(deed.ticket, reason=reason, actor=deed.actor)
    return [{"kind": str(ActionKind.REMOVE_TOPIC), "value": value}]


def _remove_topic(deed: Deed, value: Any) -> Inverse | None:
    reason = deed.known.topics.get(value)
    if reason is None or not deed.ticket.topics.filter(reason=reason, rejected_at=None).exists():
        return None
    topics.reject_topic(deed.ticket, reason=reason, actor=deed.acts())
    return [{"kind": str(ActionKind.ADD_TOPIC), "value": value}]


def _set_field(deed: Deed, value: Any) -> Inverse | None:
    key, raw = field_value(value)
    before = set_field(deed.ticket, actor=deed.actor, key=key, raw=raw)
    if before is None:
        return None
    return [{"kind": str(ActionKind.SET_FIELD), "value": f"{key}={before}", "expects": held(deed.ticket, value)}]


def held(ticket: Ticket, value: str) -> str:
    """What the field that an action names holds."""
    row = FieldValue.objects.filter(ticket=ticket, field__key=field_value(value)[0]).first()
    return row.value if row else ""


def asleep(ticket: Ticket) -> list[str] | None:
    return [ticket.snoozed_for, ticket.snoozed_until.isoformat()] if ticket.snoozed_until else None


def _snooze(deed: Deed, value: Any) -> Inverse | None:
    ticket, before = deed.ticket, asleep(deed.ticket)
    if value == DELIVERY:
        box = snoozing.awaited_box(ticket)
        if before is not None and box is not None and ticket.snoozed_box_id == box.pk:
            return None
        after = snoozing.snooze_until_delivery(ticket, actor=deed.actor)
    else:
        now, until = timezone.now(), until_of(value)
        moment = MOMENTS[value](mornings_of(ticket.store, now)) if value in MOMENTS else until
        at = moment if isinstance(moment, datetime) else now + moment  # type: ignore[operator]
        # Hours from now are another moment every time: whoever sleeps at least as long sleeps on.
        is_relative = value in MOMENTS or not isinstance(until, datetime)
        if ticket.snoozed_until is not None and not ticket.snoozed_for and is_relative and at <= ticket.snoozed_until:
            return None
        if ticket.snoozed_until == at and not ticket.snoozed_for:
            return None
        if is_relative and ticket.snoozed_until and abs(at - ticket.snoozed_until).total_seconds() < 60:
            return None
        after = snoozing.snooze(ticket, actor=deed.actor, until=at)
    return _asleep_before(before, asleep(after))


def _asleep_before(before: list[str] | None, after: list[str] | None) -> Inverse:
    if before is None:
        return [{"kind": str(ActionKind.WAKE), "expects": after}]
    waits_for, until = before
    value = DELIVERY if waits_for == SnoozedFor.DELIVERY else until
    return [{"kind": str(ActionKind.SNOOZE), "value": value, "expects": after}]


def _wake(deed: Deed, value: Any) -> Inverse | None:
    if (before := asleep(deed.ticket)) is None:
        return None
    snoozing.wake(deed.ticket, actor=deed.actor)
    return _asleep_before(before, None)


def _follow(deed: Deed, value: Any) -> Inverse | None:
    person = deed.person(value)
    if not following.follow(deed.ticket, actor=deed.actor, user=person):
        return None
    return [{"kind": str(ActionKind.UNFOLLOW), "value": person.pk}]


def _unfollow(deed: Deed, value: Any) -> Inverse | None:
    person = deed.person(value)
    if not following.unfollow(deed.ticket, actor=deed.actor, user=person):
        return None
    return [{"kind": str(ActionKind.FOLLOW), "value": person.pk}]


def _note(deed: Deed, value: Any) -> Inverse | None:
    """Once a cause; without one, not again while it is the last that was said. A note is not taken back."""
    if deed.cause:
        told = deed.ticket.events.filter(kind=TicketEventKind.NOTED, data__cause=deed.cause)
        notes = deed.ticket.messages.filter(kind=MessageKind.NOTE, text=value.strip())
        if notes.filter(pk__in=list(told.values_list("data__message", flat=True))).exists():
            return None
    last = deed.ticket.messages.order_by("-created_at", "-pk").first()
    by = Author.AGENT if deed.actor else Author.SYSTEM
    mine = deed.actor.pk if deed.actor else None
    if last and (last.kind, last.author_kind, last.author_id, last.text) == (
        MessageKind.NOTE,
        by,
        mine,
        value.strip(),
    ):
        return None
    add_note(deed.ticket, author=deed.actor, text=value)
    return []


def _spam(deed: Deed, value: Any) -> Inverse | None:
    if deed.ticket.deleted_as == "spam":
        return None
    discarding.mark_spam(deed.ticket, actor=deed.actor)
    return [{"kind": str(ActionKind.RESTORE), "expects": "spam"}]


def _delete(deed: Deed, value: Any) -> Inverse | None:
    if deed.ticket.deleted_as == "deleted":
        return None
    discarding.delete(deed.ticket, actor=deed.actor)
    return [{"kind": str(ActionKind.RESTORE), "expects": "deleted"}]


def _restore(deed: Deed, value: Any) -> Inverse | None:
    if deed.ticket.deleted_at is None:
        return None
    kind = ActionKind.SPAM if deed.ticket.deleted_as == "spam" else ActionKind.DELETE
    discarding.restore(deed.ticket, actor=deed.actor)
    return [{"kind": str(kind), "expects": ""}]


DEEDS: dict[ActionKind, Callable[[Deed, Any], Inverse | None]] = {
    ActionKind.ASSIGN: _assign,
    ActionKind.QUEUE: _queue,
    ActionKind.STATUS: _status,
    ActionKind.PRIORITY: _priority,
    ActionKind.ADD_TAG: _add_tag,
    ActionKind.REMOVE_TAG: _remove_tag,
    ActionKind.ADD_TOPIC: _add_topic,
    ActionKind.REMOVE_TOPIC: _remove_topic,
    ActionKind.SET_FIELD: _set_field,
    ActionKind.SNOOZE: _snooze,
    ActionKind.WAKE: _wake,
    ActionKind.FOLLOW: _follow,
    ActionKind.UNFOLLOW: _unfollow,
    ActionKind.NOTE: _note,
    ActionKind.SPAM: _spam,
    ActionKind.DELETE: _delete,
    ActionKind.RESTORE: _restore,
}

# What an undo compares with what it expects; of the other kinds, doing them says whether they were still so.
CURRENT: dict[ActionKind, Callable[[Ticket], Any]] = {
    ActionKind.ASSIGN: lambda ticket: ticket.assignee_id,
    ActionKind.QUEUE: lambda ticket: ticket.queue.key,
    ActionKind.STATUS: lambda ticket: ticket.status,
    ActionKind.PRIORITY: lambda ticket: ticket.priority,
    ActionKind.SNOOZE: asleep,
    ActionKind.WAKE: asleep,
    ActionKind.SPAM: lambda ticket: ticket.deleted_as,
    ActionKind.DELETE: lambda ticket: ticket.deleted_as,
    ActionKind.RESTORE: lambda ticket: ticket.deleted_as,
}
