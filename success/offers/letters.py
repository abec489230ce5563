"""The mails about an offer: what came of it, and a new link where one was asked for."""

from django.template.loader import render_to_string
from django.utils import timezone, translation

from subscribers.cancellation import speech
from subscribers.cancellation.facts import subscription_facts
from subscribers.errors import Refused
from subscribers.models import Subscriber
from success.enums import OfferState, TouchCategory, TouchDecision
from success.models import FlowOffer, Touch
from success.offers import kinds
from success.offers.selectors import offer_url
from tickets.mail.outbox import queue_mail


def send_outcome(offer: FlowOffer) -> None:
    """Done, or not: in the words that the page had, to keep."""
    _send(offer, "done" if offer.state == OfferState.DONE else "failed")


def send_again(offer: FlowOffer) -> None:
    """The link to a new one, to the address that the store knows."""
    _send(offer, "again")


def until(offer: FlowOffer) -> str:
    """The last day on which it can be taken, in the current language."""
    zone = speech.zone_of(offer.subscription.subscriber, offer.subscription.store)
    return speech.day(offer.valid_until, zone)


def _send(offer: FlowOffer, name: str) -> None:
    subscription, now = offer.subscription, timezone.now()
    person = subscription.subscriber
    key = f"offer:{offer.pk}:{name}"
    with translation.override(speech.language_of(person)):
        context = {
            "person": person,
            "store": subscription.store,
            "title": offer.shown.get("title") or kinds.title_of(offer.kind, offer.params, subscription),
            "lines": offer.shown.get("lines", []),
            "facts": subscription_facts(subscription),
            "url": offer_url(offer),
            "until": until(offer),
        }
        said = render_to_string(f"offers/mail/{name}.txt", context)
    subject, _, text = said.strip().partition("\n")
    decision, reason = _decide(person)
    outbound = None
    if decision == TouchDecision.SENT:
        try:
            # They asked for it: no count of earlier mails holds it back.
            outbound = queue_mail(
                store=subscription.store,
                subscriber=person,
                subject=subject.strip(),
                text=text.strip() + "\n",
                key=key,
                essential=True,
            )
        except Refused as refused:
            decision, reason = TouchDecision.SUPPRESSED, refused.message
    Touch.objects.get_or_create(
        key=key,
        defaults={
            "store_id": offer.store_id,
            "subscriber_id": person.pk,
            "run_step_id": offer.run_step_id,
            "outbound_mail": outbound,
            "category": TouchCategory.TRANSACTIONAL,
            "decision": decision,
            "reason": reason[:200],
            "occurred_at": now,
        },
    )


def _decide(person: Subscriber) -> tuple[TouchDecision, str]:
    if person.redacted_at:
        return TouchDecision.SUPPRESSED, "The person was forgotten"
    if person.undeliverable_at:
        return TouchDecision.SUPPRESSED, "Mail to this address does not arrive"
    return TouchDecision.SENT, ""
