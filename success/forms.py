"""Forms of the alert's page: they check what was typed, services do the rest."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.lazy import lazily as _
from success.enums import AlertOutcome, WakeWhen

MORNING = 9  # o'clock, in the reader's zone

PRESETS = (
    ("hours", _("In 4 hours")),
    ("tomorrow", _("Tomorrow morning")),
    ("days", _("In 3 days, in the morning")),
    ("monday", _("Next Monday morning")),
    ("week", _("In a week, in the morning")),
)
AT_MOST = timedelta(days=14)
DAYS = {"tomorrow": 1, "days": 3, "week": 7}


class SnoozeForm(forms.Form):
    """Until a time, or until something happens and at most a time."""

    until = forms.ChoiceField(
        label=_("Come back"),
        choices=[
            *PRESETS,
            (WakeWhen.BOX_DELIVERED, _("When their box is delivered, at most 14 days")),
            (WakeWhen.TICKET_RESOLVED, _("When their ticket is resolved, at most 14 days")),
            ("date", _("On a day of your choice")),
        ],
        initial="tomorrow",
        widget=forms.RadioSelect,
        required=True,
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        max_length=200,
        label=_("Why it can wait"),
        help_text=_("Whoever opens the alert meanwhile reads this."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )

    def clean(self) -> dict[str, Any]:
        """`at`: the latest moment at which it comes back; `when`: what brings it back before."""
        data = super().clean() or {}
        preset, now = data.get("until"), timezone.localtime()
        if preset == "date":
            day = data.get("day")
            if day is None or day <= now.date():
                self.add_error("day", gettext("Choose a day that is still to come."))
            else:
                data["at"] = timezone.make_aware(datetime.combine(day, time(MORNING)))
        elif preset in WakeWhen.values:
            data["at"] = now + AT_MOST
        elif preset:
            data["at"] = preset_time(preset, now)
        data["when"] = preset if preset in WakeWhen.values else ""
        return data


def preset_time(preset: str, now: datetime) -> datetime:
    """When a preset ends, for somebody whose time it is `now`: mornings begin at nine."""
    if preset == "hours":
        return now + timedelta(hours=4)
    days = DAYS.get(preset) or 7 - now.weekday()
    return (now + timedelta(days=days)).replace(hour=MORNING, minute=0, second=0, microsecond=0)


class CloseForm(forms.Form):
    """What came of it. “Resolved by itself” is said by the product alone."""

    outcome = forms.ChoiceField(
        label=_("What came of it"),
        choices=[(one, one.label) for one in AlertOutcome if one != AlertOutcome.AUTO_RESOLVED],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What helped, or what would have: the next one learns from it."),
    )


class NoteForm(forms.Form):
    text = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea)


class HandOverForm(forms.Form):
    """What the other team needs to know. It goes with the thread."""

    note = forms.CharField(
        label=_("What they need to know"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
        help_text=_("Kept as an internal note on both sides."),
    )
