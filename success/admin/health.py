"""What weighs how much in health, where numbers become words, and what is asked of subscriptions by when."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext

from subscribers.admin_base import PlainForm, ReadOnlyAdmin, StoreAdmin
from subscribers.lazy import lazily as _
from subscribers.models import Store
from success.health.enums import GOOD, OF_SERVICE
from success.health.preview import preview
from success.health.score import Scale, Weights
from success.health.settings import scale_of, settings_of, weight_of
from success.health.stale import mark_store
from success.milestones.enums import Predicate
from success.models import HealthEvent, HealthScale, HealthWeight, Milestone, MilestoneEvent


class Recounted(StoreAdmin):
    """Rows by which everybody of a store is computed anew: marked in the transaction that saves them."""

    shares = True

    @transaction.atomic
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        mark_store(form.instance.store)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        store = obj.store
        super().delete_model(request, obj)
        mark_store(store)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        stores = {row.store for row in queryset.select_related("store")}
        super().delete_queryset(request, queryset)
        for store in stores:
            mark_store(store)


class Previewed(Recounted):
    """A page whose values can be tried on everybody of a store before they are saved."""

    change_form_after_template = "admin/success/try_health.html"

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view(self.try_page), f"success_{self.opts.model_name}_try"
        own = [path("try/", view, name=name), path("<int:object_id>/try/", view, name=f"{name}_saved")]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row, name = context.get("original"), f"admin:success_{self.opts.model_name}_try"
        context["stores"] = _stores(request, row)
        context["try_url"] = reverse(f"{name}_saved", args=[row.pk]) if row else reverse(name)
        return super().render_change_form(request, context, *args, **options)

    def try_page(self, request: HttpRequest, object_id: int | None = None) -> HttpResponse:
        row = self.get_object(request, str(object_id)) if object_id is not None else None
        if (object_id is not None and row is None) or request.method != "POST":
            return HttpResponse(status=404 if request.method == "POST" else 405)
        store = next((one for one in _stores(request, row) if str(one.pk) == request.POST.get("try-store")), None)
        form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)
        context: dict[str, Any] = {"faults": []}
        if store is None:
            context["faults"] = [gettext("Choose a store to try it on.")]
        elif not form.is_valid():
            context["faults"] = [f"{name}: {text}" for name, texts in form.errors.items() for text in texts]
        else:
            weights, scale = settings_of(store)
            context["found"] = preview(store, *self.tried(form.instance, weights, scale))
        return TemplateResponse(request, "admin/success/try_health_result.html", context)

    def tried(self, row: Any, weights: Weights, scale: Scale) -> tuple[Weights, Scale]:
        raise NotImplementedError


def _stores(request: HttpRequest, row: Any) -> list[Store]:
    if row is not None and row.store is not None:
        return [row.store]
    return list(Store.objects.visible_to(request.user).order_by("name"))


@admin.register(HealthWeight)
class HealthWeightAdmin(Previewed):
    fixed = ("store", "kind")
    list_display = ("kind", "side", "points", "half_life_days", "most", "is_active", "store")
    list_select_related = ("store",)
    list_filter = ("is_active", "store")
    ordering = ("store", "pk")

    @admin.display(description="side")
    def side(self, row: HealthWeight) -> str:
        if row.kind in OF_SERVICE:
            return gettext("Service −")
        return gettext("Success +") if row.kind in GOOD else gettext("Success −")

    def tried(self, row: HealthWeight, weights: Weights, scale: Scale) -> tuple[Weights, Scale]:
        rest = {kind: weight for kind, weight in weights.items() if kind != row.kind}
        return (rest | {row.kind: weight_of(row)} if row.is_active else rest), scale


class ScaleForm(PlainForm):
    constraint_words = {
        "health_scale_in_order": ("risk_until", _("Critical must lie below at risk, and at risk below healthy.")),
    }

    class Meta:
        model = HealthScale
        fields = ("store", "base", "healthy_from", "risk_until", "critical_until", "fall_points", "fall_days")


@admin.register(HealthScale)
class HealthScaleAdmin(Previewed):
    form = ScaleForm
    list_display = ("__str__", "base", "healthy_from", "risk_until", "critical_until", "fall_points", "fall_days")
    list_select_related = ("store",)
    ordering = ("store",)

    def tried(self, row: HealthScale, weights: Weights, scale: Scale) -> tuple[Weights, Scale]:
        return weights, scale_of(row)


class MilestoneForm(PlainForm):
    constraint_words = {
        "milestone_stuck_after_behind": ("stuck_after_days", _("Stuck comes after behind, not before.")),
    }

    class Meta:
        model = Milestone
        fields = (
            "store",
            "key",
            "label",
            "labels",
            "predicate",
            "number",
            "subject",
            "anchor",
            "target_days",
            "behind_after_days",
            "stuck_after_days",
            "products",
            "is_value",
            "position",
            "is_active",
        )

    def clean_labels(self) -> dict[str, str]:
        labels = self.cleaned_data["labels"] or {}
        if not isinstance(labels, dict) or not all(isinstance(text, str) for text in labels.values()):
            raise ValidationError(gettext('Words by language, such as {"de": "Erste Box geliefert"}.'))
        return labels

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        store = data.get("store") or self.instance.store
        if any(product.store_id != getattr(store, "pk", None) for product in data.get("products") or ()):
            self.add_error(
                "products", gettext("These are products of another store; what stores share asks of any product.")
            )
        if data.get("predicate") == Predicate.FACT_TOLD and not data.get("subject"):
            self.add_error("subject", gettext("Say by which name it is told."))
        return data


@admin.register(Milestone)
class MilestoneAdmin(Recounted):
    form = MilestoneForm
    fixed = ("store", "key")
    list_display = ("label", "key", "predicate", "number", "target_days", "is_value", "is_active", "position", "store")
    list_select_related = ("store",)
    list_filter = ("is_active", "predicate", "store")
    filter_horizontal = ("products",)
    ordering = ("position", "pk")


@admin.register(MilestoneEvent)
class MilestoneEventAdmin(ReadOnlyAdmin):
    store_path = "progress__store"
    list_display = ("occurred_at", "milestone", "subscriber", "from_state", "to_state", "evidence")
    list_select_related = ("progress__milestone", "progress__subscriber")
    ordering = ("-pk",)

    @admin.display(description="milestone")
    def milestone(self, event: MilestoneEvent) -> str:
        return str(event.progress.milestone)

    @admin.display(description="subscriber")
    def subscriber(self, event: MilestoneEvent) -> str:
        return str(event.progress.subscriber)


@admin.register(HealthEvent)
class HealthEventAdmin(ReadOnlyAdmin):
    store_path = "subscriber__store"
    list_display = ("occurred_at", "subscriber", "from_number", "number", "word", "success", "service")
    list_select_related = ("subscriber",)
    list_filter = ("word",)
    ordering = ("-pk",)
