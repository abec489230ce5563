"""Connections to providers, what they sent, what is asked of them, and what differed."""

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminPasswordWidget, UnfoldAdminURLInputWidget

from subscribers.admin_base import PlainForm, ReadOnlyAdmin, ReadOnlyInline, StoreAdmin
from subscribers.enums import ActionState
from subscribers.errors import Refused
from subscribers.lazy import lazily as _
from subscribers.models import (
    ApprovalLimit,
    Charge,
    Connection,
    Difference,
    ProviderAction,
    ProviderActionEvent,
    Reconciliation,
    WebhookDelivery,
)
from subscribers.providers.builtin.billing import mark_paid, mark_refused
from subscribers.services import actions, connecting
from subscribers.services.reconciliation import request_reconciliation
from subscribers.webhooks import work
from subscribers.webhooks.intake import forget

KEPT_FOR = 24 * 7  # hours that a former secret stays good, unless told otherwise


class SecretField(forms.CharField):
    """Goes in and never comes out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            max_length=500,
            widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
            **options,
        )


class ConnectionForm(PlainForm):
    new_webhook_secret = SecretField(label=_("Webhook secret"))
    keep_former_hours = forms.IntegerField(
        label=_("Keep the former secret for"),
        min_value=0,
        max_value=24 * 90,
        initial=KEPT_FOR,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Hours during which webhooks may be signed with either. 0: the former one is no good at once."),
    )
    new_access_token = SecretField(label=_("Access token"))
    api_url = forms.URLField(
        label=_("Address"),
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=UnfoldAdminURLInputWidget,
        help_text=_("Only where it is not the provider's usual one."),
    )

    class Meta:
        model = Connection
        fields = ("store", "provider", "domain", "api_version", "api_url", "owns_contracts", "is_active")

    constraint_words = {"connection_domain_unique": ("domain", _("That shop is connected already."))}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("webhook_secret", "access_token"):
            is_set = bool(self.instance.pk and getattr(self.instance, name))
            words = gettext("Set; leave empty to keep it") if is_set else gettext("Not set")
            self.fields[f"new_{name}"].widget.attrs["placeholder"] = words

    def clean_domain(self) -> str:
        return str(self.cleaned_data["domain"]).strip().lower().removeprefix("https://").rstrip("/")

    def save(self, commit: bool = True) -> Any:
        row, data = self.instance, self.cleaned_data
        if secret := data["new_webhook_secret"]:
            hours = data.get("keep_former_hours")
            if row.webhook_secret and row.webhook_secret != secret:
                row.former_webhook_secret = row.webhook_secret
                row.former_secret_until = timezone.now() + timedelta(hours=KEPT_FOR if hours is None else hours)
            row.webhook_secret = secret
        row.access_token = data["new_access_token"] or row.access_token
        return super().save(commit)


@admin.register(Connection)
class ConnectionAdmin(StoreAdmin):
    form = ConnectionForm
    fixed = ("store", "provider")
    list_display = ("domain", "provider", "store", "is_active", "last_reconciled_at", "error_words")
    list_select_related = ("store",)
    list_filter = ("provider", "is_active", "store")
    search_fields = ("domain",)
    ordering = ("store", "provider", "domain")
    readonly_fields = ("secret_words", "webhook_address", "last_reconciled_at", "last_error", "uninstalled_at")
    actions = ("try_it", "register_webhooks", "reconcile")
    fieldsets = (
        (None, {"fields": ("store", "provider", "domain", "owns_contracts", "is_active")}),
        (
            _("Webhooks"),
            {
                "fields": ("webhook_address", "new_webhook_secret", "keep_former_hours", "secret_words"),
                "description": _(
                    "A secret goes in and is never shown. While it is changed at the provider, webhooks "
                    "that were signed with the former one are taken too."
                ),
            },
        ),
        (_("Interface"), {"fields": ("new_access_token", "api_version", "api_url")}),
        (_("State"), {"fields": ("last_reconciled_at", "last_error", "uninstalled_at")}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        forget()

    @admin.display(description="error")
    def error_words(self, row: Connection) -> str:
        return row.last_error[:100]

    @admin.display(description="secrets")
    def secret_words(self, row: Connection) -> str:
        if not row.webhook_secret:
            return gettext("None: every webhook is refused.")
        until = row.former_secret_until
        if row.former_webhook_secret and until and until > timezone.now():
            return gettext("Two are good; the former one until %(localtime)s.") % {
                "localtime": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"
            }
        return gettext("One is good.")

    @admin.display(description=_("address for webhooks"))
    def webhook_address(self, row: Connection) -> str:
        return f"/webhooks/{row.provider}/" if row.provider != "builtin" else gettext("None: it is our own.")

    @admin.action(description=_("Try it"), permissions=["change"])
    def try_it(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            wrong = connecting.try_it(row)
            words = " ".join(map(str, wrong)) if wrong else gettext("It works.")
            self.message_user(request, f"{row}: {words}", messages.ERROR if wrong else messages.SUCCESS)

    @admin.action(description=_("Register webhooks"), permissions=["change"])
    def register_webhooks(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            try:
                made, refused = connecting.register_webhooks(row)
            except Refused as error:
                self.message_user(request, f"{row}: {error}", messages.ERROR)
                continue
            self.message_user(
                request, gettext("%(row)s: %(made)s topics are new.") % {"row": row, "made": made}, messages.SUCCESS
            )
            for words in refused:
                self.message_user(request, f"{row}: {words}", messages.WARNING)

    @admin.action(description=_("Read everything again and repair what differs"), permissions=["change"])
    def reconcile(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            request_reconciliation(row, by=request.user)  # type: ignore[arg-type]
        self.message_user(
            request, gettext("It has begun; the page of reconciliations shows how far it is."), messages.SUCCESS
        )


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    store_path = "connection__store"
    fixed = ()
    list_display = ("received_at", "topic", "connection", "state", "attempts", "told", "webhook_id")
    list_display_links = ("received_at", "topic")
    list_select_related = ("connection",)
    list_filter = ("state", "connection", ("received_at", admin.DateFieldListFilter))
    search_fields = ("topic__istartswith", "=webhook_id", "=event_id")
    search_help_text = _("The beginning of a topic, or the id of a webhook or event")
    ordering = ("-received_at", "-id")
    actions = ("replay",)
    exclude = ("body", "headers")
    readonly_fields = ("headers_words", "download")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("body", "headers")

    @admin.display(description=_("what became of it"))
    def told(self, row: WebhookDelivery) -> str:
        return (row.error or row.outcome)[:120]

    @admin.display(description="headers")
    def headers_words(self, row: WebhookDelivery) -> str:
        return format_html("<pre>{}</pre>", json.dumps(row.headers, indent=2, ensure_ascii=False))

    @admin.display(description=_("as it came"))
    def download(self, row: WebhookDelivery) -> str:
        address = reverse("admin:subscribers_webhookdelivery_body", args=[row.pk])
        return format_html('<a href="{}" class="text-link underline">Download the body</a>', address)

    @admin.action(description=_("Work off once more"), permissions=["view"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Whatever became of them; facts that they told already are told to nobody again."""
        count = work.replay(queryset.values_list("pk", flat=True))
        self.message_user(
            request, gettext("%(count)s webhook(s) will be worked off once more.") % {"count": count}, messages.SUCCESS
        )

    def get_urls(self) -> list[Any]:
        name = "subscribers_webhookdelivery_body"
        return [path("<int:pk>/body/", self.admin_site.admin_view(self.body), name=name), *super().get_urls()]

    def body(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request).only("body"), pk=pk)
        # Kept by the browser, never shown: it is a stranger's.
        return HttpResponse(
            bytes(row.body),
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="webhook-{pk}.json"'},
        )


