"""Stores, who works for them, what they sell, why people leave; and subscribers, to look at."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from subscribers import admin_cards, admin_providers  # noqa: F401  they register their pages
from subscribers.admin_base import PlainForm, ReadOnlyAdmin, ReadOnlyInline, StaffInline, StoreAdmin
from subscribers.cancellation.admin import CarefulReasonForm, ReasonLabelInline
from subscribers.cancellation.speech import LANGUAGES
from subscribers.changes import MOST_COUNT
from subscribers.enums import BoxStatus, Interval
from subscribers.imports import admin as imports_admin  # noqa: F401  registers its pages
from subscribers.lazy import lazily as _
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
from subscribers.privacy.admin import ConsentEventInline, PrivacyPages
from subscribers.providers.builtin.start import start_subscription
from subscribers.services.boxes import record_box_status
from subscribers.services.limits import install_limits
from subscribers.services.people import identify


class StoreForm(PlainForm):
    payment_url = forms.URLField(
        label=_("page for means of payment"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=UnfoldAdminURLInputWidget,
        help_text="Where subscribers change their card; empty: the account page of the shop.",
    )

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError) as unknown:
            raise ValidationError(
                gettext("There is no time zone “%(name)s”; one is Europe/Berlin.") % {"name": name}
            ) from unknown

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class MembershipInline(StaffInline):
    model = Membership
    autocomplete_fields = ("user",)
    verbose_name_plural = _("people who work for it")


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

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            install_limits(obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ProductForm(PlainForm):
    """The guidance in a field a language."""

    guidance_en = forms.CharField(
        label=_("how to use it, in English"),
        required=False,
        widget=UnfoldAdminTextareaWidget,
        help_text=_("Told before a first box arrives. Empty: the flow's own words."),
    )
    guidance_de = forms.CharField(label=_("in German"), required=False, widget=UnfoldAdminTextareaWidget)
    guidance_es = forms.CharField(label=_("in Spanish"), required=False, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = Product
        exclude = ("guidance",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in LANGUAGES:
            self.fields[f"guidance_{language}"].initial = self.instance.guidance.get(language, "")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        texts = {language: str(data.get(f"guidance_{language}", "")).strip() for language in LANGUAGES}
        self.instance.guidance = {language: text for language, text in texts.items() if text}
        return data


@admin.register(Product)
class ProductAdmin(StoreAdmin):
    form = ProductForm
    list_display = ("name", "sku", "external_id", "store")
    list_select_related = ("store",)
    search_fields = ("name", "sku")
    list_filter = ("store",)
    ordering = ("store", "name")


class ReasonForm(CarefulReasonForm):
    constraint_words = {"reason_not_own_parent": ("parent", _("A reason cannot be below itself."))}

    def clean_parent(self) -> Reason | None:
        parent: Reason | None = self.cleaned_data["parent"]
        above, passed = parent, set()
        while above is not None and above.pk not in passed:
            if above.pk == self.instance.pk:
                raise ValidationError(gettext("That reason is below this one already."))
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
                "description": _(
                    "The label may be worded anew, but a reason never comes to mean something else: "
                    "tickets, skips and cancellations of past years are counted under it. For a new meaning make a new "
                    "reason, and switch this one off."
                ),
            },
        ),
        (_("Used for"), {"fields": ("for_tickets", "for_skips", "for_cancellations")}),
    )


class SubscriptionInline(ReadOnlyInline):
    model = Subscription
    fields = ("external_id", "product", "status", "price", "currency", "started_at", "next_billing_at", "ended_at")
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("product").order_by("-started_at")


@admin.register(Subscriber)
class SubscriberAdmin(PrivacyPages, StoreAdmin):
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
        "privacy",
    )
    readonly_fields = ("privacy",)
    list_display = ("email", "name", "country", "created_at", "store")
    list_select_related = ("store",)
    list_filter = ("store",)
    search_fields = ("email__istartswith", "name__istartswith")
    ordering = ("-created_at",)
    inlines = (SubscriptionInline, ConsentEventInline)

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


class StartForm(PlainForm):
    """A new subscription of the built-in store."""

    email = forms.EmailField(label=_("Subscriber"), widget=UnfoldAdminEmailInputWidget)
    name = forms.CharField(max_length=200, required=False, widget=UnfoldAdminTextInputWidget)
    first_billing_on = forms.DateField(
        required=False, widget=UnfoldAdminSingleDateWidget, help_text=_("Today, where it is left empty.")
    )

    class Meta:
        model = Subscription
        fields = ("store", "product", "price", "billing_interval", "billing_interval_count", "max_cycles")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["product"].required = True

    def start(self, by: AbstractBaseUser) -> Subscription:
        data = self.cleaned_data
        store, on = data["store"], data["first_billing_on"]
        zone = ZoneInfo(store.time_zone)
        return start_subscription(
            store=store,
            subscriber=identify(store=store, email=data["email"], name=data["name"]),
            product=data["product"],
            price=data["price"],
            interval=Interval(data["billing_interval"]),
            count=data["billing_interval_count"],
            max_cycles=data["max_cycles"],
            first_billing_at=datetime(on.year, on.month, on.day, 9, tzinfo=zone) if on else None,
            by=by,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        interval, count = data.get("billing_interval"), data.get("billing_interval_count")
        if interval and count and not 1 <= count <= MOST_COUNT[Interval(interval)]:
            self.add_error(
                "billing_interval_count",
                gettext("From 1 to %(most_count)s.") % {"most_count": MOST_COUNT[Interval(interval)]},
            )
        return data


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    list_display = ("external_id", "subscriber", "product", "status", "price", "currency", "next_billing_at", "store")
    list_select_related = ("subscriber", "product", "store")
    list_filter = ("status", "provider", "store")
    search_fields = ("external_id", "subscriber__email__istartswith")
    ordering = ("-started_at",)
    inlines = (CycleInline,)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": StartForm}), **options)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return (*StartForm.Meta.fields[:1], "email", "name", *StartForm.Meta.fields[1:], "first_billing_on")
        return super().get_fields(request, obj)

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return super().get_inline_instances(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        started = form.start(request.user)
        obj.pk = started.pk
        obj.refresh_from_db()


@admin.register(Box)
class BoxAdmin(ReadOnlyAdmin):
    store_path = "cycle__subscription__store"
    fixed = ()
    list_display = (
        "__str__",
        "subscriber",
        "kind",
        "status",
        "ships_on",
        "carrier",
        "batch",
        "tracking_number",
        "shipped_at",
        "delivered_at",
    )
    list_select_related = ("cycle__subscription__subscriber",)
    list_filter = ("status", "kind")
    search_fields = ("order_number", "tracking_number", "=batch")
    ordering = ("-pk",)
    actions = ("shipped", "delivered")

    @admin.display(description="subscriber")
    def subscriber(self, box: Box) -> str:
        return str(box.cycle.subscription.subscriber)

    @admin.action(description=_("They left now"), permissions=["view"])
    def shipped(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        waiting = queryset.filter(status__in=(BoxStatus.PLANNED, BoxStatus.LABEL_PURCHASED, BoxStatus.CONFIRMED))
        self._report(request, waiting, BoxStatus.IN_TRANSIT)

    @admin.action(description=_("They were delivered now"), permissions=["view"])
    def delivered(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        under_way = queryset.exclude(shipped_at=None).filter(delivered_at=None)
        self._report(request, under_way, BoxStatus.DELIVERED)

    def _report(self, request: HttpRequest, boxes: QuerySet[Any], status: BoxStatus) -> None:
        found = list(boxes)
        for box in found:
            record_box_status(box, status=status, at=timezone.now())
        self.message_user(
            request,
            gettext("%(found)s box(es): %(label)s.") % {"found": len(found), "label": status.label.lower()},
            messages.SUCCESS,
        )


@admin.register(SubscriptionEvent)
class SubscriptionEventAdmin(ReadOnlyAdmin):
    store_path = "subscription__store"
    fixed = ()
    list_display = ("occurred_at", "subscription", "kind", "actor_kind", "actor", "reason")
    list_select_related = ("subscription__product", "actor", "reason")
    list_filter = ("kind", "actor_kind")
    ordering = ("-occurred_at",)
