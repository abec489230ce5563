"""The life of a run: its history, its waiting, its ends."""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from subscribers.live import announce
from success.enums import LIVE_RUN, OPEN_STEP, ExitReason, RunStatus, StepState
from success.models import FlowStep, Run, RunEvent, RunStep, Task


def log_run(run: Run, kind: str, text: str, *, actor: AbstractBaseUser | None = None, **data: Any) -> None:
    RunEvent.objects.create(
        run=run,
        kind=kind,
        text=text[:500],
        actor_id=actor.pk if actor else None,
        data=data,
        occurred_at=timezone.now(),
    )
    if run.alert_id:
        announce("alert", run.alert_id)


def open_step(run: Run, step: FlowStep, *, due_at: datetime, is_first: bool = False) -> RunStep:
    """The run's next step, due at a time; its number follows the last one's."""
    last = None if is_first else run.steps.order_by("-sequence").values_list("sequence", flat=True).first()
    return RunStep.objects.create(
        run=run, step=step, sequence=(last or 0) + 1, due_at=due_at, created_at=timezone.now()
    )


def finish_run(run: Run, *, outcome: str) -> None:
    """The run came to its end. `run` is locked."""
    run.status, run.outcome = RunStatus.COMPLETED, outcome
    run.ended_at = run.updated_at = timezone.now()
    run.save(update_fields=["status", "outcome", "ended_at", "updated_at"])
    log_run(run, "completed", f"Completed: {outcome.replace('_', ' ')}")
    if run.is_recovery:
        look_again(run.subscriber_id)  # outreach that waited for its end


def exit_run(run: Run, reason: ExitReason, *, why: str, actor: AbstractBaseUser | None = None) -> None:
    """Leave a live run before its end: its open step is skipped, its open task is nobody's any more."""
    now = timezone.now()
    RunStep.objects.filter(run=run, state__in=OPEN_STEP).update(
        state=StepState.SKIPPED, finished_at=now, due_at=None, result={"skipped": reason}
    )
    Task.objects.filter(run_step__run=run, done_at=None).update(done_at=now, result="skipped")
    run.status, run.exit_reason, run.ended_at, run.updated_at = RunStatus.EXITED, reason, now, now
    run.save(update_fields=["status", "exit_reason", "ended_at", "updated_at"])
    log_run(run, "exited", why, actor=actor)
    if run.is_recovery:
        look_again(run.subscriber_id)


def exit_runs(runs: QuerySet[Run], reason: ExitReason, *, why: str, actor: AbstractBaseUser | None = None) -> None:
    for run in runs.filter(status__in=LIVE_RUN).select_for_update(of=("self",), no_key=True):
        exit_run(run, reason, why=why, actor=actor)


def look_again(*subscriber_ids: int) -> None:
    """Something happened to these people: their live runs look whether it was for them, at the next sweep.

    One statement that waits for nobody and locks nothing, so it may be called wherever a fact is written down.
    """
    with connection.cursor() as cursor:
        cursor.execute(NUDGE, [timezone.now(), list(subscriber_ids), list(LIVE_RUN)])


NUDGE = """
INSERT INTO success_nudge (subscriber_id, created_at)
SELECT person, %s FROM unnest(%s::bigint[]) AS person
WHERE EXISTS (SELECT FROM success_run WHERE subscriber_id = person AND status = ANY(%s))
"""
