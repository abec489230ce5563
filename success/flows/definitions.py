"""What a flow's steps may say. Checked before a version is published, so that every run can be done and ends."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.enums import Interval
from success.enums import AlertOutcome, Anchor, Exit, StepKind, VersionStatus
from success.flows import conditions, texts
from success.models import Flow, FlowStep, FlowVersion
from success.offers import kinds as offers
from tickets.sla.feed_fetch import NotFetched, checked

Config = Mapping[str, Any]

# What a mail does that may not be sent now: quiet hours are waited for in any case.
IF_HELD = ("wait", "skip")
ACTIONS = ("offer", "skip", "pause", "frequency", "discount", "credit", "gift", "replacement")
TEAMS = ("service", "success")


class FlowError(ValueError):
    """A definition that cannot run: every fault, in words for its editor."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(map(str, faults)))
        self.faults = list(faults)


def _text(config: Config, name: str) -> str:
    value = config.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(gettext("“%(name)s” needs some text.") % {"name": name})
    texts.check(value)
    return value


def _hours(config: Config, name: str, *, least: float) -> float:
    value = config.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= 24 * 365:
        raise ValueError(
            gettext("“%(name)s” is a number of hours from %(least)s to a year.") % {"name": name, "least": f"{least:g}"}
        )
    return float(value)


def _condition(config: Config, name: str) -> None:
    try:
        conditions.check(config.get(name))
    except ValueError as fault:
        raise ValueError(f"“{name}” {fault}") from fault


def _one_of(config: Config, name: str, choices: Sequence[str], *, needed: bool = True) -> str:
    value = config.get(name)
    if value in (None, "") and not needed:
        return ""
    if value not in choices:
        raise ValueError(gettext("“%(name)s” is one of: %(join)s.") % {"name": name, "join": ", ".join(choices)})
    return str(value)


def _number(config: Config, name: str, *, least: float, most: float, needed: bool = True, whole: bool = True) -> None:
    value = config.get(name)
    if value is None and not needed:
        return
    allowed = int if whole else (int, float)
    if not isinstance(value, allowed) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(
            gettext("“%(name)s” is a number from %(least)s to %(most)s.")
            % {"name": name, "least": f"{least:g}", "most": f"{most:g}"}
        )


def _mail(config: Config) -> None:
    """subject (where there is no ticket), text, if_held: wait (for at most hold_hours) or skip."""
    _text(config, "text")
    if "subject" in config:
        _text(config, "subject")
    translations = config.get("translations", {})
    if not isinstance(translations, Mapping) or not all(isinstance(own, Mapping) for own in translations.values()):
        raise ValueError(gettext("“translations” holds a subject and a text for each language."))
    for own in translations.values():
        _text(own, "text")
    _one_of(config, "if_held", IF_HELD, needed=False)
    if config.get("hold_hours") is not None:
        _hours(config, "hold_hours", least=0)


def _task(config: Config) -> None:
    """title, instructions, due_hours; wait_hours: how long the run waits for it, without it not at all."""
    _text(config, "title")
    if config.get("instructions"):
        _text(config, "instructions")
    _hours(config, "due_hours", least=0)
    if config.get("wait_hours") is not None:
        _hours(config, "wait_hours", least=0)


def _wait(config: Config) -> None:
    """hours; or until a condition, at most hours; or from an anchor (a date that may move), offset_hours off it."""
    if "anchor" not in config:
        _hours(config, "hours", least=0.001)
        if config.get("until"):
            _condition(config, "until")
        return
    _one_of(config, "anchor", Anchor.values)
    _number(config, "offset_hours", least=-24 * 365, most=24 * 365, needed=False, whole=False)
    if config.get("hours") is not None:
        _hours(config, "hours", least=0.001)
    if config.get("until"):
        raise ValueError(gettext("A wait is for a date or for a condition, not both."))


def _branch(config: Config) -> None:
    _condition(config, "when")
    for arm in ("then", "otherwise"):
        if not config.get(arm):
            raise ValueError(gettext("“%(arm)s” names the step to go on with.") % {"arm": arm})


def _note(config: Config) -> None:
    _text(config, "text")


