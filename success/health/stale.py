"""Marks of whom facts became known: one insert, in the fact's own transaction."""

from django.db import connection

from subscribers.models import Store
from success.models import Stale


def mark(*subscribers: int) -> None:
    """These people's milestones and health are computed again, within seconds."""
    Stale.objects.bulk_create(Stale(subscriber_id=pk) for pk in sorted(set(subscribers)))


def mark_store(store: Store | None) -> int:
    """Everybody of a store (None: of all) who ever subscribed, in one statement: how much something counts, or what is
    asked for, changed. How many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO success_stale (subscriber_id, created_at)"
            " SELECT DISTINCT subscriber_id, now() FROM subscribers_subscription"
            " WHERE %(store)s::bigint IS NULL OR store_id = %(store)s",
            {"store": store.pk if store else None},
        )
        return cursor.rowcount
