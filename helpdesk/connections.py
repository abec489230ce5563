"""Connections to the database that the threads of a process share."""

from typing import Any


def share(database: dict[str, Any], size: int) -> None:
    """Make the connections of a database's settings a pool of so many; before the first one is opened."""
    database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": size, "timeout": 10}
    database["CONN_MAX_AGE"] = 0
