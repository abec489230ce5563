"""A form for each kind of step. What a form does not know of a step's configuration stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language_info, gettext

from subscribers.cancellation.speech import LANGUAGES, known_language
from subscribers.enums import Interval
from subscribers.lazy import lazily as _
from subscribers.models import Product
from success.enums import AlertOutcome, Anchor, StepKind
from success.flow_pages.forms.fields import ConditionForm, LengthField
from success.flow_pages.words import step_name
from success.flows import texts
from success.flows.definitions import ACTIONS
from success.models import FlowStep, WebhookSecret
from success.offers.kinds import KINDS

ACTION_WORDS = {
    "offer": _("Offer something by a link in the next mail"),
    "skip": _("Skip the next box"),
    "pause": _("Pause the subscription"),
    "frequency": _("Change how often boxes come"),
    "discount": _("Give a discount"),
    "credit": _("Give money back as credit"),
    "gift": _("Send a gift with the next box"),
    "replacement": _("Send the box again"),
}
OFFER_WORDS = {
    "skip": _("Skip the next box"),
    "pause": _("A pause"),
    "frequency": _("Boxes less often"),
    "discount": _("A discount"),
    "gift": _("A gift"),
    "swap": _("Another product"),
}
# What each deed takes; the form shows these fields alone.
TAKES: dict[str, tuple[str, ...]] = {
    "skip": (),
    "pause": ("days",),
    "frequency": ("slower", "interval", "count"),
    "discount": ("percent", "amount", "billings"),
    "credit": ("amount",),
    "gift": ("product", "title"),
    "swap": ("product",),
    "replacement": (),
    "offer": (),
}
# What a held-out share may be left alone with.
NOTICED = (StepKind.MAIL, StepKind.TASK, StepKind.NOTE, StepKind.ACTION, StepKind.WEBHOOK, StepKind.HAND_OVER)
HELD_OUT = [("", _("As the flow says")), ("yes", _("Do it for them too")), ("no", _("Leave it out for them"))]
NEEDED = (
    "text",
    "title",
    "due_hours",
    "do",
    "offered",
    "url",
    "note",
    "outcome",
    "hours",
    "anchor",
    "side",
    "then",
    "otherwise",
)
PARAMS = ("days", "slower", "interval", "count", "percent", "amount", "billings", "product", "title")


def _text(label: str, rows: int = 6, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "data-variables": ""})
    return forms.CharField(required=False, max_length=20_000, strip=False, label=label, widget=widget, **options)


def _line(label: str, **options: Any) -> forms.CharField:
    return forms.CharField(required=False, max_length=200, label=label, **options)


def _number(label: str, least: int, most: int, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=least, max_value=most, label=label, **options)


@dataclass(frozen=True)
class Part:
    """A field, or a condition. `when`: the field that decides whether it is shown; `values`: those for which it is."""

    bound: forms.BoundField | None
    condition: ConditionForm | None = None
    label: str = ""
    when: str = ""
    values: str = ""


class StepForm(forms.Form):
    """`config()` is what the step says after the form was valid; unfinished it may be, unreadable not.

    `OWN`: the keys of the configuration that the form writes. `shows`: (field, controlling field, its values).
    """

    OWN: ClassVar[tuple[str, ...]] = ()
    ASKS_AFTER: ClassVar[str] = ""
    asked: ConditionForm | None = None
    shows: ClassVar[dict[str, tuple[str, str]]] = {}

    use_required_attribute = False
    name = forms.CharField(max_length=50, label=_("Name"), help_text=_("How the step is called in the picture."))

    def __init__(self, *args: Any, step: FlowStep, steps: Sequence[FlowStep], **options: Any) -> None:
        self.step = step
        self.later = [one for one in steps if one.position > step.position]
        options["initial"] = {"name": step_name(step), **self.initial_of(step.config)}
        super().__init__(*args, **options)
        if step.kind in NOTICED:
            self.fields["held_out"] = forms.ChoiceField(
                required=False, label=gettext("For the share left alone"), choices=HELD_OUT
            )
            self.initial["held_out"] = {True: "yes", False: "no"}.get(step.config.get("both_arms"), "")
        if step.kind not in (StepKind.BRANCH, StepKind.END):
            follows = self.later[0] if self.later else None
            words = (
                gettext("The next one: %(step_name)s") % {"step_name": step_name(follows)}
                if follows
                else gettext("Nothing: the flow is over")
            )
            self.fields["goes_on"] = forms.ChoiceField(
                required=False, label=gettext("Goes on with"), choices=[("", words), *self.places(self.later[1:])]
            )
            self.initial["goes_on"] = self.place_of(step.config.get("next", ""))

    @property
    def parts(self) -> list["Part"]:
        """What the form shows first, in its order; a condition stands after the field that asks for it."""
        found = []
        behind = {bound.name for bound in (*self.more, *self.translated)}
        for bound in self:
            if bound.name in behind:
                continue
            when, values = self.shows.get(bound.name, ("", ""))
            if bound.name in NEEDED:  # for its label: an unfinished step is kept all the same, and told of
                bound.field.required = True
            found.append(Part(bound, when=when, values=values))
            if bound.name == self.ASKS_AFTER:
                when, values = self.shows.get("asked", ("", ""))
                found.append(
                    Part(None, self.asked, gettext("When") if values else gettext("The question"), when, values)
                )
        return found

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in ("goes_on", "held_out") if name in self.fields]

    @property
    def translated(self) -> list[forms.BoundField]:
        return []

    @property
    def speaks(self) -> bool:
        """Whether it holds a text with variables."""
        return any("data-variables" in field.widget.attrs for field in self.fields.values())

    @property
    def variables(self) -> list[tuple[str, str]]:
        return list(texts.VARIABLES.items())

    def places(self, steps: Sequence[FlowStep]) -> list[tuple[str, str]]:
        return [(str(one.pk), step_name(one)) for one in steps]

    def place_of(self, key: str) -> str:
        return next((str(one.pk) for one in self.later if one.key == key), "")

    def key_of(self, place: str) -> str:
        return next((one.key for one in self.later if str(one.pk) == place), "")

    def initial_of(self, config: Mapping[str, Any]) -> dict[str, Any]:
        return {name: config[name] for name in self.OWN if name in config}

    def written(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The form's part of the configuration; what is None or empty is left out."""
        return {name: data.get(name) for name in self.OWN}

    def _owned(self) -> set[str]:
        return {*self.OWN, "next"} | ({"both_arms"} if "held_out" in self.fields else set())

    def config(self) -> dict[str, Any]:
        data = self.cleaned_data
        kept = {name: value for name, value in self.step.config.items() if name not in self._owned()}
        own = self.written(data)
        if "goes_on" in self.fields:
            own["next"] = self.key_of(data.get("goes_on", ""))
        if "held_out" in self.fields:
            own["both_arms"] = {"yes": True, "no": False}.get(data.get("held_out", ""))
        return {**kept, **{name: value for name, value in own.items() if value not in (None, "")}}


