"""The product on the tickets of other help desks, measured beside them: `python bench/peers.py FOLDER [--port P]`.

FOLDER holds a harness that serves the peers from a PostgreSQL with a schema `src` made by its `gen_data.sql`, and
drives two products in turns by `bench.py A.json B.json`. This fills a database of the same server with the same 100,000
tickets and 400,000 messages, writes FOLDER/OURS.json with the same scenarios, and serves the pages with two processes,
as the peers are served, until Ctrl-C.
"""

import argparse
import io
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

NAME = "ours"
PASSWORD = "bench"
FILL = """
INSERT INTO subscribers_subscriber (id, store_id, email, name, phone, country, region, language, time_zone, created_at)
SELECT id, {store}, email, name, '', '', '', '', '', now() FROM src.customer;
INSERT INTO tickets_ticket (id, store_id, queue_id, subscriber_id, subject, status, priority, channel, source_key,
                            opened_at, updated_at, waiting_since, resolved_at, next_due_at, assignee_id, deleted_as,
                            snoozed_for)
SELECT t.id, {store}, {queue} + t.queue_id, t.customer_id, t.title,
       CASE WHEN t.status IN ('open', 'reopened') THEN 'open' ELSE 'resolved' END, t.priority - 1, 'mail', '',
       t.created, t.updated, CASE WHEN t.status IN ('open', 'reopened') THEN t.created END,
       CASE WHEN t.status NOT IN ('open', 'reopened') THEN t.updated END,
       CASE WHEN t.status IN ('open', 'reopened') THEN t.due END, {agent} + t.agent_id, '', ''
FROM src.ticket t ORDER BY t.id;
INSERT INTO tickets_message (ticket_id, kind, author_kind, author_id, from_name, from_address, text, html, visible_text,
                             automatic, authentication, state, "then", rfc822_id, sent_at, created_at)
SELECT id, 'public', 'subscriber', NULL, '', '', body, '', '', '', 'none', 'said', '', '', created, created
FROM src.ticket
UNION ALL
SELECT ticket_id, CASE WHEN internal AND from_agent THEN 'note' ELSE 'public' END,
       CASE WHEN from_agent THEN 'agent' ELSE 'subscriber' END, CASE WHEN from_agent THEN {agent} + agent_id END, '',
       '', body, '', '', '', 'none', 'said', '', '', at, at
FROM src.message;
SELECT setval(pg_get_serial_sequence(name, 'id'), newest) FROM (VALUES
    ('subscribers_subscriber', (SELECT max(id) FROM subscribers_subscriber)),
    ('tickets_ticket', (SELECT max(id) FROM tickets_ticket))) AS of (name, newest);
"""
OPEN = "SELECT id FROM tickets_ticket WHERE status = 'open' AND id <= 100000 ORDER BY md5(id::text) LIMIT 2000"
MAIL = "SELECT email FROM src.customer ORDER BY md5(email) LIMIT 2000"
ROWS = 'id="ticket-rows"'


def scenarios() -> dict[str, list[dict[str, object]]]:
    """By the peers' names. Where they answer rows of a table as JSON, ours is the whole page."""
    listed = {"get": "/tickets/?view=open", "expect": ROWS}
    said = "Thank you for the report {n}, we are looking into it."
    new = {"queue": "{queue}", "priority": "3", "subject": "Bench ticket {n}", "text": "My printer does not work {n}."}
    told = {"subject": "Bench api {n}", "text": "My printer does not work.", "subscriber": {"email": "{mail}"}}
    return {
        "floor_session": [{"get": "/signature/", "expect": "ignature"}],
        "list": [listed],
        "list_rows": [listed],
        "list_queue_due": [{"get": "/tickets/?view=open&queue=q1&ordering=next_due_at", "expect": ROWS}],
        "list_filtered": [{"get": "/tickets/?view=open&queue=q1&assignee=agent3%40desk.example", "expect": ROWS}],
        "list_all_100k": [{"get": "/tickets/?view=all", "expect": ROWS}],
        "search_rare": [{"get": "/tickets/?q=zephyrlock", "expect": "ephyrlock"}],
        "search_common": [{"get": "/tickets/?q=invoice", "expect": "nvoice"}],
        "detail": [{"get": "/tickets/{id}/", "expect": 'id="thread"'}],
        "reply": [{"post": "/tickets/{id}/reply/", "form": {"text": said, "key": "{n}-{id}-bench"}, "status": 302}],
        "create": [{"post": "/tickets/new/", "form": {**new, "email": "{mail}", "name": ""}, "status": 302}],
        "api_create": [{"post": "/api/v1/tickets/", "json": told, "status": 201}],
        "dashboard": [{"get": "/?view=unassigned", "expect": 'id="inbox-rows"'}],
        "api_detail": [{"get": "/api/v1/tickets/{id}/"}],
        "api_list": [{"get": "/api/v1/tickets/?status=open&page_size=25"}],
    }


