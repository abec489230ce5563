"""Lets receivers act on many facts at once where a service tells of many in one transaction.

A receiver hands what it would do to `together`. Inside of `gathering` each handler is then called once, with all that
was handed to it, at the end; elsewhere at once, with one.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db import transaction

Item = TypeVar("Item")
Gathered = dict[Callable[[list[object]], object], list[object]]

# Where signals tell of receivers that fail: a handler is one of them.
logger = logging.getLogger("django.dispatch")
_gathered: ContextVar[Gathered | None] = ContextVar("gathered", default=None)


@contextmanager
def gathering() -> Iterator[None]:
    """Inside a transaction, around what tells of many facts.

    As with a receiver, a handler that raises is undone and logged, and the rest stands.
    """
    if _gathered.get() is not None:
        yield
        return
    gathered: Gathered = {}
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    for handler, items in gathered.items():
        try:
            with transaction.atomic():
                handler(items)
        except Exception:
            logger.exception("Error calling %s with what was gathered", handler.__qualname__)


def together(handler: Callable[[list[Item]], object], item: Item) -> None:
    """Call `handler` with this item and the others of the same `gathering`."""
    gathered = _gathered.get()
    if gathered is None:
        handler([item])
    else:
        gathered.setdefault(handler, []).append(item)  # type: ignore[arg-type]
