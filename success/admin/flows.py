"""Flows and their versions: drafts are edited, published versions are only read."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from subscribers.admin_base import PlainForm, ReadOnlyInline, StoreAdmin
from success.admin.steps import PublishedStepInline, StepInline
from success.enums import LIVE_RUN, VersionStatus
from success.flows.definitions import FlowError, check_version, publish
from success.flows.drafts import new_draft
from success.models import Flow, FlowVersion


class FlowForm(PlainForm):
    constraint_words = {
        "flow_holdout_is_a_share": ("holdout_share", "A share lies from 0 to below 1, such as 0.1."),
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

    @admin.display(description="live runs", ordering="live_count")
    def live_runs(self, flow: Any) -> int:
        return flow.live_count

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            new_draft(form.instance)
            self.message_user(request, "Its first version is a draft: give it steps, then publish it.", messages.INFO)


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
    change_form_after_template = "admin/success/publish.html"
    change_form_outer_after_template = "admin/success/new_draft.html"

    @admin.display(description="store", ordering="flow__store")
    def store(self, version: FlowVersion) -> str:
        return str(version.flow.store)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.status == VersionStatus.DRAFT)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return (StepInline,) if obj is not None and obj.status == VersionStatus.DRAFT else (PublishedStepInline,)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Deleting many at once would ask for each whether it is a draft; one by one is enough.
        return {}

    def response_change(self, request: HttpRequest, obj: FlowVersion) -> HttpResponse:
        """After saving: published where that was asked for, else told what is still missing."""
        is_publishing = "_publish" in request.POST
        try:
            if is_publishing:
                publish(obj)
            else:
                check_version(obj)
        except FlowError as error:
            for fault in error.faults:
                self.message_user(request, fault, messages.ERROR if is_publishing else messages.WARNING)
            if is_publishing:
                self.message_user(request, "Saved as a draft, but not published.", messages.ERROR)
                return HttpResponseRedirect(request.path)
        else:
            if is_publishing:
                self.message_user(request, f"{obj} is published: new runs follow it.", messages.SUCCESS)
                return HttpResponseRedirect(request.path)
        return super().response_change(request, obj)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.draft_like)
        return [path("<int:pk>/draft/", view, name="success_flowversion_draft"), *super().get_urls()]

    def draft_like(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A new draft with this version's steps, to go on with."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        version = get_object_or_404(self.get_queryset(request).select_related("flow"), pk=pk)
        try:
            draft = new_draft(version.flow, like=version)
        except FlowError as error:
            self.message_user(request, str(error), messages.ERROR)
            draft = version
        return HttpResponseRedirect(reverse("admin:success_flowversion_change", args=[draft.pk]))
