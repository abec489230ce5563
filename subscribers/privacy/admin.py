"""Privacy in the admin: what was asked for and when it is due, copies to download, and forgetting with its proof."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from subscribers.admin_base import ReadOnlyAdmin, ReadOnlyInline
from subscribers.enums import PrivacyRequestState, Role
from subscribers.errors import Refused
from subscribers.lazy import lazily as _
from subscribers.models import (
    ConsentEvent,
    Erasure,
    ErasureCount,
    Membership,
    PersonExport,
    PrivacyRequest,
    Store,
    Subscriber,
    Subscription,
)
from subscribers.privacy.enums import ErasureReason, JobState
from subscribers.privacy.erasure import certificate, certificates_of, erase, in_database
from subscribers.privacy.export import export, opened
from subscribers.privacy.requests import work_off
from subscribers.privacy.scopes import scope_of_person

LINK = '<a href="{}" class="text-link underline">{}</a>'


def handles_privacy(request: HttpRequest, store_id: int) -> bool:
    """Administrators of the store and superusers: others neither copy nor forget anybody."""
    if not request.user.is_active or not getattr(request.user, "is_staff", False):
        return False
    if getattr(request.user, "is_superuser", False):
        return True
    return administered(request).filter(pk=store_id).exists()


def administered(request: HttpRequest) -> QuerySet[Store]:
    """The stores whose people this person may copy and forget."""
    if getattr(request.user, "is_superuser", False):
        return Store.objects.all()
    mine = Membership.objects.filter(user=request.user.pk, role=Role.ADMIN)
    return Store.objects.filter(pk__in=mine.values("store"))


class EraseForm(forms.Form):
    """Asked twice: why, then the address itself, typed."""

    reason = forms.ChoiceField(choices=[each for each in ErasureReason.choices if each[0] != ErasureReason.STORE])
    address = forms.CharField(max_length=254, required=False, label=_("Their mail address"))

    def __init__(self, *args: Any, subscriber: Subscriber, **options: Any) -> None:
        super().__init__(*args, **options)
        self.subscriber = subscriber

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"].strip()
        if typed.lower() != self.subscriber.email.lower():
            raise forms.ValidationError(gettext("Type the address exactly as it stands above."))
        return typed


class ConsentEventInline(ReadOnlyInline):
    model = ConsentEvent
    fields = ("occurred_at", "category", "granted", "source", "words", "actor_kind", "actor")
    readonly_fields = fields
    verbose_name_plural = _("consent given and taken back")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("actor").order_by("-occurred_at", "-pk")


class PrivacyPages:
    """Of the admin's page of a subscriber: a copy of everything, and forgetting."""

    @admin.display(description="privacy")
    def privacy(self, subscriber: Subscriber) -> str:
        if subscriber.pk is None:
            return ""
        if subscriber.redacted_at:
            return format_html("Forgotten {}.", timezone.localtime(subscriber.redacted_at).strftime("%d %b %Y"))
        return format_html(
            f"{LINK} · {LINK}",
            reverse("admin:subscribers_subscriber_copy", args=[subscriber.pk]),
            gettext("A copy of everything…"),
            reverse("admin:subscribers_subscriber_forget", args=[subscriber.pk]),
            gettext("Forget this person…"),
        )

    def get_urls(self) -> list[Any]:
        guard = self.admin_site.admin_view  # type: ignore[attr-defined]
        own = [
            path("<int:pk>/copy/", guard(self.copy), name="subscribers_subscriber_copy"),
            path("<int:pk>/forget/", guard(self.forget), name="subscribers_subscriber_forget"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def _person(self, request: HttpRequest, pk: int) -> Subscriber:
        rows = self.get_queryset(request)  # type: ignore[attr-defined]
        person: Subscriber = get_object_or_404(rows.select_related("store"), pk=pk)
        if not handles_privacy(request, person.store_id):
            raise PermissionDenied
        return person

    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self._person(request, pk)
        if request.method == "POST":
            try:
                job = export(person, request.user)  # type: ignore[arg-type]
            except Refused as refused:
                messages.error(request, refused.message)
                return HttpResponseRedirect(reverse("admin:subscribers_subscriber_change", args=[pk]))
            return HttpResponseRedirect(reverse("admin:subscribers_personexport_change", args=[job.pk]))
        return self._page(
            request,
            "admin/privacy/copy.html",
            person,
            {"title": gettext("A copy of everything: %(person)s") % {"person": person}},
        )

    def forget(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self._person(request, pk)
        is_sure = request.method == "POST" and "address" in request.POST
        form = EraseForm(request.POST if is_sure else None, subscriber=person, initial={"reason": ErasureReason.ASKED})
        if is_sure and form.is_valid():
            job = erase(person, request.user, form.cleaned_data["reason"])  # type: ignore[arg-type]
            messages.success(
                request, gettext("%(number)s: everything about this person is being erased.") % {"number": job.number}
            )
            return HttpResponseRedirect(reverse("admin:subscribers_erasure_change", args=[job.pk]))
        context = {
            "title": gettext("Forget %(person)s") % {"person": person},
            "form": form,
            "is_second": request.method == "POST",
            "found": sorted(in_database(scope_of_person(person)).items()),
            "live": Subscription.objects.filter(subscriber=person, ended_at=None).count(),
            "reason": request.POST.get("reason", ErasureReason.ASKED),
        }
        return self._page(request, "admin/privacy/forget.html", person, context)

    def _page(self, request: HttpRequest, template: str, person: Subscriber, context: dict[str, Any]) -> HttpResponse:
        shared = self.admin_site.each_context(request)  # type: ignore[attr-defined]
        return TemplateResponse(request, template, {**shared, **context, "person": person})


@admin.register(PrivacyRequest)
class PrivacyRequestAdmin(ReadOnlyAdmin):
    list_display = ("requested_at", "kind", "store", "subscriber", "state", "due_at", "is_late", "done_at", "error")
    list_select_related = ("store", "subscriber")
    list_filter = ("state", "kind", "store")
    ordering = ("due_at",)
    exclude = ("payload",)
    readonly_fields = ("jobs",)
    actions = ("work_off", "take_up_again")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(store__in=administered(request))

    @admin.display(description="late", boolean=True)
    def is_late(self, row: PrivacyRequest) -> bool:
        return row.state == PrivacyRequestState.OPEN and row.due_at < timezone.now()

    @admin.display(description="jobs")
    def jobs(self, row: PrivacyRequest) -> str:
        copies = [("personexport", job) for job in PersonExport.objects.filter(request=row)]
        erasures = [("erasure", job) for job in Erasure.objects.filter(request=row)]
        links = [
            format_html(LINK, reverse(f"admin:subscribers_{name}_change", args=[job.pk]), job)
            for name, job in [*copies, *erasures]
        ]
        return format_html(" ".join("{}" for _ in links), *links) if links else gettext("None yet")

    @admin.action(description=_("Do it now"), permissions=["view"])
    def work_off(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for pk in queryset.filter(state=PrivacyRequestState.OPEN).values_list("pk", flat=True):
            work_off(pk)
        messages.success(request, gettext("What was open is being done."))

    @admin.action(description=_("Take up again what failed"), permissions=["view"])
    def take_up_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        failed = queryset.filter(state=PrivacyRequestState.FAILED)
        PersonExport.objects.filter(request__in=failed, state=JobState.FAILED).delete()
        changed = failed.update(state=PrivacyRequestState.OPEN, done_at=None, error="")
        messages.success(request, gettext("%(changed)s request(s) taken up again.") % {"changed": changed})


@admin.register(PersonExport)
class PersonExportAdmin(ReadOnlyAdmin):
    list_display = ("requested_at", "subscriber", "store", "state", "kept", "requested_by", "expires_at", "download")
    list_select_related = ("subscriber", "store", "requested_by")
    list_filter = ("state", "store")
    ordering = ("-requested_at",)
    fields = (
        "download",
        "subscriber",
        "state",
        "error",
        "kept",
        "counts",
        "requested_by",
        "request",
        "requested_at",
        "finished_at",
        "expires_at",
        "downloaded_at",
    )
    readonly_fields = ("download", "kept")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(store__in=administered(request))

    @admin.display(description="size")
    def kept(self, row: PersonExport) -> str:
        return filesizeformat(row.size)

    @admin.display(description="file")
    def download(self, row: PersonExport) -> str:
        if row.state != JobState.DONE:
            return row.get_state_display()
        return format_html(LINK, reverse("admin:subscribers_personexport_file", args=[row.pk]), gettext("Download"))

    def get_urls(self) -> list[Any]:
        file = path("<int:pk>/file/", self.admin_site.admin_view(self.file), name="subscribers_personexport_file")
        return [file, *super().get_urls()]

    def file(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        try:
            content = opened(row)
        except Refused as refused:
            return HttpResponse(refused.message, status=410, content_type="text/plain")
        self.log_change(request, row.subscriber, gettext("Downloaded a copy of everything."))
        headers = {"Cache-Control": "no-store"}
        return FileResponse(content, as_attachment=True, filename=f"copy-{row.pk}.zip", headers=headers)


class ErasureCountInline(ReadOnlyInline):
    model = ErasureCount
    fields = ("table", "how", "rows")
    readonly_fields = fields
    verbose_name_plural = _("what was erased")
    ordering = ("table", "how")


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("number", "store", "reason", "state", "requested_at", "requested_by", "finished_at", "error")
    list_select_related = ("store", "requested_by")
    list_filter = ("state", "reason", "store")
    ordering = ("-requested_at",)
    fields = (
        "proof",
        "state",
        "error",
        "reason",
        "store",
        "subscriber",
        "requested_by",
        "request",
        "requested_at",
        "started_at",
        "finished_at",
    )
    readonly_fields = ("proof",)
    inlines = (ErasureCountInline,)
    # By the whole address alone: the rows hold no more than its keyed hash.
    search_fields = ("pk",)
    search_help_text = _("A whole mail address: was it erased?")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(store__in=administered(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        found = [
            pk
            for store in administered(request).values_list("pk", flat=True)
            for pk in certificates_of(store, search_term).values_list("pk", flat=True)
        ]
        return queryset.filter(pk__in=found), False

    @admin.display(description="certificate")
    def proof(self, row: Erasure) -> str:
        address = reverse("admin:subscribers_erasure_certificate", args=[row.pk])
        return format_html(
            f"{LINK} · {LINK}", address, gettext("To print"), f"{address}?{urlencode({'form': 'json'})}", "JSON"
        )

    def get_urls(self) -> list[Any]:
        guard = self.admin_site.admin_view(self.certificate)
        return [path("<int:pk>/certificate/", guard, name="subscribers_erasure_certificate"), *super().get_urls()]

    def certificate(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        told = certificate(row)
        if request.GET.get("form") == "json":
            return JsonResponse(told, json_dumps_params={"indent": 1})
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Certificate %(number)s") % {"number": row.number},
            "row": row,
            "told": told,
        }
        return TemplateResponse(request, "admin/privacy/certificate.html", context)
