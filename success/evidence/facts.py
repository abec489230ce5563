"""Reads a store's history for the estimators, in three statements however long it is; rows are streamed.

Nothing is read that was learnt later than it counts: a damage counts from the message that told it, a slow answer from
the moment when the ticket had waited for two days, a cancellation from the day on which it was said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import pandas as pd
from django.db import connection, transaction

from subscribers.enums import PAID_CYCLE, Channel, SubscriptionEventKind, SubscriptionStatus
from subscribers.models import Store
from success.enums import Arm
from success.evidence.results import HORIZONS
from tickets.enums import CANCEL, DAMAGED, GOOD_SCORES, SatisfactionState, TicketEventKind
from tickets.models import Ticket

FOLLOWED = timedelta(days=180)  # of each subscription; what comes later says little about its first box
SLOW = timedelta(days=2)
MOST = 20_000  # subscriptions; of more, a random sample that stays the same
AT_ONCE = 5000  # rows of a stream

HISTORIES = """
WITH chosen AS (
    SELECT id, subscriber_id, started_at, ended_at, status, cancels_at, count(*) OVER () AS all_of_them
    FROM subscribers_subscription
    WHERE store_id = %(store)s AND started_at >= %(since)s AND started_at < %(until)s
        AND EXISTS (
            SELECT FROM subscribers_cycle first
            WHERE first.subscription_id = subscribers_subscription.id AND first.index = 1
        )
    ORDER BY md5(id::text) LIMIT %(most)s
), told AS (
    SELECT coalesce(ticket.subscription_id, latest.id) AS subscription_id, ticket.id, ticket.opened_at,
        (SELECT min(event.occurred_at) FROM tickets_ticketevent event
            WHERE event.ticket_id = ticket.id AND event.kind = %(resolved)s) AS resolved_at,
        (SELECT min(coalesce(message.created_at, topic.created_at)) FROM tickets_tickettopic topic
            JOIN subscribers_reason reason ON reason.id = topic.reason_id AND reason.key = %(damaged)s
            LEFT JOIN tickets_message message ON message.id = topic.message_id
            WHERE topic.ticket_id = ticket.id AND topic.rejected_at IS NULL) AS damaged_at,
        (SELECT min(rated_at) FROM tickets_satisfactionrequest asked
            WHERE asked.ticket_id = ticket.id AND asked.state = %(rated)s
            AND NOT asked.score = ANY(%(good)s)) AS unhappy_at
    FROM tickets_ticket ticket
    LEFT JOIN LATERAL (
        SELECT id FROM subscribers_subscription theirs
        WHERE theirs.subscriber_id = ticket.subscriber_id AND theirs.started_at <= ticket.opened_at
        ORDER BY theirs.started_at DESC, theirs.id DESC LIMIT 1
    ) latest ON ticket.subscription_id IS NULL
    WHERE ticket.store_id = %(store)s AND ticket.cycle_index = 1 AND ticket.opened_at >= %(since)s
        AND ticket.opened_at < %(until)s AND ticket.deleted_at IS NULL AND ticket.merged_into_id IS NULL
        AND ticket.channel <> %(agent)s
        AND NOT EXISTS (
            SELECT FROM tickets_tickettopic topic
            JOIN subscribers_reason reason ON reason.id = topic.reason_id AND reason.key = %(cancel)s
            WHERE topic.ticket_id = ticket.id AND topic.rejected_at IS NULL
        )
), service AS (
    SELECT chosen.id, min(told.opened_at) AS ticket_at, min(told.damaged_at) AS damage_at,
        min(told.opened_at + %(slow)s) FILTER (
            WHERE told.resolved_at IS NULL OR told.resolved_at > told.opened_at + %(slow)s) AS slow_at,
        min(told.unhappy_at) AS unhappy_at,
        count(*) FILTER (WHERE told.opened_at <= first.ends_at) AS tickets,
        sum(extract(epoch FROM greatest(interval '0',
            least(coalesce(told.resolved_at, %(until)s), first.ends_at) - told.opened_at)) / 3600) AS wait
    FROM chosen JOIN told ON told.subscription_id = chosen.id AND told.opened_at >= chosen.started_at
    JOIN subscribers_cycle first ON first.subscription_id = chosen.id AND first.index = 1
    GROUP BY chosen.id
), ending AS (
    SELECT chosen.id, (
        SELECT max(said.occurred_at) FROM subscribers_subscriptionevent said
        WHERE said.subscription_id = chosen.id AND said.kind = %(scheduled)s
        AND NOT EXISTS (
            SELECT FROM subscribers_subscriptionevent taken WHERE taken.subscription_id = chosen.id
            AND taken.kind = %(withdrawn)s AND taken.occurred_at >= said.occurred_at
        )
    ) AS said_at
    FROM chosen WHERE status = %(cancelled)s OR cancels_at IS NOT NULL
)
SELECT chosen.subscriber_id AS person, chosen.all_of_them,
    extract(epoch FROM chosen.started_at) / 86400 AS born,
    extract(epoch FROM first.ends_at - chosen.started_at) / 86400 AS landmark,
    extract(epoch FROM %(until)s - chosen.started_at) / 86400 AS could_see,
    extract(epoch FROM coalesce(least(ending.said_at, chosen.ended_at), chosen.ended_at) - chosen.started_at) / 86400
        AS ended,
    (chosen.status = %(cancelled)s OR (chosen.ended_at IS NULL AND ending.said_at IS NOT NULL)) AS cancelled,
    extract(epoch FROM service.ticket_at - chosen.started_at) / 86400 AS ticket_at,
    extract(epoch FROM service.damage_at - chosen.started_at) / 86400 AS damage_at,
    extract(epoch FROM service.slow_at - chosen.started_at) / 86400 AS slow_at,
    extract(epoch FROM service.unhappy_at - chosen.started_at) / 86400 AS unhappy_at,
    coalesce(service.tickets, 0) AS tickets, coalesce(service.wait, 0) AS wait
