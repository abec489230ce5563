"""Does what we started do its work? Asked from outside, as its users would."""

import http.client
import json
import socket
from typing import Any

PATIENCE = 5.0  # seconds for one question


def parts_told(host: str, port: int, name: str) -> dict[str, dict[str, Any]]:
    """What `/readyz` tells of each part, asked for under the given host name; nothing while it does not answer."""
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz", headers={"Host": name})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return {}
    finally:
        connection.close()
    return json.loads(body)["parts"] if answer.status in (200, 503) and body.startswith(b"{") else {}


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
