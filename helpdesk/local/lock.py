"""One `run` at a time on a folder, and one server at a time on a port."""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpdesk.local.process import ProcessError


@contextmanager
def held(path: Path, who: str) -> Iterator[None]:
    """Hold the lock; `who` is what a second one is told. ProcessError when somebody holds it.

    The kernel lets go of it when we end, however that happens, and children do not inherit it.
    """
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise ProcessError(f"{path.parent} is in use: {file.read().strip()}") from None
        file.truncate(0)
        file.write(who)
        file.flush()
        yield
        file.truncate(0)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        try:
            probe.bind(address)
            probe.listen()
        except OSError:
            return False
    return True


def free_port(host: str, wished: int) -> int:
    """The wished port, the next free one of the hundred after it, or any."""
    for port in range(wished, min(wished + 100, 65536)):
        if is_free(host, port):
            return port
    with socket.create_server((host, 0)) as server:
        return int(server.getsockname()[1])
