"""What a run's texts and waits ask about the offers that it made."""

from typing import Any, Protocol

from django.conf import settings
from django.db.models import QuerySet
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


class AboutRun(Protocol):
    """Of what run something is asked: its id, or a reference to a column of it."""

    @property
    def run(self) -> Any: ...


def accepted_by(of: AboutRun) -> "QuerySet[FlowOffer]":
    """The offers of a run that the subscriber took, whatever the provider has made of them yet."""
    return FlowOffer.objects.filter(run=of.run, state__in=TAKEN_OFFER)


def declined_by(of: AboutRun) -> "QuerySet[FlowOffer]":
    """The offers of a run that they said no to, and did not think better of."""
    return FlowOffer.objects.filter(run=of.run, state=OfferState.DECLINED)
