"""How fast due steps are done among many live runs, and a segment is enrolled: `python bench/run_flows.py`.

Fills the database of DATABASE_URL (or DATA) with a store of its own and removes it again at the end. Options: --runs
(live ones, 100,000), --due (1,000), --segment (50,000), --workers (2; processes). Prints steps a second by the clock
and by processor time, and statements a step.
"""

import argparse
import multiprocessing
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
os.environ.setdefault("CELERY_BROKER_URL", "memory://")

import django

django.setup()

from django.db import connection  # noqa: E402

from subscribers.models import Store  # noqa: E402
from success.enums import FlowKind, TouchCategory, Trigger  # noqa: E402
from success.flows.definitions import publish  # noqa: E402
from success.flows.engine import sweep_runs  # noqa: E402
from success.flows.segments import enrol, sweep_enrolments  # noqa: E402
from success.models import Flow, FlowStep, FlowVersion, Run, RunStep  # noqa: E402
from tickets.models import Mailbox, OutboundMail, Queue  # noqa: E402

STEPS = (
    ("settle", "wait", {"hours": 24}),
    ("there", "branch", {"when": "still_subscribed", "then": "mail", "otherwise": "end"}),
    ("mail", "mail", {"subject": "How is it?", "text": "Hi {{ first_name|there }}, how is {{ product|it }}?"}),
    ("answer", "wait", {"hours": 240, "until": "customer_replied"}),
    ("end", "end", {"outcome": "done"}),
)
PEOPLE = """
WITH people AS (
    INSERT INTO subscribers_subscriber (store_id, email, name, phone, country, region, language, time_zone, created_at)
    SELECT %(store)s, 'bench' || n || '@bench.example', 'Bench ' || n, '', %(country)s, '', 'en', '', now()
    FROM generate_series(%(first)s, %(last)s) AS n RETURNING id)
INSERT INTO subscribers_subscription (store_id, subscriber_id, provider, external_id, status, price, currency, quantity,
    lines, billing_interval, billing_interval_count, delivery_interval, delivery_interval_count, started_at,
    shipping_address, revision, created_at)
SELECT %(store)s, id, 'builtin', 'bench-' || id, 'active', 30, 'EUR', 1, '[]', 'month', 1, 'month', 1,
    now() - interval '40 days', '{}', 0, now() FROM people
"""
RUNS = """
WITH runs AS (
    INSERT INTO success_run (store_id, flow_id, version_id, subscriber_id, subscription_id, is_recovery, arm,
        holdout_share, status, exit_reason, outcome, trigger_kind, trigger_key, started_at, updated_at)
    SELECT %(store)s, %(flow)s, %(version)s, subscriber_id, id, false, 'treated', 0, 'waiting', '', '', 'by_hand',
        'bench:' || id, now() - interval '2 days', now() FROM subscribers_subscription
    WHERE store_id = %(store)s ORDER BY id LIMIT %(runs)s RETURNING id)
INSERT INTO success_runstep (run_id, step_id, sequence, state, due_at, attempts, error, result, created_at)
SELECT id, %(step)s, 1, 'waiting', now() + CASE WHEN row_number() OVER (ORDER BY id) <= %(due)s
    THEN -interval '1 minute' ELSE interval '10 days' END, 0, '', '{}', now() - interval '2 days' FROM runs
"""


class Count:
    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.statements += 1
        return execute(sql, params, many, context)


def work(number: int, start, told) -> None:  # type: ignore[no-untyped-def]
    connection.close()
    connection.ensure_connection()
    count = Count()
    start.wait()
    begun, used = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        result = sweep_runs(limit=100_000)
    told.put(
        (number, result.done, time.perf_counter() - begun, time.process_time() - used, count.statements, result.failed)
    )


def people(store: Store, first: int, last: int, country: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"store": store.pk, "first": first, "last": last, "country": country})
        cursor.execute("ANALYZE subscribers_subscriber")
        cursor.execute("ANALYZE subscribers_subscription")


def flow_of(store: Store, key: str, **fields: object) -> Flow:
    flow = Flow.objects.create(
        store=store, key=key, name=key, kind=FlowKind.OUTREACH, category=TouchCategory.TRANSACTIONAL, **fields
    )
    version = FlowVersion.objects.create(flow=flow, number=1)
    FlowStep.objects.bulk_create(
        FlowStep(version=version, position=number, key=name, kind=kind, config=config)
        for number, (name, kind, config) in enumerate(STEPS)
    )
    publish(version)
    return flow


def steps(store: Store, asked: argparse.Namespace) -> None:
    flow = flow_of(store, "bench")
    version = flow.versions.get()
    with connection.cursor() as cursor:
        fill = {"store": store.pk, "flow": flow.pk, "version": version.pk, "runs": asked.runs, "due": asked.due}
        cursor.execute(RUNS, {**fill, "step": version.steps.get(key="settle").pk})
        cursor.execute("ANALYZE success_run")
        cursor.execute("ANALYZE success_runstep")
    start, told = multiprocessing.Event(), multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work, args=(n, start, told)) for n in range(asked.workers)]
    connection.close()
    for worker in workers:
        worker.start()
    time.sleep(2)
    start.set()
    results = [told.get() for _ in workers]
    for worker in workers:
        worker.join()
    done, lasted = sum(one[1] for one in results), max(one[2] for one in results)
    used, statements = sum(one[3] for one in results), sum(one[4] for one in results)
    mails = OutboundMail.objects.filter(store=store).count()
    print(f"{asked.runs:,} live runs, {asked.due:,} due, {asked.workers} workers, {done:,} steps, {mails:,} mails")
    print(f"  {lasted:.2f} s: {done / lasted:.0f} steps a second by the clock")
    print(f"  {used:.2f} s of processor time of Python: {used / done * 1000:.2f} ms a step; failed {results[0][5]}")
    print(f"  {statements / done:.2f} statements a step")
    repeated = RunStep.objects.filter(run__store=store, step__key="mail").values("run").distinct().count()
    print(f"  runs with a mail step: {repeated:,}")


def segment(store: Store, asked: argparse.Namespace) -> None:
    people(store, 1_000_000, 1_000_000 + asked.segment - 1, "AT")
    where = [{"field": "subscriber.country", "op": "is", "value": "AT"}]
    flow = flow_of(store, "segment", trigger=Trigger.SEGMENT, segment=where, holdout_share=0.1)
    enrol(flow)
    count, begun, used = Count(), time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        came = sweep_enrolments()
    print(f"{came:,} of a segment enrolled in {time.perf_counter() - begun:.1f} s")
    print(f"  {time.process_time() - used:.1f} s of processor time of Python, {count.statements} statements")
    print(f"  held out: {Run.objects.filter(flow=flow, arm='holdout').count():,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=1_000)
    parser.add_argument("--segment", type=int, default=50_000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    store = Store.objects.create(key=f"bench-{os.getpid()}", name="Bench")
    queue = Queue.objects.create(store=store, key="bench", name="Bench", is_default=True)
    Mailbox.objects.create(store=store, queue=queue, address=f"help{store.pk}@bench.example", name="Bench")
    people(store, 1, asked.runs, "DE")
    steps(store, asked)
    segment(store, asked)


if __name__ == "__main__":
    main()
