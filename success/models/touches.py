"""Touches: every contact that was sent to a subscriber, or held back, and why."""

from django.db import models
from django.utils import timezone

from subscribers.enums import Channel
from subscribers.models import Store, Subscriber
from subscribers.models.stores import Viewer
from success.enums import TouchCategory, TouchDecision
from success.models.runs import RunStep
from tickets.models import OutboundMail


class TouchQuerySet(models.QuerySet["Touch"]):
    def visible_to(self, user: Viewer) -> "TouchQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))


class Touch(models.Model):
    """One contact, sent or held. `key` is made once per intent, so a retried step contacts nobody twice."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="touches")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="touches")
    run_step = models.ForeignKey(RunStep, on_delete=models.SET_NULL, null=True, blank=True, related_name="touches")
    outbound_mail = models.ForeignKey(OutboundMail, on_delete=models.SET_NULL, null=True, blank=True)
    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    category = models.CharField(max_length=20, choices=TouchCategory)
    decision = models.CharField(max_length=20, choices=TouchDecision)
    reason = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    objects = TouchQuerySet.as_manager()

    class Meta:
        indexes = [
            # Readers: the subscriber's page, and the caps, which count what was sent of late.
            models.Index(fields=["subscriber", "-occurred_at"], name="touch_newest"),
            # Reader: the REST list.
            models.Index(fields=["store", "-occurred_at", "-id"], name="touch_of_store"),
        ]
        verbose_name_plural = "touches"

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.get_decision_display()}"
