"""What every test has: a PostgreSQL for the run, files of its own, and no receiver that fails unnoticed."""

import atexit
import gc
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.test import TransactionTestCase
from xdist.scheduler import LoadScopeScheduling

from helpdesk.local.instance import Instance
from helpdesk.local.lock import held
from helpdesk.local.process import ProcessError
from helpdesk.local.valkey import Valkey
from tests import server

# Made from the models, the same after every test.
KEPT = {"django_content_type", "auth_permission"}
FOLDER = Path(os.environ["TESTS_FOLDER"])  # by tests/settings.py
NUMBERS = count()


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
    atexit.register(server.start(FOLDER).stop)  # runs before the folder goes
    empty_quickly()


# Files of which one process runs all tests, one after the other: they share what a module's fixture made.
TOGETHER = ("tests/helpdesk/test_seed_rows_are_consistent.py", "tests/helpdesk/test_demo_mail_is_sent.py")


class BrowserInOneProcess(LoadScopeScheduling):
    """Tests go to the processes one by one; those that drive a browser to one of them, first of all.

    So a run starts one product and one Chromium, not one in each process. xdist's own groups do not reach its
    scheduler under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/browser/"):
            return "browser"
        return nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return BrowserInOneProcess(config, log) if config.getvalue("dist") == "loadscope" else None


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
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Each process's database begins as a copy of the migrated one."""
    if "TESTS_OWN_SERVER" in os.environ:
        from django.db import connection

        connection.settings_dict["TEST"]["TEMPLATE"] = server.TEMPLATE


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """The address of a real Valkey, for the tests that need a message to arrive."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    sockets = Instance(FOLDER).prepare_sockets()
    valkey = Valkey(FOLDER / f"valkey-{worker}", sockets / f"valkey-{worker}.sock", server.silent)
    valkey.start()
    yield valkey.url
    valkey.stop()


@pytest.fixture(autouse=True)
def _files_of_its_own(settings) -> None:
    """In folders that are made by whoever writes first."""
    folder = FOLDER / f"files-{os.getpid()}" / str(next(NUMBERS))
    settings.MEDIA_ROOT = folder / "media"
    settings.DEMO_MAILBOX = folder / "mailbox"


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
