"""Does what we started do its work? Asked from outside, as its users would."""

import http.client
import socket

PATIENCE = 5.0  # seconds for one question


def page_answers(host: str, port: int, path: str, name: str) -> bool:
    """Whether a page answers 200 when it is asked for under the given host name."""
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": name})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def smtp_greets(host: str, port: int) -> bool:
    """Whether a mail server says 220."""
    try:
        with socket.create_connection((host, port), timeout=PATIENCE) as connection:
            return connection.recv(4) == b"220 "
    except OSError:
        return False


def reachable(host: str) -> str:
    """The address to ask at for a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def host_name(allowed: list[str], port: int) -> str:
    """A Host header that Django takes."""
    name = next((name for name in allowed if name != "*"), "localhost").removeprefix(".")
    return f"{name}:{port}"
