"""Stories begin in the same store as the tests of success."""

from tests.success.conftest import agent, box, manager, newcomer, regular, store  # noqa: F401
