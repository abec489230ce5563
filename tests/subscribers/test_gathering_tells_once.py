"""What receivers do together is done once, at the end, and undone alone where it fails."""

import logging

import pytest
from django.db import DatabaseError, connection, transaction

from subscribers.gathering import gathering, together
from subscribers.models import Store
from tests.factories.people import StoreFactory


@pytest.fixture
def calls() -> list[list[object]]:
    return []


def test_handler_gets_all_at_the_end(db, calls):
    def handler(items):
        calls.append(items)

    together(handler, 0)
    with transaction.atomic(), gathering():
        together(handler, 1)
        with gathering():
            together(handler, 2)
        assert calls == [[0]]
    assert calls == [[0], [1, 2]]


def test_nothing_is_done_when_the_telling_fails(db, calls):
    def tell() -> None:
        with transaction.atomic(), gathering():
            together(calls.append, 1)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        tell()
    assert calls == []
    together(calls.append, 2)
    assert calls == [[2]]


def test_failing_handler_undoes_itself_alone(db, calls, receivers_may_fail: list[logging.LogRecord]):
    def fails(items):
        Store.objects.update(name="Renamed")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    store = StoreFactory(name="Kept")
    with transaction.atomic(), gathering():
        together(fails, 1)
        together(calls.append, 2)
    assert calls == [[2]]
    assert Store.objects.get(pk=store.pk).name == "Kept"
    assert [record.exc_info[0] for record in receivers_may_fail if issubclass(record.exc_info[0], DatabaseError)]
