"""Forms of the alert's page: they check what was typed, services do the rest."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

from success.enums import AlertOutcome

MORNING = 9  # o'clock, in the reader's zone

PRESETS = (
    ("hours", "In 4 hours"),
    ("tomorrow", "Tomorrow morning"),
    ("days", "In 3 days, in the morning"),
    ("monday", "Next Monday morning"),
    ("week", "In a week, in the morning"),
)
DAYS = {"tomorrow": 1, "days": 3, "week": 7}


class SnoozeForm(forms.Form):
    until = forms.ChoiceField(
        label="Come back", choices=PRESETS, initial="tomorrow", widget=forms.RadioSelect, required=True
    )
    reason = forms.CharField(
        max_length=200,
        label="Why it can wait",
        help_text="Whoever opens the alert meanwhile reads this.",
        widget=forms.TextInput(attrs={"autofocus": True}),
    )

    def clean_until(self) -> datetime:
        return preset_time(self.cleaned_data["until"], timezone.localtime())


def preset_time(preset: str, now: datetime) -> datetime:
    """When a preset ends, for somebody whose time it is `now`: mornings begin at nine."""
    if preset == "hours":
        return now + timedelta(hours=4)
    days = DAYS.get(preset) or 7 - now.weekday()
    return (now + timedelta(days=days)).replace(hour=MORNING, minute=0, second=0, microsecond=0)


class CloseForm(forms.Form):
    """What came of it. “Resolved by itself” is said by the product alone."""

    outcome = forms.ChoiceField(
        label="What came of it",
        choices=[(one, one.label) for one in AlertOutcome if one != AlertOutcome.AUTO_RESOLVED],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What helped, or what would have: the next one learns from it.",
    )


class NoteForm(forms.Form):
    text = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea)
