"""The form of a story: what people write about one topic, and what is answered.

In every text `[a|b]` is one of several wordings, `{word}` is filled from the subscriber, the box and the agent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

_CHOICE = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Story:
    """One topic in one language. `topic` is a reason's key; empty where it is only a question."""

    topic: str
    queue: str
    subjects: tuple[str, ...]
    openings: tuple[str, ...]
    replies: tuple[str, ...]
    answers: tuple[str, ...] = ()
    seconds: tuple[str, ...] = ()
    nudges: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    about_box: bool = False
    priority: int = 3
    language: str = "en"


def worded(text: str, rng: Random, words: Mapping[str, str]) -> str:
    """One wording of a text, filled in. KeyError for a word that nobody gave."""
    while True:
        text, changed = _CHOICE.subn(lambda hit: rng.choice(hit[1].split("|")), text)
        if not changed:
            return text.format_map(words)
