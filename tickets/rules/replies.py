"""The answer that a rule sends: a machine's, through the outbox, to a person who wrote, and not too often."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from subscribers.enums import Actor
from subscribers.errors import Refused
from tickets.enums import Authentication, Author, Automatic
from tickets.mail.caps import held, too_many
from tickets.mail.report_words import NO_REPLY
from tickets.mail.routing import ours_among
from tickets.mail.wording import PLACE, fill, language_of
from tickets.models import Message, Ticket
from tickets.rules.conditions import RuleFacts
from tickets.services.conversation import post_system_message

# What {{ name }} and the like stand for; the words are the admin's help.
VARIABLES: dict[str, tuple[object, Callable[[Ticket, RuleFacts], str]]] = {
    "name": (gettext_lazy("their first name"), lambda ticket, facts: ticket.subscriber.first_name),
    "full_name": (gettext_lazy("their name"), lambda ticket, facts: ticket.subscriber.name),
    "number": (gettext_lazy("the ticket's number"), lambda ticket, facts: ticket.number),
    "subject": (gettext_lazy("its subject"), lambda ticket, facts: ticket.subject),
    "store": (gettext_lazy("the store's name"), lambda ticket, facts: ticket.store.name),
    "queue": (gettext_lazy("its queue"), lambda ticket, facts: ticket.queue.name),
    "agent": (gettext_lazy("whose it is"), lambda ticket, facts: str(ticket.assignee or "")),
    "next_box": (gettext_lazy("the day on which their next box ships"), lambda ticket, facts: _next_box(ticket, facts)),
}


def check_reply(text: str) -> None:
    """Raises ValueError, in words, for a variable that does not exist."""
    if unknown := [name for name in PLACE.findall(text) if name not in VARIABLES]:
        raise ValueError(_("There is no variable “%(name)s”.") % {"name": unknown[0]})


def send_reply(ticket: Ticket, text: str, facts: RuleFacts, *, key: str) -> None:
    """Write the answer into the thread and into the outbox. Refused, with why, where none may be sent."""
    person, store = ticket.subscriber, ticket.store
    if (message := facts.message) is not None:
        _refuse_unanswerable(ticket, message)
    if reason := held(store, person.email, person) or too_many(store, person.email, is_answer=True):
        raise Refused(reason)
    asked = set(PLACE.findall(text))
    known: Mapping[str, str] = {name: VARIABLES[name][1](ticket, facts) for name in asked if name in VARIABLES}
    post_system_message(ticket, text=fill(text, known), key=key, actor_kind=Actor.RULE, automatic=Automatic.AUTO_REPLY)


def _refuse_unanswerable(ticket: Ticket, message: Message) -> None:
    person = ticket.subscriber
    if message.automatic:
        raise Refused(_("A machine wrote it: nobody is answered."))
    if message.author_kind == Author.SUBSCRIBER and message.subscriber_id != person.pk:
        raise Refused(_("Somebody else wrote on this ticket than whose it is."))
    if message.authentication == Authentication.FAIL:
        raise Refused(_("The mail may not be from whom it says."))
    addresses = (message.from_address, person.email)
    if any(NO_REPLY.match(address.rpartition("@")[0]) for address in addresses) or ours_among([person.email]):
        raise Refused(_("The address takes no answers."))


def _next_box(ticket: Ticket, facts: RuleFacts) -> str:
    if (at := facts.next_box_at) is None:
        return ""
    with override(language_of(ticket)):
        return date_format(at.astimezone(ZoneInfo(ticket.store.time_zone)), "j F")
