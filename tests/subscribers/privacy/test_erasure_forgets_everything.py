"""Somebody with data in every column of every table is forgotten: no mark of theirs is left, all of others' are."""

from pathlib import Path

import pytest
from django.conf import settings

from subscribers.models import Erasure, Subscriber
from subscribers.privacy.enums import JobState
from subscribers.privacy.erasure import certificate, certificates_of, do_erasure, erase
from subscribers.privacy.registry import undeclared
from subscribers.services.people import identify
from tests.factories.people import StoreFactory, UserFactory
from tests.subscribers.privacy.planting import Planted, found_in_database


def test_every_column_is_declared() -> None:
    assert undeclared() == []


@pytest.mark.django_db
def test_no_mark_is_left_and_those_of_others_are() -> None:
    store, admin = StoreFactory(), UserFactory()
    theirs, others = Planted(store).grow(), Planted(store).grow()
    person = Subscriber.objects.get(pk=theirs.subscriber.pk)
    before = found_in_database(others.marks)
    assert {where for mark, where in others.marks.items() if mark not in before} == {"the attachment's file"}

    job = erase(person, admin, "asked")
    while not do_erasure(job.pk):
        job.refresh_from_db()
        assert (job.state, job.error) == (JobState.RUNNING, "")

    left = found_in_database(theirs.marks)
    assert {theirs.marks[mark]: tables for mark, tables in left.items()} == {}
    stopped = {"tickets_outboundmail.error"}  # of others nothing is touched
    assert {others.marks[mark] for mark in before.keys() - found_in_database(others.marks).keys()} - stopped == set()
    files = [path.read_bytes().decode() for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert [mark for mark in theirs.marks if any(mark in text for text in files)] == []

    job = Erasure.objects.get()
    assert (job.state, job.scope, job.requested_by) == (JobState.DONE, "", admin)
    assert list(certificates_of(store, person.email.upper())) == [job]
    told = certificate(job)
    assert {row["table"] for row in told["rows"]} >= {"tickets_message", "subscribers_subscriber", "success_touch"}
    assert [mark for mark in theirs.marks if mark in str(told)] == []
    assert identify(store=store, email=person.email).pk != person.pk
    assert erase(person, admin, "asked") == job
