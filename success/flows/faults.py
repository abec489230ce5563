"""What keeps a draft from being published, in words, at the step that has it."""

import re
from collections.abc import Sequence

from success.flow_pages.words import FIELD_WORDS, SETTING_WORDS
from success.flows.definitions import FlowError, check_flow, check_steps
from success.flows.drawing import reached
from success.models import Flow, FlowStep

NAMES = {
    "then": "If yes, go on with",
    "otherwise": "If no, go on with",
    "do": "Do",
    "kind": "Offer",
    **{name: words[:1].upper() + words[1:] for name, words in FIELD_WORDS.items() if name != "do"},
    **SETTING_WORDS,
}
QUOTED = re.compile(r"“([a-z_]+)”")


def faults_of(flow: Flow, steps: Sequence[FlowStep]) -> dict[str, list[str]]:
    """By the key of a step; under "" what is wrong with the settings (`flow`, with the draft's) or with the whole."""
    faults: dict[str, list[str]] = {}
    try:
        check_flow(flow)
    except FlowError as error:
        faults[""] = [in_words(fault) for fault in error.faults]
    try:
        check_steps(steps)
    except FlowError as error:
        keys = sorted((step.key for step in steps), key=len, reverse=True)
        for fault in error.faults:
            key = next((key for key in keys if fault.startswith(f"Step {key}: ")), "")
            words = fault.removeprefix(f"Step {key}: ") if key else fault
            faults.setdefault(key, []).append(in_words(words))
    return faults


def warnings_of(steps: Sequence[FlowStep]) -> dict[str, list[str]]:
    """What may be published all the same: steps that no run comes to, by key."""
    found = reached(steps)
    words = "Nothing leads here: no run will come to this step."
    return {step.key: [words] for number, step in enumerate(steps) if number not in found}


def in_words(fault: str) -> str:
    """A check's sentence with the names that the editor shows."""
    return QUOTED.sub(lambda name: f"“{NAMES.get(name[1], name[1].replace('_', ' '))}”", fault)
