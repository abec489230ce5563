"""The forms of a mailbox's ways in. A secret goes in and never comes out: a page says only whether there is one."""

import ssl
from typing import Any

from django import forms
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget

from subscribers.admin_base import PlainForm
from subscribers.lazy import lazily as _
from tickets.enums import AccountKind, MailSecurity
from tickets.mail.accounts import begin_anew, forget_place, number_anew
from tickets.mail.mail_services import SERVICES
from tickets.models import MailAccount

NEEDED = _("This is needed.")


class AccountForm(PlainForm):
    """`secrets`: fields that are empty on the page, and that stay as they are where nothing is entered."""

    kind: AccountKind
    secrets: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.kind = self.kind
        for name in self.secrets:
            field = self.fields[name]
            is_set = bool(getattr(self.instance, name))
            self.initial[name] = ""
            field.required = False
            field.widget = UnfoldAdminPasswordWidget(
                attrs={
                    "autocomplete": "new-password",
                    "placeholder": gettext("Set; leave empty to keep it") if is_set else gettext("Not set"),
                }
            )

    def _get_validation_exclusions(self) -> set[str]:
        # Which constraints hold depends on the kind, which is not on the page.
        return super()._get_validation_exclusions() - {"kind"}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in self.secrets:
            data[name] = data.get(name) or getattr(self.instance, name)
        return data

    def need(self, *names: str) -> None:
        for name in names:
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, NEEDED)


class ImapForm(AccountForm):
    kind = AccountKind.IMAP
    secrets = ("password",)
    constraint_words = {"mail_account_folder_once": ("folder", _("This folder is fetched already."))}

    class Meta:
        model = MailAccount
        fields = (
            "host",
            "port",
            "security",
            "username",
            "password",
            "folder",
            "begin",
            "certificate",
            "is_active",
        )
        widgets = {"certificate": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def clean_host(self) -> str:
        host = self.cleaned_data["host"].strip().lower()
        if any(sign in host for sign in "/: @"):
            raise forms.ValidationError(gettext("Only the name of the server, such as imap.example.com."))
        return host

    def clean_certificate(self) -> str:
        pem: str = self.cleaned_data["certificate"].strip()
        if pem:
            try:
                ssl.create_default_context().load_verify_locations(cadata=pem)
            except (ssl.SSLError, ValueError) as error:
                raise forms.ValidationError(gettext("This is no certificate in PEM.")) from error
        return pem

    def clean(self) -> dict[str, Any]:
        is_kept = not self.cleaned_data.get("password")
        data = super().clean()
        self.need("host", "username", "password", "folder")
        if is_kept and self.instance.password and {"host", "port", "security"} & set(self.changed_data):
            self.add_error("password", gettext("Enter it again: it would go to another server."))
        port, security = data.get("port"), data.get("security")
        if port is not None and not 1 <= port <= 65535:
            self.add_error("port", gettext("Ports are 1 to 65535."))
        elif port == 993 and security == MailSecurity.STARTTLS:
            self.add_error("security", gettext("Port 993 speaks TLS from the beginning."))
        elif port == 143 and security == MailSecurity.TLS:
            self.add_error("security", gettext("Port 143 speaks STARTTLS."))
        return data

    def save(self, commit: bool = True) -> MailAccount:
        account: MailAccount = super().save(commit=False)
        changed = set(self.changed_data)
        if changed:
            begin_anew(account)
        if "folder" in changed:
            forget_place(account)
        elif {"host", "username"} & changed:
            number_anew(account)
        if commit:
            account.save()
        return account


class ServiceForm(AccountForm):
    kind = AccountKind.WEBHOOK
    secrets = ("signing_key", "events_key", "api_key")
    new_address = forms.BooleanField(
        required=False, label=_("New address"), help_text=_("The former one is refused from then on.")
    )

    class Meta:
        model = MailAccount
        fields = ("service", "signing_key", "events_key", "api_key", "is_active")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.need("service")
        if service := SERVICES.get(data.get("service", "")):
            self.need(*service.needs)
        return data

    def save(self, commit: bool = True) -> MailAccount:
        account: MailAccount = super().save(commit=False)
        if not account.token or self.cleaned_data.get("new_address"):
            account.renew_token()
        if commit:
            account.save()
        return account
