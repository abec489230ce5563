"""Stories begin in the same store as the tests of success, with the flows that ship, on a Wednesday morning."""

import pytest

from subscribers.models import Store
from tests.journeys.world import World
from tests.success.conftest import agent, box, manager, newcomer, regular, shipped  # noqa: F401


@pytest.fixture
def store(shipped: Store) -> Store:  # noqa: F811
    return shipped


@pytest.fixture
def world(monkeypatch, client, store) -> World:
    return World(monkeypatch, client, store)