def _action(config: Config) -> None:
    """do, with what that takes; offer makes an offer that the subscriber decides on, valid for valid_days."""
    match _one_of(config, "do", ACTIONS):
        case "offer":
            offer = config.get("offer")
            if not isinstance(offer, Mapping):
                raise ValueError(gettext("“offer” says what is offered: its kind, and what that takes."))
            offers.check(offer)
            _number(config, "valid_days", least=1, most=366, needed=False)
        case do:
            _deed(do, config)


def _deed(do: str, config: Config) -> None:
    match do:
        case "pause":
            _number(config, "days", least=1, most=366)
        case "frequency":
            _one_of(config, "interval", Interval.values)
            _number(config, "count", least=1, most=366)
        case "discount":
            if config.get("amount") is None:
                _number(config, "percent", least=1, most=100)
            else:
                _number(config, "amount", least=0.01, most=10**9, whole=False)
            _number(config, "billings", least=1, most=24, needed=False)
        case "credit":
            _number(config, "amount", least=0.01, most=10**9, whole=False)
        case "gift":
            if not config.get("title") and not config.get("product"):
                raise ValueError(gettext("“title” says what is given."))


def _webhook(config: Config) -> None:
    """url; secret: the name of the store's secret that it is signed with."""
    url = str(config.get("url", ""))
    fault = "“url” is an address that starts with https:// or http://, without spaces or letters such as ü."
    try:
        checked(url)
    except NotFetched as error:
        raise ValueError(fault) from error
    if len(url) > 500 or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(fault)
    if not isinstance(config.get("secret", ""), str):
        raise ValueError(gettext("“secret” is the name of a secret."))


def _hand_over(config: Config) -> None:
    _one_of(config, "to", TEAMS)
    _text(config, "note")


def _end(config: Config) -> None:
    _text(config, "outcome")
    if config.get("close_alert") and config["close_alert"] not in AlertOutcome.values:
        raise ValueError(gettext("“close_alert” is one of: %(join)s.") % {"join": ", ".join(AlertOutcome.values)})


CHECKS: dict[str, Callable[[Config], None]] = {
    StepKind.MAIL: _mail,
    StepKind.TASK: _task,
    StepKind.WAIT: _wait,
    StepKind.BRANCH: _branch,
    StepKind.NOTE: _note,
    StepKind.ACTION: _action,
    StepKind.WEBHOOK: _webhook,
    StepKind.HAND_OVER: _hand_over,
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
                gettext("Step %(key)s: “%(get_kind_display)s” cannot be used in this version of the product.")
                % {"key": step.key, "get_kind_display": step.get_kind_display()}
            )
            continue
        try:
            check(step.config)
            if not isinstance(step.config.get("both_arms", False), bool):
                raise ValueError(gettext("“both_arms” is true or false."))
        except ValueError as fault:
            faults.append(gettext("Step %(key)s: %(fault)s") % {"key": step.key, "fault": fault})
        for target in targets(step):
            if target and target not in places:
                faults.append(
                    gettext("Step %(key)s: there is no step “%(target)s”.") % {"key": step.key, "target": target}
                )
            elif target and places[target] <= number:
                faults.append(
                    gettext("Step %(key)s: “%(target)s” comes before it; a flow only goes forward.")
                    % {"key": step.key, "target": target}
                )
    if not steps or steps[-1].kind != StepKind.END:
        faults.append(gettext("The last step is an end."))
    if faults:
        raise FlowError(faults)


def check_flow(flow: Flow) -> None:
    """Raises FlowError where entry, segment, exits or held-out steps say what is not known."""
    faults = []
    for name in ("entry", "segment"):
        value = getattr(flow, name)
        if not isinstance(value, list):
            faults.append(gettext("“%(name)s” is a list of conditions.") % {"name": name})
            continue
        for condition in value:
            try:
                conditions.check(condition, before_a_run=True)
            except ValueError as fault:
                faults.append(f"“{name}” {fault}")
    for name, known in (("exits", Exit.values), ("holdout_steps", StepKind.values)):
        value = getattr(flow, name)
        if not isinstance(value, list) or not set(map(str, value)) <= set(known):
            faults.append(gettext("“%(name)s” is a list of: %(join)s.") % {"name": name, "join": ", ".join(known)})
    if faults:
        raise FlowError(faults)


def check_version(version: FlowVersion) -> None:
    check_flow(version.flow)
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
