"""`key:value` of a search as conditions on tickets. A value that means nothing finds nothing, and says why."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from subscribers.enums import Channel
from subscribers.errors import Refused
from subscribers.models import Box, Reason
from subscribers.models.stores import Viewer
from tickets.enums import DAMAGED, UNRESOLVED, FieldKind, Priority, TicketStatus
from tickets.fields.asking import ANY, EMPTY, holding, named, read_asked
from tickets.fields.kinds import canonical
from tickets.fields.selectors import visible_fields
from tickets.listing import DUE_SOON, OURS
from tickets.models import Attachment, Queue, Tag, TicketField, TicketTag, TicketTopic
from tickets.search.parsing import Search

NOBODY = ("none", "nobody")
FIRST_PRIORITY = {priority.name.lower(): priority for priority in Priority}


class Unknown(Exception):
    """Said to the person: what a value may be."""


def conditions_of(search: Search, user: Viewer) -> tuple[Q, list[str]]:
    """What its operators ask, and what is wrong with them."""
    found, problems = Q(), []
    for operator in search.operators:
        try:
            asked = MEANINGS[operator.key](operator.value, user)
        except Unknown as unknown:
            problems.append(str(unknown))
            found &= Q(pk__in=())
            continue
        found &= ~asked if operator.is_excluded else asked
    return found, problems


def asks_for_unresolved(search: Search) -> bool:
    """Whether it finds none but unresolved tickets, of which there are never many."""
    return any(
        one.key == "is" and one.value.lower() in OF_UNRESOLVED and not one.is_excluded for one in search.operators
    )


def _states(user: Viewer, now: datetime) -> dict[str, Q]:
    unresolved = Q(status__in=UNRESOLVED)
    damaged = TicketTopic.objects.filter(ticket=OuterRef("pk"), reason__key=DAMAGED, rejected_at=None)
    return {
        "open": unresolved,
        "unresolved": unresolved,
        "new": Q(status=TicketStatus.NEW),
        "unread": Q(status=TicketStatus.NEW),
        "pending": Q(status=TicketStatus.PENDING),
        "waiting": Q(status__in=(TicketStatus.PENDING, TicketStatus.ON_HOLD)),
        "hold": Q(status=TicketStatus.ON_HOLD),
        "overdue": unresolved & Q(next_due_at__lt=now),
        "due": Q(status__in=OURS, next_due_at__lt=now + DUE_SOON),
        "unassigned": Q(status__in=OURS, assignee=None),
        "mine": Q(assignee=user.pk),
        "assigned": ~Q(assignee=None),
        "snoozed": Q(snoozed_until__gt=now),
        "resolved": Q(status=TicketStatus.RESOLVED),
        "damaged": Q(Exists(damaged)),
    }


OF_UNRESOLVED = {"open", "unresolved", "new", "unread", "pending", "waiting", "hold", "overdue", "due", "unassigned"}
STATES = (*sorted(OF_UNRESOLVED - {"unresolved", "hold"}), "mine", "assigned", "snoozed", "resolved", "damaged")


def _is(value: str, user: Viewer) -> Q:
    states = _states(user, timezone.now())
    if value.lower() not in states:
        raise Unknown(_("“is:%(value)s” is not known; there are %(known)s.") % _known(value, STATES))
    return states[value.lower()]


def _assignee(value: str, user: Viewer) -> Q:
    if value.lower() in NOBODY:
        return Q(assignee=None)
    if value.lower() == "me":
        return Q(assignee=user.pk)
    named = Q(email__iexact=value) if "@" in value else Q(name__icontains=value)
    return Q(assignee__in=get_user_model().objects.filter(named).values("pk"))


def _queue(value: str, user: Viewer) -> Q:
    named = Q(key__iexact=value) | Q(name__istartswith=value)
    return Q(queue__in=list(Queue.objects.visible_to(user).filter(named).values_list("pk", flat=True)))


def _topic(value: str, user: Viewer) -> Q:
    reasons = Reason.objects.filter(Q(key__iexact=value) | Q(label__istartswith=value))
    return Q(
        Exists(TicketTopic.objects.filter(ticket=OuterRef("pk"), reason__in=reasons.values("pk"), rejected_at=None))
    )


def _tag(value: str, user: Viewer) -> Q:
    named = Tag.objects.filter(name__iexact=value).values("pk")
    return Q(Exists(TicketTag.objects.filter(ticket=OuterRef("pk"), tag__in=named)))


def _field(value: str, user: Viewer) -> Q:
    asked, known = read_asked(value.replace('"', "")), list(visible_fields(user))
    fields = named(known, asked.name)
    if not fields:  # of the stores that this person sees
        keys = dict.fromkeys(field.key for field in known)
        if not keys:
            raise Unknown(_("There is no field “%(value)s”: none is defined yet.") % {"value": asked.name})
        raise Unknown(_("There is no field “%(value)s”; there are %(known)s.") % _known(asked.name, keys))
    if asked.value not in (ANY, EMPTY):
        _check_value(fields, asked.value)
    return holding(asked)


def _check_value(fields: Sequence[TicketField], value: str) -> None:
    """A value that none of them takes is said to be none; what was a choice once is found still."""
    refusals = []
    for field in fields:
        try:
            canonical(FieldKind.TEXT if field.kind == FieldKind.CHOICE else field.kind, value)
        except Refused as refused:
            refusals.append(refused.message)
    if len(refusals) == len(fields):
        raise Unknown(_("“field:%(value)s”: %(why)s") % {"value": f"{fields[0].key}={value}", "why": refusals[0]})


def _order(value: str, user: Viewer) -> Q:
    """About a box of this order, or of whose subscriber it is."""
    boxes = boxes_of_order(value)
    return Q(box__in=boxes.values("pk")) | Q(subscriber__in=boxes.values("cycle__subscription__subscriber"))


def boxes_of_order(number: str) -> Any:
    plain = number.lstrip("#")
    return Box.objects.filter(order_number__in=(number, plain, f"#{plain}", plain.upper())).exclude(order_number="")


def _cycle(value: str, user: Viewer) -> Q:
    if not (value.isascii() and value.isdecimal() and len(value) < 9):
        raise Unknown(_("“cycle:” takes a number, such as cycle:1."))
    return Q(cycle_index=int(value))


def _has(value: str, user: Viewer) -> Q:
    if value.lower() in ("attachment", "attachments", "file", "photo"):
        files = Attachment.objects.filter(message__ticket=OuterRef("pk"))
        return Q(Exists(files.exclude(picture_type="") if value.lower() == "photo" else files))
    if value.lower() == "topic":
        return Q(Exists(TicketTopic.objects.filter(ticket=OuterRef("pk"), rejected_at=None)))
    raise Unknown(
        _("“has:%(value)s” is not known; there are %(known)s.") % _known(value, ("attachment", "photo", "topic"))
    )


def _status(value: str, user: Viewer) -> Q:
    wanted = value.lower().replace("-", "_")
    if wanted not in TicketStatus.values:
        raise Unknown(_("“status:%(value)s” is not known; there are %(known)s.") % _known(value, TicketStatus.values))
    return Q(status=wanted)


def _priority(value: str, user: Viewer) -> Q:
    if value.lower() not in FIRST_PRIORITY:
        raise Unknown(_("“priority:%(value)s” is not known; there are %(known)s.") % _known(value, FIRST_PRIORITY))
    return Q(priority=FIRST_PRIORITY[value.lower()])


def _channel(value: str, user: Viewer) -> Q:
    if value.lower() not in Channel.values:
        raise Unknown(_("“channel:%(value)s” is not known; there are %(known)s.") % _known(value, Channel.values))
    return Q(channel=value.lower())


def _day(value: str) -> datetime:
    try:
        day = parse_date(value)
    except ValueError:
        day = None
    if day is None or not 1900 < day.year < 3000:
        raise Unknown(_("“%(value)s” is no date such as 2026-11-30.") % {"value": value})
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def _after(value: str, user: Viewer) -> Q:
    return Q(opened_at__gte=_day(value))


def _before(value: str, user: Viewer) -> Q:
    return Q(opened_at__lt=_day(value))


def _known(value: str, words: Any) -> dict[str, str]:
    return {"value": value, "known": ", ".join(map(str, words))}


MEANINGS: dict[str, Callable[[str, Viewer], Q]] = {
    "after": _after,
    "assignee": _assignee,
    "before": _before,
    "channel": _channel,
    "cycle": _cycle,
    "field": _field,
    "has": _has,
    "is": _is,
    "order": _order,
    "priority": _priority,
    "queue": _queue,
    "status": _status,
    "tag": _tag,
    "to": _assignee,
    "topic": _topic,
}
