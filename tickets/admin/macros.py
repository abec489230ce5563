"""Macros: checked as they are written, and looked at on a real ticket before they are saved."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Max, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
)

from subscribers.admin_base import PlainForm, StaffInline, StoreAdmin
from subscribers.enums import Channel
from subscribers.lazy import lazily as _
from subscribers.models import Membership, Reason
from subscribers.texts import Filled, fill_text
from tickets.actions import Vocabulary, check_actions
from tickets.enums import ActionKind, MacroAudience, Priority
from tickets.macros.offering import worded
from tickets.macros.variables import VARIABLES, Facts, check
from tickets.models import Macro, MacroText, Ticket
from tickets.sla.conditions import MOST_HOURS, check_conditions

LONGEST_TEXT = 20_000
# The conditions under which a macro is offered (tickets.sla.conditions reads them), each as a field.
CONDITION_FIELDS = {
    "cycle": "when_cycle",
    "priority": "when_priorities",
    "channel": "when_channels",
    "topic": "when_topics",
    "billing_within_hours": "when_billing_within",
    "box_within_hours": "when_box_within",
}


def read_actions(text: str) -> list[dict[str, Any]]:
    """Actions from lines such as `add_tag: late box` or `priority: 2`; a line without a value is `spam` or `delete`."""
    actions = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        kind, _colon, value = (part.strip() for part in line.partition(":"))
        action: dict[str, Any] = {"kind": kind}
        if value:
            is_other = value.lstrip("-").isdecimal() or value == "null"
            takes_words = kind in (ActionKind.ADD_TAG, ActionKind.REMOVE_TAG, ActionKind.NOTE)
            action["value"] = json.loads(value) if is_other and not takes_words else value
        elif kind == ActionKind.ASSIGN:
            action["value"] = None
        actions.append(action)
    return actions


def write_actions(actions: list[dict[str, Any]]) -> str:
    """The lines that `read_actions` reads."""
    return "\n".join(
        map(
            str,
            (
                f"{one['kind']}: {one['value']}" if one.get("value") not in (None, "") else str(one["kind"])
                for one in actions
            ),
        )
    )


class MacroForm(PlainForm):
    constraint_words = {
        "macro_name_unique_in_folder": ("name", "There is a macro of this name in this folder."),
        "macro_audience_names_whom": ("audience", "Name the queue, the person, or nobody, as “who may use it” says."),
    }

    deeds = forms.CharField(
        label=_("What is done when it is sent"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "placeholder": "add_tag: late box\nstatus: resolved"}),
        help_text=_("One action a line, with its value after a colon: %(kinds)s.")
        % {"kinds": ", ".join(kind.value for kind in ActionKind)},
    )
    when_cycle = forms.IntegerField(
        label=_("Only in cycle"), min_value=1, required=False, widget=UnfoldAdminIntegerFieldWidget()
    )
    when_priorities = forms.TypedMultipleChoiceField(
        label=_("Only for priorities"),
        choices=Priority.choices,
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    when_channels = forms.MultipleChoiceField(
        label=_("Only for what came by"),
        choices=Channel.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    when_topics = forms.MultipleChoiceField(
        label=_("Only for topics"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("One of these is enough. None: any."),
    )
    when_billing_within = forms.IntegerField(
        label=_("Only when the next billing is within"),
        min_value=1,
        max_value=MOST_HOURS,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Hours."),
    )
    when_box_within = forms.IntegerField(
        label=_("Only when the next box ships within"),
        min_value=1,
        max_value=MOST_HOURS,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Hours."),
    )

    class Meta:
        model = Macro
        fields = ("store", "name", "folder", "audience", "queue", "owner", "position", "is_active")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        stores = [self.instance.store] if self.instance.pk else self.fields["store"].queryset  # type: ignore[attr-defined]
        reasons = Reason.objects.filter(Q(store__in=stores) | Q(store=None), for_tickets=True)
        topics = dict(reasons.order_by("position", "label").values_list("key", "label"))
        conditions = self.instance.shown_when or {}
        # What a macro asks for stays to be chosen, whatever became of it.
        topics |= {key: key for key in conditions.get("topic") or () if key not in topics}
        self.fields["when_topics"].choices = list(topics.items())  # type: ignore[attr-defined]
        for name, field in CONDITION_FIELDS.items():
            self.initial.setdefault(field, conditions.get(name))
        self.initial.setdefault("deeds", write_actions(self.instance.actions or []))
        owner = self.fields["owner"]
        members = Membership.objects.filter(store__in=stores).values("user")
        owner.queryset = owner.queryset.filter(pk__in=members, is_active=True).order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        conditions = {name: data[field] for name, field in CONDITION_FIELDS.items() if data.get(field)}
        audience = data.get("audience")
        for name, wanted in (("queue", MacroAudience.QUEUE), ("owner", MacroAudience.OWN)):
            if audience == wanted and not data.get(name):
                self.add_error(name, gettext("Say which."))
            elif audience != wanted:
                data[name] = None
        store = data.get("store") or getattr(self.instance, "store", None)
        try:
            check_conditions(conditions)
            actions = read_actions(data.get("deeds") or "")
            if store is not None:
                check_actions(actions, store)
        except ValueError as wrong:
            self.add_error("deeds", str(wrong))
        else:
            self.instance.shown_when, self.instance.actions = conditions, actions
        return data


class MacroTextForm(PlainForm):
    def clean_language(self) -> str:
        return str(self.cleaned_data["language"]).lower().replace("_", "-")

    def clean_text(self) -> str:
        try:
            check(self.cleaned_data["text"])
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from wrong
        return str(self.cleaned_data["text"])


class MacroTextInline(StaffInline):
    model = MacroText
    form = MacroTextForm
    fields = ("language", "text")
    ordering = ("language",)


class TryForm(forms.Form):
    """What the preview needs of the page's form; the macro need not be saved for it."""

    on_ticket = forms.CharField(max_length=30, error_messages={"required": _("Name a ticket first, such as T-1042.")})
    deeds = forms.CharField(required=False)

    def clean_on_ticket(self) -> int:
        number = self.cleaned_data["on_ticket"].strip().upper().removeprefix("T-")
        if not number.isdecimal() or len(number) > 18:
            raise ValidationError(gettext("A ticket’s number is such as T-1042."))
        return int(number)


