"""Queues, and who works in them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from subscribers.admin_base import PlainForm, StaffInline, StoreAdmin
from subscribers.models import Store
from tickets.admin.answers import AutomaticAnswerInline
from tickets.models import Queue, Taker


class QueueForm(PlainForm):
    def _get_validation_exclusions(self) -> set[str]:
        # Marking another queue as the default one is allowed: saving takes the mark from the one before.
        return {*super()._get_validation_exclusions(), "is_default"}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        store = data.get("store") or getattr(self.instance, "store", None)
        members = data.get("members")
        if store is not None and members is not None:
            strangers = members.exclude(pk__in=store.memberships.values("user"))
            if names := ", ".join(str(one) for one in strangers):
                self.add_error("members", gettext("They do not work for this store: %(names)s.") % {"names": names})
        return data


class TakerInline(StaffInline):
    """Colleagues with a cap of their own, and whose turn was when."""

    model = Taker
    fields = ("user", "most_open")
    verbose_name = gettext_lazy("cap of one person")
    verbose_name_plural = gettext_lazy("caps of single people")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if field is not None and db_field.name == "user":
            stores = Store.objects.visible_to(request.user)
            people = field.queryset.filter(memberships__store__in=stores, is_active=True)
            field.queryset = people.distinct().order_by("name")
        return field


@admin.register(Queue)
class QueueAdmin(StoreAdmin):
    form = QueueForm
    fixed = ("store", "key")
    list_display = ("name", "key", "position", "is_default", "is_restricted", "assign_by", "people", "store")
    list_select_related = ("store",)
    list_filter = ("store", "is_restricted")
    search_fields = ("name", "key")
    ordering = ("store", "position", "name")
    filter_horizontal = ("members",)
    inlines = (TakerInline, AutomaticAnswerInline)
    fieldsets = (
        (None, {"fields": ("store", "key", "name", "position", "is_default", "is_restricted", "members")}),
        (
            gettext_lazy("Who gets a ticket"),
            {
                "fields": ("assign_by", ("most_open", "give_back_minutes")),
                "description": gettext_lazy(
                    "Given out among the queue’s members, where it has any, else among the store’s agents: to whoever "
                    "is online and available. What finds nobody waits, unassigned, until somebody is there."
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(people_count=Count("members"))

    @admin.display(description="members", ordering="people_count")
    def people(self, queue: Any) -> int:
        return queue.people_count

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **options)
        if field is not None and db_field.name == "members":
            field.queryset = (
                field.queryset.filter(is_active=True, memberships__isnull=False).distinct().order_by("name")
            )
        return field

    def save_model(self, request: HttpRequest, obj: Queue, form: Any, change: bool) -> None:
        if obj.is_default:
            Queue.objects.filter(store=obj.store, is_default=True).exclude(pk=obj.pk).update(is_default=False)
        super().save_model(request, obj, form, change)
