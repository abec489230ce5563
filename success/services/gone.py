"""A ticket was deleted, was spam, or became part of another: what it said speaks no more, or speaks there; and back."""

from datetime import UTC, datetime

from django.db import transaction

from success.enums import LIVE_RUN, FactKind
from success.models import Evidence, Run
from success.services.facts import NewFact, record_all, retract_fact
from success.sources import BY_KIND
from tickets.models import Ticket

EVER = datetime(2000, 1, 1, tzinfo=UTC)
OF_TICKET = "ticket:"


@transaction.atomic
def silence(ticket: Ticket) -> int:
    """Take back what it said; how much. Its recovery runs end: nobody apologises for spam."""
    standing = Evidence.objects.filter(ticket=ticket, retracted_at=None).order_by("kind", "source_key")
    keys = list(standing.values_list("kind", "source_key"))
    return sum(retract_fact(kind=FactKind(kind), source_key=key, actor=None) for kind, key in keys)


@transaction.atomic
def hear_again(ticket: Ticket) -> int:
    """It is back, and with it what still holds of all that it said; how much that is."""
    said = Evidence.objects.filter(ticket=ticket, retracted_at__isnull=False, settled="").select_related("alert", "box")
    latest = {(one.kind, one.source_key): one for one in said.order_by("pk")}
    standing = set(Evidence.objects.filter(ticket=ticket, retracted_at=None).values_list("kind", "source_key"))
    facts = []
    for key, evidence in latest.items():
        if key not in standing:
            facts += _fact_of(ticket, evidence)
    record_all(facts)
    return len(facts)


def _fact_of(ticket: Ticket, evidence: Evidence) -> list[NewFact]:
    """The fact as its source has it now; what people said themselves, as they said it."""
    source = BY_KIND.get(FactKind(evidence.kind))
    if source is not None and source.prefix == OF_TICKET:
        rows = source.since(EVER).filter(**{source.key: ticket.pk})
        return [source.fact(row) for row in rows[:1]]
    return [
        NewFact(
            ticket.store_id,
            ticket.subscriber_id,
            FactKind(evidence.kind),
            evidence.source_key,
            evidence.observed_at,
            ticket=ticket,
            box=evidence.box,
            data=evidence.data,
        )
    ]


@transaction.atomic
def join(ticket: Ticket, into: Ticket) -> None:
    """Its words are on another ticket now: reasons point there, and what is live goes on there."""
    Evidence.objects.filter(ticket=ticket).update(ticket=into)
    Run.objects.filter(ticket=ticket, status__in=LIVE_RUN).update(ticket=into)


@transaction.atomic
def part(ticket: Ticket) -> None:
    """It is a ticket of its own again: what it had said when it was one is its own."""
    own = Evidence.objects.filter(source_key=f"{OF_TICKET}{ticket.pk}") | Evidence.objects.filter(
        source_key__startswith=f"{OF_TICKET}{ticket.pk}:"
    )
    for evidence in own.exclude(ticket=ticket):
        former = evidence.ticket_id
        Evidence.objects.filter(pk=evidence.pk).update(ticket=ticket)
        runs = Run.objects.filter(ticket=former, subscriber=evidence.subscriber_id, status__in=LIVE_RUN)
        runs.filter(trigger_kind=evidence.kind).update(ticket=ticket)
