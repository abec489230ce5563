"""How fast the agents' pages are with a million tickets: `python bench/workspace.py [--tickets N] [--keep FOLDER]`.

Fills a PostgreSQL of its own by SQL (1.5 % of the tickets unresolved, two messages each, one subscriber for five
tickets, words as unevenly used as in any language), and asks for each page as a signed-in agent: statements, time in
the database (as this process waits for it), time of this process, p50 and p95, and the answer's size gzipped. Says the
machine's load beside the figures. `--keep` leaves the server's folder there and uses it again.
"""

import argparse
import gzip
import io
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# Words of the texts: w1 is in almost every ticket, w5000 in hardly any. "alpha" and "omega" are in every tenth ticket
# each, and never in the same one; "zephyr" is in twenty tickets.
FILL = r"""
CREATE TABLE bench_text AS
SELECT p AS id, (SELECT string_agg('w' || (1 + floor(8000 * power(random(), 4)))::int, ' ')
                 FROM generate_series(1, 40 + 0 * p)) AS text
FROM generate_series(0, 9999) p;
ALTER TABLE bench_text ADD PRIMARY KEY (id);
ALTER TABLE bench_text ADD COLUMN vector tsvector, ADD COLUMN title tsvector;
UPDATE bench_text SET vector = to_tsvector('simple', text),
                      title = setweight(to_tsvector('simple', left(text, 40)), 'A');
INSERT INTO subscribers_subscriber (store_id, email, name, phone, country, region, language, time_zone, created_at)
SELECT {store}, 'person' || i || '@mail' || i % 50 || '.example', 'Person Number' || i, '', '', '', '', '', now()
FROM generate_series(1, {people}) i;
INSERT INTO tickets_ticket (store_id, queue_id, subscriber_id, subject, status, priority, channel, source_key,
                            opened_at, updated_at, resolved_at, next_due_at, cycle_index, assignee_id, deleted_as,
                            snoozed_for)
SELECT {store}, {queue}, {person} + i % {people}, initcap(left(t.text, 40)),
       CASE WHEN i % 67 = 0 THEN 'open' ELSE 'resolved' END, 3, 'mail', '', at, at,
       CASE WHEN i % 67 = 0 THEN NULL ELSE at + interval '1 day' END,
       CASE WHEN i % 67 = 0 THEN now() + (i % 997 - 200) * interval '1 minute' END, 1 + i % 9,
       CASE WHEN i % 67 = 0 AND i % 3 > 0 THEN {agent} + i % 20 END, '', ''
FROM (SELECT i, now() - ({tickets} - i) * interval '50 seconds' AS at FROM generate_series(1, {tickets}) i) i
JOIN bench_text t ON t.id = i % 10000;
INSERT INTO tickets_message (ticket_id, kind, author_kind, author_id, from_name, from_address, text, html, visible_text,
                             automatic, authentication, state, "then", rfc822_id, sent_at, created_at)
SELECT ticket.id, 'public', CASE k WHEN 1 THEN 'subscriber' ELSE 'agent' END, CASE k WHEN 2 THEN {agent} END, '', '',
       t.text || CASE WHEN k = 1 AND ticket.id % 10 = 3 THEN ' alpha' WHEN k = 1 AND ticket.id % 10 = 7 THEN ' omega'
                 ELSE '' END || CASE WHEN k = 2 AND ticket.id % ({tickets} / 20) = 5 THEN ' zephyr' ELSE '' END,
       '', '', '', 'none', 'said', '', '', opened_at + k * interval '1 hour', opened_at + k * interval '1 hour'
FROM tickets_ticket ticket CROSS JOIN generate_series(1, 2) k
JOIN bench_text t ON t.id = (ticket.id * (6 + k) + k) % 10000;
INSERT INTO tickets_tickettopic (ticket_id, reason_id, source, confidence, evidence, created_at)
SELECT id, {reason}, 'api', 1, '{}', opened_at FROM tickets_ticket WHERE id % 20 = 0;
"""
# What the sweep of `tickets.search` would write, from the words of ten thousand texts instead of two million messages.
WORDS = r"""
SET LOCAL maintenance_work_mem = '1GB';
SET LOCAL session_replication_role = replica;
TRUNCATE tickets_ticketwords;
DROP INDEX ticket_words;
INSERT INTO tickets_ticketwords (ticket_id, vector)
SELECT ticket.id, own.title || setweight(to_tsvector('simple', concat_ws(' ', person.name, person.email)), 'B')
    || first.vector || answer.vector || to_tsvector('simple', concat_ws(' ',
        CASE WHEN ticket.id % 10 = 3 THEN 'alpha' WHEN ticket.id % 10 = 7 THEN 'omega' END,
        CASE WHEN ticket.id % ({tickets} / 20) = 5 THEN 'zephyr' END))
FROM tickets_ticket ticket
JOIN subscribers_subscriber person ON person.id = ticket.subscriber_id
JOIN bench_text own ON own.title IS NOT NULL AND own.id = (ticket.id - {first}) % 10000
JOIN bench_text first ON first.id = (ticket.id * 7 + 1) % 10000
JOIN bench_text answer ON answer.id = (ticket.id * 8 + 2) % 10000;
CREATE INDEX ticket_words ON tickets_ticketwords USING gin (vector)
    WITH (fastupdate = on, gin_pending_list_limit = 256);
"""
# Of a server that nobody misses: what is written at once into a new table is written once.
FILLING = {"fsync": "off", "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB"}
PAGES = {
    "list": "/tickets/",
    "inbox, unassigned": "/?view=unassigned",
    "list filtered": "/tickets/?status=open&assignee=me&topic=bench",
    "all, resolved": "/tickets/?view=resolved",
    "counts alone": "/tickets/",
    "search rare": "/tickets/?q=zephyr",
    "search middling": "/tickets/?q=w4000",
    "search common": "/tickets/?q=w1",
    "search two that never meet": "/tickets/?q=alpha+omega",
    "search phrase": "/tickets/?q=%22w1+w2%22",
    "search a beginning": "/tickets/?q=w40*",
    "search with operators": "/tickets/?q=is:open+alpha",
    "search nothing": "/tickets/?q=nosuchword",
    "search a number": "/tickets/?q=T-{ticket}",
    "search an address": "/tickets/?q=person77@mail27.example",
    "ticket": "/tickets/{ticket}/",
}


