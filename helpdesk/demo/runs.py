"""Recovery runs of the demo store: each walks its flow's published steps as the engine would have."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from helpdesk.demo.chance import Chance
from helpdesk.demo.threads import Said, Thread
from helpdesk.demo.world import Parcel, Person, Setting
from helpdesk.models import User
from success.enums import ExitReason, FactKind, FlowKind, RunStatus, StepKind, StepState, TouchDecision, VersionStatus
from success.flows import texts
from success.flows.conditions import label
from success.models import Flow, FlowStep, FlowVersion
from tickets.enums import Author
from tickets.sla.business_time import Calendar

TICK = timedelta(seconds=2)  # how often the engine looks
ENGINE_ERROR = "OperationalError: connection to the database was lost"


@dataclass
class Book:
    """A flow as it was published."""

    flow: Flow
    version: FlowVersion
    steps: list[FlowStep]

    def after(self, step: FlowStep, jump: str = "") -> FlowStep | None:
        key = jump or step.config.get("next", "")
        if key:
            return next(one for one in self.steps if one.key == key)
        return next((one for one in self.steps if one.position > step.position), None)


def read_books(setting: Setting) -> dict[str, Book]:
    """The published recovery flows, by the fact that begins them."""
    versions = FlowVersion.objects.select_related("flow").filter(
        flow__store=setting.store, flow__kind=FlowKind.RECOVERY, status=VersionStatus.PUBLISHED
    )
    return {
        version.flow.trigger: Book(version.flow, version, list(version.steps.order_by("position")))
        for version in versions
    }


@dataclass
class Case:
    """What a run's conditions look at: all that one subscriber did and got."""

    person: Person
    threads: list[Thread]
    parcels: list[Parcel]

    def _known_box(self, condition: Any, parcel: Parcel | None) -> bool | None:
        """What is asked of a box that came damaged; None for other conditions."""
        if isinstance(condition, dict) and condition.get("field") == "box.status":
            return parcel is not None
        if condition == "replaced":
            return parcel is not None and any(one.order_number == f"{parcel.order_number}-R" for one in self.parcels)
        return None

    def first(self, condition: str, since: datetime, thread: Thread, began_at: datetime) -> datetime | None:
        """When a condition first held at or after `since`; None where it never did."""
        if condition == "customer_replied":
            times = [said.at for one in self.threads for said in one.messages if said.author == Author.SUBSCRIBER]
            return min((at for at in times if at > since), default=None)
        if condition == "ticket_resolved":
            spans = [(start, end) for start, end in thread.resolutions if end is None or end > since]
            return max(spans[0][0], since) if spans else None
        if condition == "box_delivered":
            times = [one.arrives_at for one in self.parcels if one.arrives_at and one.arrives_at > began_at]
            return max(min(times), since) if times else None
        raise ValueError(f"the demo cannot wait for {condition}")

    def holds(self, condition: Any, at: datetime, thread: Thread, began_at: datetime, parcel: Parcel | None) -> bool:
        if (known := self._known_box(condition, parcel)) is not None:
            return known
        if condition == "still_subscribed":
            return any(
                order.started_at <= at and (order.ended_at is None or order.ended_at > at)
                for order in self.person.orders
            )
        if condition == "ticket_resolved":
            return thread.resolved_by(at)
        first = self.first(condition, began_at, thread, began_at)
        return first is not None and first <= at


@dataclass
class Walked:
    """One step of a run. `effect` is what it did to the ticket, done once it is sure that it happened."""

    step: FlowStep
    created_at: datetime
    finished_at: datetime | None = None
    due_at: datetime | None = None
    state: StepState = StepState.DONE
    result: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    attempts: int = 0
    title: str = ""
    instructions: str = ""
    task_due_at: datetime | None = None
    done_at: datetime | None = None
    done_by: User | None = None
    text: str = ""
    said: Said | None = None


