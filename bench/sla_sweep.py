"""How long a sweep takes among many open clocks: `python bench/sla_sweep.py [--clocks N] [--due N]`.

Fills the database of DATABASE_URL (or DATA) with tickets of a store of its own, inside a transaction that is rolled
back: nothing stays. Prints seconds and the plan of the sweep's question.
"""

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from subscribers.models import Store, Subscriber  # noqa: E402
from tickets.models import Queue, SlaPolicyVersion  # noqa: E402
from tickets.sla.starter import install_sla  # noqa: E402
from tickets.sla.sweep import sweep_clocks  # noqa: E402

TICKETS = """
INSERT INTO tickets_ticket (store_id, queue_id, subscriber_id, subject, status, priority, channel, source_key,
    opened_at, updated_at, next_due_at)
SELECT %(store)s, %(queue)s, %(subscriber)s, 'Where is my box?', 'open', 3, 'mail', '', now(), now(), now()
FROM generate_series(1, %(tickets)s) RETURNING id
"""
CLOCKS = """
INSERT INTO tickets_clock (ticket_id, metric, cycle, version_id, target_seconds, in_business_time, state, started_at,
    consumed_seconds, running_since, due_at, warn_at)
SELECT ticket.id, metric, 1, %(version)s, 3600, true, 'running', now() - interval '2 hours', 0,
    now() - interval '2 hours',
    now() + CASE WHEN n <= %(due)s THEN -interval '1 minute' ELSE random() * interval '30 days' + interval '1 day' END,
    now() + CASE WHEN n <= %(due)s THEN -interval '1 hour' ELSE interval '1 day' END
FROM (SELECT ticket.id, metric, row_number() OVER () AS n
      FROM tickets_ticket ticket CROSS JOIN unnest(ARRAY['first_reply', 'next_reply', 'resolution']) AS metric
      WHERE ticket.store_id = %(store)s) AS ticket
"""
QUESTION = """
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
SELECT * FROM tickets_clock JOIN tickets_ticket ON tickets_ticket.id = tickets_clock.ticket_id
WHERE due_at < now() AND state = 'running' AND breached_at IS NULL ORDER BY due_at LIMIT 200
FOR NO KEY UPDATE OF tickets_clock, tickets_ticket SKIP LOCKED
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clocks", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=1_000)
    asked = parser.parse_args()
    with transaction.atomic(), connection.cursor() as cursor:
        store = Store.objects.create(key="bench-sla", name="Bench")
        install_sla(store)
        fill = {
            "store": store.pk,
            "queue": Queue.objects.create(store=store, key="bench", name="Bench").pk,
            "subscriber": Subscriber.objects.create(store=store, email="bench@example.com").pk,
            "version": SlaPolicyVersion.objects.filter(policy__store=store).latest("pk").pk,
            "tickets": asked.clocks // 3,
            "due": asked.due,
        }
        begun = time.perf_counter()
        cursor.execute(TICKETS, fill)
        cursor.execute(CLOCKS, fill)
        cursor.execute("ANALYZE tickets_clock")
        cursor.execute("ANALYZE tickets_ticket")
        print(f"{asked.clocks:,} open clocks, {asked.due:,} due (filled in {time.perf_counter() - begun:.0f} s)")
        cursor.execute(QUESTION)
        print("\n".join(f"    {row[0]}" for row in cursor.fetchall()))
        for what in ("first sweep", "sweep with nothing due"):
            begun = time.perf_counter()
            result = sweep_clocks()
            print(f"{what}: {time.perf_counter() - begun:.3f} s, {result}")
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
