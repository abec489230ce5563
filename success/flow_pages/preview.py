"""A mail of a flow as one subscriber would get it: in their language, with what it would be threaded to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import get_language_info, gettext

from subscribers.cancellation.speech import language_of
from subscribers.models import Subscriber
from subscribers.models.stores import Viewer
from subscribers.privacy.links import unsubscribe_url
from success.enums import FlowKind, TouchCategory
from success.flows import texts
from success.models import FlowStep
from tickets.enums import UNRESOLVED
from tickets.mail.outbox import queue_mail
from tickets.models import Ticket

MOST_FOUND = 8


@dataclass(frozen=True)
class Shown:
    """`ticket`: the thread that it would join today; None where it is a mail of its own."""

    subject: str
    text: str
    to: str
    language: str
    ticket: Ticket | None
    missing: list[str]


def find_people(store_id: int, user: Viewer, query: str) -> Sequence[Subscriber]:
    """Subscribers of a store by the beginning of their address or a part of their name."""
    people = Subscriber.objects.visible_to(user).filter(store=store_id, redacted_at=None, merged_into=None)
    return list(
        people.filter(Q(email__istartswith=query) | Q(name__icontains=query)).order_by("name", "pk")[:MOST_FOUND]
    )


def preview_of(step: FlowStep, person: Subscriber) -> Shown:
    """Nothing is written. A recovery flow writes into the person's open ticket, where there is one."""
    found = texts.preview(step, person)
    flow = step.version.flow
    ticket = None
    if flow.kind == FlowKind.RECOVERY:
        mine = Ticket.objects.filter(subscriber=person, status__in=UNRESOLVED, deleted_at=None)
        ticket = mine.order_by("-opened_at", "-pk").first()
    text = found.text
    language = language_of(person)
    if flow.category == TouchCategory.MARKETING and ticket is None:
        with translation.override(language):
            text += f"\n\n{gettext('Unsubscribe')}: {unsubscribe_url(person, flow.category)}"
    subject = f"Re: {ticket.subject}" if ticket else found.subject
    return Shown(
        subject=subject,
        text=text,
        to=f"{person.name} <{person.email}>" if person.name else person.email,
        language=get_language_info(language)["name"],
        ticket=ticket,
        missing=_missing(step, person, ticket),
    )


def _missing(step: FlowStep, person: Subscriber, ticket: Ticket | None) -> list[str]:
    """Variables of the text that say nothing for this person, and have no fall-back."""
    said = texts.said(step, "text", person)
    empty = []
    for found in texts.VARIABLE.finditer(said):
        if (found[2] or "").strip() or found[1] not in texts.VARIABLES:
            continue
        alone = FlowStep(version=step.version, key=step.key, kind=step.kind, config={"text": found[0]})
        if not texts.preview(alone, person).text.strip():
            empty.append(found[1])
    return list(dict.fromkeys(empty))


def send_test(step: FlowStep, person: Subscriber, *, user: AbstractBaseUser, now: datetime | None = None) -> str:
    """Mails the preview to whoever asks, and to nobody else; their address. Refused where the store cannot send."""
    shown, now = preview_of(step, person), now or timezone.now()
    address: str = user.email  # type: ignore[attr-defined]
    queue_mail(
        store=step.version.flow.store,
        subscriber=None,
        subject=f"[Test] {shown.subject}",
        text=shown.text,
        key=f"flow-test:{step.pk}:{user.pk}:{now:%Y%m%d%H%M%S%f}",
        recipient=address,
        essential=True,
    )
    return address
