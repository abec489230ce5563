"""Stores, what they sell, and who works for them."""

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from subscribers.enums import Provider, Role, TeamMode

# Whoever asks to see something: `visible_to(user)` of every model takes one.
Viewer = AbstractBaseUser | AnonymousUser


class StoreQuerySet(models.QuerySet["Store"]):
    def visible_to(self, user: Viewer) -> "StoreQuerySet":
        """The stores that this person works for; all of them for a superuser, none for a stranger."""
        if getattr(user, "is_superuser", False):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=Membership.objects.filter(user_id=user.pk).values("store"))

    def administered_by(self, user: Viewer) -> "StoreQuerySet":
        """The stores whose administrator this person is; all of them for a superuser."""
        if getattr(user, "is_superuser", False):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=Membership.objects.filter(user_id=user.pk, role=Role.ADMIN).values("store"))


class Store(models.Model):
    """A subscription store. Everything else belongs to exactly one."""

    key = models.SlugField(max_length=60, unique=True, help_text="Short name for addresses and the API; stays.")
    name = models.CharField(max_length=120)
    domain = models.CharField(max_length=255, blank=True, help_text="Where subscribers shop.")
    time_zone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166, two letters.")
    language = models.CharField(max_length=10, default="en")
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217, three letters.")
    provider = models.CharField(max_length=20, choices=Provider, default=Provider.BUILTIN)
    team_mode = models.CharField(max_length=10, choices=TeamMode, default=TeamMode.ONE)
    delivery_days = models.PositiveSmallIntegerField(
        "usual days of delivery",
        default=3,
        help_text="From shipping to the door, where no carrier has named a day yet.",
    )
    payment_url = models.URLField(
        "page for means of payment",
        max_length=500,
        blank=True,
        help_text="Where subscribers change their card; empty: the account page of the shop.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = StoreQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one store."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "store"], name="membership_one_per_store"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.store}"


class Product(models.Model):
    """What a subscription delivers, for grouping complaints and renewals."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="products")
    name = models.CharField(max_length=200)
    sku = models.CharField(max_length=100, blank=True)
    external_id = models.CharField(max_length=100, blank=True)
    data: Any = models.JSONField(default=dict, blank=True)
    guidance: Any = models.JSONField(
        "how to use it", default=dict, blank=True, help_text="By language; told before a first box arrives."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "external_id"],
                condition=~models.Q(external_id=""),
                name="product_external_id_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name
