"""Policies, offers and settings of cancelling, in the admin; sessions and mails to look at."""

from difflib import SequenceMatcher
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from unfold.widgets import UnfoldBooleanWidget

from subscribers.admin_base import PlainForm, ReadOnlyAdmin, ReadOnlyInline, StaffInline, StoreAdmin
from subscribers.cancellation.policies import publish, risks, rules_of
from subscribers.cancellation.reasons import usage
from subscribers.lazy import lazily as _
from subscribers.models import (
    CancellationEvent,
    CancellationNotice,
    CancellationPolicy,
    CancellationPolicyVersion,
    CancellationSession,
    CancellationSettings,
    Offer,
    OfferShown,
    Reason,
    ReasonLabel,
)

SAME_MEANING = 0.6


class PolicyForm(PlainForm):
    confirm_risks = forms.BooleanField(
        required=False,
        label=_("I have read the warnings, and take the risk"),
        help_text=_("Asked for where a choice is legally risky."),
        widget=UnfoldBooleanWidget,
    )
    constraint_words = {
        "cancellation_policy_one_a_place": ("country", _("There is a policy for this place already.")),
        "cancellation_policy_statutory_is_one_page": (
            "page_form",
            _("The statutory page has no offers, and asks for no reason before the final button."),
        ),
        "cancellation_policy_region_in_a_country": ("region", _("A region needs its country.")),
        "cancellation_policy_keeps_records": ("record_years", _("Records are kept for at least a year.")),
    }

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).strip().upper()

    def clean_region(self) -> str:
        return str(self.cleaned_data["region"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data
        told = CancellationPolicy(**{name: data[name] for name in data if hasattr(CancellationPolicy, name)})
        found = risks(rules_of(told))
        before = risks(rules_of(CancellationPolicy.objects.get(pk=self.instance.pk))) if self.instance.pk else []
        if set(found) - set(before) and not data.get("confirm_risks"):
            self.add_error("confirm_risks", [ValidationError(risk) for risk in found])
        return data


class VersionInline(ReadOnlyInline):
    model = CancellationPolicyVersion
    fields = ("number", "created_at", "actor", "rules")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("actor").order_by("-number")


@admin.register(CancellationPolicy)
class CancellationPolicyAdmin(StoreAdmin):
    """Each change is a new version; sessions name the one that they began under."""

    form = PolicyForm
    shares = True
    list_display = ("name", "country", "region", "page_form", "offer_pages", "effect", "version", "is_active", "store")
    list_select_related = ("store",)
    list_filter = ("store", "is_active")
    ordering = ("country", "region", "pk")
    inlines = (VersionInline,)
    fieldsets = (
        (
            None,
            {
                "fields": ("store", "name", "country", "region", "is_active"),
                "description": _(
                    "The most specific row counts: a region before its country, a country before the "
                    "Union, the Union before the row without a country; a store's own before the shared one. This is "
                    "not legal advice."
                ),
            },
        ),
        (_("The page"), {"fields": ("page_form", "entry_label", "final_label", "reason_asked", "offer_pages")}),
        (_("The contract"), {"fields": ("effect", "withdrawal_days", "mail_suffices")}),
        (_("Records and reminders"), {"fields": ("record_years", "reminder_days", "reminder_min_months")}),
        (_("Risks"), {"fields": ("confirm_risks",)}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        publish(obj, actor=request.user)  # type: ignore[arg-type]
        for risk in risks(rules_of(obj)):
            messages.warning(request, risk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CancellationSettings)
class CancellationSettingsAdmin(StoreAdmin):
    list_display = ("store", "holdout_percent", "abandoned_after_hours", "request_due_hours", "executes_mail")
    list_select_related = ("store",)


class OfferForm(PlainForm):
    constraint_words = {
        "offer_name_unique_in_store": ("name", _("The store has an offer of this name.")),
        "offer_discount_has_percent_and_billings": (
            "percent",
            _("A discount has a percentage from 1 to 100, and for how many billings."),
        ),
        "offer_pause_has_days": ("pause_days", _("Say for how many days.")),
        "offer_frequency_has_interval": ("interval", _("Say how often it comes then.")),
        "offer_swap_and_gift_have_product": ("product", _("Say which product.")),
        "offer_cost_not_negative": ("unit_cost", _("A cost is not negative.")),
    }


@admin.register(Offer)
class OfferAdmin(StoreAdmin):
    form = OfferForm
    list_display = ("name", "kind", "position", "cooldown_days", "monthly_count", "is_active", "store")
    list_select_related = ("store",)
    list_filter = ("store", "kind", "is_active")
    ordering = ("store", "position", "pk")
    filter_horizontal = ("reasons", "products")
    fieldsets = (
        (None, {"fields": ("store", "name", "kind", "text", "position", "is_active")}),
        (
            _("What it gives"),
            {"fields": ("percent", "billings", "pause_days", "interval", "interval_count", "product")},
        ),
        (
            _("For whom"),
            {"fields": ("reasons", "products", "min_cycle", "max_cycle", "min_price", "max_price", "cooldown_days")},
        ),
        (_("Limits"), {"fields": ("unit_cost", "monthly_count", "monthly_amount")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was shown once stays; switch it off."""
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **options)
        if field is not None and db_field.name == "reasons":
            field.queryset = field.queryset.filter(is_active=True).order_by("position", "label")
        return field


class EventInline(ReadOnlyInline):
    model = CancellationEvent
    fields = ("occurred_at", "kind", "from_state", "to_state", "actor_kind", "actor", "data")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("actor").order_by("occurred_at", "pk")


class ShownInline(ReadOnlyInline):
    model = OfferShown
    fields = ("position", "offer", "title", "lines", "shown_at")
    readonly_fields = fields


@admin.register(CancellationSession)
class CancellationSessionAdmin(ReadOnlyAdmin):
    list_display = ("reference", "subscriber", "state", "channel", "reason", "outcome", "started_at", "store")
    list_select_related = ("subscriber", "reason", "store")
    list_filter = ("state", "channel", "outcome", "arm", "store")
    search_fields = ("reference", "subscriber__email__istartswith")
    ordering = ("-started_at", "-pk")
    inlines = (ShownInline, EventInline)


@admin.register(CancellationNotice)
class CancellationNoticeAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "subscriber", "taken_at", "attempts", "error", "store")
    list_select_related = ("subscriber", "store")
    list_filter = ("kind", "store")
    ordering = ("-pk",)


class ReasonLabelInline(StaffInline):
    model = ReasonLabel


class CarefulReasonForm(PlainForm):
    """A label may be worded anew; one that means something else falsifies years that were counted under it."""

    confirm_new_label = forms.BooleanField(
        required=False,
        label=_("It still means the same"),
        help_text=_("Asked for where the new label is far from the old one and the reason has been used."),
        widget=UnfoldBooleanWidget,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        new = data.get("label")
        if not self.instance.pk or not new or data.get("confirm_new_label"):
            return data
        old = Reason.objects.values_list("label", flat=True).get(pk=self.instance.pk)
        if is_far(old, new) and (used := usage(self.instance)):
            counts = ", ".join(f"{count} {name}" for name, count in used.items())
            self.add_error(
                "label",
                (
                    gettext(
                        "“%(old)s” has been used: %(counts)s. They would be counted as “%(new)s” from now on. "
                        "If that means something else, make a new reason instead; if it is the same in other "
                        "words, say so below."
                    )
                    % {"old": old, "counts": counts, "new": new}
                ),
            )
        return data


def is_far(old: str, new: str) -> bool:
    """Whether a label shares so little with another one that it may mean something else."""
    return SequenceMatcher(None, old.casefold(), new.casefold()).ratio() < SAME_MEANING
