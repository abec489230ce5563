"""Two tickets become one, and two again."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from subscribers.errors import Refused
from tests.tickets.conftest import Desk
from tickets import signals
from tickets.enums import DeletedAs, TicketStatus
from tickets.models import Message, Ticket, TicketMerge
from tickets.services import following, merging, tagging
from tickets.services.conversation import receive_message, reply
from tickets.services.messages import NewMessage


def texts(ticket: Ticket) -> list[str]:
    return list(Message.objects.filter(ticket=ticket).order_by("created_at", "pk").values_list("text", flat=True))


@pytest.fixture
def pair(desk: Desk) -> tuple[Ticket, Ticket]:
    """The one that was answered, and another of the same person, who waits there."""
    target = desk.ticket("Where is my box?", opened_at=timezone.now() - timedelta(days=2))
    reply(target, author=desk.alice, text="On its way.", key="a")
    source = desk.ticket("And my tea?", subscriber=target.subscriber)
    tagging.add_tag(source, actor=desk.alice, name="tea")
    following.follow(source, actor=desk.alice, user=desk.bob)
    target.refresh_from_db()
    return source, target


def test_messages_people_tags_and_who_waits_go_over(desk: Desk, pair: tuple[Ticket, Ticket]) -> None:
    source, target = pair
    told: list[dict[str, Any]] = []

    def hear(**fact: Any) -> None:
        told.append(fact)

    signals.ticket_discarded.connect(hear)
    try:
        merging.merge(source, into=target, actor=desk.alice)
    finally:
        signals.ticket_discarded.disconnect(hear)
    before = source.waiting_since
    source.refresh_from_db()
    target.refresh_from_db()
    assert texts(target) == ["Where is my box?", "On its way.", "And my tea?"]
    assert (source.deleted_as, source.merged_into, texts(source)) == (DeletedAs.MERGED, target, [])
    assert (target.status, target.waiting_since) == (TicketStatus.OPEN, before)
    assert [tag.name for tag in target.tags.all()] == ["tea"]
    assert [one.user for one in target.followers.all()] == [desk.bob]
    assert not source.clocks.filter(state__in=("running", "paused")).exists()
    assert not Ticket.objects.visible_to(desk.alice).filter(pk=source.pk).exists()
    assert not Ticket.objects.discarded_for(desk.alice).filter(pk=source.pk).exists()
    assert merging.standing_of(source.pk) == target.pk
    assert [(fact["ticket"].pk, fact["into"].pk, fact["kind"]) for fact in told] == [(source.pk, target.pk, "merged")]


def test_an_undo_parts_them_and_keeps_what_came_since(desk: Desk, pair: tuple[Ticket, Ticket]) -> None:
    source, target = pair
    row = merging.merge(source, into=target, actor=desk.alice)
    merging.unmerge(row, actor=desk.alice)
    for ticket in pair:
        ticket.refresh_from_db()
    assert (texts(source), texts(target)) == (["And my tea?"], ["Where is my box?", "On its way."])
    assert (target.status, target.waiting_since, target.tags.count()) == (TicketStatus.PENDING, None, 0)
    assert (source.deleted_as, source.merged_into) == ("", None)
    assert source.waiting_since is not None
    with pytest.raises(Refused):
        merging.unmerge(row, actor=desk.alice)


def test_an_undo_ends_once_the_customer_wrote_and_the_hour_is_over(desk: Desk, pair: tuple[Ticket, Ticket]) -> None:
    source, target = pair
    row = merging.merge(source, into=target, actor=desk.alice)
    receive_message(target, subscriber=target.subscriber, message=NewMessage("Hello?"))
    assert merging.may_undo(row)
    TicketMerge.objects.filter(pk=row.pk).update(merged_at=timezone.now() - timedelta(hours=2))
    row.refresh_from_db()
    assert not merging.may_undo(row)


def test_chains_lead_to_the_last_and_what_cannot_be_is_refused(desk: Desk, pair: tuple[Ticket, Ticket]) -> None:
    source, target = pair
    third = desk.ticket()
    merging.merge(source, into=target, actor=desk.alice)
    merging.merge(target, into=third, actor=None)
    assert merging.standing_of(source.pk) == third.pk
    assert texts(third)[:3] == ["Where is my box?", "On its way.", "And my tea?"]
    for into in (third, source, target):
        with pytest.raises(Refused):
            merging.merge(third, into=into, actor=desk.alice)
