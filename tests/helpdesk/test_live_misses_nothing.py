"""A stream begins with what changed while its page was made; where that is not known, the page asks for everything."""

import asyncio
from typing import Any

import pytest

from helpdesk import live
from helpdesk.live import MISSED, Hub
from tests.loops import run

SEVEN, EIGHT = {"kind": "ticket", "id": 7}, {"kind": "ticket", "id": 8}


@pytest.fixture
def clock(monkeypatch):
    """The hub's clock, set by hand; its listener hears nothing by itself."""
    now = [1000.0]
    monkeypatch.setattr(live, "monotonic", lambda: now[0])

    async def silence(self) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(Hub, "_listen", silence)
    return now


def hear(hub: Hub, event: dict[str, Any]) -> None:
    hub._recent.append((live.monotonic(), event))
    hub._tell(event)


def waiting(stream) -> list[dict[str, Any]]:
    return [stream.get_nowait() for _ in range(stream.qsize())]


def test_new_stream_is_told_of_the_last_seconds_once_each(clock):
    async def story() -> list[dict[str, Any]]:
        hub = Hub()
        hub._hears_since = 0.0
        hear(hub, SEVEN)
        clock[0] += live.REPLAY + 1
        for event in (EIGHT, EIGHT):
            hear(hub, event)
        return waiting(hub.join())

    assert run(story()) == [EIGHT]


def test_stream_of_a_hub_that_just_began_to_hear_asks_for_everything(clock):
    async def story() -> list[dict[str, Any]]:
        hub = Hub()
        hub._hears_since = clock[0] - live.REPLAY / 2
        return waiting(hub.join())

    assert run(story()) == [MISSED]


def test_stream_that_is_not_read_is_told_to_ask_for_everything(clock):
    async def story() -> list[dict[str, Any]]:
        hub = Hub()
        hub._hears_since = 0.0
        stream = hub.join()
        for number in range(live.WAITING_EVENTS + 1):
            hear(hub, {"kind": "ticket", "id": number})
        return waiting(stream)

    assert run(story()) == [MISSED, {"kind": "ticket", "id": live.WAITING_EVENTS}]


def test_closed_stream_hears_nothing_more(clock):
    async def story() -> list[dict[str, Any]]:
        hub = Hub()
        hub._hears_since = 0.0
        stream = hub.join()
        hub.leave(stream)
        hear(hub, SEVEN)
        return waiting(stream)

    assert run(story()) == []
