"""However much mail has left, what looks for the rest of it reads an index."""

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tickets.mail import health, incidents, sending
from tickets.models import Mailbox, OutboundMail
from tickets.services import leaving
from tickets.views.mail_health import OUTBOUND


@pytest.fixture
def many(world):
    """20,000 mails that were sent, one a minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tickets_outboundmail (store_id, mailbox_id, key, recipient, role, to_header, cc_header,
                   from_name, reply_to, subject, text, html, rfc822_id, headers, is_automatic, state, attempts,
                   next_attempt_at, sent_at, provider_id, outcome, error, created_at)
               SELECT %s, %s, i, 'bea@mail.test', 'to', '', '', '', '', 'S', 'T', '', i || '@demo.example', '{}',
                   false, 'sent', 1, now(), now(), '', '', '', now() - i * interval '1 minute'
               FROM generate_series(1, 20000) i""",
            [world.store.pk, world.mailbox.pk],
        )
        cursor.execute("ANALYZE")


def listed(state: str) -> list[OutboundMail]:
    rows = OutboundMail.objects.filter(OUTBOUND[state][1], mailbox__in=Mailbox.objects.all())
    return list(rows.order_by("-created_at", "-pk")[:51])


def test_no_look_reads_all_mails(many):
    looks = {
        "send": sending.sweep,
        "let go": leaving.let_go,
        "incidents": incidents.findings,
        "report": lambda: health.report(Mailbox.objects.all()),
        **{state: partial(listed, state) for state in OUTBOUND},
    }
    for name, look in looks.items():
        with CaptureQueriesContext(connection) as captured:
            look()
        asked = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
        with connection.cursor() as cursor:
            for sql in asked:
                cursor.execute("EXPLAIN " + sql)
                plan = "\n".join(line for (line,) in cursor.fetchall())
                assert "Seq Scan on tickets_outboundmail" not in plan, f"{name}: {sql}\n{plan}"
        assert asked, name
