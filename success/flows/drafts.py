"""Drafts: the only versions that are edited. What is published stays as it was, for the runs that are on it.

Every change is stored at once, under the flow's lock: two editors of one draft lose nothing but the same field.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext

from subscribers.errors import Refused
from success.enums import FlowEventKind, StepKind, VersionStatus
from success.flows import arranging
from success.flows.definitions import FlowError, publish
from success.flows.differences import differences
from success.models import Flow, FlowEvent, FlowStep, FlowVersion

APART = 10  # between positions
OUT_OF_THE_WAY = 20_000
MOST_STEPS = 100

# What a step says when it is put in; what it lacks is a fault until somebody fills it in.
BLANK: dict[str, dict[str, Any]] = {
    StepKind.MAIL: {"text": ""},
    StepKind.TASK: {"title": "", "due_hours": 24},
    StepKind.WAIT: {"hours": 24},
    StepKind.BRANCH: {"when": ""},
    StepKind.NOTE: {"text": ""},
    StepKind.ACTION: {},
    StepKind.WEBHOOK: {"url": ""},
    StepKind.HAND_OVER: {"to": "service"},
    StepKind.END: {"outcome": "done"},
}
NAMES: dict[str, str] = {
    StepKind.MAIL: "mail",
    StepKind.TASK: "task",
    StepKind.WAIT: "wait",
    StepKind.BRANCH: "question",
    StepKind.NOTE: "note",
    StepKind.ACTION: "action",
    StepKind.WEBHOOK: "webhook",
    StepKind.HAND_OVER: "hand-over",
    StepKind.END: "end",
}

# The flow's own settings that a draft holds until it is published.
SETTINGS = (
    "trigger",
    "entry",
    "exits",
    "segment",
    "segment_continues",
    "reenter_after",
    "most_entries",
    "rank",
    "category",
    "holdout_share",
    "holdout_steps",
)


def settings_of(flow: Flow) -> dict[str, Any]:
    """As JSON keeps them: lengths of time are hours."""
    return {name: _plain(getattr(flow, name)) for name in SETTINGS}


def _plain(value: Any) -> Any:
    return value.total_seconds() / 3600 if isinstance(value, timedelta) else value


def put_on(flow: Flow, settings: Mapping[str, Any]) -> None:
    """Set a flow's fields to what a draft holds; nothing is stored."""
    for name in SETTINGS:
        if name in settings:
            value = settings[name]
            if name == "reenter_after" and value is not None:
                value = timedelta(hours=value)
            setattr(flow, name, value)


def as_drafted(version: FlowVersion) -> Flow:
    """The flow as it would be with this version's settings; not to be saved."""
    flow = Flow.objects.select_related("store").get(pk=version.flow_id)
    if version.status == VersionStatus.DRAFT:
        put_on(flow, version.flow_settings)
    return flow


def log_flow(
    flow: Flow, kind: FlowEventKind, *, actor: AbstractBaseUser | None, text: str = "", number: int | None = None
) -> None:
    FlowEvent.objects.create(
        flow=flow, kind=kind, text=text[:500], version_number=number, actor_id=actor.pk if actor else None
    )


@transaction.atomic
def new_draft(flow: Flow, *, like: FlowVersion | None = None, actor: AbstractBaseUser | None = None) -> FlowVersion:
    """The flow's next version, with the steps of `like`. Raises FlowError where it has a draft already."""
    flow = Flow.objects.select_for_update().get(pk=flow.pk)  # two editors at once get one draft
    numbers = dict(flow.versions.order_by("number").values_list("number", "status"))
    for number, status in numbers.items():
        if status == VersionStatus.DRAFT:
            raise FlowError([f"Version {number} is a draft already: go on with that one, or delete it."])
    draft = FlowVersion.objects.create(flow=flow, number=max(numbers, default=0) + 1, flow_settings=settings_of(flow))
    FlowStep.objects.bulk_create(
        FlowStep(version=draft, position=step.position, key=step.key, kind=step.kind, config=step.config)
        for step in (like.steps.order_by("position") if like else ())
    )
    log_flow(flow, FlowEventKind.DRAFTED, actor=actor, number=draft.number)
    return draft


def draft_of(flow: Flow) -> FlowVersion | None:
    return flow.versions.filter(status=VersionStatus.DRAFT).first()


def published_of(flow: Flow) -> FlowVersion | None:
    return flow.versions.filter(status=VersionStatus.PUBLISHED).first()


@transaction.atomic
def open_draft(flow: Flow, *, actor: AbstractBaseUser | None) -> FlowVersion:
    """The flow's draft; a new one like what is published where there is none."""
    Flow.objects.select_for_update().get(pk=flow.pk)
    return draft_of(flow) or new_draft(flow, like=published_of(flow) or flow.versions.last(), actor=actor)


