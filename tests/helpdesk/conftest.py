"""A demo store that a module's tests share: seeded once, each test a savepoint within its transaction."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from tests.helpdesk.seeding import seeded


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
        transaction.atomic(),
    ):
        seeded()
        yield
        transaction.set_rollback(True)
