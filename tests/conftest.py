"""What every test has: a PostgreSQL for the run, files of its own, and no receiver that fails unnoticed."""

import atexit
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from helpdesk.local.instance import Instance
from helpdesk.local.lock import held
from helpdesk.local.postgres import Postgres
from helpdesk.local.process import ProcessError
from helpdesk.local.valkey import Valkey

# What a crash would lose is of no use to anybody.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
FOLDER = Path(os.environ["TESTS_FOLDER"])  # by tests/settings.py


def silent(name: str, line: str) -> None:
    """Servers of tests speak only by the errors that they raise."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The run's first process starts the server for itself and xdist's workers, and stops it at its end.

    Were that process killed, the server dies with it.
    """
    if hasattr(config, "workerinput"):
        return
    sweep_folders_of_killed_runs()
    alive = ExitStack()  # the kernel lets go of the lock when this process ends, however that happens
    alive.enter_context(held(FOLDER / "lock", "a test run"))
    config.add_cleanup(alive.close)
    if not config.option.basetemp:
        config.option.basetemp = FOLDER / "tmp"  # goes with the rest, and is shared with no other run
    if config.option.collectonly or "DATABASE_URL" in os.environ:
        return
    instance = Instance(FOLDER)
    server = Postgres(FOLDER / "postgres", instance.prepare_sockets(), silent, HASTE)
    atexit.register(server.stop)  # runs before the folder goes
    server.start()


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
