"""Imports in the admin: who imported what, to look at. They are begun on their own pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from subscribers.admin_base import ReadOnlyAdmin
from subscribers.models import Import, Store


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "store", "state", "done", "requested_by", "confirmed_by", "requested_at")
    list_select_related = ("store", "requested_by", "confirmed_by")
    list_filter = ("state", "kind", "store")
    search_fields = ("name",)
    ordering = ("-requested_at",)
    exclude = ("file", "samples", "questions", "claimed_until", "stuck", "attempts", "cursor")
    readonly_fields = ("page",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        stores = Store.objects.administered_by(request.user)
        return super().get_queryset(request).filter(store__in=stores)

    @admin.display(description="page")
    def page(self, job: Import) -> str:
        return format_html('<a href="{}" class="text-link underline">Open</a>', reverse("import-detail", args=[job.pk]))
