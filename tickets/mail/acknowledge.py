"""What a machine of ours answers to a customer: that their message has arrived, and which files could not be taken.

Once a ticket, only to what a person seems to have sent, and never more often than the cap allows: so two machines
that answer each other end. What was held back is a row that says why.
"""

import logging
from collections.abc import Sequence

from django.db import transaction

from subscribers.enums import Actor, Channel
from subscribers.errors import Refused
from tickets.enums import AnswerKind, Authentication, Author, Automatic
from tickets.mail.caps import held, too_many
from tickets.mail.outbox import Recipient, queue_answer
from tickets.mail.report_words import NO_REPLY
from tickets.mail.routing import ours_among
from tickets.mail.wording import fill, languages_of
from tickets.models import AutomaticAnswer, Message, OutboundMail, Ticket
from tickets.services.cancellations import way_to_cancel
from tickets.services.conversation import post_system_message

logger = logging.getLogger(__name__)

# Where somebody wrote in their own words, and waits; who opens tickets by the API or for a customer tells them.
ANSWERED_CHANNELS = (Channel.MAIL, Channel.WEB)
MOST_NAMED = 20  # files


@transaction.atomic
def acknowledge(ticket: Ticket, message: Message) -> OutboundMail | None:
    """Tell whoever opened a ticket that we have their message; None where nothing is to be said.

    For a mail, its caller has asked `may_auto_reply`. A row that is cancelled says why it was held back.
    """
    if ticket.channel not in ANSWERED_CHANNELS or not _is_answerable(message):
        return None
    answer = _words(ticket, AnswerKind.ACKNOWLEDGEMENT)
    return _answer(ticket, answer, key=f"acknowledgement:{ticket.pk}", more=way_to_cancel(ticket)) if answer else None


@transaction.atomic
def tell_limits(ticket: Ticket, message: Message, left_out: Sequence[str]) -> OutboundMail | None:
    """Tell who wrote which of their files, by name, were too large or too many for us to take."""
    answer = _words(ticket, AnswerKind.LIMITS) if left_out and _is_answerable(message) else None
    if answer is None:
        return None
    names = [" ".join(name.split())[:120] for name in left_out[:MOST_NAMED]]
    if len(left_out) > MOST_NAMED:
        names.append("…")
    return _answer(ticket, answer, key=f"limits:{message.pk}", files="\n".join(f"- {name}" for name in names))


def _is_answerable(message: Message) -> bool:
    """Whether a person wrote it, who can be answered: known to be themselves, as far as their mail server says."""
    requester = message.ticket.subscriber
    if message.automatic or message.author_kind != Author.SUBSCRIBER:
        return False
    if any(NO_REPLY.match(address.rpartition("@")[0]) for address in (message.from_address, requester.email)):
        return False
    if message.authentication == Authentication.FAIL:
        return False  # who is answered then is somebody else
    # Someone else than whose ticket it is, such as a stranger on its thread, learns nothing from a machine.
    return message.subscriber_id == requester.pk and not ours_among([requester.email])


def _answer(
    ticket: Ticket, answer: AutomaticAnswer, *, key: str, files: str = "", more: str = ""
) -> OutboundMail | None:
    try:
        return _queued(ticket, answer, key=key, files=files, more=more)
    except Refused as refused:  # what cannot be said costs nobody their ticket
        logger.warning("%s gets no automatic answer: %s", ticket.number, refused)
        return None


def _queued(ticket: Ticket, answer: AutomaticAnswer, *, key: str, files: str, more: str) -> OutboundMail:
    if sent := OutboundMail.objects.filter(key=key).first():
        return sent
    person = ticket.subscriber
    facts = {
        "name": person.first_name,
        "number": ticket.number,
        "subject": ticket.subject,
        "store": ticket.store.name,
        "files": files,
    }
    text = fill(answer.text if person.first_name else answer.text.replace(" {{ name }}", ""), facts)
    if more:  # above the last paragraph, which says who writes
        said, _, sender = text.strip().rpartition("\n\n")
        text = "\n\n".join(part for part in (said, more, sender) if part)
    subject = fill(answer.subject, facts) if answer.subject else ""
    store = ticket.store
    if held(store, person.email, person) or too_many(store, person.email, is_answer=True):
        # Not part of the thread, for nobody got it: a row alone, which says why.
        recipient = Recipient(person.email, person.name, subscriber=person)
        return queue_answer(ticket, recipient=recipient, subject=subject or ticket.subject, text=text, key=key)
    return post_system_message(
        ticket, text=text, key=key, subject=subject, actor_kind=Actor.SYSTEM, automatic=Automatic.AUTO_REPLY
    )


def _words(ticket: Ticket, kind: AnswerKind) -> AutomaticAnswer | None:
    """The queue's answer in the customer's language, else in their store's."""
    known = {
        answer.language.lower().replace("_", "-"): answer
        for answer in AutomaticAnswer.objects.filter(queue=ticket.queue_id, kind=kind, is_active=True)
    }
    return next((known[language] for language in languages_of(ticket) if language in known), None)
