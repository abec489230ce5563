"""Offers that flows make by mail: what would change, until when, and what became of it."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.cancellation.enums import OfferKind
from subscribers.models import ProviderAction, Store, Subscriber, Subscription
from subscribers.models.stores import Viewer
from success.enums import DECIDED_OFFER, OPEN_OFFER, OfferState
from success.models.runs import Run, RunStep


class FlowOfferQuerySet(models.QuerySet["FlowOffer"]):
    def visible_to(self, user: Viewer) -> "FlowOfferQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))


class FlowOffer(models.Model):
    """One offer to one subscriber, by a signed link. `key` is made once per intent: a retried step offers once.

    `params` as subscribers.services.actions takes them for the kind. `shown`: title and lines that were on the page
    when it was accepted, in `language`.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="flow_offers")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="flow_offers")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="flow_offers")
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="offers")
    run_step = models.ForeignKey(RunStep, on_delete=models.SET_NULL, null=True, blank=True, related_name="offers")
    replaces = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced_by"
    )
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=OfferKind)
    params: Any = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.MADE)
    language = models.CharField(max_length=10, blank=True)
    shown: Any = models.JSONField(default=dict, blank=True)
    action = models.ForeignKey(
        ProviderAction, on_delete=models.SET_NULL, null=True, blank=True, related_name="flow_offers"
    )
    error = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True, help_text="Its page was fetched, by whomever.")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = FlowOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OfferState.values, kind__in=OfferKind.values), name="flow_offer_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED_OFFER, decided_at__isnull=False)
                | (~Q(state__in=DECIDED_OFFER) & Q(decided_at=None)),
                name="flow_offer_decided_at_iff_decided",
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=models.F("made_at")), name="flow_offer_valid_a_while"),
        ]
        indexes = [
            # Reader: the sweep that ends those whose time is over.
            models.Index(fields=["valid_until"], condition=Q(state__in=OPEN_OFFER), name="flow_offer_open"),
            # Readers: a run's waits and texts.
            models.Index(fields=["run", "-made_at"], name="flow_offer_of_run"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.subscriber_id}"

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be decided on."""
        return self.state in OPEN_OFFER and self.valid_until > now


class FlowOfferEvent(models.Model):
    """What became of an offer, step by step. Append-only, held by a trigger."""

    offer = models.ForeignKey(FlowOffer, on_delete=models.CASCADE, related_name="events")
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, choices=OfferState)
    text = models.TextField(blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["offer", "occurred_at", "id"], name="flow_offer_event_in_order")]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
