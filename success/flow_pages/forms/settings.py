"""When a flow starts, for whom, how often, and when it stops: what a draft holds of the flow's own settings."""

from collections.abc import Mapping
from typing import Any

from django import forms

from subscribers.lazy import lazily as _
from success.enums import Exit, FlowKind, StepKind, TouchCategory, Trigger
from success.flow_pages.forms.fields import ConditionForm, LengthField
from success.flow_pages.forms.steps import NOTICED
from success.flow_pages.words import TRIGGER_WORDS
from success.models import Flow

MOST_CONDITIONS = 8


def trigger_choices() -> list[tuple[str, str]]:
    return [(one, words[:1].upper() + words[1:]) for one, words in TRIGGER_WORDS.items()]


class SettingsForm(forms.Form):
    """The settings of a flow. Conditions are forms of their own: `entry` and `segment`, one more than there are."""

    shows = {
        "segment": ("trigger", Trigger.SEGMENT),
        "segment_continues": ("trigger", Trigger.SEGMENT),
        "rank": ("kind", FlowKind.RECOVERY),
    }

    trigger = forms.ChoiceField(label=_("It starts when"), choices=trigger_choices)
    segment_continues = forms.BooleanField(
        required=False, label=_("Go on by itself: who comes into the segment later enters too, every day")
    )
    exits = forms.MultipleChoiceField(
        required=False,
        label=_("It stops early when"),
        choices=Exit.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox"}),
    )
    reenter_after = LengthField(
        required=False,
        label=_("It may start again for the same person after"),
        help_text=_("Empty: outreach never again, recovery for every new fact."),
    )
    most_entries = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=1000,
        label=_("At most so often for one person"),
        help_text=_("Empty: no limit."),
    )
    rank = forms.IntegerField(
        min_value=0,
        max_value=32_000,
        label=_("Rank"),
        help_text=_("Among recovery flows the smaller number takes over."),
    )
    category = forms.ChoiceField(
        label=_("Its mails count as"),
        choices=TouchCategory.choices,
        help_text=_("Success mail and marketing keep to consent, quiet hours and the store's limits of contact."),
    )
    holdout = forms.FloatField(
        required=False,
        min_value=0,
        max_value=90,
        label=_("Leave alone, to compare (percent)"),
        help_text=_("A share drawn at random, once for each person, shows what the flow is worth."),
    )
    holdout_steps = forms.MultipleChoiceField(
        required=False,
        label=_("Left alone with"),
        choices=[(one, StepKind(one).label) for one in NOTICED],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox"}),
    )

    def __init__(self, data: Any = None, *, flow: Flow, **options: Any) -> None:
        """`flow`: with the draft's settings put on it."""
        self.flow = flow
        super().__init__(data, initial=self._initial(flow), **options)
        self.entry = self._conditions("entry", flow.entry)
        self.segment = self._conditions("segment", flow.segment)
        if flow.kind != FlowKind.RECOVERY:
            del self.fields["rank"]

    @staticmethod
    def _initial(flow: Flow) -> dict[str, Any]:
        again = flow.reenter_after.total_seconds() / 3600 if flow.reenter_after is not None else None
        return {
            "trigger": flow.trigger,
            "segment_continues": flow.segment_continues,
            "exits": flow.exits,
            "reenter_after": again,
            "most_entries": flow.most_entries,
            "rank": flow.rank,
            "category": flow.category,
            "holdout": round(flow.holdout_share * 100, 6),
            "holdout_steps": flow.holdout_steps,
        }

    def _conditions(self, name: str, stored: Any) -> list[ConditionForm]:
        """As many as were sent; else those that are stored, and an empty one."""
        stored = stored if isinstance(stored, list) else []
        count = len(stored) + 1
        if self.is_bound:
            count = next((n for n in range(MOST_CONDITIONS) if f"{name}-{n}-ask" not in self.data), MOST_CONDITIONS)
        return [
            ConditionForm(
                self.data if self.is_bound else None,
                prefix=f"{name}-{number}",
                condition=stored[number] if number < len(stored) else None,
                before_a_run=True,
            )
            for number in range(min(count, MOST_CONDITIONS))
        ]

    def is_valid(self) -> bool:
        parts = [*self.entry, *(self.segment if self.data.get("trigger") == Trigger.SEGMENT else ())]
        return all([super().is_valid(), *[part.is_valid() for part in parts]])

    def settings(self) -> Mapping[str, Any]:
        """As `success.flows.drafts.save_settings` keeps them."""
        data = self.cleaned_data
        found = {
            "trigger": data["trigger"],
            "exits": data["exits"],
            "entry": self._found(self.entry),
            "reenter_after": data["reenter_after"],
            "most_entries": data["most_entries"],
            "category": data["category"],
            "holdout_share": (data["holdout"] or 0) / 100,
            "holdout_steps": data["holdout_steps"],
        }
        if data["trigger"] == Trigger.SEGMENT:
            found |= {"segment": self._found(self.segment), "segment_continues": data["segment_continues"]}
        if "rank" in data:
            found["rank"] = data["rank"]
        return found

    @staticmethod
    def _found(parts: list[ConditionForm]) -> list[Any]:
        return [part.cleaned_data["condition"] for part in parts if part.cleaned_data["condition"] is not None]


class FlowForm(forms.Form):
    """A new flow. `like`: the key of a ready-made one, or empty."""

    name = forms.CharField(max_length=120, label=_("Name"))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (FlowKind.RECOVERY, _("Recovery: it answers a bad fact")),
            (FlowKind.OUTREACH, _("Outreach: it accompanies a good path")),
        ],
        widget=forms.RadioSelect,
        initial=FlowKind.OUTREACH,
    )
    trigger = forms.ChoiceField(label=_("It starts when"), choices=trigger_choices)


class NameForm(forms.Form):
    name = forms.CharField(max_length=120, label=_("Name"))