def fill() -> None:
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command
    from django.db import connection

    from helpdesk.models import User
    from subscribers.models import Membership, Store
    from tickets.models import Queue
    from tickets.search.indexing import write_words

    call_command("migrate", verbosity=0)
    call_command("create_store", "bench", name="Bench", mailbox="help@desk.example", stdout=io.StringIO())
    store = Store.objects.get()
    password = make_password(PASSWORD)
    agents = [
        User.objects.create(email=f"agent{n}@desk.example", name=f"agent{n}", password=password) for n in range(1, 21)
    ]
    Membership.objects.bulk_create(Membership(store=store, user=one, role="agent") for one in agents)
    queues = [Queue.objects.create(store=store, key=f"q{n}", name=f"Queue {n}") for n in range(1, 6)]
    known = {"store": store.pk, "queue": queues[0].pk - 1, "agent": agents[0].pk - 1}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        statement = FILL
        for name, value in known.items():
            statement = statement.replace("{" + name + "}", str(value))
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SELECT id FROM tickets_ticket")
        pks = [row[0] for row in cursor.fetchall()]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for first in range(0, len(pks), 10_000):
        write_words(pks[first : first + 10_000])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8093)
    parser.add_argument("--server", default="127.0.0.1:54391", help="of the peers' PostgreSQL")
    asked = parser.parse_args()
    host, port = asked.server.split(":")
    dsn = f"host={host} port={port} user=postgres dbname="
    exists = subprocess.run(
        ["psql", dsn + "postgres", "-Atc", f"SELECT 1 FROM pg_database WHERE datname = '{NAME}'"],
        capture_output=True,
        check=True,
    ).stdout
    os.environ.update(
        DJANGO_SETTINGS_MODULE="bench.peers_settings",
        DATABASE_URL=f"postgres://postgres@{asked.server}/{NAME}",
        DATA=str(asked.folder / NAME),
        CELERY_BROKER_URL="memory://",
        LOG_LEVEL="ERROR",
        DATABASE_POOL="4",
    )
    (asked.folder / NAME).mkdir(exist_ok=True)
    import django

    if not exists.strip():
        subprocess.run(["psql", dsn + "postgres", "-qc", f"CREATE DATABASE {NAME}"], check=True)
        subprocess.run(["psql", dsn + NAME, "-qc", "CREATE EXTENSION pg_stat_statements"], check=True)
        made = ["psql", dsn + NAME, "-v", "n=100000", "-qf", str(asked.folder / "gen_data.sql")]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        django.setup()
        fill()
    else:
        django.setup()
    from tickets.models import Queue

    steps = json.dumps(scenarios()).replace("{queue}", str(Queue.objects.get(key="q2").pk))
    ours = {
        "name": "this helpdesk",
        "base": f"http://127.0.0.1:{asked.port}",
        "psql": dsn + NAME,
        "vars": {"id": OPEN, "mail": MAIL},
        "login": {
            "get": "/sign-in/",
            "post": "/sign-in/",
            "form": {"username": "agent1@desk.example", "password": PASSWORD},
            "status": 302,
        },
        "scenarios": json.loads(steps),
    }
    (asked.folder / "OURS.json").write_text(json.dumps(ours, indent=1) + "\n")
    serve = [sys.executable, "-m", "uvicorn", "helpdesk.asgi:application", "--workers", "2", "--lifespan", "off"]
    subprocess.run([*serve, "--port", str(asked.port), "--log-level", "warning"], cwd=ROOT, check=False)


if __name__ == "__main__":
    main()
