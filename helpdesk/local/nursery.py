"""Sets Django up once for all parts of an instance, which are forked from there.

Each part needs the same second and a half of imports. The nursery is a process that does them and then, for every
program that it is asked for, forks a process which runs that program as `python -m` would. It has one thread, no
connection to the database and none to the broker, so a fork takes nothing along but what was imported. What it forks
becomes a child of the asking process, as if that one had started it.

Only first starts come from it: a part that died is started again by an interpreter of its own.
"""

import atexit
import gc
import importlib
import json
import os
import re
import runpy
import socket
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from signal import SIGKILL
from typing import IO, NoReturn

from helpdesk.local import launch
from helpdesk.local.process import Child, Log, Process, ProcessError

PR_SET_CHILD_SUBREAPER = 36
ANSWER_SECONDS = 60.0
ORPHAN = b"-"  # the answer of a fork that was not adopted by who asked for it
# What the parts would import after Django's setup: done while the database is migrated.
WANTED = [
    "helpdesk.demo.seed",
    "tickets.mail.smtp",
    "helpdesk.urls",
    "celery.apps.worker",
    "celery.apps.beat",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.worker.consumer",
    "kombu.transport.redis",
    "uvicorn.main",
    "uvicorn.lifespan.off",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
]


@dataclass(frozen=True)
class Program:
    """What `python -m` runs. `quiet_about`: how a warning begins that is no news."""

    module: str
    arguments: tuple[str, ...] = ()
    quiet_about: str = ""

    @property
    def command(self) -> list[str]:
        about = ["-W", f"ignore:{self.quiet_about}"] if self.quiet_about else []
        return [sys.executable, *about, "-m", self.module, *self.arguments]

    def run(self) -> NoReturn:
        """In this very process, to its end; what is left of it is not taken apart, which would last half a second."""
        if self.quiet_about:
            warnings.filterwarnings("ignore", re.escape(self.quiet_about))
        sys.argv = [self.module, *self.arguments]
        status: object = 0
        try:
            runpy.run_module(self.module, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            status = end.code
        if isinstance(status, str):
            sys.stderr.write(f"{status}\n")
        while others := [
            one for one in threading.enumerate() if one is not threading.current_thread() and not one.daemon
        ]:
            others[0].join()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else int(status is not None))


class Forked:
    """A child that the nursery forked for us."""

    def __init__(self, pid: int, output: int | None) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout: IO[bytes] | None = os.fdopen(output, "rb") if output is not None else None

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)


class Nursery:
    """Our side of it. `env` is what all parts have in common."""

    def __init__(self, log: Log, env: Mapping[str, str]) -> None:
        self.log, self.env = log, env
        self._control: socket.socket | None = None
        self._process: Process | None = None

    def open(self) -> None:
        """It begins to import; nothing waits for it before the first fork. Not where forks cannot be adopted."""
        if not sys.platform.startswith("linux"):
            return
        launch.call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(ANSWER_SECONDS)
        with theirs:
            command = [sys.executable, "-m", "helpdesk.local.nursery", str(theirs.fileno()), str(os.getpid())]
            self._process = Process("nursery", command, self.log, env=self.env, pass_fds=(theirs.fileno(),))
            self._process.start()

    @property
    def is_open(self) -> bool:
        return self._control is not None

    def fork(self, program: Program, *, attached: bool) -> Child | None:
        """A new child of ours that runs the program; `attached` ones write where we do.

        None on a machine that lets us adopt nobody. ProcessError where Django's setup failed.
        """
        assert self._control is not None  # noqa: S101  callers ask whether it is open
        read, write = (None, None) if attached else os.pipe()
        outputs = [1, 2] if write is None else [write, write]
        try:
            socket.send_fds(self._control, [json.dumps(asdict(program)).encode()], outputs)
            answer = self._control.recv(64)
        except OSError:
            answer = b""
        finally:
            if write is not None:
                os.close(write)
        if answer in (b"", ORPHAN) and read is not None:
            os.close(read)
        if answer == ORPHAN:
            self.close()
            return None
        if not answer:
            raise ProcessError(f"{program.module} cannot be started; see above.")
        return Forked(int(answer), read)

    def close(self) -> None:
        """It ends; what it forked goes on."""
        if self._control is None or self._process is None:
            return
        self._control.close()
        self._control = None
        self._process.stop(grace=5)
        launch.call("prctl", PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


class Part(Process):
    """A Python program: forked by the nursery while that is open, else in an interpreter of its own."""

    def __init__(self, name: str, program: Program, nursery: Nursery, *, attached: bool = False) -> None:
        super().__init__(name, program.command, nursery.log, env=nursery.env, attached=attached)
        self.program, self.nursery = program, nursery

    def _spawn(self) -> Child:
        forked = self.nursery.fork(self.program, attached=self.attached) if self.nursery.is_open else None
        return forked or super()._spawn()


def main(control: socket.socket, parent: int) -> None:
    """Serve until the other side closes; a forked process leaves by running its program."""
    import django

    django.setup()
    program = serve(control, parent)
    if program is not None:
        program.run()


def serve(control: socket.socket, parent: int) -> Program | None:
    """None when nobody asks any more; in a forked process the program that it is to run."""
    wanted = list(WANTED)
    while True:
        asked, outputs, _, _ = socket.recv_fds(control, 65536, 2)
        if not asked:
            return None
        if forked():
            if os.getppid() != parent:
                control.send(ORPHAN)
                os._exit(1)
            launch.die_with(parent, SIGKILL)
            for output, number in zip(outputs, (1, 2), strict=True):
                os.dup2(output, number)
                os.close(output)
            control.send(str(os.getpid()).encode())
            control.close()
            described = json.loads(asked)
            program = Program(**{**described, "arguments": tuple(described["arguments"])})
            name_process(program)
            return program
        for output in outputs:
            os.close(output)
        while wanted:  # after the first answer: that one prepares the database, which takes as long
            importlib.import_module(wanted.pop(0))
        set_addresses_up()
        gc.collect()
        gc.freeze()  # what was imported stays shared between the processes


def set_addresses_up() -> None:
    """Else each part would do it for itself at the first address that it makes: a third of a second."""
    from django.urls import reverse

    reverse("inbox")


def forked() -> bool:
    """Whether this is the new process: in a session of its own, and left to the next of its forebears that adopts."""
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return False
    between = os.getpid()
    if os.fork():
        os._exit(0)
    os.setsid()
    while os.getppid() == between:
        time.sleep(0.0005)
    return True


def name_process(program: Program) -> None:
    """For those who look at the list of processes."""
    from setproctitle import setproctitle

    setproctitle(" ".join([program.module, *program.arguments]))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    with suppress(KeyboardInterrupt):
        main(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
