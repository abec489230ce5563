"""Puts tickets aside until a time, or until their box is delivered, and wakes them.

No promise waits meanwhile: its clocks run on. The customer's next message wakes a ticket, as does handing it over or
resolving it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.enums import Actor, BoxStatus
from subscribers.errors import Refused
from subscribers.models import Box, Subscriber
from tickets.enums import SnoozedFor, TicketEventKind, WokenBy
from tickets.models import Ticket, TicketEvent
from tickets.services.history import event, locked, log, log_all
from tickets.sla.mornings import mornings_of

FARTHEST = timedelta(days=366)
SNOOZE_COLUMNS = ("snoozed_until", "snoozed_for", "snoozed_box")
ARRIVES = timedelta(days=14)  # waited at most for a box of which no day of delivery is known
LATE = timedelta(days=3)  # and after the day that is known
# What will not be delivered any more is no reason to sleep on.
OVER = (BoxStatus.DELIVERED, BoxStatus.CANCELLED, BoxStatus.FAILURE)


@transaction.atomic
def snooze(ticket: Ticket, *, actor: AbstractBaseUser | None, until: datetime) -> Ticket:
    """Until a time in the future, within a year. Raises `Refused` for another, and for what is resolved."""
    return _put_aside(locked(ticket), actor=actor, until=until)


@transaction.atomic
def snooze_until_delivery(ticket: Ticket, *, actor: AbstractBaseUser | None, latest: datetime | None = None) -> Ticket:
    """Until the ticket's box is delivered, else the subscriber's next one, and no longer than `latest`.

    Without `latest`: three days after the expected day, or two weeks. Raises `Refused` where no box is on its way.
    """
    ticket = locked(ticket)
    box = awaited_box(ticket)
    if box is None:
        raise Refused(_("No box is on its way to this subscriber."), "snooze")
    until = latest or latest_for(ticket, box, timezone.now())
    return _put_aside(ticket, actor=actor, until=until, box=box)


def latest_for(ticket: Ticket, box: Box, now: datetime) -> datetime:
    """When a ticket wakes whose box does not come: in the morning, in the store's hours."""
    mornings = mornings_of(ticket.store, now)
    day = (box.expected_on + LATE) if box.expected_on else mornings.today + ARRIVES
    return mornings.of(max(day, mornings.today + timedelta(days=1)))


def awaited_box(ticket: Ticket) -> Box | None:
    """The box that the ticket is about (or what replaces it) if it is still to come, else the next one planned."""
    if ticket.box_id is not None:
        about = Q(pk=ticket.box_id) | Q(replaces=ticket.box_id)
        box = Box.objects.filter(about).exclude(status__in=OVER).order_by("-pk").first()
        if box is not None:
            return box
    return next_box(ticket.subscriber)


def next_box(subscriber: Subscriber) -> Box | None:
    """What comes to the subscriber next: on its way before planned, the earliest first."""
    theirs = Box.objects.filter(cycle__subscription__subscriber=subscriber).exclude(status__in=OVER)
    order = (F("shipped_at").asc(nulls_last=True), F("ships_on").asc(nulls_last=True), "pk")
    return theirs.order_by(*order).first()


def _put_aside(ticket: Ticket, *, actor: AbstractBaseUser | None, until: datetime, box: Box | None = None) -> Ticket:
    now = timezone.now()
    if ticket.is_resolved:
        raise Refused(_("This ticket is resolved: there is nothing to put aside."), "snooze")
    if not now < until <= now + FARTHEST:
        raise Refused(_("Choose a time in the future, within a year."), "until")
    waits_for = SnoozedFor.DELIVERY if box else ""
    if (ticket.snoozed_until, ticket.snoozed_for, ticket.snoozed_box_id) == (until, waits_for, box.pk if box else None):
        return ticket
    ticket.snoozed_until, ticket.snoozed_for, ticket.snoozed_box, ticket.updated_at = until, waits_for, box, now
    ticket.save(update_fields=[*SNOOZE_COLUMNS, "updated_at"])
    log(ticket, TicketEventKind.SNOOZED, actor=actor, to_value=until.isoformat(), at=now, waits_for=waits_for)
    return ticket


@transaction.atomic
def wake(ticket: Ticket, *, actor: AbstractBaseUser | None, by: WokenBy = WokenBy.HAND) -> Ticket:
    """Back in the lists; nothing where it is awake."""
    ticket = locked(ticket)
    _wake(ticket, by, actor=actor)
    return ticket


def _wake(ticket: Ticket, by: WokenBy, *, actor: AbstractBaseUser | None = None) -> None:
    if (woken := rouse(ticket, by, actor=actor)) is None:
        return
    ticket.updated_at = woken.occurred_at
    ticket.save(update_fields=[*SNOOZE_COLUMNS, "updated_at"])
    log_all([woken])


def rouse(
    ticket: Ticket, by: WokenBy | None = None, *, actor: AbstractBaseUser | None = None, at: datetime | None = None
) -> TicketEvent | None:
    """Wake a locked ticket in memory; the caller saves `SNOOZE_COLUMNS` and appends the event. None: it was awake."""
    until = ticket.snoozed_until
    ticket.snoozed_until, ticket.snoozed_for, ticket.snoozed_box = None, "", None
    if until is None or by is None:
        return None
    kind = Actor.SUBSCRIBER if by == WokenBy.CUSTOMER else None
    return event(
        ticket, TicketEventKind.WOKEN, actor=actor, actor_kind=kind, from_value=until.isoformat(), to_value=by, at=at
    )


def wake_due(limit: int = 500) -> int:
    """Wake what is due: its time has come, or its box was delivered (or will not be). How many were woken."""
    done = 0
    while done < limit and (_wake_next(_by_time, WokenBy.TIME) or _wake_next(_by_delivery, WokenBy.DELIVERY)):
        done += 1
    return done


def _by_time(now: datetime) -> Q:
    return Q(snoozed_until__lte=now)


def _by_delivery(now: datetime) -> Q:
    return Q(snoozed_box__isnull=False, snoozed_box__status__in=OVER)


@transaction.atomic
def _wake_next(due: Callable[[datetime], Q], by: WokenBy) -> bool:
    rows = Ticket.objects.filter(due(timezone.now())).order_by("snoozed_until", "pk")
    ticket = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
    if ticket is None:
        return False
    _wake(ticket, by)
    return True
