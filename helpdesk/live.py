"""Live updates: one LISTEN per web process, shared by every open page's event stream.

A stream says "ticket 7 changed" and nothing more: the page asks again, and is authorised again. A person hears only of
what they may see.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models
from django.http import HttpRequest, StreamingHttpResponse

from subscribers.live import CHANNEL
from subscribers.models import Subscriber
from success.models import Alert
from tickets.models import Ticket

logger = logging.getLogger(__name__)

KEEP_ALIVE = 15.0  # seconds; proxies drop a silent stream
WAITING_EVENTS = 500  # a page that reads no more is told to reload everything

KINDS: dict[str, type[models.Model]] = {"ticket": Ticket, "alert": Alert, "subscriber": Subscriber}


class Hub:
    """Hears PostgreSQL once and passes on to every stream of this process."""

    def __init__(self) -> None:
        self._streams: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self._listener: asyncio.Task[None] | None = None

    def join(self) -> asyncio.Queue[dict[str, Any] | None]:
        stream: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(WAITING_EVENTS)
        self._streams.add(stream)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        return stream

    def leave(self, stream: asyncio.Queue[dict[str, Any] | None]) -> None:
        self._streams.discard(stream)
        if not self._streams and self._listener is not None:
            self._listener.cancel()
            self._listener = None

    async def _listen(self) -> None:
        """Ends every stream when the connection is lost: browsers reconnect and then ask for everything again."""
        try:
            async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as heard:
                await heard.execute(f"LISTEN {CHANNEL}")
                async for notice in heard.notifies():
                    self._tell(json.loads(notice.payload))
        except (psycopg.Error, OSError) as error:
            logger.warning("The live channel was lost: %s", error)
            self._tell(None)

    def _tell(self, event: dict[str, Any] | None) -> None:
        for stream in self._streams:
            if stream.full():
                stream.get_nowait()
            stream.put_nowait(event)


def _parameters() -> dict[str, Any]:
    parameters = connection.get_connection_params()
    return {
        name: value
        for name, value in parameters.items()
        if name not in {"cursor_factory", "context", "pool", "prepare_threshold", "server_side_binding"}
    }


hub = Hub()


async def live(request: HttpRequest) -> StreamingHttpResponse:
    """The event stream of one page: `change` events with {kind, id}, until the browser goes away."""
    user = await request.auser()
    stream = hub.join()
    response = StreamingHttpResponse(_events(stream, user), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _events(stream: "asyncio.Queue[dict[str, Any] | None]", user: Any) -> AsyncIterator[bytes]:
    try:
        yield b"retry: 2000\nevent: ready\ndata: {}\n\n"
        while True:
            try:
                event = await asyncio.wait_for(stream.get(), KEEP_ALIVE)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if event is None:
                return
            if await sync_to_async(_may_see)(user, event):
                yield f"event: change\ndata: {json.dumps(event)}\n\n".encode()
    finally:
        hub.leave(stream)


def _may_see(user: AbstractBaseUser, event: dict[str, Any]) -> bool:
    model = KINDS.get(event["kind"])
    if model is None:
        return False
    try:
        return bool(model._default_manager.visible_to(user).filter(pk=event["id"]).exists())  # type: ignore[attr-defined]
    finally:
        if not settings.DATABASE_POOL:
            connection.close()  # a thread of the event loop keeps no connection
