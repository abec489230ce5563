"""What is not written to somebody now, and why: outreach waits while a complaint is open or a recovery runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils import timezone

from subscribers.models import Subscriber
from success.beside import held_words
from success.enums import LIVE_RUN, OPEN_STEP, FlowKind, StepKind
from success.models import Run, RunStep
from success.wording import step_title


@dataclass(frozen=True)
class Waiting:
    """A run of outreach that stands still: its flow, the step at which it is, when it looks again."""

    flow: str
    step: str
    is_mail: bool
    again_at: datetime | None


@dataclass(frozen=True)
class HeldBack:
    """`why`: in words; `runs`: what would have gone on, the next first."""

    why: str
    runs: Sequence[Waiting]


def held_back(person: Subscriber) -> HeldBack | None:
    """None where nothing is held. Two statements more where something is."""
    why = held_words(person)
    return HeldBack(why, _waiting(person)) if why else None


def _waiting(person: Subscriber) -> list[Waiting]:
    steps = RunStep.objects.filter(state__in=OPEN_STEP).select_related("step")
    runs = Run.objects.filter(subscriber=person, status__in=LIVE_RUN, flow__kind=FlowKind.OUTREACH)
    found = []
    for run in runs.select_related("flow").prefetch_related(Prefetch("steps", steps, to_attr="open_steps")):
        for row in run.open_steps:
            is_mail = row.step.kind == StepKind.MAIL
            found.append(Waiting(run.flow.name, str(step_title(row.step)), is_mail, row.due_at))
    return sorted(found, key=lambda one: (one.again_at is None, one.again_at or timezone.now()))
