"""What a flow that ships is made of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from success.enums import FlowKind, StepKind, TouchCategory, Trigger
from success.models.flows import outreach_steps

OWN_LINE = re.compile(r" (\{\{ (?:\w+_link|store) \}\})(?=\n|$)")

Row = tuple[str, StepKind, dict[str, Any]]  # key, kind, config


@dataclass(frozen=True)
class StarterFlow:
    """Settings as success.models.Flow has them, and the steps in order."""

    key: str
    name: str
    kind: FlowKind
    trigger: Trigger
    steps: tuple[Row, ...]
    entry: Sequence[Any] = ()
    exits: Sequence[str] = ()
    category: TouchCategory = TouchCategory.TRANSACTIONAL
    rank: int = 100
    reenter_after: timedelta | None = None
    most_entries: int | None = None
    holdout_share: float = 0
    holdout_steps: Sequence[str] = field(default_factory=outreach_steps)


def mail(key: str, *, en: str, de: str, es: str, **config: Any) -> Row:
    """A mail in three languages. A text whose first line begins with "Subject:" has that subject."""
    texts = {language: _parts(text) for language, text in (("en", en), ("de", de), ("es", es))}
    own = texts.pop("en")
    return key, StepKind.MAIL, {**own, "translations": texts, **config}


def _parts(text: str) -> dict[str, str]:
    """Paragraphs are written over several lines for whoever reads the code; links and the store's name stand alone."""
    lines = text.strip().split("\n", 1)
    subject = lines[0].removeprefix("Subject:").strip() if lines[0].startswith("Subject:") else ""
    paragraphs = (" ".join(one.split()) for one in re.split(r"\n\s*\n", (lines[1] if subject else text).strip()))
    said = {"text": OWN_LINE.sub(r"\n\1", "\n\n".join(paragraphs))}
    return {"subject": subject, **said} if subject else said


def settings_of(starter: StarterFlow) -> dict[str, Any]:
    """What a Flow's row holds of it."""
    return {
        "name": starter.name,
        "kind": starter.kind,
        "trigger": starter.trigger,
        "entry": list(starter.entry),
        "exits": list(starter.exits),
        "category": starter.category,
        "rank": starter.rank,
        "reenter_after": starter.reenter_after,
        "most_entries": starter.most_entries,
        "holdout_share": starter.holdout_share,
        "holdout_steps": list(starter.holdout_steps),
    }