def fill(tickets: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from helpdesk.models import User
    from subscribers.models import Membership, Reason, Store
    from tickets.models import Queue

    call_command("migrate", verbosity=0)
    call_command("create_store", "bench", name="Box Club", mailbox="help@boxclub.example", stdout=io.StringIO())
    store = Store.objects.get()
    agents = [User.objects.create(email=f"agent{n}@boxclub.example", name=f"Agent {n}") for n in range(20)]
    Membership.objects.bulk_create(Membership(store=store, user=one, role="agent") for one in agents)
    reason = Reason.objects.create(store=store, key="bench", label="Bench", for_tickets=True)
    people = max(tickets // 5, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM subscribers_subscriber")
        (person,) = cursor.fetchone()
        known = {"store": store.pk, "queue": Queue.objects.get(is_default=True).pk, "people": people, "person": person}
        known |= {"tickets": tickets, "agent": agents[0].pk, "reason": reason.pk}
        cursor.execute("SELECT setseed(0.42)")
        # Constraints of keys are known to hold; to look each up takes longer than all the rest.
        cursor.execute("SET session_replication_role = replica")
        statements = FILL
        for name, value in known.items():
            statements = statements.replace("{" + name + "}", str(value))
        begun = time.perf_counter()
        cursor.execute(statements)
        cursor.execute("SET session_replication_role = DEFAULT")
    print(f"{tickets:,} tickets written in {time.perf_counter() - begun:.0f} s", flush=True)


def fill_words() -> None:
    from django.db import connection, transaction

    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(id) - 1 FROM tickets_ticket")
        tickets, first = cursor.fetchone()
        cursor.execute(WORDS.replace("{tickets}", str(tickets)).replace("{first}", str(first)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT pg_size_pretty(pg_total_relation_size('tickets_ticketwords')),"
            " pg_size_pretty(pg_relation_size('ticket_words'))"
        )
        total, index = cursor.fetchone()
    print(f"words written in {time.perf_counter() - begun:.0f} s: {total}, of which their index {index}", flush=True)


def measure(times: int) -> None:
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    from tickets.models import Ticket

    client = Client(raise_request_exception=True)
    client.force_login(get_user_model().objects.get(email="agent3@boxclub.example"))
    ticket = Ticket.objects.filter(status="open").order_by("-pk").first().pk
    print(
        f"{'':<28}{'statements':>11}{'db ms':>8}{'p50 ms':>8}{'p95 ms':>8}{'cpu ms':>8}{'kB':>6}"
        f"   load {os.getloadavg()[0]:.1f}"
    )
    for name, address in PAGES.items():
        headers = {"HX-Request": "true", "HX-Target": "ticket-views"} if name == "counts alone" else {}
        took, worked, spent, count = [], [], [], 0
        for turn in range(times + 3):
            statements: list[float] = []

            def timed(execute, *arguments, kept=statements):
                begun = time.perf_counter()
                try:
                    return execute(*arguments)
                finally:
                    kept.append(time.perf_counter() - begun)

            begun, cpu = time.perf_counter(), time.process_time()
            with connection.execute_wrapper(timed):
                answer = client.get(address.format(ticket=ticket), headers=headers)
            if turn >= 3:
                took.append(1000 * (time.perf_counter() - begun))
                worked.append(1000 * (time.process_time() - cpu))
                spent.append(1000 * sum(statements))
                count = len(statements)
            assert answer.status_code == 200, (name, answer.status_code)
        took.sort()
        size = len(gzip.compress(answer.content)) / 1000
        print(
            f"{name:<28}{count:>11}{statistics.median(spent):>8.1f}{statistics.median(took):>8.1f}"
            f"{took[int(len(took) * 0.95)]:>8.1f}{statistics.median(worked):>8.1f}{size:>6.1f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="helpdesk-bench-") as folder:
        folder = str(asked.keep or folder)
        is_kept = asked.keep is not None and (asked.keep / "filled").exists()
        Path(folder).mkdir(exist_ok=True)
        os.environ.update(
            DJANGO_SETTINGS_MODULE="helpdesk.settings", DATA=folder, CELERY_BROKER_URL="memory://", LOG_LEVEL="ERROR"
        )
        import django

        django.setup()
        from django.conf import settings
        from django.db import connections

        from helpdesk.local.postgres import Postgres

        settings.ALLOWED_HOSTS = ["testserver"]
        sockets = settings.INSTANCE.prepare_sockets()
        server = Postgres(Path(folder) / "postgres", sockets, lambda name, line: None, FILLING)
        server.start()
        try:
            if not is_kept:
                server.create_database(settings.DATABASES["default"]["NAME"])
                fill(asked.tickets)
                fill_words()
                (Path(folder) / "filled").touch()
            measure(asked.times)
        finally:
            connections.close_all()
            server.stop()


if __name__ == "__main__":
    main()
