"""Fields for what a policy does at a warning and at a breach of any of its times."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from tickets.enums import EscalationAction, EscalationOccasion, Priority
from tickets.sla.publishing import Escalation

NOTIFY, ASSIGN, RAISE = EscalationAction.NOTIFY, EscalationAction.ASSIGN, EscalationAction.RAISE_PRIORITY


def field_name(occasion: EscalationOccasion, action: EscalationAction) -> str:
    return f"{occasion}_{action}"


ESCALATION_FIELDS: tuple[Any, ...] = tuple(
    (
        f"When a time is {occasion.label.lower()}",
        {"fields": tuple(field_name(occasion, action) for action in EscalationAction)},
    )
    for occasion in EscalationOccasion
)


def add_escalation_fields(form: Any) -> None:
    for occasion in EscalationOccasion:
        fields = {
            NOTIFY: forms.BooleanField(
                label=gettext("Write a mail"),
                required=False,
                widget=UnfoldBooleanWidget(),
                help_text=gettext("To whom the ticket is assigned, to the leads where it is nobody’s."),
            ),
            ASSIGN: forms.ModelChoiceField(
                get_user_model().objects.none(),
                label=gettext("Assign it to"),
                required=False,
                widget=UnfoldAdminSelectWidget(),
                empty_label="—",
            ),
            RAISE: forms.TypedChoiceField(
                choices=[("", "—"), *Priority.choices],
                coerce=int,
                empty_value=None,
                label=gettext("Raise the priority to at least"),
                required=False,
                widget=UnfoldAdminSelectWidget(),
            ),
        }
        for action, field in fields.items():
            name = field_name(occasion, action)
            form.base_fields[name] = form.declared_fields[name] = field


def set_people(fields: Mapping[str, Any], stores: Iterable[Any]) -> None:
    """Whom a ticket of these stores may be given to."""
    people = get_user_model().objects.filter(is_active=True, memberships__store__in=stores).distinct()
    for occasion in EscalationOccasion:
        fields[field_name(occasion, ASSIGN)].queryset = people.order_by("name", "pk")


def escalation_initial(escalations: Iterable[Escalation]) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for one in escalations:
        if one.metric is None:
            value = {NOTIFY: True, ASSIGN: one.assignee_id, RAISE: one.priority}[one.action]
            initial[field_name(one.occasion, one.action)] = value
    return initial


def read_escalations(data: Mapping[str, Any], before: Iterable[Escalation]) -> list[Escalation]:
    """What the fields say. What the policy does for one metric alone has no field, and stays."""
    said = [one for one in before if one.metric is not None]
    for occasion in EscalationOccasion:
        if data.get(field_name(occasion, NOTIFY)):
            said.append(Escalation(occasion, NOTIFY))
        if person := data.get(field_name(occasion, ASSIGN)):
            said.append(Escalation(occasion, ASSIGN, assignee_id=person.pk))
        if priority := data.get(field_name(occasion, RAISE)):
            said.append(Escalation(occasion, RAISE, priority=Priority(priority)))
    return said
