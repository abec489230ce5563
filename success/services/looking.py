"""What a fact meets, in one statement: the rules that ask for it, whether it is known, the open alerts it may join.

And rows written unless they are there: two transactions that tell of one fact at once meet on the unique keys, the
second waits for the first and writes nothing, with no savepoint and no error.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, models

from success.enums import LIVE_ALERT, FactKind, VersionStatus
from success.models import Alert
from success.rules.conditions import Rule

# A store's own rules of a kind, on or off, stand before the shared ones.
RULES = """
SELECT json_agg(json_build_array(
    rule.id, rule.kind, rule.name, rule.conditions, rule.weight, extract(epoch FROM rule.due_within),
    extract(epoch FROM rule.cool_down), rule.most_per_hour, rule.assign, (
        SELECT count(*) FROM success_alert
        WHERE rule_id = rule.id AND opened_at > now() - interval '1 hour' AND subscriber_id IS NOT NULL
    )
) ORDER BY rule.position, rule.id)
FROM success_alertrule rule
WHERE rule.kind = ANY(%(kinds)s) AND rule.is_active AND (rule.store_id = %(store)s OR rule.store_id IS NULL AND NOT
    EXISTS (SELECT FROM success_alertrule own WHERE own.store_id = %(store)s AND own.kind = rule.kind))
"""
KNOWN = """
SELECT json_agg(json_build_array(evidence.kind, evidence.source_key, evidence.alert_id))
FROM success_evidence evidence JOIN unnest(%(told_kinds)s::text[], %(told_keys)s::text[]) AS told (kind, key)
ON evidence.kind = told.kind AND evidence.source_key = told.key AND evidence.retracted_at IS NULL
"""
FLOWS = """
SELECT json_agg(DISTINCT flow.trigger) FROM success_flow flow JOIN success_flowversion version
ON version.flow_id = flow.id AND version.status = %(published)s
WHERE flow.store_id = %(store)s AND flow.is_active AND flow.trigger = ANY(%(kinds)s)
"""
# The alerts are locked in the order of their numbers, in a query of its own: an outer join cannot be locked.
LOOK = f"""
SELECT CASE WHEN row_number() OVER () = 1 THEN ({RULES}) END AS rules,
    CASE WHEN row_number() OVER () = 1 THEN ({KNOWN}) END AS known,
    CASE WHEN row_number() OVER () = 1 THEN ({FLOWS}) END AS flows, live.*
FROM (SELECT) one LEFT JOIN LATERAL (
    SELECT * FROM success_alert
    WHERE status = ANY(%(live)s)
        AND (subscriber_id = ANY(%(people)s) OR store_id = %(store)s AND about = ANY(%(abouts)s))
    ORDER BY id FOR NO KEY UPDATE
) live ON true
"""  # noqa: S608  the parts are constants
SHARE_CROWD = """
SELECT * FROM success_alert WHERE store_id = %s AND about = %s AND about <> '' AND status = ANY(%s) FOR SHARE
"""


@dataclass(frozen=True)
class Look:
    """`known`: by kind and key, the alert that has it. `flows`: kinds that a published flow answers."""

    rules: dict[str, list[Rule]]
    known: dict[tuple[str, str], int]
    flows: frozenset[str]
    of_people: dict[int, Alert]
    about: dict[str, Alert]


def look(store_id: int, facts: Sequence[tuple[str, str]], people: Collection[int], abouts: Collection[str]) -> Look:
    """What facts (kind, key) of one store meet; the open alerts of `people`, and `abouts`, are locked."""
    values = {
        "store": store_id,
        "kinds": sorted({kind for kind, _ in facts}),
        "told_kinds": [kind for kind, _ in facts],
        "told_keys": [key for _, key in facts],
        "published": VersionStatus.PUBLISHED,
        "live": list(LIVE_ALERT),
        "people": sorted(people),
        "abouts": sorted(abouts),
    }
    rows = list(Alert.objects.raw(LOOK, values))
    told: Any = rows[0]
    rules: dict[str, list[Rule]] = {}
    for pk, kind, name, conditions, weight, due, cool, most, assign, opened in told.rules or ():
        cool_down = None if cool is None else timedelta(seconds=cool)
        rule = Rule(
            pk, FactKind(kind), name, conditions, weight, timedelta(seconds=due), cool_down, most, assign, opened
        )
        rules.setdefault(kind, []).append(rule)
    live = [row for row in rows if row.pk is not None]
    return Look(
        rules,
        {(kind, key): alert for kind, key, alert in told.known or ()},
        frozenset(told.flows or ()),
        {row.subscriber_id: row for row in live if row.subscriber_id is not None},
        {row.about: row for row in live if row.about},
    )


def shared(store_id: int, about: str) -> Alert | None:
    """The open alert about something, held so that it cannot be closed meanwhile and others can join it too."""
    return next(iter(Alert.objects.raw(SHARE_CROWD, [store_id, about, list(LIVE_ALERT)])), None)


def insert_unless_there(rows: Sequence[models.Model]) -> None:
    """Write rows of one model in one statement; those that a unique key forbids keep no pk."""
    if not rows:
        return
    options = type(rows[0])._meta
    fields = [field for field in options.concrete_fields if not field.primary_key and not field.generated]
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
    places = f"({', '.join(['%s'] * len(fields))})"
    columns = ", ".join(f'"{field.column}"' for field in fields)
    keys = [field for field in fields if field.name in ("subscriber", "about", "kind", "source_key")]
    told = ", ".join(f'"{field.column}"' for field in keys)
    statement = (
        f'INSERT INTO "{options.db_table}" ({columns}) VALUES {", ".join([places] * len(rows))} '  # noqa: S608
        f"ON CONFLICT DO NOTHING RETURNING id, {told}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = {row[1:]: row[0] for row in cursor.fetchall()}
    for row in rows:
        pk = found.get(tuple(getattr(row, field.attname) for field in keys))
        if pk is not None:
            row.pk = pk
            row._state.adding, row._state.db = False, connection.alias
