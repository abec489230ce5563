"""A run drawn as a path: every step of its version, what became of it, and the arms that it parts into."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from success.enums import LIVE_RUN, OPEN_STEP, StepKind, StepState
from success.flows.definitions import targets
from success.models import FlowStep, Run, RunStep


@dataclass
class PathStep:
    """One step. `state`: done, current, failed, skipped; of those not taken: next (may still come), left (the run went
    another way), unreached (it ended before)."""

    step: FlowStep
    row: RunStep | None
    state: str
    arms: list["PathArm"] = field(default_factory=list)


@dataclass
class PathArm:
    """What follows one answer of a branch alone, until the arms meet again. `is_taken` None: not asked yet."""

    answer: str
    is_taken: bool | None
    steps: list[PathStep] = field(default_factory=list)


def path_of(run: Run, steps: Sequence[FlowStep], rows: Sequence[RunStep]) -> list[PathStep]:
    """The path of a run over the steps of its version, in their order; `rows` are the steps that it took."""
    reach = _reach(steps)
    by_step = {row.step_id: row for row in rows}
    ahead = _ahead(steps, rows, reach)
    still = "next" if run.status in LIVE_RUN else "unreached"
    drawn = []
    for number, step in enumerate(steps):
        row = by_step.get(step.pk)
        drawn.append(PathStep(step, row, _state(row) if row else still if number in ahead else "left"))
    top: list[PathStep] = []
    arms: dict[int, list[tuple[set[int], PathArm]]] = {}
    owners: dict[int, tuple[int, set[int]]] = {}
    for number, one in enumerate(drawn):
        owner = _owner(number, arms, owners)
        if owner is None:
            top.append(one)
        else:
            branch, own, arm = owner
            owners[number] = (branch, own)
            arm.steps.append(one)
        if one.step.kind == StepKind.BRANCH:
            arms[number] = _part(one, steps, reach)
            one.arms = [arm for _, arm in arms[number]]
    return top


def _reach(steps: Sequence[FlowStep]) -> list[set[int]]:
    """For each step the places that a run may still come to from there, itself among them. Jumps lead forward only."""
    places = {step.key: number for number, step in enumerate(steps)}
    reach: list[set[int]] = [set() for _ in steps]
    for number in range(len(steps) - 1, -1, -1):
        step = steps[number]
        following = [places[key] for key in targets(step) if places.get(key, -1) > number]
        if step.kind not in (StepKind.END, StepKind.BRANCH) and not following and number + 1 < len(steps):
            following = [number + 1]
        reach[number] = {number}.union(*(reach[one] for one in following))
    return reach


def _ahead(steps: Sequence[FlowStep], rows: Sequence[RunStep], reach: list[set[int]]) -> set[int]:
    """The places that lead on from where the run is, or ended; all of them before its first step."""
    places = {step.pk: number for number, step in enumerate(steps)}
    if not rows:
        return set(places.values())
    last = max(rows, key=lambda row: row.sequence)
    return reach[places[last.step_id]] if last.step_id in places else set()


def _state(row: RunStep) -> str:
    return "current" if row.state in OPEN_STEP else StepState(row.state).value


def _part(branch: PathStep, steps: Sequence[FlowStep], reach: list[set[int]]) -> list[tuple[set[int], PathArm]]:
    """Both arms of a branch, each with the places that it alone leads to."""
    places = {step.key: number for number, step in enumerate(steps)}
    then, otherwise = (reach[places[key]] if key in places else set() for key in targets(branch.step))
    answer = branch.row.result.get("answer") if branch.row else None
    return [
        (then - otherwise, PathArm("yes", None if answer is None else answer == "yes")),
        (otherwise - then, PathArm("no", None if answer is None else answer == "no")),
    ]


def _owner(
    number: int, arms: dict[int, list[tuple[set[int], PathArm]]], owners: dict[int, tuple[int, set[int]]]
) -> tuple[int, set[int], PathArm] | None:
    """The innermost arm that a step belongs to, provided that every arm around it leads there alone as well."""
    for branch in reversed(arms):
        for own, arm in arms[branch]:
            if number in own and _inside(number, branch, owners):
                return branch, own, arm
    return None


def _inside(number: int, branch: int, owners: dict[int, tuple[int, set[int]]]) -> bool:
    while branch in owners:
        branch, own = owners[branch]
        if number not in own:
            return False
    return True
