import pytest

from tests.tickets.mail.plumbing import World, make_world


@pytest.fixture
def world(db) -> World:
    return make_world()