@dataclass
class Told:
    at: datetime
    kind: str
    text: str
    by: User | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Journey:
    """A run while it is told."""

    book: Book
    thread: Thread
    parcel: Parcel | None
    kind: FactKind
    key: str
    started_at: datetime
    steps: list[Walked] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    status: RunStatus = RunStatus.ACTIVE
    exit_reason: str = ""
    outcome: str = ""
    close_alert: str = ""
    ended_at: datetime | None = None
    superseded_by: "Journey | None" = None
    pk: int = 0

    def is_live(self, at: datetime) -> bool:
        return self.ended_at is None or self.ended_at > at

    def first_task_at(self) -> datetime | None:
        return next((one.done_at for one in self.steps if one.done_at), None)

    def leave(self, at: datetime, reason: ExitReason, why: str, by: User | None = None) -> None:
        """End it before its end: what was walked after `at` never happened."""
        self.steps = [one for one in self.steps if one.created_at <= at]
        self.told = [one for one in self.told if one.at <= at]
        for walked in self.steps:
            if walked.finished_at is None or walked.finished_at > at:
                walked.state, walked.finished_at, walked.due_at = StepState.SKIPPED, at, None
                walked.result, walked.text = {"skipped": str(reason)}, ""
            if walked.title and (walked.done_at is None or walked.done_at > at):
                walked.done_at, walked.done_by = at, None
        self.status, self.exit_reason, self.outcome, self.ended_at = RunStatus.EXITED, reason, "", at
        self.told.append(Told(at, "exited", why, by))


class Walker:
    def __init__(self, setting: Setting, chance: Chance, calendar: Calendar) -> None:
        self.setting, self.chance, self.calendar = setting, chance, calendar

    def walk(self, journey: Journey, case: Case, owner: User) -> None:
        """From its start to its end, or to now."""
        now = self.setting.now
        journey.told.append(Told(journey.started_at, "started", f"Started by: {journey.kind.label.lower()}"))
        facts = self._facts(journey, case)
        step: FlowStep | None = journey.book.steps[0]
        at = journey.started_at
        while step is not None:
            walked = Walked(step, at)
            journey.steps.append(walked)
            jump = DO[step.kind](self, journey, walked, case, facts, owner)
            if walked.finished_at is None or walked.finished_at > now:
                self._stand(journey, walked)
                return
            at = walked.finished_at
            if step.kind == StepKind.END:
                journey.status, journey.ended_at = RunStatus.COMPLETED, at
                journey.outcome = step.config["outcome"]
                journey.close_alert = step.config.get("close_alert", "")
                text = f"Completed: {journey.outcome.replace('_', ' ')}"
                journey.told.append(Told(at, "completed", text))
                return
            step = journey.book.after(step, jump)

    def _stand(self, journey: Journey, walked: Walked) -> None:
        """The step that is not done yet."""
        walked.finished_at, walked.result, walked.text = None, {}, ""
        walked.state = StepState.DUE
        if walked.step.kind in (StepKind.TASK, StepKind.WAIT, StepKind.ACTION):
            walked.state = StepState.WAITING
        else:
            walked.due_at = walked.created_at
        if walked.done_at and walked.done_at > self.setting.now:
            walked.done_at, walked.done_by = None, None
        journey.told = [one for one in journey.told if one.at <= self.setting.now]
        journey.status = RunStatus.WAITING if walked.step.kind == StepKind.WAIT else RunStatus.ACTIVE

    def soon(self, at: datetime) -> datetime:
        return at + TICK * self.chance.uniform(0.1, 1.0)

    def _facts(self, journey: Journey, case: Case) -> dict[str, str]:
        order = journey.thread.order
        return {
            "first_name": case.person.first,
            "name": case.person.name,
            "store": self.setting.store.name,
            "product": order.line.name if order else "",
            "order_number": journey.parcel.order_number if journey.parcel else "",
            "ticket_number": f"T-{journey.thread.pk}",
        }


Facts = dict[str, str]


def _mail(walker: Walker, journey: Journey, walked: Walked, case: Case, facts: Facts, owner: User) -> str:
    walked.finished_at = walker.soon(walked.created_at)
    config = walked.step.config
    own = config.get("translations", {}).get(case.person.language, {})
    walked.text = texts.render(own.get("text") or config["text"], facts)
    walked.result = {"decision": str(TouchDecision.SENT)}
    return ""


