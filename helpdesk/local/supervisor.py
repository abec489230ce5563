"""Keeps the parts of an instance running, and stops them in order."""

import math
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Protocol

from helpdesk.local.process import Log, ProcessError

DEATHS, WITHIN = 5, 60.0  # a part that dies more often than that, in seconds, is given up
STEP = 0.1  # seconds between two looks


class Part(Protocol):
    """A `Process`, or a server around one."""

    name: str

    def start(self) -> None: ...

    def exited(self) -> int | None: ...

    def ask_to_stop(self) -> None: ...

    def stop(self, grace: float) -> None: ...


class Stopped(Exception):
    """We were asked to stop before everything ran."""


class Supervisor:
    """Everything happens in the thread that calls; a signal handler only sets `stopping`."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.stopping = threading.Event()
        self._parts: list[Part] = []  # in the order of their start
        self._deaths: defaultdict[str, deque[float]] = defaultdict(deque)

    def start(self, part: Part) -> None:
        self._unless_stopped()
        self._parts.append(part)
        part.start()

    def wait_for(self, holds: Callable[[], bool], seconds: float = math.inf) -> None:
        """Until it holds, restarting what dies meanwhile. Stopped when asked to, TimeoutError when it is late."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError
            self.look()
            self.stopping.wait(STEP)
            self._unless_stopped()

    def watch(self) -> None:
        """Until asked to stop. ProcessError when a part is given up."""
        while not self.stopping.wait(STEP):
            self.look()

    def look(self) -> None:
        """Start again what died by itself; ProcessError for a part that dies again and again."""
        for part in self._parts:
            status = part.exited()
            if status is None:
                continue
            now = time.monotonic()
            deaths = self._deaths[part.name]
            deaths.append(now)
            while deaths[0] < now - WITHIN:
                deaths.popleft()
            if len(deaths) > DEATHS:
                raise ProcessError(f"{part.name} died {len(deaths)} times within {WITHIN:g} s: given up")
            self.log(part.name, f"ended by itself ({describe(status)}): started again")
            self.stopping.wait((len(deaths) - 1) * 0.5)
            if self.stopping.is_set():
                return
            part.start()

    def stop(self, order: Sequence[tuple[Sequence[str], float]]) -> None:
        """Stop the named parts group by group: a group is asked at once and has so many seconds together."""
        for names, grace in order:
            group = [part for part in self._parts if part.name in names]
            for part in group:
                part.ask_to_stop()
            end = time.monotonic() + grace
            for part in group:
                part.stop(max(0.1, end - time.monotonic()))

    def _unless_stopped(self) -> None:
        if self.stopping.is_set():
            raise Stopped


def describe(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"exit status {status}"
