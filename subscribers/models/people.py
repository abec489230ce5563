"""The people whom a store serves."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from subscribers.addresses import is_address
from subscribers.enums import Channel, ConsentCategory, Provider
from subscribers.models.stores import Store, Viewer


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def visible_to(self, user: Viewer) -> "SubscriberQuerySet":
        """The people of the stores that this person works for."""
        return self.filter(store__in=Store.objects.visible_to(user))

    def with_email(self, address: str) -> "SubscriberQuerySet":
        """Those with this address, whatever its case; of one store at most one that is neither merged nor forgotten."""
        return self.filter(is_address("email", address))


class Subscriber(models.Model):
    """A person known to a store by a mail address; somebody who only ever wrote has no subscription."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="subscribers")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    # Automatic mail stops: the address bounced for good, or a hold until a time.
    undeliverable_at = models.DateTimeField(null=True, blank=True)
    suppressed_until = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    redacted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        constraints = [
            # One person an address and store; intake relies on it when two mails arrive at once.
            models.UniqueConstraint(
                "store",
                Lower("email"),
                condition=models.Q(merged_into=None, redacted_at=None),
                name="subscriber_email_unique_in_store",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="subscriber_not_merged_into_itself",
            ),
        ]
        indexes = [
            # The subscriber list, newest first.
            models.Index(fields=["store", "-created_at"], name="subscriber_newest"),
            # Readers: filters by address, which know no store and find those who were merged as well.
            models.Index(Lower("email"), name="subscriber_by_email"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0] if self.name else ""


class ProviderIdentity(models.Model):
    """What a provider calls this person; one person may be known to several."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=20, choices=Provider)
    external_id = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "provider", "external_id"], name="provider_identity_unique_in_store"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.external_id}"


class Consent(models.Model):
    """Whether a person may be written to, per channel and category; absent means not asked."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    category = models.CharField(max_length=20, choices=ConsentCategory)
    granted = models.BooleanField()
    source = models.CharField(max_length=200, blank=True, help_text="Where it was given or taken back.")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "channel", "category"], name="consent_one_per_channel_and_category"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} {self.category} {'yes' if self.granted else 'no'}"
