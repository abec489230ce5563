"""Steps put in, taken out and moved: a run can still be done, and ends."""

from hypothesis import given, settings
from hypothesis import strategies as st

from success.enums import StepKind
from success.flows import arranging
from success.flows.drawing import links_of
from success.models import FlowStep
from tests.success.test_flow_pictures import definitions
from tests.thorough import examples


def whole(steps: list[FlowStep]) -> None:
    """Jumps lead forward to steps that are there, and every run ends at an end."""
    places = {step.key: number for number, step in enumerate(steps)}
    assert len(places) == len(steps)
    for number, step in enumerate(steps):
        names = ("then", "otherwise") if step.kind == StepKind.BRANCH else ("next",)
        assert [name for name in names if places.get(step.config.get(name), number + 1) <= number] == []
        if step.kind != StepKind.END:
            assert {link.source for link in links_of(steps)} >= {number}
    assert steps[-1].kind == StepKind.END


@settings(max_examples=examples(30), deadline=None)
@given(definitions(), st.data())
def test_changes_keep_a_flow_whole(steps, data):
    for number in range(5):
        place = data.draw(st.integers(0, len(steps) - 1))
        act = data.draw(st.sampled_from(["insert", "remove", "up", "down", "rename"]))
        if act == "insert" and steps[place].kind != StepKind.END:
            kind = data.draw(st.sampled_from([StepKind.NOTE, StepKind.BRANCH]))
            arm = data.draw(st.sampled_from(arranging.ARMS)) if steps[place].kind == StepKind.BRANCH else ""
            new = FlowStep(key=f"new{number}", kind=kind, config={})
            target = arranging.following(steps, place, arm)
            before = steps[place]
            arranging.insert(steps, new, place, arm)
            assert arranging.following(steps, steps.index(before), arm) == new.key
            assert arranging.following(steps, steps.index(new)) == target
        elif act == "remove" and steps[place].kind != StepKind.END:
            arranging.remove(steps, place)
        elif act in ("up", "down"):
            keys = sorted(step.key for step in steps)
            arranging.move(steps, place, up=act == "up")
            assert sorted(step.key for step in steps) == keys
        elif act == "rename":
            arranging.rename(steps, place, f"renamed{number}")
        whole(steps)


def test_step_changes_places_with_its_neighbour():
    steps = [FlowStep(key=key, kind=StepKind.MAIL, config={}) for key in "abc"]
    steps.append(FlowStep(key="end", kind=StepKind.END, config={}))
    arranging.move(steps, 2, up=True)
    assert [step.key for step in steps] == ["a", "c", "b", "end"]
    arranging.move(steps, 0, up=False)
    assert [step.key for step in steps] == ["c", "a", "b", "end"]
    assert [arranging.can_move(steps, 2, up=up) for up in (True, False)] == [True, False]
