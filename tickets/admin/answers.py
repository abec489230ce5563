"""Automatic answers on the page of their queue, and the addresses that automatic mail leaves alone."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from subscribers.admin_base import PlainForm, ReadOnlyAdmin, StaffInline
from subscribers.lazy import lazily as _
from tickets.mail.suppression import lift
from tickets.models import AutomaticAnswer, Suppression


class AutomaticAnswerForm(PlainForm):
    def clean_language(self) -> str:
        return str(self.cleaned_data["language"]).lower().replace("_", "-")


class AutomaticAnswerInline(StaffInline):
    model = AutomaticAnswer
    form = AutomaticAnswerForm
    fields = ("kind", "language", "is_active", "subject", "text")
    ordering = ("kind", "language")


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    fixed = ()
    list_display = ("address", "kind", "since", "lifted_at", "lifted_by", "store")
    list_select_related = ("store", "lifted_by")
    list_filter = ("kind", "store", ("lifted_at", admin.EmptyFieldListFilter))
    search_fields = ("address__istartswith",)
    ordering = ("-since",)
    actions = ("works_again",)

    @admin.action(description=_("Mail works there again"), permissions=["view"])
    def works_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        actor = request.user
        assert isinstance(actor, AbstractBaseUser)  # noqa: S101  the admin lets nobody else in
        lifted = [row for row in queryset.select_related("store") if lift(row.store, row.address, actor=actor)]
        self.message_user(
            request,
            gettext("Automatic mail goes to %(lifted)s address(es) again.") % {"lifted": len(lifted)},
            messages.SUCCESS,
        )
