"""Which macros are offered on a ticket, and what each would say and do there. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Max, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from subscribers.texts import Filled, fill_text
from tickets.actions import Vocabulary, words_of
from tickets.actions.kinds import in_order
from tickets.macros.variables import Facts
from tickets.mail.wording import languages_of
from tickets.models import Macro, MacroText, Ticket
from tickets.sla import conditions


@dataclass(frozen=True)
class Offered:
    """A macro on one ticket, for one person. `text`: what it says to this customer, in their language if it can."""

    macro: Macro
    facts: Facts
    vocabulary: Vocabulary

    @cached_property
    def wording(self) -> MacroText | None:
        return wording_of(self.macro, self.facts.ticket)

    @cached_property
    def filled(self) -> Filled:
        return fill_text(self.wording.text, self.facts) if self.wording else Filled("", ())

    @property
    def text(self) -> str:
        return self.filled.text

    @property
    def missing(self) -> tuple[str, ...]:
        return self.filled.missing

    @property
    def language(self) -> str:
        return self.wording.language if self.wording else ""

    @cached_property
    def actions(self) -> list[tuple[dict[str, Any], str]]:
        return worded(self.macro.actions, self.vocabulary)


def worded(actions: Sequence[dict[str, Any]], vocabulary: Vocabulary) -> list[tuple[dict[str, Any], str]]:
    """Each of these actions with its words, in the order in which they are done."""
    return [(action, words_of([action], vocabulary.store, vocabulary)) for action in in_order(actions)]


def wording_of(macro: Macro, ticket: Ticket) -> MacroText | None:
    """In the customer's language, else in their store's, in English, or in whichever there is."""
    known = {text.language.lower().replace("_", "-"): text for text in macro.texts.all()}
    wanted = next((known[language] for language in (*languages_of(ticket), "en") if language in known), None)
    return wanted or next((known[language] for language in sorted(known)), None)


def usable(user: AbstractBaseUser) -> "QuerySet[Macro]":
    """With what is shown of a macro: its texts, and how often this person and all together used it."""
    mine = Q(uses__user=user.pk)
    return (
        Macro.objects.usable_by(user)
        .select_related("store", "queue")
        .prefetch_related(Prefetch("texts", MacroText.objects.order_by("language")))
        .annotate(
            used=Sum("uses__times", default=0),
            used_by_me=Sum("uses__times", filter=mine, default=0),
            last_used_at=Max("uses__last_at"),
        )
    )


def offered(ticket: Ticket, user: AbstractBaseUser) -> list[Offered]:
    """Those whose conditions hold, by folder, in their order; a fixed number of queries."""
    facts, vocabulary = Facts(ticket, user), Vocabulary(ticket.store)
    known = conditions.Facts(ticket, timezone.now())
    rows = usable(user).filter(store=ticket.store_id).filter(_reaches(ticket))
    macros = rows.order_by("folder", "position", "name", "pk")
    return [Offered(macro, facts, vocabulary) for macro in macros if conditions.hold(macro.shown_when, known)]


def find(ticket: Ticket, user: AbstractBaseUser, pk: int) -> Offered | None:
    """One that the person may use on this ticket, whether or not its conditions hold."""
    macro = usable(user).filter(store=ticket.store_id, pk=pk).filter(_reaches(ticket)).first()
    return Offered(macro, Facts(ticket, user), Vocabulary(ticket.store)) if macro else None


def _reaches(ticket: Ticket) -> Q:
    """A queue's macros serve its own tickets."""
    return Q(queue=None) | Q(queue=ticket.queue_id)


def folders(macros: Sequence[Offered]) -> list[tuple[str, list[Offered]]]:
    """By folder, in order; those without one come first."""
    found: dict[str, list[Offered]] = {}
    for one in macros:
        found.setdefault(one.macro.folder, []).append(one)
    return sorted(found.items())
