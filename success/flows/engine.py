"""Claims due steps and does them, a batch in a transaction: runs go on together until they wait or end.

Order of locks, everywhere: ticket, alert, run, step. The engine never waits for any of them: what somebody else holds
leaves the step for the next sweep. A batch holds its people too (an advisory lock each), so that two workers never
write to one person at once. All that a batch did is committed together: a worker killed before leaves nothing of it,
one killed after leaves all of it. A batch in which a step fails is undone, and its steps are done one by one.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.live import gathered
from subscribers.models import Subscription
from success.enums import LIVE_RUN, OPEN_STEP, AlertOutcome, ExitReason, RunStatus, StepKind, StepState
from success.flows import asking, hearing
from success.flows.contact import Desk
from success.flows.exits import exits_of
from success.flows.runs import exit_run, finish_run, log_run
from success.flows.steps import STEPS, Done, End, Result, Wait, Work
from success.flows.writing import save_rows, save_runs
from success.models import Alert, FlowStep, Run, RunStep, Task
from success.services.alerts import close_alert
from tickets.models import Ticket

logger = logging.getLogger(__name__)

BATCH = 100
MOVING = (RunStatus.ACTIVE, RunStatus.WAITING)  # a paused run stands still, whatever is due
MOST_ATTEMPTS = 6
FIRST_RETRY = timedelta(seconds=10)  # doubled with every attempt
RELATED = (
    "step",
    "run__flow",
    "run__store",
    "run__subscriber__store",
    "run__subscription__product",
    "run__box__cycle__subscription",
    "run__ticket__subscription__product",
    "run__alert",
)


@dataclass
class SweepResult:
    done: int = 0
    failed: int = 0


def sweep_runs(limit: int = 2000) -> SweepResult:
    """Do due steps until none is due (or `limit` were done). Several workers may sweep at once."""
    hearing.hear()
    result = SweepResult()
    in_other_hands: set[int] = set()
    while result.done + result.failed < limit:
        claimed: list[int] = []
        try:
            done, left = _do_batch(claimed, not_these=in_other_hands, most=BATCH)
        except Exception:  # undone as a whole; one by one it is known whose fault it was
            if not claimed:
                raise  # nobody's: the database does not answer
            logger.warning("A batch of %s steps is done one by one", len(claimed), exc_info=True)
            for pk in claimed:
                outcome = do_step(pk)
                result.done += outcome is True
                result.failed += outcome is False
                if outcome is None:
                    in_other_hands.add(pk)
            continue
        result.done += done
        in_other_hands |= left
        if not claimed:
            break
    return result


def do_step(pk: int) -> bool | None:
    """Do one due step, and what follows it at once: True when it was done, False when it failed (kept on its row),
    None when it is not ours."""
    try:
        done, _ = _do_batch([], these=[pk], most=1)
    except Exception as error:  # whatever a step raises is kept on its row, shown, and tried again
        logger.exception("Step %s of a run failed", pk)
        _record_failure(pk, f"{type(error).__name__}: {error}")
        return False
    return True if done else None


@transaction.atomic
def _do_batch(
    claimed: list[int], *, most: int, these: Collection[int] = (), not_these: Collection[int] = ()
) -> tuple[int, set[int]]:
    """Claim due steps and do them: how many were done, and which are in other hands. `claimed` gets their numbers."""
    now = timezone.now()
    rows, left = _claim(now, most, these, not_these)
    claimed.extend(row.pk for row in rows)
    claimed.extend(left)
    if not rows:
        return 0, left
    work = Work(now, Desk({row.run.subscriber_id for row in rows}, now))
    done = 0
    with gathered():
        while rows:
            done += len(rows)
            rows = _do_round(rows, work)
    return done, left


def _claim(
    now: datetime, most: int, these: Collection[int], not_these: Collection[int]
) -> tuple[list[RunStep], set[int]]:
    """Due steps, locked with all that doing them touches; and those of which something is in other hands."""
    due = RunStep.objects.filter(state__in=OPEN_STEP, due_at__lte=now, run__status__in=MOVING)
    due = due.filter(pk__in=these) if these else due.exclude(pk__in=not_these) if not_these else due
    rows = list(
        due.select_for_update(of=("self", "run"), skip_locked=True, no_key=True)
        .select_related(*RELATED)
        .order_by("due_at", "pk")[:most]
    )
    tickets = _lock(Ticket, {row.run.ticket_id for row in rows})
    alerts = _lock(Alert, {row.run.alert_id for row in rows})
    subscriptions = _lock(Subscription, {row.run.subscription_id for row in rows if _may_act(row)})
    people = _hold_people({row.run.subscriber_id for row in rows})
    ours = [
        row
        for row in rows
        if row.run.subscriber_id in people
        and row.run.ticket_id in tickets
        and row.run.alert_id in alerts
        and (row.run.subscription_id in subscriptions or not _may_act(row))
    ]
    taken = {row.pk for row in ours}
    return ours, {row.pk for row in rows} - taken


def _may_act(row: RunStep) -> bool:
    return row.step.kind == StepKind.ACTION


def _lock(model: type[Model], pks: Iterable[int | None]) -> set[int | None]:
    """Of these rows those that nobody else holds, locked; None, where there is nothing to lock, among them."""
    wanted = [pk for pk in pks if pk is not None]
    if not wanted:
        return {None}
    rows = model._default_manager.select_for_update(skip_locked=True, no_key=True).filter(pk__in=wanted)
    return {None, *rows.values_list("pk", flat=True)}


def _hold_people(pks: Collection[int]) -> set[int]:
    """Those of these people whom no other worker is busy with; ours until the transaction ends."""
    if not pks:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person FROM unnest(%s::bigint[]) AS person"
            " WHERE pg_try_advisory_xact_lock(hashtextextended('flows of ' || person, 0))",
            [sorted(pks)],
        )
        return {row[0] for row in cursor.fetchall()}


def _do_round(rows: Sequence[RunStep], work: Work) -> list[RunStep]:
    """Do one step of each run; the steps that follow at once."""
    leaving = exits_of(row.run for row in rows)
    for row in rows:
        if row.run_id in leaving:
            exit_run(row.run, leaving[row.run_id][0], why=leaving[row.run_id][1])
    staying = [row for row in rows if row.run_id not in leaving]
    work.answers = asking.answers(staying)
    following: list[tuple[Run, FlowStep, int]] = []
    for row in staying:
        _take(row, STEPS[row.step.kind](row, work), work, following)
    save_rows(staying)
    save_runs([row.run for row in staying if row.run.status in LIVE_RUN])
    return _open(following, work.now)


def _take(row: RunStep, result: Result, work: Work, following: list[tuple[Run, FlowStep, int]]) -> None:
    """What a step came to, on its row (saved by the caller), and which one follows."""
    run = row.run
    row.attempts, row.error = 0, ""
    if isinstance(result, Wait):
        row.state, row.due_at, row.anchor_at = StepState.WAITING, result.until, result.anchor_at
        run.status = result.status
        return
    row.state, row.finished_at, row.due_at, row.anchor_at = StepState.DONE, work.now, None, None
    row.result = result.result if isinstance(result, Done) else {"outcome": result.outcome}
    if isinstance(result, End):
        save_rows([row])
        finish_run(run, outcome=result.outcome)
        if result.close_alert and run.alert is not None and run.alert.is_live:
            close_alert(run.alert, actor=None, outcome=AlertOutcome(result.close_alert), note=f"{run.flow.name} ended")
        return
    step = work.ways.after(row.step, result.jump)
    if step is None:
        save_rows([row])
        finish_run(run, outcome="completed")
        return
    run.status = RunStatus.ACTIVE
    following.append((run, step, row.sequence + 1))


def _open(following: Sequence[tuple[Run, FlowStep, int]], now: datetime) -> list[RunStep]:
    """The next steps, stored, and those of them that this transaction may go on with."""
    rows = RunStep.objects.bulk_create(
        RunStep(run=run, step=step, sequence=sequence, due_at=now, created_at=now) for run, step, sequence in following
    )
    # What a provider is asked for needs its subscription: claimed first of all, by the sweep that comes next.
    return [row for row in rows if not _may_act(row)]


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
        raise Refused(gettext("This task was done already."))
    if row.state in OPEN_STEP:
        row.due_at = now
        row.save(update_fields=["due_at"])
    log_run(row.run, "task_done", f"“{task.title}” was done", actor=actor, result=result)


@transaction.atomic
def stop_run(run: Run, *, actor: AbstractBaseUser) -> None:
    """A person takes it from here."""
    run = Run.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
    if run.status not in LIVE_RUN:
        raise Refused(gettext("This run has ended already."))
    exit_run(run, ExitReason.CANCELLED, why="Stopped by hand", actor=actor)
