"""Somebody with data in every column of every table is forgotten: no mark of theirs is left, all of others' are."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from subscribers.append_only import erasing
from subscribers.models import Erasure, Store, Subscriber
from subscribers.privacy.enums import ErasureReason, JobState
from subscribers.privacy.erasure import certificate, certificates_of, do_erasure, erase, erase_store
from subscribers.privacy.registry import undeclared
from subscribers.services.people import identify
from tests.factories.people import StoreFactory, UserFactory
from tests.subscribers.privacy.planting import Planted, found_in_database
from tickets.enums import TicketStatus
from tickets.models import Ticket, TicketEvent

# Of others nothing changes; but what a mail shows of a person in copy may be anybody's row.
FILE = "the attachment's file"


def test_every_column_is_declared() -> None:
    assert undeclared() == []


def finish(job: Erasure) -> Erasure:
    while not do_erasure(job.pk):
        job.refresh_from_db()
        assert (job.state, job.error) == (JobState.RUNNING, "")
    job.refresh_from_db()
    return job


def in_files(marks: dict[str, str]) -> set[str]:
    texts = [path.read_bytes().decode() for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return {where for mark, where in marks.items() if any(mark in text for text in texts)}


def nothing_is_left(planted: Planted) -> None:
    left = found_in_database(planted.marks)
    assert {planted.marks[mark]: tables for mark, tables in left.items()} == {}
    assert in_files(planted.marks) == set()


def everything_is_left(planted: Planted) -> None:
    left = found_in_database(planted.marks)
    assert {where for mark, where in planted.marks.items() if mark not in left} == {FILE}
    assert in_files(planted.marks) == {FILE}


@pytest.mark.django_db
def test_no_mark_is_left_and_those_of_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    store, admin = StoreFactory(), UserFactory()
    theirs, others = Planted(store).grow(), Planted(store).grow()
    person = Subscriber.objects.get(pk=theirs.subscriber.pk)
    everything_is_left(theirs)
    monkeypatch.setattr("subscribers.privacy.erasure.LONGEST", 0.0)  # every batch is another worker's

    job = finish(erase(person, admin, ErasureReason.ASKED))

    nothing_is_left(theirs)
    everything_is_left(others)
    assert (job.state, job.scope, job.requested_by) == (JobState.DONE, "", admin)
    assert list(certificates_of(store, person.email.upper())) == [job]
    told = certificate(job)
    assert {row["table"] for row in told["rows"]} >= {"tickets_message", "subscribers_subscriber", "success_touch"}
    assert [mark for mark in theirs.marks if mark in str(told)] == []
    assert Ticket.objects.get(subscriber=person).status == TicketStatus.RESOLVED
    assert identify(store=store, email=person.email).pk != person.pk
    assert erase(person, admin, ErasureReason.ASKED) == job


@pytest.mark.django_db
def test_a_store_is_forgotten_and_its_neighbour_is_not() -> None:
    theirs, others = Planted(StoreFactory()).grow(), Planted(StoreFactory()).grow()

    finish(erase_store(theirs.store, None))

    nothing_is_left(theirs)
    everything_is_left(others)
    assert Store.objects.filter(pk=theirs.store.pk).exists()


@pytest.mark.django_db
def test_histories_let_go_of_names_alone() -> None:
    event = Planted(StoreFactory()).grow().row_of(TicketEvent)
    rows = TicketEvent.objects.filter(pk=event.pk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(data={})
    erasing()
    for changes in ({"kind": "opened"}, {"data": {}, "actor_kind": "flow"}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**changes)
    assert rows.update(data={}) == 1
