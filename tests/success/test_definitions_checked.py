"""A flow that could not be run, or might never end, is refused with its faults in words."""

import pytest

from success.enums import StepKind
from success.flows.definitions import FlowError, check_steps
from success.flows.starter import STARTER_FLOWS
from success.flows.texts import check, render
from success.models import FlowStep

END = ("end", StepKind.END, {"outcome": "done"})


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
        (StepKind.WEBHOOK, {}, "“Webhook” cannot be used in this version of the product."),
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
