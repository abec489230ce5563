"""What a flow's steps may say. Checked before a version is published, so that every run can be done and ends."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from success.enums import AlertOutcome, StepKind, VersionStatus
from success.flows import texts
from success.flows.conditions import CONDITIONS
from success.models import FlowStep, FlowVersion

Config = Mapping[str, Any]


class FlowError(ValueError):
    """A definition that cannot run: every fault, in words for its editor."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = list(faults)


def _text(config: Config, name: str) -> str:
    value = config.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"“{name}” needs some text.")
    texts.check(value)
    return value


def _hours(config: Config, name: str, *, least: float) -> float:
    value = config.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= 24 * 365:
        raise ValueError(f"“{name}” is a number of hours from {least:g} to a year.")
    return float(value)


def _condition(config: Config, name: str) -> str:
    value = config.get(name)
    if value not in CONDITIONS:
        raise ValueError(f"“{name}” is one of: {', '.join(CONDITIONS)}.")
    return str(value)


def _mail(config: Config) -> None:
    _text(config, "text")
    if "subject" in config:
        _text(config, "subject")


def _task(config: Config) -> None:
    _text(config, "title")
    _hours(config, "due_hours", least=0)
    if config.get("wait_hours") is not None:
        _hours(config, "wait_hours", least=0)


def _wait(config: Config) -> None:
    _hours(config, "hours", least=0.001)
    if config.get("until"):
        _condition(config, "until")


def _branch(config: Config) -> None:
    _condition(config, "when")
    for arm in ("then", "otherwise"):
        if not config.get(arm):
            raise ValueError(f"“{arm}” names the step to go on with.")


def _note(config: Config) -> None:
    _text(config, "text")


def _end(config: Config) -> None:
    _text(config, "outcome")
    if config.get("close_alert") and config["close_alert"] not in AlertOutcome.values:
        raise ValueError(f"“close_alert” is one of: {', '.join(AlertOutcome.values)}.")


CHECKS: dict[str, Callable[[Config], None]] = {
    StepKind.MAIL: _mail,
    StepKind.TASK: _task,
    StepKind.WAIT: _wait,
    StepKind.BRANCH: _branch,
    StepKind.NOTE: _note,
    StepKind.END: _end,
}


def targets(step: FlowStep) -> list[str]:
    """The steps that this one may jump to, by key; empty where the next in line follows."""
    if step.kind == StepKind.BRANCH:
        return [step.config.get("then", ""), step.config.get("otherwise", "")]
    return [step.config["next"]] if step.config.get("next") else []


def check_steps(steps: Sequence[FlowStep]) -> None:
    """Raises FlowError where a run could not be done, or might never end.

    Jumps lead forward only, and the last step is an end: so every run ends after at most as many steps as it has.
    """
    faults = []
    places = {step.key: number for number, step in enumerate(steps)}
    for number, step in enumerate(steps):
        check = CHECKS.get(step.kind)
        if check is None:
            faults.append(
                f"Step {step.key}: “{step.get_kind_display()}” cannot be used in this version of the product."
            )
            continue
        try:
            check(step.config)
        except ValueError as fault:
            faults.append(f"Step {step.key}: {fault}")
        for target in targets(step):
            if target and target not in places:
                faults.append(f"Step {step.key}: there is no step “{target}”.")
            elif target and places[target] <= number:
                faults.append(f"Step {step.key}: “{target}” comes before it; a flow only goes forward.")
    if not steps or steps[-1].kind != StepKind.END:
        faults.append("The last step is an end.")
    if faults:
        raise FlowError(faults)


def check_version(version: FlowVersion) -> None:
    check_steps(list(version.steps.order_by("position")))


def step_after(step: FlowStep, jump: str = "") -> FlowStep | None:
    """The step that follows: the one that is jumped to, the one named as next, or the next in line."""
    steps = FlowStep.objects.filter(version=step.version_id)
    key = jump or step.config.get("next", "")
    if key:
        return steps.get(key=key)
    return steps.filter(position__gt=step.position).order_by("position").first()


@transaction.atomic
def publish(version: FlowVersion) -> None:
    """Make a draft the version that new runs follow; running ones stay on theirs. Raises FlowError."""
    check_version(version)
    version.flow.versions.filter(status=VersionStatus.PUBLISHED).update(status=VersionStatus.RETIRED)
    version.status, version.published_at = VersionStatus.PUBLISHED, timezone.now()
    version.save(update_fields=["status", "published_at"])
