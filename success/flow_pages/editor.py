"""What the editor of a draft shows: cards in their order, the settings, the faults, the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from subscribers.lazy import lazily as _
from success.enums import StepKind, Trigger
from success.flow_pages.forms.settings import SettingsForm
from success.flow_pages.forms.steps import StepForm, step_form
from success.flow_pages.picture import TONES, picture_of
from success.flow_pages.words import SETTING_WORDS, say, setting_words, step_icon, step_name
from success.flows import arranging, conditions
from success.flows.differences import differences
from success.flows.drafts import as_drafted, published_of, settings_of
from success.flows.drawing import links_of
from success.flows.faults import faults_of, warnings_of
from success.models import Flow, FlowStep, FlowVersion

MENU = (
    StepKind.MAIL,
    StepKind.WAIT,
    StepKind.BRANCH,
    StepKind.TASK,
    StepKind.ACTION,
    StepKind.NOTE,
    StepKind.HAND_OVER,
    StepKind.WEBHOOK,
    StepKind.END,
)
MENU_WORDS = {
    StepKind.MAIL: _("Mail"),
    StepKind.WAIT: _("Wait"),
    StepKind.BRANCH: _("Question with yes and no"),
    StepKind.TASK: _("Task for a person"),
    StepKind.ACTION: _("Offer or action"),
    StepKind.NOTE: _("Note on the ticket"),
    StepKind.HAND_OVER: _("Hand-over"),
    StepKind.WEBHOOK: _("Webhook"),
    StepKind.END: _("End"),
}


@dataclass
class Card:
    """A step in the editor. `arms`: where something may be put in after it, "" or then and otherwise, with a label."""

    step: FlowStep
    title: str
    words: str
    icon: str
    tone: str
    faults: list[str]
    warnings: list[str]
    leads: list[tuple[str, str]]
    arms: list[tuple[str, str]]
    may_rise: bool
    may_sink: bool
    depth: int = 0
    form: StepForm | None = None


@dataclass
class Editor:
    draft: FlowVersion
    flow: Flow
    steps: list[FlowStep]
    cards: list[Card]
    faults: dict[str, list[str]]
    settings: list[tuple[str, str]]
    forms: dict[str, Any] = field(default_factory=dict)

    @property
    def fault_count(self) -> int:
        return sum(len(found) for found in self.faults.values())

    @property
    def general_faults(self) -> list[str]:
        return self.faults.get("", [])

    @property
    def menu(self) -> list[tuple[str, str, str]]:
        return [(one, MENU_WORDS[one], step_icon(FlowStep(kind=one))) for one in MENU]

    @property
    def picture(self) -> Any:
        return picture_of(self.flow, self.steps, faults=self.faults, url=lambda step: f"#step-{step.pk}")

    @property
    def changes(self) -> list[str]:
        """Against what is published; empty where nothing is, or nothing changed."""
        before = published_of(self.flow)
        current = settings_of(Flow.objects.get(pk=self.flow.pk))
        return differences(before, self.draft, current) if before else []

    @property
    def matches(self) -> int | None:
        """How many people the segment holds now; None where the flow has none, or its conditions are faulty."""
        if self.flow.trigger != Trigger.SEGMENT or self.general_faults:
            return None
        return conditions.segment(self.flow.store_id, self.flow.segment).count()


def editor_of(draft: FlowVersion, *, opened: int | None = None, data: Any = None) -> Editor:
    """`opened`: the step whose form is shown; `data`: what was sent for it."""
    flow = as_drafted(draft)
    steps = list(draft.steps.select_related("version__flow").order_by("position"))
    faults, warnings = faults_of(flow, steps), warnings_of(steps)
    leads: dict[int, list[tuple[str, str]]] = {}
    for link in links_of(steps):
        leads.setdefault(link.source, []).append((link.answer, step_name(steps[link.target])))
    cards = [
        Card(
            step,
            step_name(step),
            say(step),
            step_icon(step),
            TONES.get(step.kind, "plain"),  # type: ignore[call-overload]
            faults.get(step.key, []),
            warnings.get(step.key, []),
            leads.get(number, []),
            _arms(step),
            arranging.can_move(steps, number, up=True),
            arranging.can_move(steps, number, up=False),
        )
        for number, step in enumerate(steps)
    ]
    for card in cards:
        if card.step.pk == opened:
            card.form = step_form(card.step, steps, data)
    return Editor(draft, flow, steps, cards, faults, settings_lines(flow))


def _arms(step: FlowStep) -> list[tuple[str, str]]:
    if step.kind == StepKind.END:
        return []
    if step.kind == StepKind.BRANCH:
        return [("then", gettext("after yes")), ("otherwise", gettext("after no"))]
    return [("", "below")]


def settings_form(draft: FlowVersion, data: Any = None) -> SettingsForm:
    return SettingsForm(data, flow=as_drafted(draft), auto_id="settings-%s")


def settings_lines(flow: Flow) -> list[tuple[str, str]]:
    """The settings in words, those alone that say something."""
    shown: list[tuple[str, str]] = []
    values: Mapping[str, Any] = {name: getattr(flow, name) for name in SETTING_WORDS}
    for name, words in SETTING_WORDS.items():
        value = values[name]
        if name == "reenter_after" and value is not None:
            value = value.total_seconds() / 3600
        if name in ("segment", "segment_continues") and flow.trigger != Trigger.SEGMENT:
            continue
        if name in ("entry", "most_entries", "reenter_after", "holdout_share") and not value:
            continue
        if name == "holdout_steps" and not flow.holdout_share:
            continue
        if name == "rank" and flow.kind != "recovery":
            continue
        shown.append((words, setting_words(name, value)))
    return shown


def step_after_which(steps: Sequence[FlowStep], pk: str) -> FlowStep | None:
    return next((step for step in steps if str(step.pk) == pk), None)
