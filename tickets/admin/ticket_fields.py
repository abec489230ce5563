"""What a store wants to know of its tickets: fields defined, ordered, asked in some queues or in all."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from subscribers.admin_base import PlainForm, StoreAdmin
from subscribers.errors import Refused
from subscribers.models import Store
from tickets.fields.saving import check_field, delete_field, key_for, read_choices, save_field
from tickets.models import FieldValue, TicketField


class TicketFieldForm(PlainForm):
    constraint_words: ClassVar[Mapping[str, Any]] = {
        "ticket_field_key_unique_in_store": ("key", gettext_lazy("The store has a field of that key already.")),
    }
    listed = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "One a line, in their order. A choice that is taken away stays on tickets that hold it."
        ),
    )

    class Meta:
        model = TicketField
        fields = ("store", "key", "label", "kind", "queues", "is_required", "is_active", "position")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "key" in self.fields:
            self.fields["key"].required = False
        if "listed" in self.fields:
            self.initial.setdefault("listed", "\n".join(self.instance.choices or ()))
        if "queues" in self.fields and self.instance.pk:
            queues = self.fields["queues"]
            queues.queryset = queues.queryset.filter(store=self.instance.store_id)  # type: ignore[attr-defined]

    def clean_listed(self) -> list[str]:
        try:
            return read_choices(self.cleaned_data["listed"])
        except Refused as refused:
            raise ValidationError(refused.message) from refused

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        store = data.get("store") or getattr(self.instance, "store", None)
        if "key" in self.fields and not data.get("key") and store is not None and data.get("label"):
            data["key"] = key_for(store.pk, data["label"])
        if store is not None and any(queue.store_id != store.pk for queue in data.get("queues") or ()):
            self.add_error("queues", gettext("This queue belongs to another store."))
        if "listed" in data:
            self.instance.choices = data["listed"] if data.get("kind") == "choice" else []
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            check_field(self.instance)
        except Refused as refused:
            name = {"choices": "listed"}.get(refused.field, refused.field)
            self.add_error(name if name in self.fields else None, refused.message)


@admin.register(TicketField)
class TicketFieldAdmin(StoreAdmin):
    form = TicketFieldForm
    fixed = ("store", "key", "on_tickets")
    list_display = ("label", "position", "kind", "asked_in", "is_required", "is_active", "on_tickets", "key", "store")
    list_editable = ("position",)
    list_select_related = ("store",)
    list_filter = ("kind", "is_required", "is_active", "store")
    search_fields = ("label", "key")
    ordering = ("store", "position", "label")
    fieldsets = (
        (None, {"fields": ("store", "label", "key", "kind", "listed")}),
        (
            gettext_lazy("Where it is asked"),
            {
                "fields": ("queues", ("is_required", "is_active"), "position"),
                "description": gettext_lazy(
                    "Nobody resolves a ticket while a field that is needed is empty; rules and merges do. Where it is "
                    "not asked any more, tickets keep what was said."
                ),
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fieldsets
        return (*self.fieldsets, (gettext("Used"), {"fields": ("on_tickets",)}))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        held = FieldValue.objects.filter(field=OuterRef("pk")).order_by().values("field").annotate(n=Count("pk"))
        found = Subquery(held.values("n"), output_field=IntegerField())
        rows = super().get_queryset(request).annotate(ticket_count=Coalesce(found, 0))
        return rows.prefetch_related("queues")

    @admin.display(description=gettext_lazy("on tickets"), ordering="ticket_count")
    def on_tickets(self, field: Any) -> int:
        return int(field.ticket_count)

    @admin.display(description=gettext_lazy("asked in"))
    def asked_in(self, field: TicketField) -> str:
        return ", ".join(str(queue) for queue in field.queues.all()) or gettext("every queue")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        options["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        field = super().formfield_for_manytomany(db_field, request, **options)
        if field is not None:
            stores = Store.objects.visible_to(request.user)
            field.queryset = field.queryset.filter(store__in=stores).order_by("store", "position", "name")
            field.help_text = gettext("None: in every queue.")
        return field

    def save_model(self, request: HttpRequest, obj: TicketField, form: Any, change: bool) -> None:
        save_field(obj, queues=form.cleaned_data.get("queues"))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names each field with its number of tickets, rather than every value."""
        found = self.get_queryset(request).filter(pk__in=[one.pk for one in objs])
        counts = dict(found.values_list("pk", "ticket_count"))
        words = gettext("%(field)s: on %(number)s tickets")
        named = [words % {"field": one.label, "number": counts.get(one.pk, 0)} for one in objs]
        return named, {gettext("values"): sum(counts.values())}, set(), []

    def delete_model(self, request: HttpRequest, obj: TicketField) -> None:
        delete_field(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for field in queryset:
            delete_field(field)
