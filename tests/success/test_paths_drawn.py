"""A run's path holds every step of its version once, in an arm only where nothing else leads there."""

from hypothesis import given
from hypothesis import strategies as st

from success.enums import RunStatus, StepKind, StepState
from success.flows.path import path_of
from success.flows.starter import CYCLE_ONE, DAMAGED_BOX, StarterFlow
from success.models import FlowStep, Run, RunStep
from tests.success.playbook import STEPS


def steps_of(flow: StarterFlow) -> list[FlowStep]:
    return [
        FlowStep(pk=number, position=number, key=key, kind=kind, config=config)
        for number, (key, kind, config) in enumerate(flow.steps, 1)
    ]


def row(steps: list[FlowStep], key: str, sequence: int, state: str = StepState.DONE, **result) -> RunStep:
    step = next(step for step in steps if step.key == key)
    return RunStep(step=step, sequence=sequence, state=state, result=result)


def flat(path) -> list[tuple[str, str]]:
    found = []
    for one in path:
        found.append((one.step.key, one.state))
        for arm in one.arms:
            found += flat(arm.steps)
    return found


def test_step_that_both_answers_lead_to_belongs_to_no_arm():
    path = path_of(Run(status=RunStatus.ACTIVE), steps_of(CYCLE_ONE), [])
    assert [one.step.key for one in path] == ["look", "settling", "resolved", "care", "time-to-answer", "still-here"]
    resolved, still_here = (one.arms for one in path if one.arms)
    assert [(arm.answer, [one.step.key for one in arm.steps]) for arm in resolved] == [("yes", []), ("no", ["push"])]
    assert [[one.step.key for one in arm.steps] for arm in still_here] == [["recovered"], ["lost"]]


def test_arm_that_was_not_taken_is_left():
    steps = [
        FlowStep(pk=number, position=number, key=key, kind=kind, config=config)
        for number, (key, kind, config) in enumerate(STEPS, 1)
    ]
    rows = [row(steps, "did-they-write", 1, answer="no"), row(steps, "check-in", 2, StepState.DUE)]
    path = path_of(Run(status=RunStatus.ACTIVE), steps, rows)
    branch = next(one for one in path if one.step.key == "did-they-write")
    assert [(arm.answer, arm.is_taken) for arm in branch.arms] == [("yes", False), ("no", True)]
    states = dict(flat(path))
    assert (states["look"], states["check-in"], states["time-to-answer"]) == ("left", "current", "next")


def test_run_that_ended_leaves_the_rest_unreached():
    steps = steps_of(DAMAGED_BOX)
    rows = [row(steps, "tell-the-agent", 1), row(steps, "apology", 2, StepState.FAILED)]
    states = dict(flat(path_of(Run(status=RunStatus.FAILED), steps, rows)))
    assert (states["tell-the-agent"], states["apology"], states["replacement"]) == ("done", "failed", "unreached")


@st.composite
def flows(draw) -> list[FlowStep]:
    """Flows that may be published: jumps lead forward, and the last step is an end."""
    length = draw(st.integers(1, 12))
    steps = []
    for number in range(length):
        later = [f"s{other}" for other in range(number + 1, length)]
        kind, config = StepKind.NOTE, {}
        if number == length - 1:
            kind = StepKind.END
        elif draw(st.booleans()):
            kind = StepKind.BRANCH
            config = {"then": draw(st.sampled_from(later)), "otherwise": draw(st.sampled_from(later))}
        elif draw(st.booleans()):
            config = {"next": draw(st.sampled_from(later))}
        elif draw(st.booleans()):
            kind = StepKind.END
        steps.append(FlowStep(pk=number + 1, position=number, key=f"s{number}", kind=kind, config=config))
    return steps


@given(flows(), st.data())
def test_every_step_is_drawn_once(steps, data):
    """Whatever way a run took."""
    rows, number = [], 0
    for sequence in range(1, data.draw(st.integers(0, len(steps))) + 1):
        step = steps[number]
        answer = data.draw(st.sampled_from(["yes", "no"]))
        rows.append(RunStep(step=step, sequence=sequence, state=StepState.DONE, result={"answer": answer}))
        if step.kind == StepKind.END:
            break
        if step.kind == StepKind.BRANCH:
            key = step.config["then" if answer == "yes" else "otherwise"]
        else:
            key = step.config.get("next", f"s{number + 1}")
        number = int(key[1:])
    path = path_of(Run(status=data.draw(st.sampled_from(RunStatus))), steps, rows)
    drawn = flat(path)
    assert sorted(key for key, _ in drawn) == sorted(step.key for step in steps)
    assert {key for key, state in drawn if state == "done"} == {one.step.key for one in rows}
    for one in path:  # what was done lies in no arm that was not taken
        for arm in one.arms:
            if arm.is_taken is False:
                assert [key for key, state in flat(arm.steps) if state == "done"] == []
