"""Does actions to one ticket, all of them or none, and takes them back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.live import gathered
from tickets.actions.deeds import CURRENT, DEEDS, Deed, held
from tickets.actions.kinds import KINDS, check_actions, in_order
from tickets.actions.vocabulary import Vocabulary
from tickets.enums import ActionKind
from tickets.models import Ticket
from tickets.services.history import caused_by, locked

Actions = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Performed:
    """The ticket afterwards, which of the actions changed something, and what takes them back."""

    ticket: Ticket
    done: list[dict[str, Any]] = field(default_factory=list)
    inverse: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class TakenBack:
    """The inverse actions that were done, and those left alone because somebody changed the same thing since."""

    ticket: Ticket
    done: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def perform(
    ticket: Ticket | int,
    actions: Actions,
    *,
    actor: AbstractBaseUser | None,
    cause: str = "",
    known: Vocabulary | None = None,
) -> Performed:
    """All of `actions`, through the services, in one transaction. What is so already does nothing.

    `actor`: who does it, None for a machine; “me” is they. `cause`: what made it happen (a macro, a rule), kept with
    every event. `known`: shared between tickets of one store. Raises `Refused`, naming the action, and does nothing
    then.
    """
    ticket = locked(ticket)
    known = known if known is not None and known.store.pk == ticket.store_id else Vocabulary(ticket.store)
    try:
        check_actions(list(actions), ticket.store, known)
    except ValueError as wrong:  # a queue, a person or a topic that was there when they were stored
        raise Refused(str(wrong), "actions") from wrong
    done: list[dict[str, Any]] = []
    inverse: list[dict[str, Any]] = []
    with caused_by(cause), gathered():
        for action in in_order(actions):
            undo = _do(ticket, action, actor, known, cause)
            if undo is not None:
                done.append(action)
                inverse = undo + inverse
            ticket = _again(ticket)
    return Performed(ticket, done, inverse)


@transaction.atomic
def take_back(ticket: Ticket | int, inverse: Actions, *, actor: AbstractBaseUser | None, cause: str = "") -> TakenBack:
    """Do what `perform` returned as `inverse`, except where the ticket is no longer as `perform` left it.

    Raises `Refused`, and does nothing then.
    """
    ticket = locked(ticket)
    known = Vocabulary(ticket.store)
    done: list[dict[str, Any]] = []
    left: list[dict[str, Any]] = []
    with caused_by(cause), gathered():
        for action in inverse:
            undone = _is_as_left(ticket, action) and _do(ticket, action, actor, known, cause, is_undo=True) is not None
            (done if undone else left).append(action)
            ticket = _again(ticket)
    return TakenBack(ticket, done, left)


def _is_as_left(ticket: Ticket, action: dict[str, Any]) -> bool:
    kind = ActionKind(action["kind"])
    if kind == ActionKind.SET_FIELD:
        return held(ticket, action["value"]) == action["expects"]
    return kind not in CURRENT or CURRENT[kind](ticket) == action.get("expects")


def _do(
    ticket: Ticket,
    action: dict[str, Any],
    actor: AbstractBaseUser | None,
    known: Vocabulary,
    cause: str,
    *,
    is_undo: bool = False,
) -> list[dict[str, Any]] | None:
    """What takes it back; None where there was nothing to do."""
    kind, value = ActionKind(action["kind"]), action.get("value")
    if ticket.deleted_at is not None and kind not in (ActionKind.RESTORE, ActionKind.SPAM, ActionKind.DELETE):
        raise Refused(_("This ticket is in no list any more: %(why)s.") % {"why": ticket.get_deleted_as_display()})
    try:
        return DEEDS[kind](Deed(ticket, actor, known, cause, is_undo), value)
    except Refused as refused:
        words = KINDS[kind].words(value, known)
        said = f"{words[:1].upper()}{words[1:]}: {refused.message}"
        raise Refused(said, refused.field) from refused


def _again(ticket: Ticket) -> Ticket:
    """As the service left it; its row is still held."""
    return Ticket.objects.select_related("store", "queue", "subscriber").get(pk=ticket.pk)
