"""Runs a listener for the time of a test."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tickets.mail.smtp import Listener


@contextmanager
def serving(listener: Listener) -> Iterator[int]:
    """Its port; it is stopped afterwards."""
    loop = asyncio.new_event_loop()
    ports: list[int] = []
    running = threading.Event()

    def ready(port: int) -> None:
        ports.append(port)
        running.set()

    thread = threading.Thread(target=loop.run_until_complete, args=(listener.serve(ready),))
    thread.start()
    assert running.wait(10)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(listener.stopping.set)
        thread.join(10)
        assert not thread.is_alive()
        loop.close()