class MailForm(StepForm):
    OWN = ("subject", "text", "translations", "if_held", "hold_hours")
    shows = {"hold_hours": ("if_held", "wait")}

    subject = _line(
        _("Subject"), help_text=_("For a mail of its own; in a ticket's thread the ticket's subject stays.")
    )
    text = _text(_("Text"), rows=10)
    if_held = forms.ChoiceField(
        required=False,
        label=_("If it may not be sent now"),
        choices=[("", _("As usual for its kind")), ("wait", _("Wait until it may")), ("skip", _("Go on without it"))],
        help_text=_("Because of quiet hours, or of too many contacts of late."),
    )
    hold_hours = LengthField(required=False, label=_("Wait at most"))

    def __init__(self, *args: Any, step: FlowStep, **options: Any) -> None:
        super().__init__(*args, step=step, **options)
        spoken = known_language(step.version.flow.store.language)
        told = step.config.get("translations", {})
        self.languages = [code for code in LANGUAGES if code != spoken]
        for code in self.languages:
            name = get_language_info(code)["name"]
            self.fields[f"subject_{code}"] = _line(gettext("Subject in %(name)s") % {"name": name})
            self.fields[f"text_{code}"] = _text(gettext("Text in %(name)s") % {"name": name}, rows=8)
            for part in ("subject", "text"):
                self.initial[f"{part}_{code}"] = told.get(code, {}).get(part, "")

    @property
    def has_translations(self) -> bool:
        return bool(self.step.config.get("translations"))

    @property
    def translated(self) -> list[forms.BoundField]:
        return [self[f"{part}_{code}"] for code in self.languages for part in ("subject", "text")]

    def written(self, data: Mapping[str, Any]) -> dict[str, Any]:
        told = dict(self.step.config.get("translations", {}))
        for code in self.languages:
            parts = {part: data[f"{part}_{code}"].replace("\r\n", "\n") for part in ("subject", "text")}
            own = {name: value for name, value in told.get(code, {}).items() if name not in parts}
            own |= {part: text for part, text in parts.items() if text.strip()}
            told = {**told, code: own} if own else {name: value for name, value in told.items() if name != code}
        return {**super().written(data), "translations": told or None}

    def clean_text(self) -> str:
        return self.cleaned_data["text"].replace("\r\n", "\n")


class TaskForm(StepForm):
    OWN = ("title", "instructions", "due_hours", "wait_hours")

    title = _line(_("What is to be done"))
    instructions = _text(_("How"), rows=5)
    due_hours = LengthField(required=False, label=_("Due within"))
    wait_hours = LengthField(
        required=False, label=_("Wait for it at most"), help_text=_("Empty: the flow goes on at once, without waiting.")
    )

    def clean_instructions(self) -> str:
        return self.cleaned_data["instructions"].replace("\r\n", "\n")


