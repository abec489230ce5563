"""Flows as raw configuration, and their versions to read. Drafts are edited in the flow editor (/flows/)."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from subscribers.admin_base import PlainForm, ReadOnlyInline, StoreAdmin
from subscribers.lazy import lazily as _
from success.admin.steps import PublishedStepInline
from success.enums import LIVE_RUN, VersionStatus
from success.flows.drafts import new_draft
from success.models import Flow, FlowVersion


class FlowForm(PlainForm):
    constraint_words = {
        "flow_holdout_is_a_share": ("holdout_share", _("A share lies from 0 to below 1, such as 0.1.")),
    }


class VersionInline(ReadOnlyInline):
    model = FlowVersion
    fields = ("number", "status", "created_at", "published_at")
    readonly_fields = fields
    ordering = ("-number",)
    show_change_link = True


@admin.register(Flow)
class FlowAdmin(StoreAdmin):
    form = FlowForm
    fixed = ("store", "key", "kind")
    list_display = ("name", "key", "kind", "trigger", "rank", "published", "live_runs", "is_active", "store")
    list_select_related = ("store",)
    list_filter = ("kind", "is_active", "store")
    search_fields = ("name", "key")
    ordering = ("store", "rank", "name")
    inlines = (VersionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        published = Max("versions__number", filter=Q(versions__status=VersionStatus.PUBLISHED))
        live = Count("runs", filter=Q(runs__status__in=LIVE_RUN), distinct=True)
        return super().get_queryset(request).annotate(published_number=published, live_count=live)

    @admin.display(description="published", ordering="published_number")
    def published(self, flow: Any) -> str:
        return f"v{flow.published_number}" if flow.published_number else "—"

    @admin.display(description=_("live runs"), ordering="live_count")
    def live_runs(self, flow: Any) -> int:
        return flow.live_count

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            new_draft(form.instance)
            self.message_user(
                request, gettext("Its first version is a draft: give it steps in the flow editor."), messages.INFO
            )


class VersionForm(PlainForm):
    class Meta:
        model = FlowVersion
        fields: tuple[str, ...] = ()


@admin.register(FlowVersion)
class FlowVersionAdmin(StoreAdmin):
    form = VersionForm
    store_path = "flow__store"
    fixed = ()
    list_display = ("__str__", "status", "created_at", "published_at", "store")
    list_select_related = ("flow__store",)
    list_filter = ("status", "flow")
    ordering = ("flow", "-number")
    fields = ("flow", "number", "status", "created_at", "published_at")
    readonly_fields = fields
    change_form_outer_after_template = "admin/success/edit_flow.html"
    inlines = (PublishedStepInline,)

    @admin.display(description="store", ordering="flow__store")
    def store(self, version: FlowVersion) -> str:
        return str(version.flow.store)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