FROM chosen
JOIN subscribers_cycle first ON first.subscription_id = chosen.id AND first.index = 1
LEFT JOIN service ON service.id = chosen.id
LEFT JOIN ending ON ending.id = chosen.id
ORDER BY chosen.id
"""

KEPT = """EXISTS (
    SELECT FROM subscribers_subscription theirs WHERE theirs.subscriber_id = drawn.subscriber_id
    AND theirs.started_at <= drawn.started_at + interval '{days} days'
    AND (theirs.ended_at IS NULL OR theirs.ended_at > drawn.started_at + interval '{days} days')
) AS kept_{days}"""

PEOPLE = f"""
SELECT drawn.flow_id, drawn.holdout_share AS share, drawn.arm = %(held)s AS held,
    extract(epoch FROM %(until)s - drawn.started_at) / 86400 AS days,
    {", ".join(KEPT.format(days=days) for days in HORIZONS)},
    coalesce((
        SELECT sum(cycle.amount - cycle.refunded) FROM subscribers_subscription theirs
        JOIN subscribers_cycle cycle ON cycle.subscription_id = theirs.id
        WHERE theirs.subscriber_id = drawn.subscriber_id AND cycle.status = ANY(%(paid)s)
        AND coalesce(nullif(cycle.currency, ''), theirs.currency) = %(currency)s
        AND cycle.billed_at > drawn.started_at
        AND cycle.billed_at <= drawn.started_at + interval '{HORIZONS[-1]} days'
    ), 0)::float AS money
FROM (
    SELECT DISTINCT ON (flow_id, subscriber_id) flow_id, subscriber_id, holdout_share, arm, started_at
    FROM success_run WHERE store_id = %(store)s AND holdout_share > 0 AND started_at < %(until)s
    ORDER BY flow_id, subscriber_id, started_at, id
) drawn
ORDER BY drawn.flow_id, drawn.started_at
"""  # noqa: S608  our own constants


@dataclass(frozen=True)
class Histories:
    """`frame` as the estimators read it; `since`: who began then or later, of `all_of_them` as many as it has rows."""

    frame: pd.DataFrame
    since: datetime
    all_of_them: int


def histories(store: Store, until: datetime) -> Histories:
    """Subscriptions that began since the store's first ticket: of earlier ones nobody knows what was complained of."""
    since = Ticket.objects.filter(store=store).order_by("opened_at").values_list("opened_at", flat=True).first()
    since = since or until
    asked = {
        "store": store.pk,
        "since": since,
        "until": until,
        "most": MOST,
        "slow": SLOW,
        "resolved": TicketEventKind.RESOLVED,
        "damaged": DAMAGED,
        "cancel": CANCEL,
        "rated": SatisfactionState.RATED,
        "good": list(map(int, GOOD_SCORES)),
        "agent": Channel.AGENT,
        "cancelled": SubscriptionStatus.CANCELLED,
        "scheduled": SubscriptionEventKind.CANCELLATION_SCHEDULED,
        "withdrawn": SubscriptionEventKind.CANCELLATION_WITHDRAWN,
    }
    columns, rows = _streamed(HISTORIES, asked)
    frame = pd.DataFrame(rows, columns=columns)
    all_of_them = int(frame["all_of_them"].iloc[0]) if len(frame) else 0
    return Histories(_seen(frame.drop(columns="all_of_them")), since, all_of_them)


def _seen(frame: pd.DataFrame) -> pd.DataFrame:
    """What became of each within the time for which it is followed."""
    numbers = [name for name in frame.columns if name not in ("person", "cancelled")]
    frame[numbers] = frame[numbers].astype(float)
    followed = FOLLOWED.total_seconds() / 86400
    ended, cancelled = frame.pop("ended"), frame.pop("cancelled").astype(bool)
    seen = frame["could_see"].clip(upper=followed)
    is_over = ended <= seen
    frame["days"] = ended.where(is_over, seen).clip(lower=0)
    frame["left"], frame["failed"] = is_over & cancelled, is_over & ~cancelled
    return frame


def people_of_flows(store: Store, until: datetime) -> Iterator[tuple[int, pd.DataFrame]]:
    """Of each flow with a holdout everybody who was drawn, once each, as they were drawn first."""
    asked = {"store": store.pk, "until": until, "held": Arm.HOLDOUT, "currency": store.currency}
    columns, rows = _streamed(PEOPLE, asked | {"paid": list(PAID_CYCLE)})
    for flow, theirs in groupby(rows, key=lambda row: row[0]):
        yield flow, pd.DataFrame([row[1:] for row in theirs], columns=columns[1:])


def _streamed(statement: str, asked: dict[str, Any]) -> tuple[Sequence[str], Iterator[tuple[Any, ...]]]:
    rows = _rows(statement, asked)
    return next(rows), rows


def _rows(statement: str, asked: dict[str, Any]) -> Iterator[Any]:
    """The names of the columns, then the rows, from a cursor of the server's."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(statement, asked)
        some = cursor.fetchmany(AT_ONCE)
        yield [column[0] for column in cursor.description]
        while some:
            yield from some
            some = cursor.fetchmany(AT_ONCE)
