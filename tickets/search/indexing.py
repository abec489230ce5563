"""Keeps the words of tickets current. Whoever writes a message writes none of them: triggers note the ticket (see the
migration), and a sweep, or the search itself, reads what is noted. Readers are one at a time: the later one would else
be overtaken by the earlier one, who had read less."""

from collections.abc import Sequence
from time import monotonic
from typing import Any

from django.db import DataError, connection, transaction

from tickets.enums import MessageState

LOCK = 7_210_043  # of advisory locks: who reads words
BATCH = 500
AT_ONCE = 100  # what a search reads before it looks, so that it knows what was said a second ago
SECONDS = 20.0  # of one sweep
CHARACTERS = 200_000  # of what was said, the newest first; hardly any ticket has as many
FEW = 40_000  # of which no text makes a tsvector larger than PostgreSQL takes (1 MB)

CLAIM = """
DELETE FROM tickets_wordsdue WHERE id IN (SELECT id FROM tickets_wordsdue ORDER BY id LIMIT %s) RETURNING ticket_id
"""
WRITE = r"""
INSERT INTO tickets_ticketwords (ticket_id, vector)
SELECT ticket.id,
    setweight(to_tsvector('simple', ticket.subject), 'A')
    || setweight(to_tsvector('simple', left(
        concat_ws(' ', person.name, person.email, regexp_replace(person.email, '[^[:alnum:]]+', ' ', 'g'), others.said),
        %(characters)s)), 'B')
    || setweight(to_tsvector('simple', left(files.said, %(characters)s)), 'C')
    || to_tsvector('simple', left(messages.said, %(characters)s))
FROM tickets_ticket ticket
JOIN subscribers_subscriber person ON person.id = ticket.subscriber_id
CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(left(text, %(characters)s), E'\n' ORDER BY created_at DESC, id DESC), '') AS said
    FROM tickets_message WHERE ticket_id = ticket.id AND state <> %(withdrawn)s) messages
CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(name || ' ' || regexp_replace(name, '[^[:alnum:]]+', ' ', 'g'), ' '), '') AS said
    FROM tickets_attachment WHERE message_id IN (
        SELECT id FROM tickets_message WHERE ticket_id = ticket.id AND state <> %(withdrawn)s)) files
CROSS JOIN LATERAL (
    SELECT string_agg(
        concat_ws(' ', name, address, regexp_replace(address, '[^[:alnum:]]+', ' ', 'g')), ' ' ORDER BY id) AS said
    FROM tickets_participant WHERE ticket_id = ticket.id AND subscriber_id IS DISTINCT FROM ticket.subscriber_id) others
WHERE ticket.id = ANY(%(tickets)s)
ON CONFLICT (ticket_id) DO UPDATE SET vector = excluded.vector
"""


def sweep() -> int:
    """Read all that is due, at most for some seconds; how many tickets that were."""
    until, count = monotonic() + SECONDS, 0
    while monotonic() < until and (found := index_due()):
        count += found
    return count


def catch_up() -> None:
    """Before a search: what was said since the last sweep, as far as that is little. One statement where it is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM tickets_wordsdue)")
        (is_due,) = cursor.fetchone()
    if is_due:
        index_due(AT_ONCE)


@transaction.atomic
def index_due(limit: int = BATCH) -> int:
    """Read the tickets of the oldest notes; none while somebody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(CLAIM, [limit])
        tickets = sorted({pk for (pk,) in cursor.fetchall()})
    if tickets:
        write_words(tickets)
    return len(tickets)


def write_words(tickets: Sequence[int]) -> None:
    try:
        with transaction.atomic():
            _write(tickets, CHARACTERS)
    except DataError:  # one of them has more words than fit: that one alone with fewer
        if len(tickets) == 1:
            _write(tickets, FEW)
        else:
            for pk in tickets:
                write_words([pk])


def _write(tickets: Sequence[int], characters: int) -> None:
    asked: dict[str, Any] = {"tickets": list(tickets), "characters": characters, "withdrawn": MessageState.WITHDRAWN}
    with connection.cursor() as cursor:
        cursor.execute(WRITE, asked)
