"""Forms of what is done with a whole ticket."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.models import Ticket
from tickets.services import snoozing
from tickets.sla.mornings import MOMENTS, Mornings


class SnoozeForm(forms.Form):
    """Until a moment of the store's day, a time of one's own, or the delivery of the box (`until` is the latest)."""

    choice = forms.ChoiceField(choices=[*((key, key) for key in MOMENTS), ("delivery", "delivery"), ("at", "at")])
    until = forms.DateTimeField(required=False)

    def __init__(self, *args: Any, mornings: Mornings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mornings = mornings

    def clean_until(self) -> datetime | None:
        # A time that is typed is one of the store's clock, as the others are.
        until: datetime | None = self.cleaned_data["until"]
        return timezone.make_naive(until).replace(tzinfo=self.mornings.zone) if until else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") == "at" and not data.get("until") and not self.errors.get("until"):
            self.add_error("until", _("Choose a time."))
        return data

    def put_aside(self, ticket: Ticket, actor: AbstractBaseUser) -> Ticket:
        choice, until = self.cleaned_data["choice"], self.cleaned_data["until"]
        if choice == "delivery":
            return snoozing.snooze_until_delivery(ticket, actor=actor, latest=until)
        return snoozing.snooze(ticket, actor=actor, until=until if choice == "at" else MOMENTS[choice](self.mornings))
