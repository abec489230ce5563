"""What runs do in a flow, counted: for the list of flows, and for each step of a version's picture."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from success.enums import LIVE_RUN, OPEN_STEP, Arm, ExitReason, RunStatus, StepState, TouchDecision
from success.models import FlowVersion, Run, RunStep, Touch

LATELY = timedelta(days=30)


@dataclass
class FlowCounts:
    """`live` now, whenever it began. Of the runs that began within 30 days: `entered`, and what became of each, so
    that `entered` is the sum of `going`, `finished`, `left`, `superseded` and `failed`. Mails of the last 30 days.
    `failing`: keys of steps that failed, or are tried again.
    """

    live: int = 0
    entered: int = 0
    going: int = 0
    finished: int = 0
    left: int = 0
    superseded: int = 0
    failed: int = 0
    sent: int = 0
    held: int = 0
    failing: list[str] = field(default_factory=list)

    @property
    def ended_early(self) -> int:
        """In one number: left, gave way, failed."""
        return self.left + self.superseded + self.failed


@dataclass
class StepCounts:
    """`here`: runs that stand at the step now; `retrying` of them after a failure. The rest within 30 days."""

    here: int = 0
    retrying: int = 0
    passed: int = 0
    held: int = 0
    left: int = 0
    failed: int = 0


@dataclass
class VersionCounts:
    """`live` now. Of a version's runs that began within 30 days: `entered`, those left alone, how they ended."""

    steps: dict[int, StepCounts]
    live: int
    entered: int
    held_out: int
    exits: list[tuple[str, str, int]]  # reason, its words, how many
    failed: int

    def of(self, step_id: int) -> StepCounts:
        return self.steps.get(step_id) or StepCounts()


def flow_counts(flow_ids: Collection[int], now: datetime | None = None) -> dict[int, FlowCounts]:
    """By flow. Three queries, whatever their number."""
    since = (now or timezone.now()) - LATELY
    counts = {pk: FlowCounts() for pk in flow_ids}
    recent, live = Q(started_at__gte=since), Q(status__in=LIVE_RUN)
    exited, superseded = Q(status=RunStatus.EXITED), Q(exit_reason=ExitReason.SUPERSEDED)
    asked: dict[str, Q] = {
        "live": live,
        "entered": recent,
        "going": recent & live,
        "finished": recent & Q(status=RunStatus.COMPLETED),
        "left": recent & exited & ~superseded,
        "superseded": recent & exited & superseded,
        "failed": recent & Q(status=RunStatus.FAILED),
    }
    runs = Run.objects.filter(flow__in=counts).filter(live | recent)
    for row in runs.values("flow").annotate(**{name: Count("pk", filter=of) for name, of in asked.items()}):
        one = counts[row["flow"]]
        for name in asked:
            setattr(one, name, row[name])  # type: ignore[literal-required]
    touches = Touch.objects.filter(run_step__run__flow__in=counts, occurred_at__gte=since)
    for contact in touches.values("run_step__run__flow").annotate(
        sent=Count("pk", filter=Q(decision=TouchDecision.SENT)),
        held=Count("pk", filter=~Q(decision=TouchDecision.SENT)),
    ):
        one = counts[contact["run_step__run__flow"]]
        one.sent, one.held = contact["sent"], contact["held"]
    trouble = Q(state=StepState.FAILED, finished_at__gte=since) | Q(state__in=OPEN_STEP, attempts__gt=0)
    for flow, key in (
        RunStep.objects.filter(trouble, step__version__flow__in=counts)
        .values_list("step__version__flow", "step__key")
        .distinct()
        .order_by("step__version__flow", "step__key")
    ):
        counts[flow].failing.append(key)
    return counts


def version_counts(version: FlowVersion, now: datetime | None = None) -> VersionCounts:
    """Of one version, for its picture. Four queries."""
    since = (now or timezone.now()) - LATELY
    steps: dict[int, StepCounts] = {}

    def of(step: int) -> StepCounts:
        return steps.setdefault(step, StepCounts())

    here = RunStep.objects.filter(step__version=version, state__in=OPEN_STEP, run__status__in=LIVE_RUN)
    for row in here.values("step").annotate(here=Count("pk"), retrying=Count("pk", filter=Q(attempts__gt=0))):
        of(row["step"]).here, of(row["step"]).retrying = row["here"], row["retrying"]
    for over in (
        RunStep.objects.filter(step__version=version, finished_at__gte=since)
        .values("step")
        .annotate(
            passed=Count("pk", filter=Q(state=StepState.DONE)),
            left=Count("pk", filter=Q(state=StepState.SKIPPED)),
            failed=Count("pk", filter=Q(state=StepState.FAILED)),
        )
    ):
        one = of(over["step"])
        one.passed, one.left, one.failed = over["passed"], over["left"], over["failed"]
    held = Touch.objects.filter(run_step__step__version=version, occurred_at__gte=since)
    for kept in (
        held.exclude(decision=TouchDecision.SENT)
        .values("run_step__step")
        .annotate(held=Count("run_step", distinct=True))
    ):
        of(kept["run_step__step"]).held = kept["held"]
    return VersionCounts(steps=steps, **_ends(version, since))


def _ends(version: FlowVersion, since: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {"live": 0, "entered": 0, "held_out": 0, "failed": 0, "exits": []}
    recent = Q(started_at__gte=since)
    runs = Run.objects.filter(recent | Q(status__in=LIVE_RUN), version=version)
    for row in (
        runs.values("exit_reason")
        .annotate(
            live=Count("pk", filter=Q(status__in=LIVE_RUN)),
            entered=Count("pk", filter=recent),
            held_out=Count("pk", filter=recent & Q(arm=Arm.HOLDOUT)),
            ended=Count("pk", filter=recent & Q(ended_at__isnull=False)),
            failed=Count("pk", filter=recent & Q(status=RunStatus.FAILED)),
        )
        .order_by("-ended", "exit_reason")
    ):
        for name in ("live", "entered", "held_out", "failed"):
            found[name] += row[name]
        if row["exit_reason"] and row["ended"]:
            found["exits"].append((row["exit_reason"], ExitReason(row["exit_reason"]).label, row["ended"]))
    return found
