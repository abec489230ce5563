"""Writes what became of many steps and runs in one statement each."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from subscribers.live import announce
from success.models import Run, RunStep

ROWS = """
UPDATE success_runstep AS row SET state = new.state, due_at = new.due_at, anchor_at = new.anchor_at,
    attempts = new.attempts, error = new.error, result = new.result, finished_at = new.finished_at
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::smallint[], %s::text[], %s::jsonb[],
    %s::timestamptz[]) AS new(id, state, due_at, anchor_at, attempts, error, result, finished_at)
WHERE row.id = new.id
"""
RUNS = """
UPDATE success_run AS run SET status = new.status, updated_at = %s
FROM unnest(%s::bigint[], %s::text[]) AS new(id, status) WHERE run.id = new.id
"""


def save_rows(rows: Sequence[RunStep]) -> None:
    """All that a step's own row tells of it."""
    if not rows:
        return
    columns: list[Any] = [
        [row.pk for row in rows],
        [str(row.state) for row in rows],
        [row.due_at for row in rows],
        [row.anchor_at for row in rows],
        [row.attempts for row in rows],
        [row.error for row in rows],
        [json.dumps(row.result) for row in rows],
        [row.finished_at for row in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(ROWS, columns)


def save_runs(runs: Sequence[Run]) -> None:
    """The status of runs that go on, told to who looks at their alerts."""
    if not runs:
        return
    with connection.cursor() as cursor:
        cursor.execute(RUNS, [timezone.now(), [run.pk for run in runs], [str(run.status) for run in runs]])
    if alerts := [run.alert_id for run in runs if run.alert_id]:
        announce("alert", *alerts)
