"""What the page of an alert shows: its reasons, the tasks, each run as a path, the history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.models.stores import Viewer
from success.enums import LIVE_RUN, OPEN_STEP
from success.flows.path import PathArm, PathStep, path_of
from success.models import Alert, FlowStep, Run, RunEvent, RunStep, Task, Touch
from success.rules.words import fact_words, why
from success.selectors import Fact
from success.wording import (
    RUN_EVENT_LOOKS,
    STEP_ICONS,
    alert_event,
    result_words,
    step_title,
    step_words,
)
from tickets.models import Ticket

# An alert about a flood has thousands of reasons, of which nobody reads more.
MOST_FACTS = 100
DOTS = {"done": ("check", "good"), "failed": ("circle-x", "bad"), "skipped": ("skip-forward", "plain")}


@dataclass
class Drawn:
    """A step of a path with its words. `message_url` leads to the mail that it wrote."""

    title: str
    what: str
    icon: str
    tone: str
    state: str
    row: RunStep | None
    task: Task | None
    result: str
    message_url: str = ""
    arms: list["DrawnArm"] = field(default_factory=list)

    @property
    def was_missed(self) -> bool:
        """A task that nobody did: the run went on without it."""
        return self.state == "done" and self.task is not None and self.task.done_by is None


@dataclass
class DrawnArm:
    answer: str
    is_taken: bool | None
    steps: list[Drawn]


@dataclass
class DrawnRun:
    run: Run
    path: list[Drawn]
    events: list[dict[str, Any]]
    is_live: bool
    ticket: Ticket | None


def facts_of(alert: Alert, user: Viewer) -> list[Fact]:
    """Its reasons, those that stand first; of thousands the first MOST_FACTS. Two queries."""
    rows = alert.evidence.select_related("ticket", "box__cycle", "subscriber")
    evidence = list(
        rows.order_by(F("retracted_at").desc(nulls_first=True), "-weight", "observed_at", "pk")[:MOST_FACTS]
    )
    seen = _seen([one.ticket_id for one in evidence], user)
    facts = []
    for one in sorted(evidence, key=lambda one: one.retracted_at is not None):
        is_seen = one.ticket_id is None or one.ticket_id in seen
        data = one.data if is_seen and isinstance(one.data, dict) else {}
        words = [str(word) for word in data.get("words", [])]
        facts.append(Fact(one, is_seen, words, str(data.get("subject", "")), fact_words(one.kind, data)))
    return facts


def _seen(tickets: Sequence[int | None], user: Viewer) -> set[int]:
    return set(Ticket.objects.visible_to(user).filter(pk__in=[pk for pk in tickets if pk]).values_list("pk", flat=True))


def runs_of(alert: Alert, user: Viewer) -> list[DrawnRun]:
    """The alert's runs, the latest first, each drawn over the version that it follows. Six queries."""
    runs = list(
        alert.runs.select_related("flow", "version", "ticket", "box", "superseded_by__flow").order_by(
            "-started_at", "-pk"
        )
    )
    seen = _seen([run.ticket_id for run in runs], user)
    steps: dict[int, list[FlowStep]] = defaultdict(list)
    for step in FlowStep.objects.filter(version__in={run.version_id for run in runs}).order_by("position"):
        steps[step.version_id].append(step)
    rows: dict[int, list[RunStep]] = defaultdict(list)
    for row in RunStep.objects.filter(run__in=runs).select_related("step", "task__done_by").order_by("sequence"):
        rows[row.run_id].append(row)
    events: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for event in RunEvent.objects.filter(run__in=runs).select_related("actor").order_by("occurred_at", "pk"):
        events[event.run_id].append(_run_event(event))
    mails = dict(
        Touch.objects.filter(run_step__run__in=runs, outbound_mail__message__isnull=False).values_list(
            "run_step", "outbound_mail__message"
        )
    )
    drawn = []
    for run in runs:
        ticket = run.ticket if run.ticket_id in seen else None
        path = path_of(run, steps[run.version_id], rows[run.pk])
        pen = Pen(ticket, mails)
        drawn.append(DrawnRun(run, pen.draw(path), events[run.pk], run.status in LIVE_RUN, ticket))
    return drawn


@dataclass(frozen=True)
class Pen:
    """Puts words to the steps of one run. `mails`: the message that a run step wrote."""

    ticket: Ticket | None
    mails: dict[int, int]

    def draw(self, path: Sequence[PathStep]) -> list[Drawn]:
        return [self._step(one) for one in path]

    def _step(self, one: PathStep) -> Drawn:
        kind_icon = STEP_ICONS.get(one.step.kind, "circle")  # type: ignore[call-overload]
        icon, tone = DOTS.get(one.state, (kind_icon, "link" if one.state == "current" else "plain"))
        row = one.row
        message = self.mails.get(row.pk) if row else None
        return Drawn(
            title=step_title(one.step),
            what=step_words(one.step),
            icon=icon,
            tone=tone,
            state=one.state,
            row=row,
            task=getattr(row, "task", None),
            result=result_words(row) if row else "",
            message_url=gettext("%(get_absolute_url)s#message-%(message)s")
            % {"get_absolute_url": self.ticket.get_absolute_url(), "message": message}
            if self.ticket and message
            else "",
            arms=[self._arm(arm) for arm in one.arms],
        )

    def _arm(self, arm: PathArm) -> DrawnArm:
        return DrawnArm(arm.answer, arm.is_taken, self.draw(arm.steps))


def _run_event(event: RunEvent) -> dict[str, Any]:
    icon, tone = RUN_EVENT_LOOKS.get(event.kind, ("circle", "plain"))
    return {
        "icon": icon,
        "tone": tone,
        "title": event.text,
        "at": event.occurred_at,
        "who": f"{event.actor}:" if event.actor else "",
    }


def open_tasks(alert: Alert) -> list[Task]:
    """What a person is asked to do now."""
    tasks = Task.objects.filter(run_step__run__alert=alert, run_step__state__in=OPEN_STEP, done_at=None)
    return list(tasks.order_by("due_at", "pk"))


def alert_parts(alert: Alert, user: Viewer) -> dict[str, Any]:
    """All that may change while the page is open. Eleven queries."""
    facts = facts_of(alert, user)
    standing = [fact.evidence for fact in facts if fact.evidence.retracted_at is None]
    return {
        "facts": facts,
        "priority_words": " · ".join(map(str, why(alert, standing, timezone.now()))),
        "facts_left": max(0, alert.people - len(standing)) if alert.is_crowd else 0,
        "tasks": open_tasks(alert),
        "runs": runs_of(alert, user),
        "events": [
            alert_event(event) for event in alert.events.select_related("actor").order_by("-occurred_at", "-pk")[:100]
        ],
    }
