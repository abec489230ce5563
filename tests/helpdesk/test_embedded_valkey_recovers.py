"""The embedded Valkey: what it was given outlives its death, and its leftovers are in nobody's way."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from helpdesk.local.process import ProcessError, alive
from helpdesk.local.valkey import Valkey


def silent(name: str, line: str) -> None:
    pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey", tmp_path / "valkey.sock", silent)
    server.start()
    yield server
    server.stop()
    assert [path.name for path in tmp_path.iterdir()] == ["valkey"]


def client(server: Valkey) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(server.socket), decode_responses=True)


def test_what_it_was_given_outlives_a_kill(server: Valkey) -> None:
    with client(server) as connection:
        connection.rpush("celery", "message")
    os.kill(server.process.pid, signal.SIGKILL)
    assert server.process.wait(10)
    server.start()
    with client(server) as connection:
        assert connection.lrange("celery", 0, -1) == ["message"]


def test_a_live_server_of_a_killed_run_is_taken_over(server: Valkey) -> None:
    first = server.process.pid
    with client(server) as connection:
        connection.rpush("celery", "message")
    second = Valkey(server.folder, server.socket, silent)
    second.start()
    with client(second) as connection:
        assert connection.lrange("celery", 0, -1) == ["message"]
    assert not alive(first)
    second.stop()


def test_a_torn_end_of_its_log_costs_only_that(server: Valkey) -> None:
    with client(server) as connection:
        connection.rpush("celery", "whole")
    server.stop()
    log = next((server.folder / "appendonlydir").glob("*.incr.aof"))
    with log.open("ab") as file:
        file.write(b"*3\r\n$5\r\nrpush\r\n$6\r\ncel")
    server.start()
    with client(server) as connection:
        assert connection.lrange("celery", 0, -1) == ["whole"]


def test_why_it_does_not_start_is_told(tmp_path: Path) -> None:
    server = Valkey(tmp_path / "valkey", tmp_path / "valkey.sock", silent)
    server.process.command += ["--maxmemory", "nonsense"]
    with pytest.raises(ProcessError, match="argument must be a memory value"):
        server.start()
