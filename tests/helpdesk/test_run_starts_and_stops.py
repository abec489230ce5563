"""`manage.py run`, as somebody at a terminal has it: ready, restarted, refused, stopped, killed, recovered."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.local.instance import Instance
from helpdesk.local.lock import is_free
from helpdesk.local.process import until
from helpdesk.local.readiness import smtp_greets

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 180


class Run:
    """One `manage.py run --no-demo` on a folder, and what it prints."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.env = {**kept, "DATA": str(data), "DATABASE_POOL": "2"}
        self.output = data.with_name(f"{data.name}.{port}.txt")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run", "--no-demo", "--port", str(port)],
                cwd=ROOT,
                env=self.env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self) -> None:
        until(lambda: "is ready, after" in self.said or self.process.poll() is not None, SECONDS)
        assert "is ready, after" in self.said, self.said

    def ends_with(self, number: signal.Signals | None = None) -> int:
        if number:
            self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def readyz(self) -> tuple[int, bool]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as answer:
                return answer.status, json.load(answer)["ready"]
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, json.load(answer)["ready"]

    def processes(self, word: str = "") -> list[int]:
        """Live processes of this instance, by the folder in their environment or arguments."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                arguments = (entry / "cmdline").read_bytes()
                told = arguments + (entry / "environ").read_bytes()
            except OSError:
                continue
            if os.fsencode(self.data) in told and word.encode() in arguments:
                found.append(int(entry.name))
        return found

    def left_behind(self) -> tuple[list[int], list[str]]:
        return self.processes(), [path.name for path in Instance(self.data).sockets.iterdir()]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path / "data", free_port())
    yield run
    run.process.kill()
    run.process.wait()
    assert until(lambda: run.processes() == [], SECONDS)


def test_it_is_ready_alone_mended_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    run.wait_until_ready()
    assert run.readyz() == (200, True)
    assert smtp_greets("127.0.0.1", Instance(run.data).smtp_port)

    same_folder = Run(run.data, free_port())
    assert same_folder.ends_with() == 1
    assert same_folder.said == (
        f"CommandError: {run.data} is in use: process {run.process.pid} runs there, at http://127.0.0.1:{run.port}\n"
    )
    same_port = Run(tmp_path / "other", run.port)
    assert same_port.ends_with() == 1
    assert same_port.said == (f"CommandError: Port {run.port} is in use: choose another one by `make run PORT=…`.\n")
    assert not (tmp_path / "other" / "postgres").exists()

    [web] = run.processes("uvicorn")
    os.kill(web, signal.SIGKILL)
    assert until(lambda: "web      | ended by itself (killed by signal 9): started again" in run.said, SECONDS)
    assert until(lambda: not is_free("127.0.0.1", run.port), SECONDS)

    assert run.ends_with(signal.SIGTERM) == 0
    assert run.said.splitlines()[-1] == "helpdesk | stopped"
    assert run.left_behind() == ([], [])
    assert is_free("127.0.0.1", run.port)


def test_a_killed_one_takes_its_parts_along_and_the_next_start_recovers(run: Run) -> None:
    run.wait_until_ready()
    run.ends_with(signal.SIGKILL)
    again = Run(run.data, run.port)  # at once: what the first left may still be ending
    try:
        again.wait_until_ready()
        assert again.readyz() == (200, True)
        assert again.ends_with(signal.SIGINT) == 0
    finally:
        again.process.kill()
        again.process.wait()
    assert again.left_behind() == ([], [])
