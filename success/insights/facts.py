"""Reads what measuring needs of many tickets, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Q

from subscribers.enums import Channel
from success.insights.measuring import Promise, Question, Said, TicketFacts, Turn
from tickets.enums import ASKED_SATISFACTION, Author, MessageKind, MessageState, TicketEventKind
from tickets.mail.answers import has_failed
from tickets.models import Clock, Message, SatisfactionRequest, SlaPolicyVersion, Ticket, TicketEvent, TicketTopic
from tickets.sla.business_time import Calendar

TURNS = (TicketEventKind.STATUS_CHANGED, TicketEventKind.RESOLVED, TicketEventKind.REOPENED)
SPOKEN = Q(author_kind__in=(Author.SUBSCRIBER, Author.SYSTEM)) | (Q(author_kind=Author.AGENT) & ~has_failed())


class Gathered:
    """Facts of tickets by their id, with what all their rows carry: where, whose, about what."""

    def __init__(self, ids: Sequence[int]) -> None:
        fields: tuple[str, ...] = (
            "id",
            "store_id",
            "queue_id",
            "assignee_id",
            "cycle_index",
            "deleted_at",
            "merged_into_id",
            "channel",
        )
        fields += ("status", "opened_at", "resolved_at")
        product = {"product": F("subscription__product_id"), "boxed": F("box__cycle__subscription__product_id")}
        zone = {"zone": F("store__time_zone")}
        self.tickets = {row["id"]: row for row in Ticket.objects.filter(pk__in=ids).values(*fields, **product, **zone)}
        self.topics: dict[int, list[int]] = defaultdict(list)
        standing = TicketTopic.objects.filter(ticket__in=ids, rejected_at=None).order_by("reason")
        for ticket, reason in standing.values_list("ticket", "reason"):
            self.topics[ticket].append(reason)
        self._gather(ids)

    def _gather(self, ids: Sequence[int]) -> None:
        events = TicketEvent.objects.filter(ticket__in=ids, kind__in=TURNS).order_by("occurred_at", "pk")
        self.turns = _by_ticket(
            (ticket, Turn(at, to, by, before))
            for ticket, at, to, by, before in events.values_list(
                "ticket", "occurred_at", "to_value", "actor_kind", "from_value"
            )
        )
        public = Message.objects.filter(SPOKEN, ticket__in=ids, kind=MessageKind.PUBLIC, state=MessageState.SAID)
        said = public.order_by("created_at", "pk").values_list(
            "ticket", "created_at", "author_kind", "author", "automatic"
        )
        self.said = _by_ticket((ticket, Said(at, kind, agent, bool(auto))) for ticket, at, kind, agent, auto in said)
        clocks = Clock.objects.filter(ticket__in=ids).order_by("ticket", "pk")
        self.promises: dict[int, list[Promise]] = defaultdict(list)
        self.versions: dict[int, int] = {}
        columns = ("ticket", "version", "metric", "state", "due_at", "met_at", "breached_at")
        for ticket, version, *rest in clocks.values_list(*columns):
            self.versions.setdefault(ticket, version)
            self.promises[ticket].append(Promise(*rest))
        forms = SlaPolicyVersion.objects.filter(pk__in=set(self.versions.values()))
        self.calendars = {pk: calendar_of(form) for pk, form in forms.values_list("pk", "calendar_form")}
        asked = SatisfactionRequest.objects.filter(ticket__in=ids, state__in=ASKED_SATISFACTION).order_by("pk")
        self.questions = _by_ticket(
            (ticket, Question(asked_at, rated_at, score, queue, agent))
            for ticket, asked_at, rated_at, score, queue, agent in asked.values_list(
                "ticket", "asked_at", "rated_at", "score", "queue", "agent"
            )
            if asked_at is not None
        )

    def facts(self, pk: int) -> TicketFacts:
        ticket = self.tickets[pk]
        return TicketFacts(
            opened_at=ticket["opened_at"],
            status=ticket["status"],
            resolved_at=ticket["resolved_at"],
            by_agent=ticket["channel"] == Channel.AGENT,
            is_gone=bool(ticket["deleted_at"] or ticket["merged_into_id"]),
            turns=self.turns[pk],
            said=self.said[pk],
            promises=self.promises[pk],
            questions=self.questions[pk],
            calendar=self.calendars.get(self.versions.get(pk, 0)),
        )


def calendar_of(form: Any) -> Calendar | None:
    return Calendar.from_dict(form) if form else None


def _by_ticket(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for ticket, one in pairs:
        found[ticket].append(one)
    return found