class WithCondition(StepForm):
    """A step that asks something: its condition is a form of its own, with the prefix “ask”."""

    CONDITION = ""
    asked: ConditionForm

    def __init__(self, *args: Any, step: FlowStep, **options: Any) -> None:
        super().__init__(*args, step=step, **options)
        data = self.data if self.is_bound else None
        self.asked = ConditionForm(data, prefix="ask", condition=step.config.get(self.CONDITION))

    def is_valid(self) -> bool:
        return super().is_valid() and (not self.asks() or self.asked.is_valid())

    def asks(self) -> bool:
        return True

    def condition(self) -> Any:
        return self.asked.cleaned_data.get("condition") if self.asks() else None


class WaitForm(WithCondition):
    OWN = ("hours", "until", "anchor", "offset_hours")
    CONDITION = "until"
    ASKS_AFTER = "mode"
    shows = {
        "hours": ("mode", "time fact"),
        "anchor": ("mode", "date"),
        "offset": ("mode", "date"),
        "side": ("mode", "date"),
        "most": ("mode", "date"),
        "asked": ("mode", "fact"),
    }

    mode = forms.ChoiceField(
        label=_("Wait"),
        choices=[
            ("time", _("for some time")),
            ("fact", _("until something happens")),
            ("date", _("until a date, such as two days before the box ships")),
        ],
        widget=forms.RadioSelect,
    )
    hours = LengthField(
        required=False, least=0.001, label=_("How long"), help_text=_("Until something happens: at most.")
    )
    anchor = forms.ChoiceField(required=False, label=_("The date of"), choices=Anchor.choices)
    offset = LengthField(required=False, label=_("How far from it"), help_text=_("Empty: at that very time."))
    side = forms.ChoiceField(
        required=False, label=_("Before or after"), choices=[("before", _("before it")), ("after", _("after it"))]
    )
    most = LengthField(
        required=False,
        least=0.001,
        label=_("At most"),
        help_text=_("Where the date is not known or keeps moving away."),
    )

    def initial_of(self, config: Mapping[str, Any]) -> dict[str, Any]:
        if "anchor" in config:
            offset = config.get("offset_hours") or 0
            return {
                "mode": "date",
                "anchor": config["anchor"],
                "offset": abs(offset) or None,
                "side": "after" if offset > 0 else "before",
                "most": config.get("hours"),
            }
        return {"mode": "fact" if "until" in config else "time", "hours": config.get("hours")}

    def asks(self) -> bool:
        return self.data.get(self.add_prefix("mode")) == "fact"

    def written(self, data: Mapping[str, Any]) -> dict[str, Any]:
        match data["mode"]:
            case "date":
                offset = data.get("offset") or 0
                return {
                    "anchor": data.get("anchor"),
                    "offset_hours": -offset if offset and data.get("side") != "after" else offset,
                    "hours": data.get("most"),
                }
            case "fact":
                return {"until": self.condition(), "hours": data.get("hours")}
        return {"hours": data.get("hours")}