def _note(walker: Walker, journey: Journey, walked: Walked, case: Case, facts: Facts, owner: User) -> str:
    walked.finished_at = walker.soon(walked.created_at)
    walked.text = texts.render(walked.step.config["text"], facts)
    return ""


def _task(walker: Walker, journey: Journey, walked: Walked, case: Case, facts: Facts, owner: User) -> str:
    config, chance = walked.step.config, walker.chance
    walked.title = texts.render(config["title"], facts)[:200]
    walked.instructions = texts.render(config.get("instructions", ""), facts)
    walked.task_due_at = walked.created_at + timedelta(hours=config["due_hours"])
    if config.get("wait_hours") is None:
        walked.finished_at, walked.result = walker.soon(walked.created_at), {"asked": walked.title}
        return ""
    deadline = walked.created_at + timedelta(hours=config["wait_hours"])
    office_hours = min(chance.about(config["due_hours"] * 0.35, 0.7), 20)
    done_at = walker.calendar.add(walked.created_at, office_hours * 3600)
    walked.due_at = deadline
    if done_at < deadline:
        walked.done_at, walked.done_by = done_at, owner
        walked.finished_at, walked.result = walker.soon(done_at), {"result": "done"}
        journey.told.append(Told(done_at, "task_done", f"“{walked.title}” was done", owner, {"result": "done"}))
    else:
        walked.finished_at, walked.result = walker.soon(deadline), {"result": "not done in time"}
    return ""


def _wait(walker: Walker, journey: Journey, walked: Walked, case: Case, facts: Facts, owner: User) -> str:
    config = walked.step.config
    deadline = walked.created_at + timedelta(hours=config["hours"])
    walked.due_at = deadline
    until = config.get("until", "")
    happened = case.first(until, walked.created_at, journey.thread, journey.started_at) if until else None
    if happened is not None and happened < deadline:
        walked.finished_at, walked.result = walker.soon(happened), {"happened": label(until)}
    else:
        walked.finished_at, walked.result = walker.soon(deadline), {"happened": "the time was over"}
    return ""


def _branch(walker: Walker, journey: Journey, walked: Walked, case: Case, facts: Facts, owner: User) -> str:
    config = walked.step.config
    walked.finished_at = walker.soon(walked.created_at)
    answer = case.holds(config["when"], walked.created_at, journey.thread, journey.started_at, journey.parcel)
    walked.result = {"asked": label(config["when"]), "answer": "yes" if answer else "no"}
    return str(config["then"] if answer else config["otherwise"])


def _action(walker: Walker, journey: Journey, walked: Walked, case: Case, facts: Facts, owner: User) -> str:
    """Over the limit of what flows may give: the alert's owner saw to it, or has it before them."""
    order = journey.thread.order
    price = f"{order.line.price} {walker.setting.store.currency}" if order else "too much"
    why = f"It costs {price}, more than flows may give by themselves."
    walked.title, walked.instructions = f"Replacement for {case.person.name}", why
    walked.task_due_at = walked.created_at + timedelta(hours=24)
    done_at = walker.calendar.add(walked.created_at, walker.chance.uniform(0.5, 12) * 3600)
    walked.due_at = walked.created_at + timedelta(hours=72)
    if done_at < walked.due_at:
        walked.done_at, walked.done_by = done_at, owner
        walked.finished_at, walked.result = walker.soon(done_at), {"result": "done", "refused": why}
        journey.told.append(Told(done_at, "task_done", f"“{walked.title}” was done", owner, {"result": "done"}))
    else:
        walked.finished_at = walker.soon(walked.due_at)
        walked.result = {"result": "not done in time", "refused": why}
    return ""


def _end(walker: Walker, journey: Journey, walked: Walked, case: Case, facts: Facts, owner: User) -> str:
    walked.finished_at, walked.result = walker.soon(walked.created_at), {"outcome": walked.step.config["outcome"]}
    return ""


DO: dict[str, Callable[[Walker, Journey, Walked, Case, Facts, User], str]] = {
    StepKind.MAIL: _mail,
    StepKind.NOTE: _note,
    StepKind.TASK: _task,
    StepKind.WAIT: _wait,
    StepKind.BRANCH: _branch,
    StepKind.ACTION: _action,
    StepKind.END: _end,
}
