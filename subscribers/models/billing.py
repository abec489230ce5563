"""What the built-in provider needs besides: payments that it asks for, and discounts that it grants."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.enums import ChargeState
from subscribers.models.providers import ProviderAction
from subscribers.models.stores import Store, Viewer
from subscribers.models.subscriptions import Cycle, Subscription


class ChargeQuerySet(models.QuerySet["Charge"]):
    def visible_to(self, user: Viewer) -> "ChargeQuerySet":
        return self.filter(cycle__subscription__store__in=Store.objects.visible_to(user))


class Charge(models.Model):
    """The payment of one cycle, asked for once and tried some times."""

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="charge")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, choices=ChargeState, default=ChargeState.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="When it was to be paid.")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when this attempt is being made; its outcome is not known yet."
    )
    error = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="charge_amount_not_negative"),
            models.CheckConstraint(condition=Q(state__in=ChargeState.values), name="charge_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=("paid", "lost", "void"), settled_at__isnull=False, next_attempt_at=None)
                | (~Q(state__in=("paid", "lost", "void")) & Q(settled_at=None)),
                name="charge_settled_at_iff_settled",
            ),
        ]
        indexes = [
            # Reader: the sweep, which tries again what was refused.
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="charge_due"),
            # Reader: the list of open payments in the admin.
            models.Index(fields=["due_at"], condition=Q(state__in=("open", "refused")), name="charge_open"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def key(self) -> str:
        """What a collector knows this attempt by: the same one asked for twice is collected once."""
        return f"charge-{self.pk}-{self.attempts}"


class Discount(models.Model):
    """What is taken off the next billings of a subscription: a share or an amount."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="discounts")
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    billings_left = models.PositiveSmallIntegerField()
    action = models.OneToOneField(ProviderAction, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__range=(1, 100), amount=None) | Q(percent=None, amount__gt=0),
                name="discount_percent_or_amount",
            ),
        ]
        indexes = [
            # Reader: the next billing of a subscription.
            models.Index(fields=["subscription"], condition=Q(billings_left__gt=0), name="discount_left"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %" if self.percent else f"{self.amount}"