class BranchForm(WithCondition):
    OWN = ("when", "then", "otherwise")
    CONDITION = "when"
    ASKS_AFTER = "name"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in (("then", gettext("If yes, go on with")), ("otherwise", gettext("If no, go on with"))):
            choices = [("", gettext("Choose a step")), *self.places(self.later)]
            self.fields[name] = forms.ChoiceField(required=False, label=label, choices=choices)
            self.initial[name] = self.place_of(self.step.config.get(name, ""))

    def initial_of(self, config: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def written(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "when": self.condition(),
            "then": self.key_of(data.get("then", "")),
            "otherwise": self.key_of(data.get("otherwise", "")),
        }


class NoteForm(StepForm):
    OWN = ("text",)

    text = _text(_("Note on the ticket"), help_text=_("Colleagues read it; the subscriber does not."))

    def clean_text(self) -> str:
        return self.cleaned_data["text"].replace("\r\n", "\n")


class ActionForm(StepForm):
    OWN = ("do", "offer", "valid_days", *PARAMS)
    shows = {
        "offered": ("do", "offer"),
        "valid_days": ("do", "offer"),
        **{name: ("deed", " ".join(deed for deed, names in TAKES.items() if name in names)) for name in PARAMS},
    }

    do = forms.ChoiceField(
        required=False,
        label=_("Do"),
        choices=[("", _("Choose")), *((one, ACTION_WORDS[one]) for one in ACTIONS)],
        help_text=_("Within the approval limit of flows it is done at once; above it becomes a task for a person."),
    )
    offered = forms.ChoiceField(
        required=False,
        label=_("Offer"),
        choices=[("", _("Choose")), *((one, OFFER_WORDS[one]) for one in KINDS if one in OFFER_WORDS)],
    )
    valid_days = _number(_("Days to accept it"), 1, 366)
    days = _number(_("Days"), 1, 366)
    slower = _number(_("Times as long between boxes"), 2, 12, help_text=_("2: every month becomes every two months."))
    interval = forms.ChoiceField(required=False, label=_("Or: a box every"), choices=[("", "—"), *Interval.choices])
    count = _number(_("How many of these"), 1, 366)
    percent = _number(_("Percent"), 1, 100)
    amount = forms.FloatField(required=False, min_value=0.01, max_value=10**9, label=_("Amount of money"))
    billings = _number(_("For how many billings"), 1, 24)
    product = forms.ChoiceField(required=False, label=_("Product"))
    title = _line(_("Or: what is given, in words"))

    def __init__(self, *args: Any, step: FlowStep, **options: Any) -> None:
        super().__init__(*args, step=step, **options)
        products = Product.objects.filter(store=step.version.flow.store_id).order_by("name", "pk")
        self.fields["product"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((str(pk), name) for pk, name in products.values_list("pk", "name")[:500]),
        ]

    def initial_of(self, config: Mapping[str, Any]) -> dict[str, Any]:
        offer = config.get("offer")
        offer = offer if isinstance(offer, Mapping) else {}
        params = offer if config.get("do") == "offer" else config
        return {
            "do": config.get("do"),
            "offered": offer.get("kind"),
            "valid_days": config.get("valid_days"),
            **{name: params[name] for name in PARAMS if name in params},
        }

    def written(self, data: Mapping[str, Any]) -> dict[str, Any]:
        do, offered = data.get("do") or "", data.get("offered") or ""
        params = self._params(data, offered if do == "offer" else do)
        if do != "offer":
            return {"do": do, **params}
        offer = {"kind": offered, **params} if offered else None
        return {"do": do, "offer": offer, "valid_days": data.get("valid_days")}

    @staticmethod
    def _params(data: Mapping[str, Any], deed: str) -> dict[str, Any]:
        given: dict[str, Any] = {name: data.get(name) for name in TAKES.get(deed, ())}
        if given.get("slower"):
            given |= {"interval": None, "count": None}
        if isinstance(given.get("product"), str) and given["product"]:
            given["product"] = int(given["product"])
        if isinstance(given.get("amount"), float) and given["amount"].is_integer():
            given["amount"] = int(given["amount"])
        return {name: value for name, value in given.items() if value not in (None, "")}


class WebhookForm(StepForm):
    OWN = ("url", "secret")

    url = forms.CharField(required=False, max_length=500, label=_("Address"), help_text="https://…")
    secret = forms.ChoiceField(required=False, label=_("Signed with"), help_text=_("Secrets are kept in the admin."))

    def __init__(self, *args: Any, step: FlowStep, **options: Any) -> None:
        super().__init__(*args, step=step, **options)
        secrets = WebhookSecret.objects.filter(store=step.version.flow.store_id).order_by("name")
        names = [*secrets.values_list("name", flat=True)]
        if (own := step.config.get("secret")) and own not in names:
            names.append(own)
        self.fields["secret"].choices = [("", gettext("Not signed")), *((name, name) for name in names)]  # type: ignore[attr-defined]


class HandOverForm(StepForm):
    OWN = ("to", "note")

    to = forms.ChoiceField(
        label=_("To"), choices=[("service", _("Customer service")), ("success", _("Customer success"))]
    )
    note = _text(_("What they should know"), rows=4)

    def clean_note(self) -> str:
        return self.cleaned_data["note"].replace("\r\n", "\n")


class EndForm(StepForm):
    OWN = ("outcome", "close_alert")

    outcome = _line(_("Outcome"), help_text=_("A word that reports can count, such as recovered or lost."))
    close_alert = forms.ChoiceField(
        required=False,
        label=_("The alert"),
        choices=[("", _("stays open")), *((one, f"closes: {one.label.lower()}") for one in AlertOutcome)],
    )


FORMS: dict[str, type[StepForm]] = {
    StepKind.MAIL: MailForm,
    StepKind.TASK: TaskForm,
    StepKind.WAIT: WaitForm,
    StepKind.BRANCH: BranchForm,
    StepKind.NOTE: NoteForm,
    StepKind.ACTION: ActionForm,
    StepKind.WEBHOOK: WebhookForm,
    StepKind.HAND_OVER: HandOverForm,
    StepKind.END: EndForm,
}


def step_form(step: FlowStep, steps: Sequence[FlowStep], data: Any = None) -> StepForm:
    return FORMS[step.kind](data, step=step, steps=steps, auto_id=f"step-{step.pk}-%s")
