"""Texts with places for facts: `{{ first_name|there }}` stands for a fact, or for its fall-back where it is empty.

Only known variables and their fall-backs: no code, no loops, nothing that an editor could break a store with. What is
filled in is never read again: a customer who is called `{{ name }}` stays so.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

VARIABLE = re.compile(r"\{\{\s*([a-z_]+)\s*(?:\|([^{}]*))?\}\}")
ANY_BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def check_text(text: str, known: Collection[str]) -> None:
    """Raises ValueError, in words for its writer, for a variable that does not exist."""
    for braces in ANY_BRACES.findall(text):
        variable = VARIABLE.fullmatch(braces)
        if variable is None or variable[1] not in known:
            raise ValueError(f"{braces} is not known here. You may use: {', '.join(sorted(known))}.")


def render_text(text: str, facts: Mapping[str, str]) -> str:
    """Put the facts in; an empty one becomes its fall-back (`{{ product|your box }}`), or nothing."""
    return VARIABLE.sub(lambda found: facts.get(found[1]) or (found[2] or "").strip(), text)


@dataclass(frozen=True)
class Filled:
    """A text with its facts. `missing`: variables, each once, that have neither; their places stand in the text."""

    text: str
    missing: tuple[str, ...]


def fill_text(text: str, facts: Mapping[str, str]) -> Filled:
    """As `render_text`, but what has no fact and no fall-back (`{{ name|}}` has an empty one) stays to be seen."""
    missing: dict[str, None] = {}

    def put(found: re.Match[str]) -> str:
        if value := facts.get(found[1]):
            return value
        if found[2] is not None:
            return found[2].strip()
        missing.setdefault(found[1])
        return f"{{{{ {found[1]} }}}}"

    return Filled(VARIABLE.sub(put, text), tuple(missing))


def open_places(text: str) -> list[str]:
    """The places for facts that stand in a text, each once, as they are written there."""
    return list(dict.fromkeys(found[0] for found in VARIABLE.finditer(text)))