class ActionEventInline(ReadOnlyInline):
    model = ProviderActionEvent
    fields = ("occurred_at", "from_state", "to_state", "text", "actor")
    readonly_fields = fields
    ordering = ("occurred_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("actor")


@admin.register(ProviderAction)
class ProviderActionAdmin(ReadOnlyAdmin):
    list_display = ("requested_at", "kind", "subscriber", "provider", "state", "actor", "amount", "error_words")
    list_display_links = ("requested_at", "kind")
    list_select_related = ("subscriber", "actor")
    list_filter = ("state", "kind", "provider", "store")
    search_fields = ("subscriber__email__istartswith", "=key", "=external_id")
    ordering = ("-requested_at", "-pk")
    actions = ("ask_again", "approve", "withdraw")
    inlines = (ActionEventInline,)

    @admin.display(description="error")
    def error_words(self, row: ProviderAction) -> str:
        return row.error[:120]

    @admin.action(description=_("Ask again"), permissions=["view"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        wanted = queryset.filter(state__in=(ActionState.REFUSED, ActionState.FAILED))
        self._each(request, wanted, lambda row: actions.retry(row, by=request.user), gettext("asked again"))  # type: ignore[arg-type]

    @admin.action(description=_("Approve"), permissions=["view"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        wanted = queryset.filter(state=ActionState.AWAITING_APPROVAL)
        self._each(request, wanted, lambda row: actions.approve(row, by=request.user), "approved")  # type: ignore[arg-type]

    @admin.action(description=_("Take back, or do not approve"), permissions=["view"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        wanted = queryset.filter(state__in=(ActionState.AWAITING_APPROVAL, ActionState.QUEUED))
        why = gettext("Taken back in the admin.")
        self._each(request, wanted, lambda row: actions.withdraw(row, by=request.user, why=why), gettext("taken back"))  # type: ignore[arg-type]

    def _each(self, request: HttpRequest, rows: QuerySet[Any], deed: Any, done: str) -> None:
        count = 0
        for row in rows:
            try:
                deed(row)
                count += 1
            except Refused as refused:
                self.message_user(request, f"{row}: {refused.message}", messages.ERROR)
        self.message_user(request, f"{count} {done}.", messages.SUCCESS if count else messages.WARNING)


@admin.register(ApprovalLimit)
class ApprovalLimitAdmin(StoreAdmin):
    shares = True
    fixed = ("store",)
    list_display = ("role", "kind", "amount", "store")
    list_select_related = ("store",)
    list_filter = ("role", "kind", "store")
    ordering = ("role", "kind")


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    store_path = "connection__store"
    fixed = ()
    list_display = ("requested_at", "connection", "state", "progress", "differences", "repaired", "error_words")
    list_select_related = ("connection",)
    list_filter = ("state", "connection")
    ordering = ("-requested_at",)

    @admin.display(description="read")
    def progress(self, row: Reconciliation) -> str:
        if not row.expected:
            return str(row.read)
        return gettext("%(read)s of %(expected)s (%(min)s %%)") % {
            "read": row.read,
            "expected": row.expected,
            "min": min(100, round(100 * row.read / row.expected)),
        }

    @admin.display(description="differences")
    def differences(self, row: Reconciliation) -> str:
        address = f"{reverse('admin:subscribers_difference_changelist')}?reconciliation={row.pk}"
        return format_html('<a href="{}" class="text-link underline">{}</a>', address, row.differences_found)

    @admin.display(description="error")
    def error_words(self, row: Reconciliation) -> str:
        return row.error[:120]


@admin.register(Difference)
class DifferenceAdmin(ReadOnlyAdmin):
    store_path = "reconciliation__connection__store"
    fixed = ()
    list_display = ("found_at", "object_kind", "external_id", "field", "ours", "theirs", "state", "error_words")
    list_filter = ("state", "object_kind", "reconciliation__connection")
    search_fields = ("external_id__istartswith", "field")
    ordering = ("-pk",)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "reconciliation" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="error")
    def error_words(self, row: Difference) -> str:
        return row.error[:120]


@admin.register(Charge)
class ChargeAdmin(ReadOnlyAdmin):
    store_path = "cycle__subscription__store"
    fixed = ()
    list_display = ("due_at", "subscriber", "cycle", "amount", "currency", "state", "attempts", "error")
    list_select_related = ("cycle__subscription__subscriber",)
    list_filter = ("state", "cycle__subscription__store")
    search_fields = ("cycle__subscription__subscriber__email__istartswith",)
    ordering = ("-due_at", "-pk")
    actions = ("paid", "refused")

    @admin.display(description="subscriber")
    def subscriber(self, row: Charge) -> str:
        return str(row.cycle.subscription.subscriber)

    @admin.action(description=_("It was paid"), permissions=["view"])
    def paid(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._mark(request, queryset, lambda row: mark_paid(row, by=request.user))  # type: ignore[arg-type]

    @admin.action(description=_("The payment was refused"), permissions=["view"])
    def refused(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._mark(request, queryset, lambda row: mark_refused(row, error=gettext("Refused"), by=request.user))  # type: ignore[arg-type]

    def _mark(self, request: HttpRequest, rows: QuerySet[Any], deed: Any) -> None:
        count = 0
        for row in rows.filter(state__in=("open", "refused")):
            try:
                deed(row)
                count += 1
            except Refused as refused:
                self.message_user(request, f"{row}: {refused.message}", messages.ERROR)
        self.message_user(request, gettext("%(count)s payment(s) marked.") % {"count": count}, messages.SUCCESS)
