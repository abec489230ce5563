"""The same done to many tickets: each with its outcome, and taken back as far as nobody touched it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.tickets.conftest import HTMX, Desk, signed_in
from tickets import tasks
from tickets.bulk import jobs
from tickets.enums import BulkOutcome, BulkState, Priority
from tickets.models import BulkJob, Ticket
from tickets.services import tickets as service

URGENT = [{"kind": "priority", "value": 1}]


def begin(desk: Desk, tickets: list[Ticket], actions: list[dict[str, Any]] = URGENT, key: str = "k") -> BulkJob:
    return jobs.begin(actor=desk.alice, key=key, actions=actions, ticket_ids=[ticket.pk for ticket in tickets])


def test_each_ticket_has_its_outcome_and_one_undo_takes_all_back(desk: Desk) -> None:
    tickets = [desk.ticket(), desk.ticket(priority=1), desk.ticket(), desk.ticket()]
    service.resolve(tickets[3], actor=desk.bob)
    job = begin(desk, tickets, [{"kind": "snooze", "value": 5}, *URGENT])
    assert job.state == BulkState.DONE
    assert [item.outcome for item in job.items.order_by("pk")] == ["done", "done", "done", "refused"]
    assert begin(desk, tickets).pk == job.pk  # the same request told again
    service.set_priority(tickets[0], actor=desk.bob, priority=Priority.HIGH)
    back = jobs.undo(job, actor=desk.alice)
    counts = jobs.progress(back)
    assert (counts[BulkOutcome.DONE], counts[BulkOutcome.LEFT]) == (2, 1)
    for ticket in tickets:
        ticket.refresh_from_db()
    assert [ticket.priority for ticket in tickets] == [2, 1, 3, 3]
    assert [ticket.is_snoozed for ticket in tickets] == [False] * 4


def test_many_are_worked_off_by_the_worker_and_go_on_where_they_stood(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    tickets = [desk.ticket() for _ in range(4)]
    job = begin(desk, tickets)
    assert (job.state, jobs.progress(job)["worked"]) == (BulkState.QUEUED, 0)
    jobs.work(job.pk, seconds=-1)  # its time was over after one
    assert jobs.progress(job)["worked"] == 1
    tasks.sweep_bulk_jobs()
    job.refresh_from_db()
    assert (job.state, jobs.progress(job)[BulkOutcome.DONE]) == (BulkState.DONE, 4)


def test_what_a_person_does_not_see_is_not_theirs_to_change(desk: Desk) -> None:
    hidden = desk.ticket(queue=desk.closed)
    job = begin(desk, [hidden])
    assert [item.outcome for item in job.items.all()] == [BulkOutcome.REFUSED]
    hidden.refresh_from_db()
    assert hidden.priority == 3


def test_a_list_changes_what_is_chosen_and_all_that_match(desk: Desk, alice: Client) -> None:
    tickets = [desk.ticket(), desk.ticket(), desk.ticket(priority=2)]
    desk.ticket(queue=desk.closed)
    address = reverse("ticket-bulk")
    chosen = {"ticket": [tickets[0].pk], "action": "add_tag", "tag": "vip", "key": "a"}
    answered = alice.post(address, chosen, headers=HTMX)
    assert "1 ticket changed" in answered.headers["HX-Trigger"]
    assert [ticket.tags.count() for ticket in tickets] == [1, 0, 0]
    query = "view=open&priority=normal"
    assert alice.get(reverse("ticket-bulk-count") + f"?{query}").json() == {"total": 2}
    all_of_it = {"everything": "1", "query": query, "action": '{"kind": "delete"}', "key": "b"}
    done = alice.post(address, all_of_it)
    assert done.status_code == 302
    assert Ticket.objects.discarded_for(desk.alice).count() == 2
    page = alice.get(done.headers["Location"]).content.decode()
    assert "2 changed" in page
    assert signed_in(desk.bob).get(done.headers["Location"]).status_code == 404
    job = BulkJob.objects.get(key="b")
    alice.post(reverse("ticket-bulk-undo", args=[job.pk]), headers=HTMX)
    assert Ticket.objects.discarded_for(desk.alice).count() == 0
    for wrong in ({"action": "x"}, {"action": '{"kind": "delete"}'}):
        assert alice.post(address, wrong, headers=HTMX).status_code == 422
