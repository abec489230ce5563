"""Claims due steps and does them, each in a transaction of its own.

Order of locks, everywhere: ticket, alert, run, step. The engine never waits for any of them: what somebody else holds
leaves the step for the next sweep.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from subscribers.errors import Refused
from subscribers.live import announce
from success.enums import LIVE_RUN, OPEN_STEP, AlertOutcome, ExitReason, RunStatus, StepState
from success.flows.definitions import step_after
from success.flows.runs import exit_run, finish_run, log_run, open_step
from success.flows.steps import STEPS, Done, End, Result, Wait
from success.models import Alert, Run, RunStep, Task
from success.services.alerts import close_alert
from tickets.models import Ticket

logger = logging.getLogger(__name__)

BATCH = 200
MOVING = (RunStatus.ACTIVE, RunStatus.WAITING)  # a paused run stands still, whatever is due
MOST_ATTEMPTS = 6
FIRST_RETRY = timedelta(seconds=10)  # doubled with every attempt


@dataclass
class SweepResult:
    done: int = 0
    failed: int = 0


def sweep_runs(limit: int = 2000) -> SweepResult:
    """Do due steps until none is due (or `limit` were done). Several workers may sweep at once."""
    result = SweepResult()
    in_other_hands: set[int] = set()
    while result.done + result.failed < limit:
        due = RunStep.objects.filter(state__in=OPEN_STEP, due_at__lte=timezone.now(), run__status__in=MOVING)
        rows = due.exclude(pk__in=in_other_hands).order_by("due_at", "pk").values_list("pk", flat=True)
        batch = list(rows[:BATCH])
        if not batch:
            break
        for pk in batch:
            outcome = do_step(pk)
            if outcome is None:
                in_other_hands.add(pk)
            result.done += outcome is True
            result.failed += outcome is False
    return result


def do_step(pk: int) -> bool | None:
    """Do one due step: True when it was done, False when it failed (kept on its row), None when it is not ours."""
    try:
        return _do_step(pk)
    except Exception as error:  # whatever a step raises is kept on its row, shown, and tried again
        logger.exception("Step %s of a run failed", pk)
        _record_failure(pk, f"{type(error).__name__}: {error}")
        return False


@transaction.atomic
def _do_step(pk: int) -> bool | None:
    now = timezone.now()
    run = Run.objects.filter(steps=pk).first()
    if run is None or not (_claim(Ticket, run.ticket_id) and _claim(Alert, run.alert_id) and _claim(Run, run.pk)):
        return None
    row = (
        RunStep.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("step", "run__flow", "run__store", "run__subscriber", "run__box", "run__alert")
        .filter(pk=pk, state__in=OPEN_STEP, due_at__lte=now, run__status__in=MOVING)
        .first()
    )
    if row is None:
        return None
    if reason := _ineligible(row.run):
        exit_run(row.run, ExitReason.INELIGIBLE, why=reason)
        return True
    _take(row, STEPS[row.step.kind](row, now))
    return True


def _claim(model: type[Model], pk: int | None) -> bool:
    """Lock a row unless somebody else holds it; there is nothing to lock where there is none."""
    if pk is None:
        return True
    rows = model._default_manager.select_for_update(skip_locked=True, no_key=True)
    return rows.filter(pk=pk).values_list("pk", flat=True).first() is not None


def _ineligible(run: Run) -> str:
    if run.subscriber.redacted_at or run.subscriber.merged_into_id:
        return "The subscriber is no longer there"
    return ""


def _take(row: RunStep, result: Result) -> None:
    """Write down what a step came to, and open the next one."""
    run, now = row.run, timezone.now()
    if isinstance(result, Wait):
        row.state, row.due_at, row.attempts, row.error = StepState.WAITING, result.until, 0, ""
        row.save(update_fields=["state", "due_at", "attempts", "error"])
        _set_status(run, result.status)
        return
    row.state, row.finished_at, row.due_at, row.error = StepState.DONE, now, None, ""
    row.result = result.result if isinstance(result, Done) else {"outcome": result.outcome}
    row.save(update_fields=["state", "finished_at", "due_at", "error", "result"])
    if isinstance(result, End):
        finish_run(run, outcome=result.outcome)
        if result.close_alert and run.alert is not None and run.alert.is_live:
            close_alert(run.alert, actor=None, outcome=AlertOutcome(result.close_alert), note=f"{run.flow.name} ended")
        return
    following = step_after(row.step, result.jump)
    if following is None:
        finish_run(run, outcome="completed")
        return
    open_step(run, following, due_at=now)
    _set_status(run, RunStatus.ACTIVE)


def _set_status(run: Run, status: RunStatus) -> None:
    run.status, run.updated_at = status, timezone.now()
    run.save(update_fields=["status", "updated_at"])
    if run.alert_id:
        announce("alert", run.alert_id)


@transaction.atomic
def _record_failure(pk: int, error: str) -> None:
    """Keep the error on the row and try later; after the last attempt the run fails, where people see it."""
    run = Run.objects.select_for_update(no_key=True).get(steps=pk)
    row = RunStep.objects.select_for_update(of=("self",), no_key=True).select_related("step").get(pk=pk)
    if row.state not in OPEN_STEP:
        return
    now = timezone.now()
    row.attempts, row.error = row.attempts + 1, error[:2000]
    if row.attempts < MOST_ATTEMPTS:
        row.due_at = now + FIRST_RETRY * 2 ** (row.attempts - 1)
        row.save(update_fields=["attempts", "error", "due_at"])
        return
    row.state, row.finished_at, row.due_at = StepState.FAILED, now, None
    row.save(update_fields=["attempts", "error", "state", "finished_at", "due_at"])
    run.status, run.ended_at, run.updated_at = RunStatus.FAILED, now, now
    run.save(update_fields=["status", "ended_at", "updated_at"])
    log_run(run, "failed", f"“{row.step.key}” failed {row.attempts} times: {error}")


@transaction.atomic
def complete_task(task: Task, *, actor: AbstractBaseUser, result: str = "done") -> None:
    """A person did what the flow asked for; a run that waited for it goes on."""
    row = RunStep.objects.select_for_update(of=("self",), no_key=True).select_related("run").get(pk=task.run_step_id)
    now = timezone.now()
    if not Task.objects.filter(pk=task.pk, done_at=None).update(done_at=now, done_by=actor.pk, result=result[:60]):
        raise Refused("This task was done already.")
    if row.state in OPEN_STEP:
        row.due_at = now
        row.save(update_fields=["due_at"])
    log_run(row.run, "task_done", f"“{task.title}” was done", actor=actor, result=result)


@transaction.atomic
def stop_run(run: Run, *, actor: AbstractBaseUser) -> None:
    """A person takes it from here."""
    run = Run.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
    if run.status not in LIVE_RUN:
        raise Refused("This run has ended already.")
    exit_run(run, ExitReason.CANCELLED, why="Stopped by hand", actor=actor)
