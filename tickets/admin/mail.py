"""Mail as it came and as it left: to look at, to take up again, to download."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from subscribers.admin_base import ReadOnlyAdmin, ReadOnlyInline
from subscribers.lazy import lazily as _
from tickets.enums import InboundState
from tickets.mail.intake import retry
from tickets.models import InboundMail, OutboundEvent, OutboundMail, Queue, Ticket


@admin.register(InboundMail)
class InboundMailAdmin(ReadOnlyAdmin):
    store_path = "mailbox__store"
    fixed = ()
    list_display = ("received_at", "mailbox", "envelope_from", "subject_words", "state", "kept", "error_words")
    list_display_links = ("received_at", "subject_words")
    list_select_related = ("mailbox",)
    list_filter = ("state", "mailbox", "source")
    search_fields = ("subject", "envelope_from__istartswith", "=rfc822_id")
    ordering = ("-received_at",)
    actions = ("take_up_again",)
    exclude = ("raw",)
    readonly_fields = ("download",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(mailbox__queue__in=Queue.objects.visible_to(request.user))

    @admin.display(description="subject", ordering="subject")
    def subject_words(self, mail: InboundMail) -> str:
        return mail.subject or "(no subject)"

    @admin.display(description="size", ordering="size")
    def kept(self, mail: InboundMail) -> str:
        return filesizeformat(mail.size)

    @admin.display(description="error")
    def error_words(self, mail: InboundMail) -> str:
        return mail.error[:120]

    @admin.display(description=_("as it came"))
    def download(self, mail: InboundMail) -> str:
        return format_html('<a href="{}" class="text-link underline">Download</a>', self._raw_address(mail))

    def _raw_address(self, mail: InboundMail) -> str:
        return reverse("admin:tickets_inboundmail_raw", args=[mail.pk])

    @admin.action(description=_("Take up again"), permissions=["view"])
    def take_up_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Quarantined mail is read once more; others stay as they are."""
        stopped = list(queryset.filter(state=InboundState.QUARANTINED))
        for mail in stopped:
            retry(mail)
        self.message_user(
            request, gettext("%(stopped)s mail(s) will be read again.") % {"stopped": len(stopped)}, messages.SUCCESS
        )

    def get_urls(self) -> list[Any]:
        raw = path("<int:pk>/raw/", self.admin_site.admin_view(self.raw), name="tickets_inboundmail_raw")
        return [raw, *super().get_urls()]

    def raw(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = get_object_or_404(self.get_queryset(request).only("raw"), pk=pk)
        # Kept by the browser, never shown: it is a stranger's.
        return HttpResponse(
            bytes(mail.raw),
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="mail-{pk}.eml"'},
        )


class OutboundEventInline(ReadOnlyInline):
    model = OutboundEvent
    fields = ("occurred_at", "kind", "source", "detail", "actor")
    ordering = ("occurred_at", "pk")


@admin.register(OutboundMail)
class OutboundMailAdmin(ReadOnlyAdmin):
    fixed = ()
    list_display = ("created_at", "recipient", "subject", "state", "outcome", "attempts", "sent_at", "error_words")
    list_filter = ("state", "outcome", "is_automatic", "mailbox")
    inlines = (OutboundEventInline,)
    search_fields = ("recipient__istartswith", "subject", "=rfc822_id")
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        seen = Q(ticket=None) | Q(ticket__in=Ticket.objects.visible_to(request.user))
        return super().get_queryset(request).filter(seen).defer("text", "html")

    @admin.display(description="error")
    def error_words(self, mail: OutboundMail) -> str:
        return mail.error[:120]
