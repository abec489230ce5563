"""What every test has: a PostgreSQL for the run, files of its own, and no receiver that fails unnoticed."""

import atexit
import gc
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from django.test import TransactionTestCase

from helpdesk.local.instance import Instance
from helpdesk.local.lock import held
from helpdesk.local.postgres import Postgres
from helpdesk.local.process import ProcessError
from helpdesk.local.valkey import Valkey

# What a crash would lose is of no use to anybody.
HASTE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "max_connections": "200",
}
# Made from the models, the same after every test.
KEPT = {"django_content_type", "auth_permission"}
FOLDER = Path(os.environ["TESTS_FOLDER"])  # by tests/settings.py


def silent(name: str, line: str) -> None:
    """Servers of tests speak only by the errors that they raise."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The run's first process starts the server for itself and xdist's workers, and stops it at its end.

    Were that process killed, the server dies with it.
    """
    if hasattr(config, "workerinput"):
        empty_quickly()
        return
    sweep_folders_of_killed_runs()
    alive = ExitStack()  # the kernel lets go of the lock when this process ends, however that happens
    alive.enter_context(held(FOLDER / "lock", "a test run"))
    config.add_cleanup(alive.close)
    if not config.option.basetemp:
        config.option.basetemp = FOLDER / "tmp"  # goes with the rest, and is shared with no other run
    if config.option.collectonly or "DATABASE_URL" in os.environ:
        return
    os.environ["TESTS_OWN_SERVER"] = "yes"  # workers inherit it
    instance = Instance(FOLDER)
    server = Postgres(FOLDER / "postgres", instance.prepare_sockets(), silent, HASTE)
    atexit.register(server.stop)  # runs before the folder goes
    server.start()
    empty_quickly()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported stays: looking for garbage among it over and over is a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def empty_quickly() -> None:
    """After a test with transactions of its own, remove the rows that there are, not the files of all tables.

    On the run's own server alone: leaving the foreign keys and the append-only tables' guards out takes a superuser.
    """
    if "TESTS_OWN_SERVER" in os.environ:
        TransactionTestCase._fixture_teardown = lambda test: delete_rows()  # type: ignore[method-assign]


def delete_rows() -> None:
    from django.db import connection, transaction

    tables = [name for name in connection.introspection.django_table_names() if name not in KEPT]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f'EXISTS (SELECT FROM "{name}")' for name in tables))
        used = [name for name, has_rows in zip(tables, cursor.fetchone(), strict=True) if has_rows]
        if used:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("; ".join(f'DELETE FROM "{name}"' for name in used))


def sweep_folders_of_killed_runs() -> None:
    for lock in FOLDER.parent.glob("helpdesk-tests-*/lock"):
        if os.access(lock, os.W_OK):
            with suppress(ProcessError), held(lock, "swept"):
                shutil.rmtree(lock.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """The run's own server goes with its databases: none is dropped, whoever may still be connected."""
    return django_db_keepdb or "DATABASE_URL" not in os.environ


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """The address of a real Valkey, for the tests that need a message to arrive."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    sockets = Instance(FOLDER).prepare_sockets()
    server = Valkey(FOLDER / f"valkey-{worker}", sockets / f"valkey-{worker}.sock", silent)
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(autouse=True)
def _files_of_its_own(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DEMO_MAILBOX = tmp_path / "mailbox"


class Failures(logging.Handler):
    """Collects what `Signal.send_robust` says of receivers that raised."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def receivers_may_fail(_no_receiver_fails_unnoticed: Failures) -> list[logging.LogRecord]:
    """For a test in which a receiver raises on purpose: the failures, as they are logged."""
    return _no_receiver_fails_unnoticed.records


@pytest.fixture(autouse=True)
def _no_receiver_fails_unnoticed(request: pytest.FixtureRequest) -> Iterator[Failures]:
    failures = Failures()
    logger = logging.getLogger("django.dispatch")
    logger.addHandler(failures)
    yield failures
    logger.removeHandler(failures)
    if failures.records and "receivers_may_fail" not in request.fixturenames:
        told = "\n".join(logging.Formatter().format(record) for record in failures.records)
        pytest.fail(f"a receiver failed unnoticed:\n{told}")
