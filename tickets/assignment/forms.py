"""What people say of themselves, and to whom they hand a ticket over."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from subscribers.lazy import lazily as _
from tickets.assignment.words import availability_words
from tickets.forms import moment_of
from tickets.models import Presence, Ticket
from tickets.selectors import colleagues

AWAY_UNTIL = (
    ("", _("Until I am back")),
    ("hour", _("For an hour")),
    ("tomorrow", _("Until tomorrow, 9:00")),
    ("monday", _("Until Monday, 9:00")),
)


class AvailabilityForm(forms.Form):
    """`until`: one of the moments above; `at` a time of one's own."""

    state = forms.ChoiceField(choices=(("available", _("Available")), ("away", _("Away"))))
    until = forms.ChoiceField(choices=AWAY_UNTIL, required=False)
    at = forms.DateTimeField(required=False)

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at is not None and at <= timezone.now():
            raise forms.ValidationError(_("Choose a time in the future."))
        return at

    def until_time(self, now: datetime) -> datetime | None:
        """When they are back by themselves, by the clock of whoever says so; None: when they say so."""
        if at := self.cleaned_data.get("at"):
            return at
        chosen = self.cleaned_data.get("until")
        return moment_of(chosen, now) if chosen else None


class Colleagues(forms.ModelChoiceField):
    def label_from_instance(self, person: Any) -> str:
        there: Presence | None = getattr(person, "presence", None)
        return f"{person} · {availability_words(there)}"


class HandOverForm(forms.Form):
    to = Colleagues(get_user_model().objects.none(), label=_("To"), empty_label=None)
    note = forms.CharField(
        label=_("What they should know"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Kept as an internal note."),
    )
    # Whose it was when the form was made.
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ticket: Ticket, user: AbstractBaseUser, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["seen"] = ticket.assignee_id
        held_by = [ticket.assignee_id] if ticket.assignee_id else []
        others: Any = colleagues(ticket).exclude(pk__in=held_by)
        self.fields["to"].queryset = others.select_related("presence")  # type: ignore[attr-defined]
