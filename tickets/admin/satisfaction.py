"""When queues ask how content customers are, and what was asked and answered."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext

from subscribers.admin_base import PlainForm, ReadOnlyAdmin, ReadOnlyInline, StoreAdmin
from subscribers.enums import Channel
from subscribers.lazy import lazily as _
from subscribers.models import Reason
from tickets.models import Queue, SatisfactionRating, SatisfactionRequest, SatisfactionSettings


class SatisfactionForm(PlainForm):
    skips_channels = forms.MultipleChoiceField(
        label=_("Channels left out"),
        choices=Channel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Of tickets that came this way."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        queue, reasons = data.get("queue") or getattr(self.instance, "queue", None), data.get("skips_topics")
        if queue is not None and reasons is not None and reasons.exclude(Q(store=None) | Q(store=queue.store)).exists():
            self.add_error("skips_topics", gettext("One of these belongs to another store."))
        return data


@admin.register(SatisfactionSettings)
class SatisfactionSettingsAdmin(StoreAdmin):
    form = SatisfactionForm
    store_path = "queue__store"
    fixed = ("queue",)
    list_display = ("queue", "is_on", "delay_hours", "rest_days", "answer_days", "store")
    list_select_related = ("queue__store",)
    list_filter = ("is_on", "queue__store")
    search_fields = ("queue__name",)
    ordering = ("queue__store", "queue__position", "queue__name")
    filter_horizontal = ("skips_topics",)
    fieldsets = (
        (None, {"fields": ("queue", "is_on")}),
        ("When", {"fields": ("delay_hours", ("send_from", "send_until"), ("answer_days", "change_days"))}),
        (
            "Whom not",
            {
                "description": "Nobody is asked about tickets that a machine opened, that were deleted or merged into "
                "another; nor where mail does not arrive, or who wants no such mail.",
                "fields": ("rest_days", "waits_for_others", "only_answered", "skips_channels", "skips_topics"),
            },
        ),
    )

    @admin.display(description="store", ordering="queue__store")
    def store(self, row: Any) -> str:
        return str(row.queue.store)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if field is not None and db_field.name == "queue":
            field.queryset = field.queryset.filter(satisfaction=None).order_by("store", "position", "name")
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **options)
        if field is not None and db_field.name == "skips_topics":
            stores = Queue.objects.visible_to(request.user).values("store")
            reasons = Reason.objects.filter(Q(store=None) | Q(store__in=stores), for_tickets=True)
            field.queryset = reasons.order_by("position", "label")
        return field


class RatingInline(ReadOnlyInline):
    model = SatisfactionRating
    fields = ("rated_at", "score", "comment")
    ordering = ("rated_at", "pk")


@admin.register(SatisfactionRequest)
class SatisfactionRequestAdmin(ReadOnlyAdmin):
    fixed = ()
    list_display = ("ticket", "subscriber", "state", "score", "asked_at", "rated_at", "why_not", "agent", "queue")
    list_select_related = ("ticket", "subscriber", "agent", "queue")
    list_filter = ("state", "score", "why_not", "store")
    search_fields = ("=ticket__id", "subscriber__email__istartswith")
    ordering = ("-pk",)
    inlines = (RatingInline,)
