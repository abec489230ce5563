"""Stores, who works for them, what they sell, why people leave; and subscribers, to look at."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from subscribers.admin_base import PlainForm, ReadOnlyAdmin, ReadOnlyInline, StaffInline, StoreAdmin
from subscribers.cancellation.admin import CarefulReasonForm, ReasonLabelInline
from subscribers.models import (
    Box,
    Cycle,
    Membership,
    Product,
    Reason,
    Store,
    Subscriber,
    Subscription,
    SubscriptionEvent,
)


class StoreForm(PlainForm):
    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError) as unknown:
            raise ValidationError(f"There is no time zone “{name}”; one is Europe/Berlin.") from unknown

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class MembershipInline(StaffInline):
    model = Membership
    autocomplete_fields = ("user",)
    verbose_name_plural = "people who work for it"


@admin.register(Store)
class StoreAdminPage(StoreAdmin):
    form = StoreForm
    store_path = "pk"
    fixed = ("key", "created_at")
    list_display = ("name", "key", "domain", "time_zone", "provider", "team_mode", "people")
    search_fields = ("name", "key", "domain")
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(people_count=Count("memberships")).order_by("name")

    @admin.display(description="people", ordering="people_count")
    def people(self, store: Any) -> int:
        return store.people_count

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Product)
class ProductAdmin(StoreAdmin):
    list_display = ("name", "sku", "external_id", "store")
    list_select_related = ("store",)
    search_fields = ("name", "sku")
    list_filter = ("store",)
    ordering = ("store", "name")


class ReasonForm(CarefulReasonForm):
    constraint_words = {"reason_not_own_parent": ("parent", "A reason cannot be below itself.")}

    def clean_parent(self) -> Reason | None:
        parent: Reason | None = self.cleaned_data["parent"]
        above, passed = parent, set()
        while above is not None and above.pk not in passed:
            if above.pk == self.instance.pk:
                raise ValidationError("That reason is below this one already.")
            passed.add(above.pk)
            above = above.parent
        return parent


@admin.register(Reason)
class ReasonAdmin(StoreAdmin):
    form = ReasonForm
    shares = True
    inlines = (ReasonLabelInline,)
    fixed = ("key", "store")
    list_display = ("label", "key", "parent", "for_tickets", "for_skips", "for_cancellations", "is_active", "store")
    list_select_related = ("parent", "store")
    list_filter = ("for_tickets", "for_skips", "for_cancellations", "is_active", "store")
    search_fields = ("label", "key")
    ordering = ("position", "label")
    fieldsets = (
        (
            None,
            {
                "fields": ("store", "key", "label", "confirm_new_label", "parent", "position", "is_active"),
                "description": "The label may be worded anew, but a reason never comes to mean something else: "
                "tickets, skips and cancellations of past years are counted under it. For a new meaning make a new "
                "reason, and switch this one off.",
            },
        ),
        ("Used for", {"fields": ("for_tickets", "for_skips", "for_cancellations")}),
    )


class SubscriptionInline(ReadOnlyInline):
    model = Subscription
    fields = ("external_id", "product", "status", "price", "currency", "started_at", "next_billing_at", "ended_at")
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("product").order_by("-started_at")


@admin.register(Subscriber)
class SubscriberAdmin(StoreAdmin):
    """Only how a person is written to is edited here; who they are comes from mail and from providers."""

    fixed = ("store", "email", "undeliverable_at", "created_at")
    fields = (
        "store",
        "email",
        "name",
        "phone",
        "country",
        "region",
        "language",
        "time_zone",
        "undeliverable_at",
        "suppressed_until",
        "created_at",
    )
    list_display = ("email", "name", "country", "created_at", "store")
    list_select_related = ("store",)
    list_filter = ("store",)
    search_fields = ("email__istartswith", "name__istartswith")
    ordering = ("-created_at",)
    inlines = (SubscriptionInline,)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CycleInline(ReadOnlyInline):
    model = Cycle
    fields = ("index", "status", "starts_at", "ends_at", "billed_at", "amount", "skip_reason")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("skip_reason").order_by("-index")


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    list_display = ("external_id", "subscriber", "product", "status", "price", "currency", "next_billing_at", "store")
    list_select_related = ("subscriber", "product", "store")
    list_filter = ("status", "provider", "store")
    search_fields = ("external_id", "subscriber__email__istartswith")
    ordering = ("-started_at",)
    inlines = (CycleInline,)


@admin.register(Box)
class BoxAdmin(ReadOnlyAdmin):
    store_path = "cycle__subscription__store"
    fixed = ()
    list_display = (
        "__str__",
        "subscriber",
        "kind",
        "status",
        "carrier",
        "tracking_number",
        "shipped_at",
        "delivered_at",
    )
    list_select_related = ("cycle__subscription__subscriber",)
    list_filter = ("status", "kind")
    search_fields = ("order_number", "tracking_number")
    ordering = ("-pk",)

    @admin.display(description="subscriber")
    def subscriber(self, box: Box) -> str:
        return str(box.cycle.subscription.subscriber)


@admin.register(SubscriptionEvent)
class SubscriptionEventAdmin(ReadOnlyAdmin):
    store_path = "subscription__store"
    fixed = ()
    list_display = ("occurred_at", "subscription", "kind", "actor_kind", "actor", "reason")
    list_select_related = ("subscription__product", "actor", "reason")
    list_filter = ("kind", "actor_kind")
    ordering = ("-occurred_at",)
