"""What the local servers of providers share: a real HTTP server, faults on demand, and time that tests let pass."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dateutil.relativedelta import relativedelta

EVERY = {"day": "days", "week": "weeks", "month": "months", "year": "years"}


def step(interval: str, count: int) -> relativedelta:
    return relativedelta(**{EVERY[interval.lower()]: count})


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Webhook:
    """One event as it leaves the provider."""

    topic: str
    payload: dict[str, Any]
    at: datetime
    number: int


class Service:
    """`faults`: what becomes of the next requests: a status, "silent" (not done, no answer) or "lost" (done, no
    answer); None lets one through."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.waited = 0.0
        self.faults: deque[int | str | None] = deque()
        self.calls: list[str] = []
        self.outbox: list[Webhook] = []
        self.lock = threading.RLock()
        self._number = 1000
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def sleep(self, seconds: float) -> None:
        """What the client waits, passes here at once."""
        self.waited += seconds
        self.refill(seconds)

    def refill(self, seconds: float) -> None:
        """Points come back while time passes."""

    def later(self, **what: float) -> datetime:
        self.now += timedelta(**what)
        return self.now

    def number(self) -> int:
        self._number += 1
        return self._number

    def tell(self, topic: str, payload: dict[str, Any]) -> None:
        # As it was then: what changes later, later webhooks tell.
        frozen = json.loads(json.dumps(payload))
        self.outbox.append(Webhook(topic, frozen, self.now, self.number()))

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> Answer:
        raise NotImplementedError

    def _handler(service) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length)
                with service.lock:
                    fault = service.faults.popleft() if service.faults else None
                    if fault == "silent":
                        self.close_connection = True
                        return
                    if isinstance(fault, int):
                        answer = Answer(fault, {"errors": "a fault"}, {"Retry-After": "2"} if fault == 429 else {})
                    else:
                        headers = {name.lower(): value for name, value in self.headers.items()}
                        answer = service.answer(self.command, self.path, headers, json.loads(raw) if raw else None)
                    if fault == "lost":
                        self.close_connection = True
                        return
                sent = json.dumps(answer.body).encode()
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = do_PUT = do_DELETE = _serve

            def log_message(self, *args: Any) -> None:
                """Tests look at `calls`."""

        return Handler
