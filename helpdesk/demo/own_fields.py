"""The demo store's own fields of tickets: what was damaged, and whether a new box went out, as agents noted it."""

import re
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from helpdesk.demo.chance import Chance
from helpdesk.demo.world import Setting
from subscribers.enums import Actor, BoxKind
from subscribers.models import Box
from tickets.enums import DAMAGED, Author, FieldKind, MessageKind, TicketEventKind
from tickets.models import FieldValue, Message, Ticket, TicketEvent, TicketField, TicketTopic

# A choice, and the words of a customer that mean it; the first that fits.
PLACES = {
    "Lid or seal": r"\b(lid|seal|handle)\b",
    "Pouch": r"\bpouch",
    "Outer box": r"\b(crushed|caved in|torn|dent|corner|carton|karton|caja)\b",
    "Tin or jar": r"",
}
NOTED = 0.8  # of the damaged boxes that an agent answered about
QUEUES = ("support", "deliveries")


def write_fields(setting: Setting) -> int:
    """Define them, and fill them in where an agent answered; how many values there are."""
    place, sent = (_field(setting, position, **named) for position, named in enumerate(_FIELDS, 1))
    chance = Chance(setting.seed, "fields")
    values: list[FieldValue] = []
    events: list[TicketEvent] = []
    for ticket in _answered(setting):
        if not chance.happens(NOTED):
            continue
        said = str(ticket.said).lower()
        found = next(name for name, words in PLACES.items() if re.search(words, said))
        held = {place: found} | ({sent: "yes"} if ticket.replacement else {})
        for field, value in held.items():
            values.append(FieldValue(ticket=ticket, field=field, value=value))
            events.append(_event(ticket, field, value, ticket.answered_at, ticket.answered_by))
    FieldValue.objects.bulk_create(values, batch_size=5000)
    TicketEvent.objects.bulk_create(events, batch_size=5000)
    return len(values)


_FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "damage-found-in", "label": "Damage found in", "kind": FieldKind.CHOICE, "choices": list(PLACES)},
    {"key": "replacement-sent", "label": "Replacement sent", "kind": FieldKind.CHECKBOX},
)


def _field(setting: Setting, position: int, **named: Any) -> TicketField:
    field = TicketField.objects.create(store=setting.store, position=position * 10, **named)
    field.queues.set([setting.queues[key] for key in QUEUES])
    return field


def _answered(setting: Setting) -> QuerySet[Any]:
    damaged = TicketTopic.objects.filter(reason__key=DAMAGED, rejected_at=None).values("ticket")
    said = Message.objects.filter(ticket=OuterRef("pk"), author_kind=Author.SUBSCRIBER).order_by("created_at", "pk")
    answers = Message.objects.filter(ticket=OuterRef("pk"), author_kind=Author.AGENT, kind=MessageKind.PUBLIC)
    first = answers.order_by("created_at", "pk")
    sent = Box.objects.filter(replaces=OuterRef("box"), kind=BoxKind.REPLACEMENT)
    rows = Ticket.objects.filter(store=setting.store, queue__key__in=QUEUES, pk__in=damaged).annotate(
        said=Subquery(said.values("text")[:1]),
        answered_at=Subquery(first.values("created_at")[:1]),
        answered_by=Subquery(first.values("author")[:1]),
        replacement=Subquery(sent.values("pk")[:1]),
    )
    return rows.filter(answered_by__isnull=False).order_by("pk")


def _event(ticket: Ticket, field: TicketField, value: str, at: datetime, by: int) -> TicketEvent:
    return TicketEvent(
        ticket=ticket,
        kind=TicketEventKind.FIELD_CHANGED,
        actor_kind=Actor.AGENT,
        actor_id=by,
        to_value=value,
        occurred_at=at,
        data={"field": field.key, "label": field.label, "takes": field.kind},
    )
