"""The mail that asks: in the customer's language, one link for each choice."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from subscribers import tokens
from subscribers.cancellation import speech
from subscribers.privacy.links import preferences_url
from subscribers.tokens import Purpose
from tickets.models import SatisfactionRequest, Ticket
from tickets.satisfaction.scale import choices


@dataclass(frozen=True)
class Letter:
    """`said`: without its links, as colleagues read it in the thread: a rating is nobody's but the customer's."""

    said: str
    text: str
    html: str


def letter_of(request: SatisfactionRequest, ticket: Ticket, until: datetime) -> Letter:
    person, store = ticket.subscriber, ticket.store
    with translation.override(speech.language_of(person)):
        context = {
            "person": person,
            "store": store,
            "ticket": ticket,
            "until": speech.day(until, speech.zone_of(person, store)),
            "choices": [(choice, settings.BASE_URL + rate_path(request, choice.score)) for choice in choices()],
            "preferences": preferences_url(person),
        }
        mailed = {**context, "with_links": True}
        return Letter(
            said=render_to_string("satisfaction/mail.txt", context).strip(),
            text=render_to_string("satisfaction/mail.txt", mailed).strip() + "\n",
            html=render_to_string("satisfaction/mail.html", mailed),
        )


def rate_path(request: SatisfactionRequest, score: int | None = None) -> str:
    """The page on which it is answered, with this answer chosen; it needs no log-in."""
    token = tokens.make(Purpose.RATE, request.pk)
    return reverse("rate", args=[token]) if score is None else reverse("rate-chosen", args=[token, score])
