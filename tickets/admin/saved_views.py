"""The lists of tickets that teams and stores share; people's own are nobody else's."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from subscribers.admin_base import PlainForm, StoreAdmin
from subscribers.models import Store
from tickets.models import SavedView
from tickets.saved_views.asking import described, kept


class SavedViewForm(PlainForm):
    def clean_query(self) -> str:
        return kept(QueryDict(str(self.cleaned_data["query"]).strip().lstrip("?")))


@admin.register(SavedView)
class SavedViewAdmin(StoreAdmin):
    form = SavedViewForm
    fixed = ("queue", "store", "made_by")
    list_display = ("name", "store", "queue", "asks", "position", "made_by")
    list_select_related = ("store", "queue", "made_by")
    search_fields = ("name",)
    ordering = ("store", "queue", "position", "name")
    fields = ("name", "query", "queue", "store", "position", "made_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super(StoreAdmin, self).get_queryset(request).filter(owner=None)
        if getattr(request.user, "is_superuser", False):
            return rows
        stores = Store.objects.visible_to(request.user)
        return rows.filter(Q(store__in=stores) | Q(queue__store__in=stores))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # A view is kept where its tickets are seen.

    @admin.display(description=_("what it asks"))
    def asks(self, view: SavedView) -> str:
        return described(QueryDict(view.query))
