"""What people enter about a cause."""

from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from success.models import Cause
from tickets.bulk.answering import LONGEST
from tickets.models import Ticket


class FixForm(forms.Form):
    on = forms.DateField(
        label=_("Fixed on"),
        help_text=_("Boxes shipped from this day on are without it."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = forms.CharField(label=_("What was done"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].widget.attrs["max"] = timezone.localdate().isoformat()


class DismissForm(forms.Form):
    because = forms.CharField(label=_("Why it is none"), max_length=300)


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Note"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Answer"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 7}))
    resolves = forms.BooleanField(label=_("Resolve the tickets with it"), required=False)


class TicketForm(forms.Form):
    """A ticket by its number, as somebody sees it."""

    ticket = forms.RegexField(
        r"^\s*(?:[Tt]-)?(\d{1,18})\s*$", label=_("Ticket"), error_messages={"invalid": _("Such as T-1042.")}
    )

    def __init__(self, *args: Any, user: AbstractBaseUser, cause: Cause, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.cause = user, cause

    def clean_ticket(self) -> Ticket:
        number = "".join(filter(str.isdigit, self.cleaned_data["ticket"]))
        found = Ticket.objects.visible_to(self.user).filter(pk=number, store=self.cause.store_id).first()
        if found is None:
            raise forms.ValidationError(_("There is no such ticket in this store."))
        return found
