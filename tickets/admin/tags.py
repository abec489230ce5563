"""The words on tickets: renamed, made one, and taken away, with how many tickets carry them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from subscribers.admin_base import PlainForm, StoreAdmin
from subscribers.errors import Refused
from tickets.models import Tag, TicketTag
from tickets.services import tagging


class TagForm(PlainForm):
    merge_into = forms.CharField(
        label=_("Merge into"),
        required=False,
        help_text=_("The name of another tag of this store: its tickets get that one, and this one is gone for good."),
    )

    def clean_name(self) -> str:
        return _named(self.cleaned_data["name"])

    def clean_merge_into(self) -> Tag | None:
        text = self.cleaned_data["merge_into"]
        if not text:
            return None
        other = tagging.named(self.instance.store_id, _named(text)).exclude(pk=self.instance.pk).first()
        if other is None:
            raise ValidationError(gettext("This store has no other tag of that name."))
        return other


def _named(text: str) -> str:
    try:
        return tagging.tag_name(text)
    except Refused as refused:
        raise ValidationError(str(refused)) from refused


@admin.register(Tag)
class TagAdmin(StoreAdmin):
    form = TagForm
    fixed = ("store", "on_tickets", "created_at")
    list_display = ("name", "store", "on_tickets", "created_at")
    list_select_related = ("store",)
    search_fields = ("name",)
    ordering = ("store", "name")
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "store", "on_tickets", "created_at", "merge_into"),
                "description": _("Rules, macros and saved views that name a tag keep the name that they were given."),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted = TicketTag.objects.filter(tag=OuterRef("pk")).order_by().values("tag").annotate(n=Count("pk"))
        found = Subquery(counted.values("n"), output_field=IntegerField())
        return super().get_queryset(request).annotate(ticket_count=Coalesce(found, 0))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # A tag is made by whoever puts it on a ticket first.

    @admin.display(description=_("tickets"), ordering="ticket_count")
    def on_tickets(self, tag: Any) -> int:
        return int(tag.ticket_count)

    def save_model(self, request: HttpRequest, obj: Tag, form: TagForm, change: bool) -> None:
        into = form.cleaned_data["merge_into"]
        # Another object of the same row: what is saved is still named in the log after it is gone.
        tag = Tag.objects.get(pk=obj.pk)
        if into is not None:
            tagging.merge_tags(tag, into=into)
        elif tag.name != obj.name:
            tagging.rename_tag(tag, obj.name)

    def response_change(self, request: HttpRequest, obj: Tag) -> HttpResponse:
        if Tag.objects.filter(pk=obj.pk).exists():
            return super().response_change(request, obj)
        self.message_user(request, gettext("The tags are one now."), messages.SUCCESS)
        return self.response_post_save_change(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names each tag with its number of tickets, rather than every ticket."""
        counts = {
            tag.pk: tag.ticket_count for tag in self.get_queryset(request).filter(pk__in=[one.pk for one in objs])
        }
        words = gettext("%(tag)s: on %(number)s tickets")
        named = [words % {"tag": one.name, "number": counts.get(one.pk, 0)} for one in objs]
        return named, {gettext("tickets"): sum(counts.values())}, set(), []

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        tagging.delete_tag(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for tag in queryset:
            tagging.delete_tag(tag)
