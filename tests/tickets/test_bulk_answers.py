"""One answer to many tickets: seen first, written once each, taken back while it has not left."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from subscribers.errors import Refused
from tests.tickets.conftest import HTMX, Desk
from tickets.bulk import answering, jobs
from tickets.enums import BulkOutcome, MessageState
from tickets.models import BulkItem, BulkJob, Message, OutboundMail, Ticket
from tickets.services import discarding
from tickets.services import tickets as service
from tickets.services.leaving import let_go

TEXT = "Dear {{ first_name }}, your box {{ order_number|of this month }} is on its way."


def begin(desk: Desk, tickets: list[Ticket], text: str = TEXT, then: str = "resolved") -> BulkJob:
    actions = [answering.action_of(text, then)]
    return jobs.begin(actor=desk.alice, key="k", actions=actions, ticket_ids=[ticket.pk for ticket in tickets])


def answers() -> list[tuple[str, str]]:
    rows = Message.objects.filter(author_kind="agent").order_by("ticket")
    return list(rows.values_list("text", "state"))


def leave() -> None:
    """As when the minute is over."""
    OutboundMail.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    let_go()


def test_each_reads_its_own_and_leaves_after_a_minute(desk: Desk) -> None:
    tickets = [desk.ticket(name="Ana Souza"), desk.ticket(name="Ben Okri")]
    job = begin(desk, tickets)
    said = [f"Dear {name}, your box of this month is on its way." for name in ("Ana", "Ben")]
    assert answers() == [(text, MessageState.LEAVING) for text in said]
    waits = OutboundMail.objects.values_list("not_before", flat=True)
    assert all(0 <= (at - job.created_at).total_seconds() - 59 <= 2 for at in waits)
    leave()
    assert answers() == [(text, MessageState.SAID) for text in said]
    assert {ticket.status for ticket in Ticket.objects.all()} == {"resolved"}


def test_nobody_is_answered_twice_however_often_it_is_worked(desk: Desk) -> None:
    job = begin(desk, [desk.ticket()])
    BulkItem.objects.filter(job=job).update(outcome=BulkOutcome.WAITING)  # as if its worker had died before it said so
    jobs.work(job.pk)
    assert len(answers()) == 1
    assert begin(desk, [desk.ticket()]).pk == job.pk


def test_one_undo_takes_back_what_has_not_left(desk: Desk) -> None:
    gone, stays = desk.ticket(), desk.ticket()
    job = begin(desk, [gone, stays])
    OutboundMail.objects.filter(ticket=gone).update(not_before=timezone.now() - timedelta(seconds=1))
    let_go()
    back = jobs.undo(job, actor=desk.alice)
    assert [(item.ticket, item.outcome, item.why) for item in back.items.order_by("ticket")] == [
        (gone, BulkOutcome.LEFT, "It has left already."),
        (stays, BulkOutcome.DONE, ""),
    ]
    leave()
    assert [state for _, state in answers()] == [MessageState.SAID, MessageState.WITHDRAWN]


def test_what_cannot_be_answered_is_named_and_what_is_resolved_stays_so(desk: Desk) -> None:
    thrown, unknown, done = desk.ticket(), desk.ticket(), desk.ticket()
    discarding.delete(thrown, actor=desk.bob)
    service.resolve(done, actor=desk.bob)
    job = begin(desk, [thrown, unknown], "It is {{ tracking_number }}.")
    assert [item.why for item in job.items.order_by("pk")] == [
        "This ticket is in no list any more.",
        "Nothing is known for tracking_number.",
    ]
    jobs.begin(
        actor=desk.alice, key="other", actions=[answering.action_of("One more thing.", "pending")], ticket_ids=[done.pk]
    )
    leave()
    done.refresh_from_db()
    assert (done.status, answers()) == ("resolved", [("One more thing.", MessageState.SAID)])


@pytest.mark.parametrize(
    ("text", "then"), [(" ", "pending"), ("{{ nonsense }}", "pending"), ("Yes", "new"), ("Yes", "")]
)
def test_what_cannot_be_sent_is_refused(text: str, then: str) -> None:
    with pytest.raises(Refused):
        answering.action_of(text, then)


def test_a_list_composes_previews_and_sends(desk: Desk, alice: Client) -> None:
    tickets = [desk.ticket(name="Ana Souza"), desk.ticket(name="Ben Okri"), desk.ticket(queue=desk.closed)]
    address = reverse("ticket-bulk-answer")
    chosen: dict[str, Any] = {"ticket": [ticket.pk for ticket in tickets], "key": "a"}
    assert "Answer 2 tickets" in alice.post(address, chosen, headers=HTMX).content.decode()
    assert "Answer 2 tickets" in alice.post(address, chosen).content.decode()
    composed = chosen | {"text": "Dear {{ first_name }}, it is {{ carrier }}.", "then": "pending"}
    seen = alice.post(address, composed | {"step": "preview"}, headers=HTMX).content.decode()
    assert [name in seen for name in ("Dear Ana, it is", "Dear Ben, it is")] == [True, True]
    assert seen.count("this ticket would not be answered") == 2
    assert alice.post(address, chosen | {"step": "send", "text": ""}, headers=HTMX).status_code == 422
    assert answers() == []
    everything = {"everything": "1", "query": "view=open", "key": "b", "text": "Soon!", "step": "send"}
    sent = alice.post(address, everything, headers=HTMX)
    assert "2 answers leave in a minute" in sent.headers["HX-Trigger"]
    alice.post(address, everything, headers=HTMX)
    assert answers() == [("Soon!", MessageState.LEAVING)] * 2
    job = BulkJob.objects.get()
    assert "2 answered" in alice.get(reverse("ticket-bulk-job", args=[job.pk])).content.decode()
    undone = alice.post(reverse("ticket-bulk-undo", args=[job.pk]), headers=HTMX)
    assert "2 answers taken back" in undone.headers["HX-Trigger"]
