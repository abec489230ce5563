"""Finds colleagues who are named with @ in a text: by their name, as it is written, or by their mail address."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

NAME_BEGINS = re.compile(r"(?<![\w@.])@(?=\S)")


def mentioned(text: str, people: Sequence[AbstractBaseUser]) -> list[AbstractBaseUser]:
    """Each once, in the order in which they are named. Two of one name are both meant."""
    found = {person.pk: person for _, _, named in spans(text, people) for person in named}
    return list(found.values())


def spans(text: str, people: Iterable[Any]) -> Iterator[tuple[int, int, list[Any]]]:
    """Where people are named: from, to, and who. The longest name that stands there counts."""
    names: dict[str, list[Any]] = {}
    for person in people:
        for name in {str(getattr(person, "name", "")).strip().lower(), str(getattr(person, "email", "")).lower()}:
            if name:
                names.setdefault(name, []).append(person)
    longest_first = sorted(names, key=len, reverse=True)
    low = text.lower()
    if len(low) != len(text):  # some letters grow when they are made small
        low = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    for at in (found.end() for found in NAME_BEGINS.finditer(text)):
        for name in longest_first:
            end = at + len(name)
            if low.startswith(name, at) and not _goes_on(low, end):
                yield at - 1, end, names[name]
                break


def _goes_on(text: str, end: int) -> bool:
    """Whether the word that a name ends with is longer in the text than in the name."""
    return end < len(text) and (text[end].isalnum() or text[end] == "_")
