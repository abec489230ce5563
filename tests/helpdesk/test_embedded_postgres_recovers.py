"""The embedded PostgreSQL: made once, and up again after every kind of death, with what was committed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.local.postgres import VERSION, Postgres
from helpdesk.local.process import ProcessError, alive


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """One cluster for the module: making one takes a second."""
    folder = tmp_path_factory.mktemp("postgres")
    folder.chmod(0o700)
    (folder / "sockets").mkdir()
    return folder


class Heard(list[str]):
    def __call__(self, name: str, line: str) -> None:
        self.append(line)


@pytest.fixture
def server(home: Path) -> Iterator[Postgres]:
    server = Postgres(home / "data", home / "sockets", Heard())
    server.start()
    yield server
    server.stop()


def kill(server: Postgres) -> None:
    assert server.process.pid
    os.kill(server.process.pid, signal.SIGKILL)
    assert server.process.wait(10)


def rows(server: Postgres) -> list[tuple[int]]:
    with server.connect("kept") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        return connection.execute("SELECT * FROM kept").fetchall()


def test_it_runs_for_us_as_somebody_other_than_root_below_a_closed_folder(server: Postgres) -> None:
    assert server.answers()
    with server.connect("postgres") as connection:
        answer = connection.execute("SELECT current_setting('server_version'), count(*) FROM pg_stat_activity")
        assert answer.fetchone()[0].split(".")[0] == VERSION
    assert list(server.folder.parent.glob("sockets/.s.PGSQL.*")) != []


def test_a_database_is_made_once(server: Postgres) -> None:
    server.create_database("kept")
    server.create_database("kept")
    with server.connect("postgres") as connection:
        found = connection.execute("SELECT count(*) FROM pg_database WHERE datname = 'kept'").fetchone()
    assert found == (1,)


def test_what_was_committed_outlives_a_kill(server: Postgres) -> None:
    server.create_database("kept")
    before = rows(server)
    kill(server)
    assert server.exited() == -9
    server.start()
    assert rows(server) == [*before, (1,)]


def test_a_live_server_of_a_killed_run_is_taken_over(server: Postgres) -> None:
    server.create_database("kept")
    before = rows(server)
    first = server.process.pid
    heard = Heard()
    second = Postgres(server.folder, server.sockets, heard)
    second.start()
    assert first is not None
    assert (second.answers(), alive(first)) == (True, False)
    assert heard == [f"an earlier run left PostgreSQL running (process {first}): taking over"]
    assert rows(second) == [*before, (1,)]
    second.stop()


def test_a_file_that_names_another_process_is_in_nobodys_way(server: Postgres) -> None:
    kill(server)
    pid_file = server.folder / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]))  # as after a restart of the machine
    server.start()
    assert server.answers()


def test_a_half_made_cluster_is_made_anew(home: Path, tmp_path: Path) -> None:
    draft = tmp_path / "data.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    (tmp_path / "sockets").mkdir()
    server = Postgres(tmp_path / "data", tmp_path / "sockets", Heard())
    server.start()
    assert (server.answers(), draft.exists()) == (True, False)
    server.stop()
    assert not server.answers()


def test_another_versions_cluster_is_left_alone_and_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("15\n")
    with pytest.raises(ProcessError, match=f"was made by PostgreSQL 15; this is {VERSION}"):
        Postgres(tmp_path / "data", tmp_path, Heard()).start()


def test_why_it_does_not_start_is_told(server: Postgres) -> None:
    server.stop()
    broken = Postgres(server.folder, server.sockets, Heard(), {"shared_buffers": "nonsense"})
    with pytest.raises(ProcessError, match='invalid value for parameter "shared_buffers"'):
        broken.start()
    assert broken.exited() == 1
