"""Hears what happened to people: their runs end, or look again at what they wait for."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from success.enums import LIVE_RUN, StepKind, StepState
from success.flows import anchors
from success.flows.exits import exits_of
from success.flows.runs import exit_run
from success.models import Nudge, Run, RunStep

BATCH = 500
# What waits for something to happen. A person's task is looked at when it is done.
LISTENING = (StepKind.WAIT, StepKind.MAIL, StepKind.ACTION)
RELATED = ("flow", "subscriber", "box__cycle__subscription")


def hear(limit: int = 20_000) -> int:
    """Work off what was told, a batch in a transaction; how many were told. What a live run's holder has is left."""
    heard = 0
    while heard < limit:
        found = _hear_batch()
        heard += found
        if found < BATCH:
            break
    return heard


@transaction.atomic
def _hear_batch() -> int:
    nudges = list(
        Nudge.objects.select_for_update(skip_locked=True).order_by("pk").values_list("pk", "subscriber_id")[:BATCH]
    )
    if not nudges:
        return 0
    people = {subscriber for _, subscriber in nudges}
    live = Run.objects.filter(subscriber__in=people, status__in=LIVE_RUN)
    runs = list(
        live.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related(*RELATED).order_by("pk")
    )
    busy = live.exclude(pk__in=[run.pk for run in runs])
    held = set(busy.values_list("subscriber_id", flat=True))
    leaving = exits_of(runs)
    for run in runs:
        if run.pk in leaving:
            exit_run(run, leaving[run.pk][0], why=leaving[run.pk][1])
    staying = [run.pk for run in runs if run.pk not in leaving]
    RunStep.objects.filter(run__in=staying, state=StepState.WAITING, step__kind__in=LISTENING).update(
        due_at=timezone.now()
    )
    Nudge.objects.filter(pk__in=[pk for pk, subscriber in nudges if subscriber not in held]).delete()
    return len(nudges) if not held else 0


def follow_dates(chunk: int = 2000) -> int:
    """Waits whose date moved without anybody telling: due at once, so that they look. How many."""
    moved, last = 0, 0
    waiting = RunStep.objects.filter(state=StepState.WAITING, anchor_at__isnull=False)
    while rows := list(
        waiting.filter(pk__gt=last)
        .select_related("step", "run__box__cycle", "run__subscription", "run__store", "run__subscriber__store")
        .order_by("pk")[:chunk]
    ):
        last = rows[-1].pk
        changed = [row.pk for row in rows if _moved(row)]
        moved += waiting.filter(pk__in=changed).update(due_at=timezone.now()) if changed else 0
    return moved


def _moved(row: RunStep) -> bool:
    now: datetime | None = anchors.moment_of(row.run, str(row.step.config.get("anchor")))
    return now != row.anchor_at