@admin.register(Macro)
class MacroAdmin(StoreAdmin):
    form = MacroForm
    list_display = ("name", "folder", "audience", "says", "used", "last_used", "position", "is_active", "store")
    list_select_related = ("store",)
    list_filter = ("is_active", "audience", "folder", "store")
    search_fields = ("name", "folder", "texts__text")
    ordering = ("store", "folder", "position", "name")
    inlines = (MacroTextInline,)
    change_form_after_template = "admin/tickets/try_macro.html"
    fieldsets = (
        (None, {"fields": ("store", "name", "folder", "position", "is_active", "audience", "queue", "owner")}),
        (_("Actions"), {"fields": ("deeds",)}),
        (_("Offered when"), {"fields": tuple(CONDITION_FIELDS.values())}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(times=Sum("uses__times"), last_at=Max("uses__last_at"))

    @admin.display(description=_("actions"))
    def says(self, macro: Macro) -> str:
        return ", ".join(str(ActionKind(one["kind"]).label) for one in macro.actions) or "–"

    @admin.display(description=_("used"), ordering="times")
    def used(self, macro: Any) -> int:
        return macro.times or 0

    @admin.display(description=_("last used"), ordering="last_at")
    def last_used(self, macro: Any) -> Any:
        return macro.last_at

    def get_urls(self) -> list[Any]:
        address = path("try/", self.admin_site.admin_view(self.try_macro), name="tickets_macro_try")
        return [address, *super().get_urls()]

    def try_macro(self, request: HttpRequest) -> HttpResponse:
        """What the macro on the page, saved or not, says to the customer of a ticket, in each of its languages."""
        form = TryForm(request.POST or None)
        context: dict[str, Any] = {"form": form, "variables": VARIABLES}
        if form.is_valid():
            user = request.user
            assert isinstance(user, AbstractBaseUser)  # noqa: S101  the admin lets nobody else in
            tickets = Ticket.objects.visible_to(user).select_related("store", "subscriber__store", "box", "queue")
            ticket = tickets.filter(pk=form.cleaned_data["on_ticket"]).first()
            if ticket is None:
                form.add_error("on_ticket", gettext("There is no such ticket that you may see."))
            else:
                context |= _tried(ticket, user, request, form)
        return TemplateResponse(request, "admin/tickets/try_macro_result.html", context)


def _tried(ticket: Ticket, user: AbstractBaseUser, request: HttpRequest, form: TryForm) -> dict[str, Any]:
    facts = Facts(ticket, user)
    said: list[tuple[str, Filled | None, str]] = []
    for number in range(min(int(request.POST.get("texts-TOTAL_FORMS", "0") or 0), 50)):
        text = request.POST.get(f"texts-{number}-text", "")[:LONGEST_TEXT]
        if not text.strip():
            continue
        try:
            check(text)
        except ValueError as wrong:
            said.append((request.POST.get(f"texts-{number}-language", ""), None, str(wrong)))
        else:
            said.append((request.POST.get(f"texts-{number}-language", ""), fill_text(text, facts), ""))
    vocabulary = Vocabulary(ticket.store)
    try:
        actions = read_actions(form.cleaned_data["deeds"])
        check_actions(actions, ticket.store, vocabulary)
    except ValueError as wrong:
        return {"ticket": ticket, "said": said, "fault": str(wrong)}
    return {"ticket": ticket, "said": said, "deeds": [words for _action, words in worded(actions, vocabulary)]}
