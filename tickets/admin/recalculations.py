"""Open clocks after an edit: asks whether they are recalculated, shows how far that is, and what was before."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext

from subscribers.admin_base import ReadOnlyAdmin
from subscribers.lazy import lazily as _
from subscribers.models import Store
from tickets.models import Recalculation, SlaPolicy
from tickets.sla import recalculation

NOTED = "_policies_changed"


class AsksToRecalculate:
    """An admin page whose saving may change when open clocks are due."""

    def note_changed(self, request: HttpRequest, policies: Sequence[SlaPolicy]) -> None:
        setattr(request, NOTED, list(policies))

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **options: Any) -> HttpResponse:
        return self._asking(request) or super().response_add(request, obj, *args, **options)  # type: ignore[misc]

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._asking(request) or super().response_change(request, obj)  # type: ignore[misc]

    def _asking(self, request: HttpRequest) -> HttpResponse | None:
        """To the question, where open clocks would be due at another time."""
        policies = getattr(request, NOTED, [])
        if not policies or "_popup" in request.POST or not recalculation.affected(policies):
            return None
        query = urlencode({"policy": [policy.pk for policy in policies]}, doseq=True)
        return HttpResponseRedirect(f"{reverse('admin:tickets_recalculation_ask')}?{query}")


@admin.register(Recalculation)
class RecalculationAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "reason", "state", "progress", "changed", "requested_by", "store")
    list_select_related = ("requested_by", "store")
    list_filter = ("state", "store")
    ordering = ("-pk",)

    @admin.display(description=_("looked at"))
    def progress(self, row: Recalculation) -> str:
        return f"{row.done} of {row.total}"

    def get_urls(self) -> list[Any]:
        guard = self.admin_site.admin_view
        own = [
            path("ask/", guard(self.ask), name="tickets_recalculation_ask"),
            path("<int:pk>/progress/", guard(self.progress_part), name="tickets_recalculation_progress"),
        ]
        return [*own, *super().get_urls()]

    def ask(self, request: HttpRequest) -> HttpResponse:
        """How many open clocks would be due at another time, and whether they shall be; yes starts it."""
        if not self.has_module_permission(request):
            raise PermissionDenied
        policies = self._policies(request)
        store = policies[0].store
        if request.method == "POST":
            names = ", ".join(policy.name for policy in policies)
            row = recalculation.start(policies, requested_by=request.user, reason=f"Changed promise: {names}")  # type: ignore[arg-type]
            return HttpResponseRedirect(reverse("admin:tickets_recalculation_change", args=[row.pk]))
        count = recalculation.affected(policies)
        if not count:
            self.message_user(request, gettext("No open clock would be due at another time."), messages.INFO)
            return HttpResponseRedirect(reverse("admin:tickets_slapolicy_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Recalculate open clocks?",
            "count": count,
            "policies": policies,
            "store": store,
        }
        return TemplateResponse(request, "admin/tickets/recalculation_ask.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """How far a recalculation is; asks again by itself until it is over."""
        row = self._visible(request).filter(pk=object_id).first() if object_id.isdecimal() else None
        if row is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Recalculation of open clocks",
            "row": row,
            "original": row,
        }
        return TemplateResponse(request, "admin/tickets/recalculation.html", context)

    def progress_part(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._visible(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        return TemplateResponse(request, "admin/tickets/recalculation_progress.html", {"row": row})

    def _visible(self, request: HttpRequest) -> QuerySet[Recalculation]:
        return self.get_queryset(request).select_related("store", "requested_by").prefetch_related("policies")

    def _policies(self, request: HttpRequest) -> list[SlaPolicy]:
        """The policies asked about: of one store, and of those that this person works for."""
        asked = request.POST.getlist("policy") or request.GET.getlist("policy")
        if not asked or not all(pk.isdecimal() and len(pk) < 19 for pk in asked):
            raise Http404
        stores = Store.objects.visible_to(request.user)
        found = list(
            SlaPolicy.objects.filter(pk__in=asked, store__in=stores).select_related("store").order_by("position", "pk")
        )
        if len(found) != len(set(asked)) or len({policy.store_id for policy in found}) != 1:
            raise Http404
        return found
