"""Does what we started do its work? Asked from outside, as its users would."""

import http.client
import json
import socket
from datetime import datetime

PATIENCE = 5.0  # seconds for one question


def page(host: str, port: int, path: str, name: str) -> tuple[int, bytes]:
    """Status and body of a page, asked for under the given host name; (0, b"") when nobody answers."""
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": name})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def unready(status: int, body: bytes, since: datetime) -> list[str]:
    """Which parts `/readyz` does not vouch for: not well, or last seen before `since`, in an earlier run."""
    if status not in (200, 503):
        return ["web"]
    return [
        name
        for name, part in json.loads(body)["parts"].items()
        if not part["ok"] or ("seen_at" in part and datetime.fromisoformat(part["seen_at"]) < since)
    ]


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
