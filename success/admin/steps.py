"""A flow's steps as fields: each kind of step has its own, kept in the step's `config`."""

from typing import Any

from django import forms
from unfold.admin import StackedInline
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from subscribers.admin_base import PlainForm, ReadOnlyInline, StaffOnly
from success.enums import AlertOutcome, StepKind
from success.flows.conditions import CONDITIONS
from success.flows.texts import VARIABLES
from success.models import FlowStep

# What each kind of step says; `next` jumps instead of going on with the step below.
FIELDS_OF: dict[str, tuple[str, ...]] = {
    StepKind.MAIL: ("subject", "text", "next"),
    StepKind.TASK: ("title", "instructions", "due_hours", "wait_hours", "next"),
    StepKind.WAIT: ("hours", "until", "next"),
    StepKind.BRANCH: ("when", "then", "otherwise"),
    StepKind.NOTE: ("text", "next"),
    StepKind.END: ("outcome", "close_alert"),
}
CONFIG_FIELDS = (*dict.fromkeys(name for names in FIELDS_OF.values() for name in names if name != "next"), "next")
WHEN = [("", "—"), *((name, label) for name, (label, _) in CONDITIONS.items())]
PLACES = ", ".join(f"{{{{ {name} }}}}" for name in VARIABLES)


def _line(help_text: str = "", **options: Any) -> forms.CharField:
    return forms.CharField(
        required=False, max_length=200, widget=UnfoldAdminTextInputWidget(), help_text=help_text, **options
    )


def _text(help_text: str = "") -> forms.CharField:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": 6})
    return forms.CharField(required=False, max_length=20_000, widget=widget, help_text=help_text)


def _hours(label: str, help_text: str = "") -> forms.FloatField:
    widget = UnfoldAdminIntegerFieldWidget(attrs={"step": "any"})
    return forms.FloatField(required=False, min_value=0, widget=widget, label=label, help_text=help_text)


def _choice(choices: Any, label: str, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        required=False, choices=choices, widget=UnfoldAdminSelectWidget(), label=label, help_text=help_text
    )


class StepForm(PlainForm):
    subject = _line("Empty: the ticket's.")
    text = _text(f"May hold {PLACES}; with a fall-back: {{{{ first_name|there }}}}.")
    title = _line(label="Task")
    instructions = _text()
    due_hours = _hours("Due after hours")
    wait_hours = _hours("Wait for hours", "Then the flow goes on without it. Empty: as long as it takes.")
    hours = _hours("Hours")
    until = _choice(WHEN, "Ends sooner when")
    when = _choice(WHEN, "If")
    then = _line("Name of a step below.", label="Then go to")
    otherwise = _line("Name of a step below.", label="Otherwise go to")
    next = _line("Name of a step below; empty: the next one.", label="Go on with")
    outcome = _line("Such as recovered or lost.")
    close_alert = _choice([("", "Leave it open"), *AlertOutcome.choices], "The alert closes as")

    class Meta:
        model = FlowStep
        fields = ("position", "key", "kind")

    class Media:
        js = ("success/flow_steps.js",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(kind, StepKind(kind).label) for kind in FIELDS_OF]  # type: ignore[attr-defined]
        config = self.instance.config or {}
        for name in CONFIG_FIELDS:
            if name in config:
                self.initial.setdefault(name, config[name])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        names = FIELDS_OF.get(data.get("kind", ""), ())
        kept = {name: value for name, value in (self.instance.config or {}).items() if name not in CONFIG_FIELDS}
        given = {name: data.get(name) for name in names}
        # Whole hours stay whole numbers, so that an untouched step stays as it was.
        self.instance.config = kept | {
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in given.items()
            if value not in (None, "")
        }
        return data


class StepInline(StaffOnly, StackedInline):
    """The steps of a draft."""

    model = FlowStep
    form = StepForm
    extra = 0
    ordering = ("position",)
    fields = (("position", "key", "kind"), *CONFIG_FIELDS)


class PublishedStepInline(ReadOnlyInline):
    model = FlowStep
    ordering = ("position",)
    fields = ("position", "key", "kind", "says")
    readonly_fields = fields

    def says(self, step: FlowStep) -> str:
        return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in step.config.items())
