"""A flow that could not be run, or might never end, is refused with its faults in words."""

import pytest

from success.enums import Anchor, StepKind
from success.flows.definitions import FlowError, check_steps
from success.flows.starter import STARTER_FLOWS
from success.flows.texts import check, render
from success.models import FlowStep

END = ("end", StepKind.END, {"outcome": "done"})
URL = "“url” is an address that starts with https:// or http://, without spaces or letters such as ü."


def steps(*rows) -> list[FlowStep]:
    return [FlowStep(position=n, key=key, kind=kind, config=config) for n, (key, kind, config) in enumerate(rows)]


def faults(*rows) -> list[str]:
    with pytest.raises(FlowError) as refused:
        check_steps(steps(*rows))
    return refused.value.faults


@pytest.mark.parametrize("flow", STARTER_FLOWS, ids=lambda flow: flow.key)
def test_starter_flows_can_be_published(flow):
    check_steps(steps(*flow.steps))


def test_flow_needs_an_end():
    assert faults() == ["The last step is an end."]
    assert faults(("n", StepKind.NOTE, {"text": "x"})) == ["The last step is an end."]


def test_jump_backwards_is_refused():
    branch = ("b", StepKind.BRANCH, {"when": "task_done", "then": "n", "otherwise": "end"})
    assert faults(("n", StepKind.NOTE, {"text": "x"}), branch, END) == [
        "Step b: “n” comes before it; a flow only goes forward."
    ]


def test_jump_to_nowhere_is_refused():
    branch = ("b", StepKind.BRANCH, {"when": "task_done", "then": "moon", "otherwise": "end"})
    assert faults(branch, END) == ["Step b: there is no step “moon”."]


@pytest.mark.parametrize(
    ("kind", "config", "fault"),
    [
        (StepKind.MAIL, {}, "“text” needs some text."),
        (StepKind.WAIT, {"hours": "soon"}, "“hours” is a number of hours from 0.001 to a year."),
        (StepKind.WAIT, {"hours": True}, "“hours” is a number of hours from 0.001 to a year."),
        (StepKind.TASK, {"title": "Call", "due_hours": -1}, "“due_hours” is a number of hours from 0 to a year."),
        (StepKind.TASK, {"title": "Call", "due_hours": 1, "both_arms": 1}, "“both_arms” is true or false."),
        (StepKind.MAIL, {"text": "Hi", "if_held": "later"}, "“if_held” is one of: wait, skip."),
        (StepKind.WAIT, {"anchor": "moon"}, f"“anchor” is one of: {', '.join(Anchor.values)}."),
        (
            StepKind.WAIT,
            {"anchor": "box_ships", "until": "paid"},
            "A wait is for a date or for a condition, not both.",
        ),
        (
            StepKind.BRANCH,
            {"when": {"field": "subscription.price", "op": "above", "value": "x"}, "then": "end", "otherwise": "end"},
            "“when” “the price” is compared with a number.",
        ),
        (StepKind.WEBHOOK, {"url": "ftp://x"}, URL),
        (StepKind.WEBHOOK, {"url": "https://shop.example/grüße"}, URL),
        (StepKind.WEBHOOK, {"url": "https://shop.example:port/"}, URL),
        (StepKind.HAND_OVER, {"to": "mars", "note": "x"}, "“to” is one of: service, success."),
        (
            StepKind.ACTION,
            {"do": "offer", "offer": {"kind": "frequency", "interval": "month"}},
            "“count” of this offer is a whole number from 1 to 24.",
        ),
        (StepKind.ACTION, {"do": "pause"}, "“days” is a number from 1 to 366."),
    ],
)
def test_faulty_step_is_named(kind, config, fault):
    assert faults(("s", kind, config), END) == [f"Step s: {fault}"]


def test_unknown_variable_is_refused():
    with pytest.raises(ValueError, match="is not known here"):
        check("Hi {{ password }}")
    with pytest.raises(ValueError, match="is not known here"):
        check("{% load x %}")


def test_variables_and_their_fallbacks():
    text = "Hi {{ first_name|there }}, about {{order_number}}."
    assert render(text, {"first_name": "", "order_number": "#5001"}) == "Hi there, about #5001."
    assert render(text, {"first_name": "{{ store }}", "order_number": ""}) == "Hi {{ store }}, about ."