@transaction.atomic
def save_settings(draft: FlowVersion, settings: Mapping[str, Any]) -> None:
    """Keep these settings on the draft; those that are not named stay. They count once it is published."""
    draft = _locked(draft)
    draft.flow_settings = draft.flow_settings | {
        name: _plain(value) for name, value in settings.items() if name in SETTINGS
    }
    draft.save(update_fields=["flow_settings"])


@transaction.atomic
def add_step(draft: FlowVersion, kind: StepKind, *, after: FlowStep | None, arm: str = "") -> FlowStep:
    """A step with nothing in it yet, after another one (of a branch, after the answer that `arm` names)."""
    draft = _locked(draft)
    steps = _steps(draft)
    if len(steps) >= MOST_STEPS:
        raise Refused(gettext("A flow has at most %(most_steps)s steps.") % {"most_steps": MOST_STEPS})
    if after is not None and after.kind == StepKind.END:
        raise Refused(gettext("Nothing follows an end."))
    new = FlowStep(version=draft, position=0, key=_free_key(NAMES[kind], steps), kind=kind, config=dict(BLANK[kind]))
    place = None if after is None else _place(steps, after)
    arranging.insert(steps, new, place, arm)
    _store(draft, steps)
    return new


@transaction.atomic
def save_step(step: FlowStep, *, config: Mapping[str, Any], name: str) -> FlowStep:
    """Keep what a step says, faulty or not, under a name that no other step has."""
    draft = _locked(step.version)
    steps = _steps(draft)
    place = _place(steps, step)
    others = [one for one in steps if one.pk != step.pk]
    key = _free_key(slugify(name)[:50] or NAMES[step.kind], others)
    steps[place].config = dict(config)
    arranging.rename(steps, place, key)
    _store(draft, steps)
    return steps[place]


@transaction.atomic
def remove_step(step: FlowStep) -> None:
    draft = _locked(step.version)
    steps = _steps(draft)
    arranging.remove(steps, _place(steps, step))
    _store(draft, steps)


@transaction.atomic
def move_step(step: FlowStep, *, up: bool) -> None:
    """To the other side of its neighbour; where there is none, nothing happens."""
    draft = _locked(step.version)
    steps = _steps(draft)
    arranging.move(steps, _place(steps, step), up=up)
    _store(draft, steps)


@transaction.atomic
def discard(draft: FlowVersion, *, actor: AbstractBaseUser | None) -> None:
    """Throw a draft away. Its number is free again: nothing ran on it."""
    draft = _locked(draft)
    log_flow(draft.flow, FlowEventKind.DISCARDED, actor=actor, number=draft.number)
    draft.delete()


@transaction.atomic
def publish_draft(draft: FlowVersion, *, actor: AbstractBaseUser | None) -> list[str]:
    """Make a draft the version that new runs follow, and its settings the flow's: all of it or nothing.

    Answers what changed, in words. Raises FlowError with every fault of a draft that cannot run.
    """
    draft = _locked(draft)
    flow = Flow.objects.get(pk=draft.flow_id)
    before = published_of(flow)
    changed = differences(before, draft, settings_of(flow))
    put_on(flow, draft.flow_settings)
    flow.save(update_fields=list(SETTINGS))
    draft.flow = flow
    publish(draft)
    draft.published_by_id = actor.pk if actor else None
    draft.save(update_fields=["published_by"])
    text = " ".join(map(str, changed)) if before else "The first version"
    log_flow(flow, FlowEventKind.PUBLISHED, actor=actor, text=text, number=draft.number)
    return changed


def _locked(draft: FlowVersion) -> FlowVersion:
    """The draft, under its flow's lock. Refused where it was published or discarded meanwhile."""
    Flow.objects.select_for_update().get(pk=draft.flow_id)
    found = FlowVersion.objects.select_related("flow").filter(pk=draft.pk, status=VersionStatus.DRAFT).first()
    if found is None:
        raise Refused(gettext("This draft was published or discarded meanwhile."))
    return found


def _steps(draft: FlowVersion) -> list[FlowStep]:
    return list(draft.steps.order_by("position"))


def _place(steps: list[FlowStep], step: FlowStep) -> int:
    for place, one in enumerate(steps):
        if one.pk == step.pk:
            return place
    raise Refused(gettext("This step was removed meanwhile."))


def _free_key(wanted: str, steps: list[FlowStep]) -> str:
    taken, key, number = {step.key for step in steps}, wanted, 1
    stem = re.sub(r"-\d+$", "", wanted)
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def _store(draft: FlowVersion, steps: list[FlowStep]) -> None:
    """Write the steps in their new order. Positions are unique, so all of them make room first."""
    draft.steps.exclude(pk__in=[step.pk for step in steps if step.pk]).delete()
    draft.steps.update(position=F("position") + OUT_OF_THE_WAY)
    for place, step in enumerate(steps):
        step.position = (place + 1) * APART
    old = [step for step in steps if step.pk]
    FlowStep.objects.bulk_update(old, ["position", "key", "config"])
    FlowStep.objects.bulk_create([step for step in steps if not step.pk])
