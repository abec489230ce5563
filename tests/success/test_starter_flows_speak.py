"""The flows that ship: each is whole, and says the same in three languages with nothing left open."""

import re

import pytest

from success.enums import StepKind
from success.flows import texts
from success.flows.drawing import reached
from success.flows.starter import STARTER_FLOWS, install_flows
from success.models import Flow, FlowStep

pytestmark = pytest.mark.django_db

VARIABLES = re.compile(r"\{\{ ([a-z_]+)")


def test_a_store_gets_what_it_lacks_and_keeps_what_it_has(shipped):
    Flow.objects.filter(key="win-back").update(name="Ours")
    install_flows(shipped)
    assert sorted(Flow.objects.values_list("key", flat=True)) == sorted(one.key for one in STARTER_FLOWS)
    assert Flow.objects.get(key="win-back").name == "Ours"


@pytest.mark.parametrize("key", [one.key for one in STARTER_FLOWS])
def test_every_step_is_reached_and_every_mail_speaks_three_languages(shipped, key):
    steps = list(FlowStep.objects.filter(version__flow__key=key).order_by("position"))
    assert reached(steps) == set(range(len(steps)))
    for step in steps:
        if step.kind != StepKind.MAIL:
            continue
        own = {name: step.config[name] for name in ("subject", "text") if name in step.config}
        assert sorted(step.config["translations"]) == ["de", "es"]
        for said in step.config["translations"].values():
            assert sorted(said) == sorted(own)
            for name, text in said.items():
                texts.check(text)
                assert VARIABLES.findall(text) == VARIABLES.findall(own[name])
                assert "\n\n\n" not in text
