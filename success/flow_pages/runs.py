"""The runs of a flow as its page lists them: by step, state and version, the newest first, by keyset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils.dateparse import parse_datetime

from subscribers.lazy import lazily as _
from subscribers.models.stores import Viewer
from success.enums import LIVE_RUN, OPEN_STEP, RunStatus, StepState, TouchDecision
from success.flow_pages.words import step_name
from success.models import Flow, Run, RunStep

PAGE = 25
STANDINGS = (
    ("", _("All")),
    ("live", _("Live")),
    ("completed", _("Finished")),
    ("exited", _("Left early")),
    ("failed", _("Failed")),
    ("holdout", _("Left alone")),
)
AT = {
    "here": _("here now"),
    "passed": _("passed it"),
    "held": _("a mail was held"),
    "left": _("left here"),
    "failed": _("failed here"),
}


@dataclass(frozen=True)
class RunsWanted:
    """What the address asks for. `at` of the step: one of AT."""

    version: int | None = None
    step: str = ""
    at: str = "here"
    standing: str = ""
    before: tuple[datetime, int] | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "RunsWanted":
        """Nonsense is nothing asked for."""
        version, standing, at = query.get("version", ""), query.get("standing", ""), query.get("at", "")
        return cls(
            version=int(version) if version.isdecimal() and len(version) < 9 else None,
            step=query.get("step", "")[:60],
            at=at if at in AT else "here",
            standing=standing if standing in dict(STANDINGS) else "",
            before=_position(query.get("before", "")),
        )

    @property
    def at_words(self) -> str:
        return AT[self.at]


def _position(text: str) -> tuple[datetime, int] | None:
    moment, _, pk = text.rpartition("_")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (at, int(pk)) if at is not None and at.tzinfo and pk.isdecimal() and len(pk) < 19 else None


@dataclass(frozen=True)
class RunRow:
    run: Run
    where: str
    due_at: datetime | None
    error: str


@dataclass(frozen=True)
class RunPage:
    """`next_before`: where the next page begins; empty at the end."""

    rows: Sequence[RunRow]
    next_before: str


def runs_of_flow(flow: Flow, user: Viewer, wanted: RunsWanted) -> RunPage:
    """One page. Two queries."""
    runs = Run.objects.visible_to(user).filter(_narrowed(wanted), flow=flow)
    if wanted.before:
        at, pk = wanted.before
        runs = runs.filter(Q(started_at__lt=at) | Q(started_at=at, pk__lt=pk))
    if wanted.step:
        runs = runs.filter(pk__in=_at(flow, wanted).values("run"))
    open_steps = RunStep.objects.filter(Q(state__in=OPEN_STEP) | Q(state=StepState.FAILED)).select_related("step")
    found = list(
        runs.select_related("subscriber", "version")
        .prefetch_related(Prefetch("steps", queryset=open_steps, to_attr="open_steps"))
        .order_by("-started_at", "-pk")[: PAGE + 1]
    )
    rows = [_row(run) for run in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return RunPage(rows, f"{last.started_at.isoformat()}_{last.pk}" if last else "")


def _narrowed(wanted: RunsWanted) -> Q:
    narrowed = Q() if wanted.version is None else Q(version__number=wanted.version)
    match wanted.standing:
        case "live":
            return narrowed & Q(status__in=LIVE_RUN)
        case "holdout":
            return narrowed & Q(arm="holdout")
        case "completed" | "exited" | "failed":
            return narrowed & Q(status=RunStatus(wanted.standing))
    return narrowed


def _at(flow: Flow, wanted: RunsWanted) -> "QuerySet[RunStep]":
    rows = RunStep.objects.filter(step__version__flow=flow, step__key=wanted.step)
    match wanted.at:
        case "passed":
            return rows.filter(state=StepState.DONE)
        case "held":
            return rows.filter(touches__isnull=False).exclude(touches__decision=TouchDecision.SENT)
        case "left":
            return rows.filter(state=StepState.SKIPPED)
        case "failed":
            return rows.filter(Q(state=StepState.FAILED) | Q(state__in=OPEN_STEP, attempts__gt=0))
    return rows.filter(state__in=OPEN_STEP)


def _row(run: Run) -> RunRow:
    step = next(iter(run.open_steps), None)  # type: ignore[attr-defined]
    if step is not None:
        return RunRow(run, step_name(step.step), step.due_at, step.error)
    words = run.get_exit_reason_display() if run.exit_reason else run.outcome.replace("_", " ").capitalize()
    return RunRow(run, words, None, "")
