"""Live updates: one LISTEN per web process, shared by every open page's event stream.

A stream says "ticket 7 changed" and nothing more: the page asks again, and is authorised again. A person hears only of
what they may see.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models
from django.http import HttpRequest, StreamingHttpResponse

from subscribers.live import CHANNEL
from subscribers.models import Subscriber
from success.models import Alert, Health
from tickets.models import Ticket

logger = logging.getLogger(__name__)

KEEP_ALIVE = 15.0  # seconds; proxies drop a silent stream
WAITING_EVENTS = 500  # a page that reads no more is told to ask for everything again
REPLAY = 10.0  # seconds; what changed between the making of a page and its stream is told to the stream
MISSED: dict[str, Any] = {"kind": "missed"}  # changes may have gone unheard: ask for everything again

# `viewing`: who is on a ticket's page.
KINDS: dict[str, type[models.Model]] = {
    "ticket": Ticket,
    "viewing": Ticket,
    "alert": Alert,
    "subscriber": Subscriber,
    "health": Health,
}


class Hub:
    """Hears PostgreSQL once and passes on to every stream of this process."""

    def __init__(self) -> None:
        self._streams: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self._listener: asyncio.Task[None] | None = None
        self._recent: deque[tuple[float, dict[str, Any]]] = deque(maxlen=WAITING_EVENTS)
        self._hears_since: float | None = None

    def join(self) -> asyncio.Queue[dict[str, Any] | None]:
        """A stream that begins with what its page may have missed while it was made and loaded."""
        stream: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(WAITING_EVENTS)
        self._streams.add(stream)
        if self._listener is None or self._listener.done():
            # It stays when the last page closes: the next one is often the same person's.
            self._listener = asyncio.create_task(self._listen())
        asked_for = monotonic() - REPLAY
        oldest = self._recent[0][0] if len(self._recent) == WAITING_EVENTS else asked_for
        if self._hears_since is not None and max(self._hears_since, oldest) > asked_for:
            stream.put_nowait(MISSED)
        elif self._hears_since is not None:
            recent = {(event["kind"], event["id"]): event for at, event in self._recent if at >= asked_for}
            for event in recent.values():
                stream.put_nowait(event)
        return stream

    def leave(self, stream: asyncio.Queue[dict[str, Any] | None]) -> None:
        self._streams.discard(stream)

    async def _listen(self) -> None:
        """Ends every stream when the connection is lost: browsers reconnect and then ask for everything again."""
        try:
            async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as heard:
                await heard.execute(f"LISTEN {CHANNEL}")
                self._hears_since = monotonic()
                self._tell(MISSED)  # for streams that came before we heard anything
                async for notice in heard.notifies():
                    event = json.loads(notice.payload)
                    self._recent.append((monotonic(), event))
                    self._tell(event)
        except (psycopg.Error, OSError) as error:
            logger.warning("The live channel was lost: %s", error)
            self._tell(None)
        finally:
            self._hears_since = None
            self._recent.clear()

    def _tell(self, event: dict[str, Any] | None) -> None:
        for stream in self._streams:
            if stream.full():
                while not stream.empty():
                    stream.get_nowait()
                stream.put_nowait(MISSED)
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
    # A page may stay open all day: it holds a stream, never a connection (the pool is for requests).
    await sync_to_async(_release)()
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
            if event is MISSED:
                yield b"event: missed\ndata: {}\n\n"
            elif await sync_to_async(_may_see)(user, event):
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
        _release()


def _release() -> None:
    """Give this thread's connection back."""
    connection.close()
