"""The same door as `views.webhook` for a busy server: before the pages' middleware, many deliveries in one statement.

An ASGI application in front of another one. What arrives while a batch is being written waits for the next: the
answer is given when the row is committed, and at 300 a second a batch has some few rows.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connection

from subscribers.enums import Provider
from subscribers.webhooks.intake import MAX_BYTES, Delivery, admit, store
from subscribers.webhooks.work import hint

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ADDRESS = re.compile(r"/webhooks/(?P<provider>shopify|recharge)/(?:(?P<shop>[^/]+)/)?")
BATCH = 100
# The most that may wait: beyond it a provider is asked to come again.
LONGEST_QUEUE = 2000


@dataclass(frozen=True)
class Call:
    provider: Provider
    shop: str
    headers: dict[str, str]
    body: bytes


class Door:
    """`application` gets everything that is no webhook."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.waiting: list[tuple[Call, asyncio.Future[int]]] = []
        self.is_writing = False
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="webhooks")
        self.teller = ThreadPoolExecutor(1, thread_name_prefix="webhooks-hint")
        self.tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self.application(scope, receive, send)
            return
        status = 405
        if scope["method"] == "POST":
            body = await read(receive)
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            status = 413
            if body is not None:
                call = Call(Provider(found["provider"]), found["shop"] or "", headers, body)
                status = await self.take(call)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def take(self, call: Call) -> int:
        """The status to answer, once the delivery is stored or refused."""
        if len(self.waiting) >= LONGEST_QUEUE:
            return 503
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.waiting.append((call, answer))
        if not self.is_writing:
            self.is_writing = True
            task = asyncio.create_task(self.write())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return await answer

    async def write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self.waiting:
                batch, self.waiting = self.waiting[:BATCH], self.waiting[BATCH:]
                statuses = await loop.run_in_executor(self.writer, take_in, [call for call, _ in batch])
                for (_, answer), status in zip(batch, statuses, strict=True):
                    if not answer.done():  # whoever asked may be gone
                        answer.set_result(status)
                loop.run_in_executor(self.teller, hint)
        finally:
            self.is_writing = False


async def read(receive: Receive) -> bytes | None:
    """The body; None where it is too long. Cut off, it matches no signature."""
    parts, length = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        parts.append(part)
        length += len(part)
        if length > MAX_BYTES:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(parts)


def take_in(calls: list[Call]) -> list[int]:
    """The status of each: 200 stored, 401 unknown, 503 where the database cannot take it now."""
    try:
        admitted = [_admit(call) for call in calls]
        good = [one for one in admitted if isinstance(one, Delivery)]
        try:
            store(good)
            refused: set[int] = set()
        except Exception:  # one of them may be at fault: each for itself
            logger.exception("%s webhooks could not be stored at once", len(good))
            refused = {id(one) for one in good if not _stored(one)}
        return [one if isinstance(one, int) else 503 if id(one) in refused else 200 for one in admitted]
    finally:
        connection.close()  # back into the pool


def _admit(call: Call) -> Delivery | int:
    try:
        return admit(call.provider, call.headers, call.body, call.shop) or 401
    except Exception:
        logger.exception("a webhook could not be checked")
        return 503


def _stored(delivery: Delivery) -> bool:
    try:
        store([delivery])
    except Exception:
        logger.exception("webhook %s could not be stored", delivery.webhook_id)
        return False
    return True
