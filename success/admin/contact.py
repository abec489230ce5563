"""When and how often subscribers are written to, and the webhooks that flows send."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminPasswordWidget

from subscribers.admin_base import PlainForm, ReadOnlyAdmin, StaffInline, StoreAdmin
from subscribers.errors import Refused
from subscribers.lazy import lazily as _
from success.flows import webhooks
from success.models import ContactCap, ContactPolicy, OutgoingWebhook, WebhookSecret


class CapInline(StaffInline):
    model = ContactCap
    fields = ("category", "most", "hours")


@admin.register(ContactPolicy)
class ContactPolicyAdmin(StoreAdmin):
    list_display = ("store", "quiet_from", "quiet_until", "hold_while", "hold_during_recovery", "most_per_action")
    list_select_related = ("store",)
    ordering = ("store",)
    inlines = (CapInline,)


class SecretForm(PlainForm):
    secret = forms.CharField(
        required=False, widget=UnfoldAdminPasswordWidget(), help_text="Never shown again; empty: the one there stays."
    )

    class Meta:
        model = WebhookSecret
        fields = ("store", "name", "secret")

    def clean_secret(self) -> str:
        given = str(self.cleaned_data.get("secret") or "")
        if not given and not self.instance.pk:
            raise forms.ValidationError(gettext("A secret is needed."))
        return given or self.instance.secret

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.pop("secret", None)


@admin.register(WebhookSecret)
class WebhookSecretAdmin(StoreAdmin):
    form = SecretForm
    fixed = ("store", "name")
    list_display = ("name", "store", "created_at")
    list_select_related = ("store",)
    ordering = ("store", "name")


@admin.register(OutgoingWebhook)
class OutgoingWebhookAdmin(ReadOnlyAdmin):
    fixed = ()
    list_display = ("created_at", "url", "state", "attempts", "status_code", "error", "store")
    list_select_related = ("store",)
    list_filter = ("state", "store")
    search_fields = ("=key",)
    ordering = ("-pk",)
    actions = ("send_again",)

    @admin.action(description=_("Send again what was given up"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingWebhook]) -> None:
        again = 0
        for hook in queryset:
            try:
                webhooks.retry(hook)
                again += 1
            except Refused:
                continue  # it was not given up
        self.message_user(request, gettext("%(again)s are sent again.") % {"again": again}, messages.SUCCESS)
