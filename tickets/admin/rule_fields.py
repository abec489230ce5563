"""What a ticket rule asks for and does, as fields of its page."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from subscribers.enums import Channel, SubscriptionStatus
from subscribers.models import Product, Reason
from tickets.actions.kinds import field_value
from tickets.admin.own_field_inputs import OwnFields
from tickets.enums import ActionKind, Metric, Priority, Score, TicketStatus
from tickets.fields.selectors import OwnField, own_fields
from tickets.models import BusinessCalendar, Queue, TicketField
from tickets.rules.conditions import NOBODY, NONE
from tickets.sla.conditions import MOST_HOURS

ANY = gettext_lazy("None: any.")
SNOOZES = (
    ("", "—"),
    ("later_today", gettext_lazy("Until later today")),
    ("tomorrow", gettext_lazy("Until tomorrow morning")),
    ("next_week", gettext_lazy("Until next week")),
    ("delivery", gettext_lazy("Until the box is delivered")),
)


def _several(label: Any, choices: Any = (), help_text: Any = ANY, *, numbers: bool = False) -> forms.Field:
    kind = forms.TypedMultipleChoiceField if numbers else forms.MultipleChoiceField
    options: dict[str, Any] = {"coerce": int} if numbers else {}
    return kind(
        label=label,
        choices=choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=help_text,
        **options,
    )


def _listed(label: Any, help_text: Any) -> forms.Field:
    """A long list, in a box of its own."""
    return forms.TypedMultipleChoiceField(
        label=label, coerce=int, required=False, widget=UnfoldAdminSelectMultipleWidget(), help_text=help_text
    )


def _one(label: Any, choices: Any = (), help_text: Any = "") -> forms.Field:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=UnfoldAdminSelectWidget(), help_text=help_text
    )


def _number(label: Any, most: int, help_text: Any = "") -> forms.Field:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=help_text,
    )


def _commas(label: Any, help_text: Any, placeholder: str = "") -> forms.Field:
    return forms.CharField(
        label=label,
        max_length=1000,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": placeholder}),
        help_text=help_text,
    )


def _lines(label: Any, help_text: Any) -> forms.Field:
    return forms.CharField(
        label=label,
        max_length=5000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=help_text,
    )


def own_fields_of(stores: Any) -> list[OwnField]:
    rows = TicketField.objects.filter(store__in=stores).order_by("position", "label", "pk")
    return own_fields(rows.values("key", "label", "kind", "choices"))


class ConditionFields(forms.Form):
    """What must be true; what is left empty asks for nothing."""

    only_queue = _listed(gettext_lazy("Queues"), ANY)
    only_status = _several(gettext_lazy("Status"), TicketStatus.choices)
    only_assignee = _listed(gettext_lazy("Whose it is"), ANY)
    only_priority = _several(gettext_lazy("Priority"), Priority.choices, numbers=True)
    only_channel = _several(gettext_lazy("Channel"), Channel.choices)
    only_topic = forms.MultipleChoiceField(
        label=gettext_lazy("Topics"),
        required=False,
        widget=UnfoldAdminSelectMultipleWidget(),
        help_text=gettext_lazy("One of these is enough. None: any."),
    )
    only_tags_any = _commas(gettext_lazy("With one of the tags"), gettext_lazy("With commas."), "vip, press")
    only_tags_none = _commas(gettext_lazy("Without the tags"), gettext_lazy("With commas."))
    only_fields = OwnFields(label=gettext_lazy("Fields"), asks=True, help_text=ANY)
    only_words_any = _lines(
        gettext_lazy("One of the words"),
        gettext_lazy(
            "In the subject or the message; a word or phrase a line, whole words; “refund*”: words that start so."
        ),
    )
    only_words_all = _lines(gettext_lazy("All of the words"), "")
    only_words_none = _lines(gettext_lazy("None of the words"), "")
    only_sender = _lines(
        gettext_lazy("From"), gettext_lazy("An address or a domain a line: ann@mail.example, @mail.example.")
    )
    only_is_automatic = _one(
        gettext_lazy("Written by a machine"),
        (("", gettext_lazy("Either")), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))),
    )
    only_language = _commas(gettext_lazy("Languages"), gettext_lazy("With commas, such as de, es."))
    only_country = _commas(gettext_lazy("Countries"), gettext_lazy("With commas, two letters each."), "DE, AT")
    only_cycle = _number(gettext_lazy("Opened in their cycle"), 10_000, gettext_lazy("1: before the second billing."))
    only_subscription = _several(
        gettext_lazy("Subscription"), (*SubscriptionStatus.choices, (NONE, gettext_lazy("None at all")))
    )
    only_product = _listed(gettext_lazy("Products"), gettext_lazy("One of these is enough. None: any."))
    only_billing_within_hours = _number(gettext_lazy("Next billing within"), MOST_HOURS, gettext_lazy("Hours."))
    only_box_within_hours = _number(gettext_lazy("Next box within"), MOST_HOURS, gettext_lazy("Hours."))
    only_business_hours = _one(gettext_lazy("Business hours"))
    only_rating = _several(
        gettext_lazy("Rating"), Score.choices, gettext_lazy("Where the customer rates our help."), numbers=True
    )
    only_metric = _several(gettext_lazy("Promise"), Metric.choices, gettext_lazy("Where a promise is due."))

    def set_condition_choices(self, stores: Any, conditions: Mapping[str, Any]) -> None:
        people = get_user_model().objects.filter(memberships__store__in=stores, is_active=True).distinct()
        reasons = Reason.objects.filter(Q(store__in=stores) | Q(store=None), for_tickets=True)
        hours = [
            (f"{word}:{calendar.pk}", f"{calendar.name}: {label}")
            for calendar in BusinessCalendar.objects.filter(store__in=stores).order_by("name")
            for word, label in (("open", _("open")), ("closed", _("closed")))
        ]
        choices: dict[str, list[tuple[Any, Any]]] = {
            "queue": list(Queue.objects.filter(store__in=stores).order_by("position").values_list("pk", "name")),
            "assignee": [(NOBODY, _("Nobody")), *((one.pk, str(one)) for one in people.order_by("name"))],
            "topic": list(reasons.order_by("position", "label").values_list("key", "label")),
            "product": list(Product.objects.filter(store__in=stores).order_by("name").values_list("pk", "name")),
            "business_hours": [("", "—"), *hours],
        }
        for name, known in choices.items():
            asked = conditions.get(name)
            if isinstance(asked, list):  # what a rule asks for stays to be chosen, whatever became of it
                known += [(one, str(one)) for one in asked if one not in dict(known)]
            self.fields[f"only_{name}"].choices = known  # type: ignore[attr-defined]
        fields: Any = self.fields["only_fields"]
        fields.offer(own_fields_of(stores), conditions.get("fields", {}))
        for name, value in conditions.items():
            self.initial.setdefault(f"only_{name}", SHOWN.get(name, lambda value: value)(value))

    def read_conditions(self) -> dict[str, Any]:
        found = {}
        for name, read in READ.items():
            value = read(self.cleaned_data.get(f"only_{name}"))
            if value not in (None, "", [], {}):
                found[name] = value
        return found


def _from_lines(text: str | None) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def _from_commas(text: str | None) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in (text or "").replace(";", ",").split(",") if part.strip()))


def _to_hours(value: Any) -> dict[str, Any] | None:
    word, _colon, calendar = (value or "").partition(":")
    return {"calendar": int(calendar), "open": word == "open"} if calendar else None


def _to_truth(value: Any) -> bool | None:
    return {"yes": True, "no": False}.get(value)


LINES = ("words_any", "words_all", "words_none", "sender")
COMMAS = ("tags_any", "tags_none", "language")
READ: dict[str, Callable[[Any], Any]] = {
    **{name.removeprefix("only_"): (lambda value: value) for name in ConditionFields.base_fields},
    **dict.fromkeys(LINES, _from_lines),
    **dict.fromkeys(COMMAS, _from_commas),
    "country": lambda value: [one.upper() for one in _from_commas(value)],
    "business_hours": _to_hours,
    "is_automatic": _to_truth,
    "fields": lambda value: {key: [held] for key, held in (value or {}).items()},
}
SHOWN: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(LINES, "\n".join),
    **dict.fromkeys((*COMMAS, "country"), ", ".join),
    "business_hours": lambda value: f"{'open' if value.get('open') else 'closed'}:{value.get('calendar')}",
    "is_automatic": lambda value: "yes" if value else "no",
    "fields": lambda value: {key: asked[0] for key, asked in value.items()},
}


class ActionFields(forms.Form):
    """What is done; what is left empty stays as it is."""

    do_queue = _one(gettext_lazy("Move to"))
    do_assign = _one(gettext_lazy("Give to"))
    do_status = _one(gettext_lazy("Set the status"), (("", "—"), *TicketStatus.choices[1:]))
    do_priority = _one(gettext_lazy("Set the priority"), (("", "—"), *Priority.choices))
    do_add_tag = _commas(gettext_lazy("Add tags"), gettext_lazy("With commas."))
    do_remove_tag = _commas(gettext_lazy("Remove tags"), gettext_lazy("With commas."))
    do_add_topic = _one(gettext_lazy("Add a topic"))
    do_set_field = OwnFields(label=gettext_lazy("Set fields"), asks=False)
    do_follow = _one(gettext_lazy("Add a follower"))
    do_snooze = _one(gettext_lazy("Snooze"), SNOOZES)
    do_note = _lines(gettext_lazy("Add a note"), gettext_lazy("Colleagues read it, no customer does."))
    do_end = _one(
        gettext_lazy("Put away"),
        (("", "—"), (ActionKind.SPAM, gettext_lazy("Mark as spam")), (ActionKind.DELETE, gettext_lazy("Delete"))),
    )

    def set_action_choices(self, stores: Any, actions: list[dict[str, Any]]) -> None:
        people = get_user_model().objects.filter(memberships__store__in=stores, is_active=True).distinct()
        names = [(str(one.pk), str(one)) for one in people.order_by("name")]
        reasons = Reason.objects.filter(Q(store__in=stores) | Q(store=None), for_tickets=True)
        queues = Queue.objects.filter(store__in=stores).order_by("position").values_list("key", "name")
        choices: dict[str, list[tuple[Any, Any]]] = {
            "queue": [("", "—"), *queues],
            "assign": [("", "—"), ("nobody", _("Nobody: back to the queue")), *names],
            "follow": [("", "—"), *names],
            "add_topic": [("", "—"), *reasons.order_by("position", "label").values_list("key", "label")],
        }
        for name, known in choices.items():
            self.fields[f"do_{name}"].choices = known  # type: ignore[attr-defined]
        set_to = dict(field_value(action["value"]) for action in actions if action.get("kind") == ActionKind.SET_FIELD)
        fields: Any = self.fields["do_set_field"]
        fields.offer(own_fields_of(stores), set_to)
        self.initial.setdefault("do_set_field", set_to)
        for action in actions:
            kind, value = action.get("kind", ""), action.get("value")
            if kind == ActionKind.SET_FIELD:
                continue
            if kind in (ActionKind.SPAM, ActionKind.DELETE):
                self.initial.setdefault("do_end", kind)
            elif kind in (ActionKind.ADD_TAG, ActionKind.REMOVE_TAG):
                before = self.initial.get(f"do_{kind}")
                self.initial[f"do_{kind}"] = f"{before}, {value}" if before else value
            elif kind == ActionKind.ASSIGN and value is None:
                self.initial.setdefault("do_assign", "nobody")
            else:
                self.initial.setdefault(f"do_{kind}", value)

    def read_actions(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        found: list[dict[str, Any]] = []

        def add(kind: ActionKind, value: Any) -> None:
            found.append({"kind": str(kind), "value": value})

        if data.get("do_queue"):
            add(ActionKind.QUEUE, data["do_queue"])
        if chosen := data.get("do_assign"):
            add(ActionKind.ASSIGN, None if chosen == "nobody" else int(chosen))
        if data.get("do_priority"):
            add(ActionKind.PRIORITY, int(data["do_priority"]))
        for kind in (ActionKind.ADD_TAG, ActionKind.REMOVE_TAG):
            for tag in _from_commas(data.get(f"do_{kind}")):
                add(kind, tag)
        for key, held in (data.get("do_set_field") or {}).items():
            add(ActionKind.SET_FIELD, f"{key}={held}")
        if data.get("do_follow"):
            add(ActionKind.FOLLOW, int(data["do_follow"]))
        for kind in (ActionKind.ADD_TOPIC, ActionKind.NOTE, ActionKind.SNOOZE, ActionKind.STATUS):
            if value := (data.get(f"do_{kind}") or "").strip():
                add(kind, value)
        if data.get("do_end"):
            found.append({"kind": str(data["do_end"])})
        return found

    def clean_do_note(self) -> str:
        text: str = self.cleaned_data["do_note"]
        if len(text) > 5000:
            raise ValidationError(_("That is too long."))
        return text
