"""Health in the list of subscribers."""

from collections.abc import Sequence
from typing import cast

from django.db.models import QuerySet

from subscribers.lazy import lazily as _
from subscribers.models import Subscriber
from subscribers.seams import Column
from success.health.enums import HealthWord
from success.health.selectors import health_of, with_word

WORDS = {word.value.replace("_", "-"): word for word in HealthWord if word != HealthWord.NONE}


def _narrow(people: "QuerySet[Subscriber]", choices: Sequence[str]) -> "QuerySet[Subscriber]":
    return with_word(people, [WORDS[choice] for choice in choices])


COLUMN = Column(
    key="health",
    label=_("Health"),
    choices=[(key, cast(str, word.label)) for key, word in WORDS.items()],
    template="success/health/_cell.html",
    cells=health_of,
    narrow=_narrow,
)
