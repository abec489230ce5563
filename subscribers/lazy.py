"""Words of tables that are made once and read in many languages."""

from typing import Any, cast

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy, override


def lazily(english: str) -> str:
    """A text that becomes the reader's when it is shown; `str()` it before it is joined, compared or kept."""
    return cast(str, gettext_lazy(english))


def grouped(number: Any) -> str:
    """With the signs of the reader's language: "1,240", in German "1.240"."""
    return number_format(number, use_l10n=True, force_grouping=True)


def in_english(words: Any) -> str:
    """What is kept (in an event, a note of a run) reads the same, whoever's request wrote it."""
    with override("en"):
        return str(words)
