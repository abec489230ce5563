"""Cards that subscriptions are paid by, as far as it takes to know that one will fail: never a number."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.enums import Provider
from subscribers.models.people import Subscriber
from subscribers.models.stores import Store, Viewer
from subscribers.models.subscriptions import Subscription


class PaymentMethodQuerySet(models.QuerySet["PaymentMethod"]):
    def visible_to(self, user: Viewer) -> "PaymentMethodQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))


class PaymentMethod(models.Model):
    """One means of payment of one person at one provider, as it was told last."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="payment_methods")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="payment_methods")
    provider = models.CharField(max_length=20, choices=Provider)
    external_id = models.CharField(max_length=200)
    brand = models.CharField(max_length=40, blank=True)
    last4 = models.CharField("last four digits", max_length=4, blank=True)
    expires_on = models.DateField(null=True, blank=True, help_text="The last day on which it is good; empty: it stays.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(help_text="When it was so.")

    objects = PaymentMethodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "provider", "external_id"], name="payment_method_unique_in_store"),
            models.CheckConstraint(condition=Q(provider__in=Provider.values), name="payment_method_provider_known"),
        ]
        indexes = [
            # Reader: the sweep that finds cards which expire before a billing.
            models.Index(fields=["expires_on"], condition=Q(revoked_at=None), name="payment_method_expiring"),
            models.Index(fields=["subscriber"], name="payment_method_of_subscriber"),
        ]

    def __str__(self) -> str:
        return f"{self.brand or 'Card'} …{self.last4}" if self.last4 else self.brand or "Means of payment"


class CardExpiry(models.Model):
    """A subscription's card will have expired when it is billed next: told once for the card and its date."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="card_expiries")
    method = models.ForeignKey(PaymentMethod, on_delete=models.CASCADE, related_name="expiries")
    expires_on = models.DateField()
    billing_at = models.DateTimeField(help_text="The billing that it was to pay.")
    noted_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When the card was replaced, or not needed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "method", "expires_on"], name="card_expiry_told_once"),
        ]
        indexes = [
            # Reader: what is open of a person whose card was replaced.
            models.Index(fields=["subscription"], condition=Q(settled_at=None), name="card_expiry_open"),
        ]

    def __str__(self) -> str:
        return f"{self.method} expires on {self.expires_on}"
