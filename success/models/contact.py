"""When and how often subscribers are written to: the limits of a store over all its flows."""

import secrets
from datetime import time
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from subscribers.models import Reason, Store
from success.enums import HoldWhile, TouchCategory


def new_key() -> str:
    return secrets.token_hex(32)


class ContactPolicy(models.Model):
    """A store's limits. They are for success mail and marketing; transactional mail is sent whenever it is due."""

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="contact_policy")
    quiet_from = models.TimeField(
        default=time(21), help_text="Nothing is sent from then on, by the subscriber's clock."
    )
    quiet_until = models.TimeField(default=time(8), help_text="The same time as above: no quiet hours.")
    hold_while = models.CharField(
        "outreach waits while",
        max_length=20,
        choices=HoldWhile,
        default=HoldWhile.COMPLAINT,
        help_text="An open complaint is answered before anything else is told.",
    )
    complaints = models.ManyToManyField(
        Reason,
        blank=True,
        related_name="+",
        help_text="Topics that are complaints. None: damage, missing, wrong, late, quality, billing, service.",
    )
    hold_during_recovery = models.BooleanField(
        "outreach waits during a recovery flow", default=True, help_text="Whoever is being helped hears of that alone."
    )
    most_per_action = models.DecimalField(
        "flows give away at most",
        max_digits=12,
        decimal_places=2,
        default=Decimal(25),
        validators=[MinValueValidator(0)],
        help_text="By one action, in the subscription's currency. What costs more becomes a task for a person.",
    )
    holdout_key = models.CharField(max_length=64, default=new_key, editable=False)

    class Meta:
        verbose_name_plural = "contact policies"

    def __str__(self) -> str:
        return f"Contact with subscribers of {self.store}"


class ContactCap(models.Model):
    """At most so many contacts to one person within so many hours, over all flows."""

    policy = models.ForeignKey(ContactPolicy, on_delete=models.CASCADE, related_name="caps")
    category = models.CharField(
        max_length=20,
        choices=[(one.value, one.label) for one in TouchCategory if one != TouchCategory.TRANSACTIONAL],
        blank=True,
        help_text="Empty: success mail and marketing together.",
    )
    most = models.PositiveSmallIntegerField(default=3)
    hours = models.PositiveSmallIntegerField(default=168)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "category", "hours"], name="contact_cap_once"),
            models.CheckConstraint(condition=Q(hours__gte=1), name="contact_cap_has_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.most} within {self.hours} h"
