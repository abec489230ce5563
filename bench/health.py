"""How long milestones and health of a whole store take: `python bench/health.py [--subscribers N]`.

Fills the database of DATABASE_URL (or DATA) with a store of its own, inside a transaction that is rolled back: nothing
stays. Each subscriber has four paid cycles with their boxes; a third wrote a ticket, one in ten about a damaged box.
Prints seconds, processor seconds of this process, and statements: of everybody from nothing, of everybody again, and
of one sweep of those of whom a fact became known.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

import django

django.setup()

from django.db import connection, models, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from subscribers.models import Box, Cycle, Reason, Store, Subscriber, Subscription  # noqa: E402
from success.health import work  # noqa: E402
from success.health.settings import install_health  # noqa: E402
from success.milestones.starter import install_milestones  # noqa: E402
from success.models import Health, MilestoneProgress, Stale  # noqa: E402
from tickets.models import Queue, Ticket, TicketTopic  # noqa: E402

FIRST = 100_000_000  # ids from here on are the bench's
CYCLES = 4


def clone(row: models.Model, numbers: str, changes: str) -> None:
    """As many rows like `row` as `numbers` (SQL, a column n) has, each with the changes (SQL of a jsonb of n)."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT made.* FROM {table} one CROSS JOIN ({numbers}) numbers CROSS JOIN LATERAL"
            f" jsonb_populate_record(NULL::{table}, to_jsonb(one) || {changes}) made WHERE one.id = %s",
            [row.pk],
        )


def fill(subscribers: int) -> Store:
    now = timezone.now()
    store = Store.objects.create(key="bench-health", name="Bench")
    person = Subscriber.objects.create(store=store, email="bench@example.com")
    subscription = Subscription.objects.create(
        store=store, subscriber=person, external_id="bench", price=30, currency="EUR", started_at=now
    )
    cycle = Cycle.objects.create(
        subscription=subscription,
        index=99,
        starts_at=now,
        ends_at=now + timedelta(days=30),
        billing_expected_at=now,
        status="billed",
        billed_at=now,
        amount=30,
    )
    box = Box.objects.create(cycle=cycle, status="delivered", shipped_at=now, delivered_at=now)
    queue = Queue.objects.create(store=store, key="bench", name="Bench")
    ticket = Ticket.objects.create(store=store, queue=queue, subscriber=person, subject="Broken", channel="mail")
    reason = Reason.objects.get_or_create(store=None, key="damaged", defaults={"label": "Damaged"})[0]
    topic = TicketTopic.objects.create(ticket=ticket, reason=reason, source="rule")
    people = f"SELECT n FROM generate_series(1, {subscribers}) n"
    lived = f"SELECT n, c FROM generate_series(1, {subscribers}) n, generate_series(1, {CYCLES}) c"
    thirds = f"SELECT n FROM generate_series(3, {subscribers}, 3) n"
    tenths = f"SELECT n FROM generate_series(30, {subscribers}, 30) n"
    at = "now() - interval '130 days' + (n %% 97) * interval '1 hour'"
    clone(person, people, f"jsonb_build_object('id', {FIRST} + n, 'email', 'bench' || n || '@example.com')")
    clone(
        subscription,
        people,
        f"jsonb_build_object('id', {FIRST} + n, 'subscriber_id', {FIRST} + n, 'external_id', 'bench' || n,"
        f" 'started_at', {at})",
    )
    paid = f"{at} + (c - 1) * interval '30 days'"
    clone(
        cycle,
        lived,
        f"jsonb_build_object('id', {FIRST} + n * {CYCLES} + c, 'subscription_id', {FIRST} + n, 'index', c,"
        f" 'starts_at', {paid}, 'ends_at', {paid} + interval '30 days', 'billing_expected_at', {paid},"
        f" 'billed_at', {paid})",
    )
    clone(
        box,
        lived,
        f"jsonb_build_object('id', {FIRST} + n * {CYCLES} + c, 'cycle_id', {FIRST} + n * {CYCLES} + c,"
        f" 'shipped_at', {paid} + interval '1 day', 'delivered_at', {paid} + interval '4 days',"
        f" 'expected_on', ({paid} + interval '5 days')::date)",
    )
    clone(ticket, thirds, f"jsonb_build_object('id', {FIRST} + n, 'subscriber_id', {FIRST} + n, 'cycle_index', n %% 4)")
    clone(topic, tenths, f"jsonb_build_object('id', {FIRST} + n, 'ticket_id', {FIRST} + n)")
    install_milestones()
    install_health()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return store


def timed(words: str, do: Callable[[], int]) -> None:
    statements = 0

    def count(execute: Any, *given: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*given)

    begun, worked = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        done = do()
    print(
        f"{words}: {done:,} in {time.perf_counter() - begun:.1f} s, processor {time.process_time() - worked:.1f} s,"
        f" {statements:,} statements",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--subscribers", type=int, default=200_000)
    parser.add_argument("--facts", type=int, default=2_000)
    asked = parser.parse_args()
    with transaction.atomic():
        begun = time.perf_counter()
        store = fill(asked.subscribers)
        print(f"filled in {time.perf_counter() - begun:.0f} s", flush=True)
        timed("from nothing", lambda: work.compute_all(store=store.pk, is_quiet=True))
        timed("once more", lambda: work.compute_all(store=store.pk, is_quiet=True))
        Stale.objects.all().delete()
        ids = range(FIRST + 1, FIRST + 1 + asked.facts)
        Stale.objects.bulk_create(Stale(subscriber_id=pk) for pk in ids)
        timed("a sweep after facts", work.sweep)
        rows = f"{Health.objects.count():,} rows of health, {MilestoneProgress.objects.count():,} of milestones"
        print(rows, flush=True)
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
