"""One program that we started: it dies with us, speaks through us, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

Log = Callable[[str, str], None]  # who speaks, and one line of what it says
LAUNCH = Path(__file__).with_name("launch.py")


class ProcessError(Exception):
    """A program could not be started or stopped; the text is for the person at the terminal."""


class Child(Protocol):
    """What we know of a running one: `subprocess.Popen`, or one that was forked for us."""

    pid: int
    returncode: int | None
    stdout: IO[bytes] | None

    def wait(self) -> int: ...

    def send_signal(self, number: int, /) -> None: ...


class Process:
    """A child in a session of its own: Ctrl-C in the terminal reaches us alone, and we stop it in order.

    It must be started from a thread that lives as long as we do: the kernel ties its death to that thread.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Log,
        *,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        orphan_signal: signal.Signals = signal.SIGKILL,
        not_root: Path | None = None,
        quiet: bool = False,
        attached: bool = False,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self.env = env
        self.stop_signal = stop_signal
        self.orphan_signal = orphan_signal
        self.not_root = not_root
        self.quiet = quiet  # its words are only kept, and told when it dies by itself
        self.attached = attached  # it writes to our own terminal, for progress bars
        self.pass_fds = pass_fds
        self._asked = False
        self.last_lines: deque[str] = deque(maxlen=20)
        self._child: Child | None = None
        self._reader: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> None:
        self.last_lines.clear()
        self._asked = False
        self._child = self._spawn()
        if not self.attached:
            self._reader = threading.Thread(target=self._read, args=(self._child,), daemon=True)
            self._reader.start()

    def _spawn(self) -> Child:
        options = ["--not-root", str(self.not_root)] if self.not_root else []
        launcher = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), str(int(self.orphan_signal))]
        return subprocess.Popen(
            [*launcher, *options, "--", *self.command],
            env={**os.environ, **(self.env or {})},
            stdin=subprocess.DEVNULL,
            stdout=None if self.attached else subprocess.PIPE,
            stderr=None if self.attached else subprocess.STDOUT,
            start_new_session=True,
            pass_fds=self.pass_fds,
        )

    def exited(self) -> int | None:
        """The exit status once it has ended (negative: by which signal), else None.

        What it left in its process group is killed first: until it is reaped, no other group has its number.
        """
        if self._child is None:
            return 0
        if self._child.returncode is None:
            if os.waitid(os.P_PID, self._child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                return None
            self._signal_group(signal.SIGKILL)
            self._child.wait()
            if self._reader:
                self._reader.join(timeout=1)
            if self.quiet and not self._asked and self._child.returncode != 0:
                for line in self.last_lines:
                    self.log(self.name, line)
        return self._child.returncode

    def wait(self, seconds: float) -> bool:
        """Whether it ended within that time."""
        return until(lambda: self.exited() is not None, seconds)

    def ask_to_stop(self) -> None:
        if self._child and self.exited() is None:
            self._asked = True
            self._child.send_signal(self.stop_signal)

    def stop(self, grace: float) -> None:
        """Ask, wait at most `grace` seconds, then kill it and all that it started."""
        self.ask_to_stop()
        if self.wait(grace):
            return
        self.log(self.name, f"did not stop within {grace:g} s: killed")
        self._signal_group(signal.SIGKILL)
        if not self.wait(10):
            raise ProcessError(f"{self.name} (process {self.pid}) cannot be killed")

    def _signal_group(self, number: signal.Signals) -> None:
        if self.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def _read(self, child: Child) -> None:
        assert child.stdout is not None  # noqa: S101  asked for above
        with child.stdout as output:
            for raw in output:
                line = raw.decode(errors="replace").rstrip()
                self.last_lines.append(line)
                if not self.quiet:
                    self.log(self.name, line)


def until(holds: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Ask until it holds or the time is up; whether it held."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def leftover(pid_file: Path, program: str, mark: str) -> int | None:
    """The process that a pid file of an earlier run names, if it still is that program with `mark` among its
    arguments. A number alone proves nothing: after a restart of the machine it is somebody else's."""
    try:
        pid = int(pid_file.read_text().split("\n")[0])
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    named = Path(os.fsdecode(arguments[0])).name == program
    return pid if named and os.fsencode(mark) in arguments else None


def end_leftover(pid: int, numbers: Sequence[signal.Signals], seconds: float) -> None:
    """End a process that is not our child, politely first. ProcessError if it outlives all signals."""
    for number in numbers:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if until(lambda: not alive(pid), seconds):
            return
    raise ProcessError(f"process {pid} of an earlier run cannot be stopped")


def alive(pid: int) -> bool:
    """Whether it runs: one that ended and was not yet buried by its parent does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")
