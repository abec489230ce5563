"""What a flow's mails and notes say: `{{ first_name|there }}` stands for the subscriber's own facts.

Only known variables and their fall-backs: no code, no loops, nothing that an editor could break a store with.
"""

import re
from collections.abc import Mapping

from success.models import Run

VARIABLE = re.compile(r"\{\{\s*([a-z_]+)\s*(?:\|([^{}]*))?\}\}")
ANY_BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)

VARIABLES = {
    "first_name": "the subscriber's first name",
    "name": "the subscriber's name",
    "store": "the store's name",
    "product": "what they subscribe to",
    "order_number": "the order of the box that it is about",
    "ticket_number": "T-1042",
}


def check(text: str) -> None:
    """Raises ValueError, in words for its writer, for a variable that does not exist."""
    for braces in ANY_BRACES.findall(text):
        variable = VARIABLE.fullmatch(braces)
        if variable is None or variable[1] not in VARIABLES:
            raise ValueError(f"{braces} is not known here. You may use: {', '.join(sorted(VARIABLES))}.")


def facts_of(run: Run) -> dict[str, str]:
    subscriber, ticket = run.subscriber, run.ticket
    subscription = ticket.subscription if ticket else None
    if subscription is None:
        subscription = subscriber.subscriptions.select_related("product").order_by("-started_at").first()
    return {
        "first_name": subscriber.first_name,
        "name": subscriber.name,
        "store": run.store.name,
        "product": str(subscription.product) if subscription and subscription.product else "",
        "order_number": run.box.order_number if run.box else "",
        "ticket_number": ticket.number if ticket else "",
    }


def render(text: str, facts: Mapping[str, str]) -> str:
    """Put the facts in; an empty one becomes its fall-back (`{{ product|your box }}`)."""
    return VARIABLE.sub(lambda found: facts.get(found[1]) or (found[2] or "").strip(), text)
