"""Words of ours in the reader's language, with facts filled in."""

import re
from collections.abc import Mapping

from tickets.models import Ticket

PLACE = re.compile(r"\{\{\s*(\w{1,40})\s*\}\}")


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with `{{ name }}` replaced where the name is known; what is filled in is never filled again."""
    return PLACE.sub(lambda found: facts.get(found[1], found[0]), text)


def language_of(ticket: Ticket) -> str:
    """The subscriber's language, else their store's."""
    return ticket.subscriber.language or ticket.store.language


def languages_of(ticket: Ticket) -> list[str]:
    """The languages to look for, the best first, in lower case: pt-br, pt, then the store's."""
    asked = [language.lower().replace("_", "-") for language in (ticket.subscriber.language, ticket.store.language)]
    return list(dict.fromkeys(one for language in asked if language for one in (language, language.split("-")[0])))


def words_in(known: Mapping[str, str], language: str) -> str:
    """Those of this language, else the English ones."""
    low = language.lower().replace("_", "-")
    return known.get(low) or known.get(low.split("-")[0]) or known["en"]
