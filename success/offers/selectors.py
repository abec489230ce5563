"""What a run's texts and waits ask about the offers that it made."""

from django.conf import settings
from django.urls import reverse

from subscribers import tokens
from subscribers.tokens import Purpose
from success.enums import TAKEN_OFFER, OfferState
from success.models import FlowOffer, Run


def latest_offer(run: Run) -> FlowOffer | None:
    """The offer that the run made last."""
    offers = FlowOffer.objects.filter(run=run).select_related(
        "subscription__subscriber__store", "subscription__product"
    )
    return offers.order_by("-made_at", "-pk").first()


def offer_path(offer: FlowOffer) -> str:
    return reverse("offer", args=[tokens.make(Purpose.OFFER, offer.pk)])


def offer_url(offer: FlowOffer) -> str:
    return settings.BASE_URL + offer_path(offer)


def was_accepted(run: Run) -> bool:
    """Whether the subscriber took an offer of this run, whatever the provider has made of it yet."""
    return FlowOffer.objects.filter(run=run, state__in=TAKEN_OFFER).exists()


def was_declined(run: Run) -> bool:
    """Whether they said no to every offer that they answered."""
    return not was_accepted(run) and FlowOffer.objects.filter(run=run, state=OfferState.DECLINED).exists()
