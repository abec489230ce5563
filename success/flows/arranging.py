"""Steps put in, taken out and moved, so that what led on still leads on. Nothing is stored here.

Steps follow each other by their place in the list, and jump by key where they say so: `next`, and a branch's `then` and
`otherwise`. Each of these functions changes the list that it is given, and configs within it.
"""

from success.enums import StepKind
from success.flows.definitions import targets
from success.models import FlowStep

ARMS = ("then", "otherwise")


def following(steps: list[FlowStep], number: int, arm: str = "") -> str:
    """The key of the step that comes after one, or after its answer; empty where the flow is over."""
    step = steps[number]
    if step.kind == StepKind.BRANCH:
        return str(step.config.get(arm or "then", ""))
    if step.kind == StepKind.END:
        return ""
    return step.config.get("next") or (steps[number + 1].key if number + 1 < len(steps) else "")


def insert(steps: list[FlowStep], new: FlowStep, after: int | None, arm: str = "") -> None:
    """Put a step after another one, or after one answer of a branch; first of all where `after` is None.

    What followed follows the new step now; after both answers alike, where that is a branch.
    """
    if after is None:
        target, place = steps[0].key if steps else "", 0
    else:
        target, place = following(steps, after, arm), after + 1
        source = steps[after]
        if source.kind == StepKind.BRANCH:
            source.config = {**source.config, arm or "then": new.key}
        else:
            source.config = {name: value for name, value in source.config.items() if name != "next"}
    steps.insert(place, new)
    if new.kind == StepKind.BRANCH:
        new.config = {**new.config, "then": target, "otherwise": target}
    elif new.kind != StepKind.END and target:
        new.config = {**new.config, "next": target}
    _tidy(steps)


def remove(steps: list[FlowStep], number: int) -> None:
    """Take a step out: what led to it leads to what followed it, of a branch to what followed yes."""
    step, after = steps[number], following(steps, number)
    for other in steps:
        if step.key in targets(other):
            _redirect(other, step.key, after)
    before = steps[number - 1] if number else None
    if before is not None and after and before.kind not in (StepKind.BRANCH, StepKind.END):
        before.config = {"next": after} | dict(before.config)  # a jump of its own stays
    del steps[number]
    _tidy(steps)


def can_move(steps: list[FlowStep], number: int, *, up: bool) -> bool:
    """Branches and ends stay where they are: what follows them would not know where to go."""
    if steps[number].kind in (StepKind.BRANCH, StepKind.END):
        return False
    return (_before(steps, number) if up else _behind(steps, number)) is not None


def move(steps: list[FlowStep], number: int, *, up: bool) -> None:
    """Let a step change places with the one before it, or with the one that follows."""
    step = steps[number]
    neighbour = _before(steps, number) if up else _behind(steps, number)
    if neighbour is None or step.kind in (StepKind.BRANCH, StepKind.END):
        return
    other = steps[neighbour]
    remove(steps, number)
    step.config = {name: value for name, value in step.config.items() if name != "next"}
    place = steps.index(other)
    if not up:
        insert(steps, step, place)
        return
    for one in steps[:place]:
        if other.key in targets(one):
            _redirect(one, other.key, step.key)
    steps.insert(place, step)


def rename(steps: list[FlowStep], number: int, key: str) -> None:
    """Give a step another key; what leads to it goes on doing so."""
    old = steps[number].key
    for one in steps:
        if old in targets(one):
            _redirect(one, old, key)
    steps[number].key = key


def _before(steps: list[FlowStep], number: int) -> int | None:
    """The nearest step that leads to this one."""
    for place in range(number - 1, -1, -1):
        arms = ARMS if steps[place].kind == StepKind.BRANCH else ("",)
        if steps[number].key in [following(steps, place, arm) for arm in arms]:
            return place
    return None


def _behind(steps: list[FlowStep], number: int) -> int | None:
    """The step that follows, provided that this one may come after it."""
    key = following(steps, number)
    place = next((place for place, step in enumerate(steps) if step.key == key), None)
    return None if place is None or place <= number or steps[place].kind == StepKind.END else place


def _redirect(step: FlowStep, old: str, new: str) -> None:
    config = {name: value for name, value in step.config.items() if not (name == "next" and value == old and not new)}
    jumps = ARMS if step.kind == StepKind.BRANCH else ("next",)
    step.config = {name: new if name in jumps and value == old else value for name, value in config.items()}


def _tidy(steps: list[FlowStep]) -> None:
    """A jump to the next in line says nothing."""
    for place, step in enumerate(steps[:-1]):
        if step.config.get("next") == steps[place + 1].key:
            step.config = {name: value for name, value in step.config.items() if name != "next"}
