"""What subscribers fill in without a log-in. Labels and errors in their language."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.cancellation.enums import SessionKind
from subscribers.cancellation.statutory import Declaration

ORDINARY, EXTRAORDINARY = SessionKind.ORDINARY, SessionKind.EXTRAORDINARY
KINDS = [(ORDINARY, _("Ordinary termination")), (EXTRAORDINARY, _("Termination for cause"))]
SOON, ON_DAY = "soon", "day"
WHENS = [(SOON, _("At the earliest possible date")), (ON_DAY, _("On this day:"))]
FARTHEST_YEARS = 3


class WishForm(forms.Form):
    """Kind and time of a termination; everything has a default, so that the final button alone is enough."""

    kind = forms.ChoiceField(choices=KINDS, initial=ORDINARY, required=False, label=_("Kind of termination"))
    cause = forms.CharField(
        max_length=500,
        required=False,
        label=_("Reason for a termination for cause"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    when = forms.ChoiceField(choices=WHENS, initial=SOON, required=False, label=_("When the contract shall end"))
    wished_on = forms.DateField(
        required=False, label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, today = data.get("wished_on"), timezone.now().astimezone(self.zone).date()
        if data.get("when") != ON_DAY:
            data["wished_on"] = None
        elif day is None and "wished_on" not in self.errors:
            self.add_error("wished_on", ValidationError(_("Name the day, or choose the earliest possible date.")))
        elif day is not None and day < today:
            self.add_error("wished_on", ValidationError(_("This day has passed.")))
        elif day is not None and day.year > today.year + FARTHEST_YEARS:
            self.add_error("wished_on", ValidationError(_("This day is too far away.")))
        return data

    @property
    def wished_at(self) -> datetime | None:
        day = self.cleaned_data.get("wished_on")
        at = datetime.combine(day, time(0), tzinfo=self.zone) if day else None
        return at if at and at > timezone.now() else None


class DeclarationForm(WishForm):
    """The statutory fields of a termination without a log-in."""

    name = forms.CharField(max_length=200, label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        max_length=254,
        label=_("Mail address of the subscription"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    contract = forms.CharField(
        max_length=200,
        required=False,
        label=_("Which contract"),
        help_text=_("Order or subscription number, or the product. Leave it empty if you have only one."),
    )
    confirm_to = forms.EmailField(
        max_length=254,
        required=False,
        label=_("Send the confirmation to"),
        help_text=_("Empty: to the mail address above."),
    )
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    field_order = ("name", "email", "contract", "kind", "cause", "when", "wished_on", "confirm_to", "key")

    def declaration(self) -> Declaration:
        said = self.cleaned_data
        return Declaration(
            name=said["name"],
            email=said["email"],
            contract=said["contract"],
            kind=said["kind"] or ORDINARY,
            cause=said["cause"],
            wished_on=said["wished_on"],
            confirm_to=said["confirm_to"] or said["email"],
        )


class WithdrawalForm(forms.Form):
    """What a withdrawal needs: who, which contract, where the confirmation goes."""

    name = DeclarationForm.base_fields["name"]
    email = DeclarationForm.base_fields["email"]
    contract = DeclarationForm.base_fields["contract"]
    confirm_to = DeclarationForm.base_fields["confirm_to"]
    key = DeclarationForm.base_fields["key"]

    def declaration(self) -> Declaration:
        said = self.cleaned_data
        return Declaration(
            name=said["name"],
            email=said["email"],
            contract=said["contract"],
            kind=SessionKind.WITHDRAWAL,
            confirm_to=said["confirm_to"] or said["email"],
        )


class FindForm(forms.Form):
    """Asks for a link by mail."""

    email = forms.EmailField(
        max_length=254,
        label=_("Your mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    order_number = forms.CharField(
        max_length=60, required=False, label=_("Order number"), help_text=_("If you are not sure about the address.")
    )
