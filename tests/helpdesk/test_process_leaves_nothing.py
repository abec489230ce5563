"""A process that we start speaks through us, and ends with us, with all that it started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from helpdesk.local.process import Process, alive, end_leftover, leftover, until

SECONDS = 10


def script(text: str) -> list[str]:
    return [sys.executable, "-u", "-c", text]


class Heard(list[str]):
    def __call__(self, name: str, line: str) -> None:
        self.append(f"{name}: {line}")


def started(text: str, heard: Heard, **options: object) -> Process:
    process = Process("part", script(text), heard, **options)
    process.start()
    return process


def test_its_lines_are_told_with_its_name_and_its_status_kept() -> None:
    heard = Heard()
    process = started("import sys; print('a\\nb'); sys.stderr.write('\\u00e4\\n'); sys.exit(3)", heard)
    assert process.wait(SECONDS)
    assert (process.exited(), heard) == (3, ["part: a", "part: b", "part: ä"])


def test_a_quiet_one_is_heard_only_when_it_dies_by_itself() -> None:
    heard = Heard()
    asked = started("import time; print('up'); time.sleep(60)", heard, quiet=True)
    assert until(lambda: list(asked.last_lines) == ["up"], SECONDS)
    asked.stop(SECONDS)
    assert heard == []
    dead = started("print('why'); raise SystemExit(1)", heard, quiet=True)
    assert dead.wait(SECONDS)
    assert heard == ["part: why"]


def test_stop_kills_one_that_will_not_end_and_says_so() -> None:
    heard = Heard()
    text = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"
    process = started(text, heard)
    assert until(lambda: heard == ["part: up"], SECONDS)
    process.stop(grace=0.1)
    assert (process.exited(), heard[1:]) == (-9, ["part: did not stop within 0.1 s: killed"])


def test_what_it_started_dies_with_it() -> None:
    heard = Heard()
    text = "import subprocess, os; print(subprocess.Popen(['sleep', '60']).pid); os.kill(os.getpid(), 9)"
    process = started(text, heard)
    assert process.wait(SECONDS)
    grandchild = int(heard[0].removeprefix("part: "))
    assert until(lambda: not alive(grandchild), SECONDS)


def test_it_dies_with_a_starter_that_is_killed() -> None:
    starter = subprocess.Popen(
        script(
            "import time\n"
            "from helpdesk.local.process import Process\n"
            "child = Process('part', ['/bin/sleep', '60'], print)\n"
            "child.start()\n"
            "print(child.pid)\n"
            "time.sleep(60)\n"
        ),
        stdout=subprocess.PIPE,
        text=True,
    )
    with starter:
        assert starter.stdout
        child = int(starter.stdout.readline())
        assert until(lambda: leftover_arguments(child) == b"/bin/sleep", SECONDS)
        starter.kill()
    assert until(lambda: not alive(child), SECONDS)


def leftover_arguments(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]


def test_a_leftover_is_known_by_its_name_and_arguments_not_by_its_number(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    assert leftover(pid_file, "sleep", "61") is None
    with subprocess.Popen(["sleep", "61"]) as sleeper:
        pid_file.write_text(f"{sleeper.pid}\nmore\n")
        assert until(lambda: leftover(pid_file, "sleep", "61") == sleeper.pid, SECONDS)
        assert leftover(pid_file, "sleep", "62") is None
        assert leftover(pid_file, "postgres", "61") is None
        end_leftover(sleeper.pid, [signal.SIGTERM], SECONDS)
    pid_file.write_text(f"{os.getpid()}\n")
    assert leftover(pid_file, "sleep", "61") is None
