"""Mailboxes, with the ways in that have to be set up, and a button that tries them."""

from typing import Any

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from unfold.admin import StackedInline

from subscribers.admin_base import PlainForm, StaffOnly, StoreAdmin
from subscribers.lazy import grouped
from subscribers.lazy import lazily as _
from tickets.admin.account_forms import AccountForm, ImapForm, ServiceForm
from tickets.admin.promise_trial import faults_of
from tickets.enums import AccountKind
from tickets.mail.imap_trial import try_account
from tickets.mail.mail_services import SERVICES, address_of
from tickets.models import MailAccount, Mailbox


class AccountInline(StaffOnly, StackedInline):
    model = MailAccount
    extra = 0
    tab = False
    kind: AccountKind
    form: type[AccountForm]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(kind=self.kind).order_by("pk")

    @admin.display(description="lately")
    def lately(self, account: MailAccount) -> str:
        return in_words(account)


class ImapInline(AccountInline):
    kind = AccountKind.IMAP
    form = ImapForm
    verbose_name = _("IMAP account")
    verbose_name_plural = _("IMAP accounts: mail is fetched from there")
    fields = (
        ("host", "port"),
        ("username", "password"),
        ("security", "folder"),
        "begin",
        "certificate",
        "is_active",
        "lately",
    )
    readonly_fields = ("lately",)
    template_after = "admin/tickets/try_accounts.html"


class ServiceInline(AccountInline):
    kind = AccountKind.WEBHOOK
    form = ServiceForm
    verbose_name = _("mail service")
    verbose_name_plural = _("Mail services: they post mail to us")
    fields = (
        "service",
        ("signing_key", "events_key"),
        "api_key",
        "addresses",
        ("new_address", "is_active"),
        "lately",
    )
    readonly_fields = ("addresses", "lately")

    @admin.display(description=_("to be entered at the service"))
    def addresses(self, account: MailAccount) -> str:
        if not account.token:
            return gettext("Shown once this is saved.")
        lines = [
            (gettext("Incoming mail: "), address_of(account)),
            (gettext("Events of sent mail: "), address_of(account, "mail-webhook-events")),
        ]
        told = format_html_join("", '<div>{}<code class="break-all">{}</code></div>', lines)
        return format_html("{}<div>{}</div>", told, SERVICES[account.service].advice)


class MailboxForm(PlainForm):
    constraint_words = {"mailbox_address_unique": ("address", _("This address is a mailbox already."))}


@admin.register(Mailbox)
class MailboxAdmin(StoreAdmin):
    form = MailboxForm
    inlines = (ImapInline, ServiceInline)
    list_display = ("address", "name", "queue", "ways_in", "is_active", "store")
    list_select_related = ("queue", "store")
    list_filter = ("store", "is_active")
    search_fields = ("address", "name")
    ordering = ("address",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        active = Q(accounts__is_active=True)
        return (
            super()
            .get_queryset(request)
            .annotate(
                fetched=Count("accounts", filter=active & Q(accounts__kind=AccountKind.IMAP)),
                posted=Count("accounts", filter=active & Q(accounts__kind=AccountKind.WEBHOOK)),
                failing=Count("accounts", filter=active & Q(accounts__failing_since__isnull=False)),
            )
        )

    @admin.display(description=_("ways in"))
    def ways_in(self, mailbox: Any) -> str:
        ways = [word for count, word in ((mailbox.fetched, "IMAP"), (mailbox.posted, gettext("mail service"))) if count]
        return f"{', '.join(ways) or 'SMTP'}{' (failing)' if mailbox.failing else ''}"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.try_page)
        own = [
            path("try/", view, name="tickets_mailbox_try"),
            path("<int:object_id>/try/", view, name="tickets_mailbox_try_saved"),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row = context.get("original")
        name = "admin:tickets_mailbox_try"
        context["try_url"] = reverse(f"{name}_saved", args=[row.pk]) if row else reverse(name)
        return super().render_change_form(request, context, *args, **options)

    def try_page(self, request: HttpRequest, object_id: int | None = None) -> HttpResponse:
        """Tries the IMAP accounts as they stand on the page; stores nothing."""
        mailbox = self.get_object(request, str(object_id)) if object_id is not None else None
        if object_id is not None and mailbox is None:
            return HttpResponse(status=404)
        if request.method != "POST":
            return HttpResponse(status=405)
        formsets, inlines = self._create_formsets(request, mailbox or Mailbox(), change=mailbox is not None)
        forms = [
            form
            for formset, inline in zip(formsets, inlines, strict=True)
            if isinstance(inline, ImapInline)
            for form in formset.forms
            if form.instance.pk or form.has_changed()
        ]
        faults = [fault for form in forms if not form.is_valid() for fault in faults_of(form)]
        trials = [try_account(form.instance) for form in forms if form.is_valid()]
        context = {"trials": trials, "faults": faults}
        return TemplateResponse(request, "admin/tickets/try_accounts_result.html", context)


def in_words(account: MailAccount) -> str:
    """How an account fares, for people."""
    if not account.pk:
        return gettext("Not saved yet.")
    told = []
    if account.failing_since:
        told.append(
            gettext("Fails since %(naturaltime)s: %(last_error)s")
            % {"naturaltime": naturaltime(account.failing_since), "last_error": account.last_error}
        )
    elif account.last_error:
        told.append(account.last_error)
    if account.last_success_at:
        told.append(gettext("Worked %(naturaltime)s.") % {"naturaltime": naturaltime(account.last_success_at)})
    elif not account.failing_since:
        told.append(gettext("Nothing came yet.") if account.kind == AccountKind.WEBHOOK else gettext("Not asked yet."))
    if account.counted_at:
        told.append(
            gettext("%(stored_count)s of %(server_count)s mails on the server are stored.")
            % {"stored_count": grouped(account.stored_count), "server_count": grouped(account.server_count)}
        )
    if account.last_mail_at:
        told.append(gettext("The last mail came %(naturaltime)s.") % {"naturaltime": naturaltime(account.last_mail_at)})
    return " ".join(map(str, told))
