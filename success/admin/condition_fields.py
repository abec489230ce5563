"""Conditions of rules and portfolios as fields of their pages, as success.rules.conditions reads them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from subscribers.enums import Interval
from subscribers.lazy import lazily as _
from subscribers.models import Product, Reason, Store
from success.rules.conditions import check_conditions

# By the condition's name, its field.
OF_PEOPLE = {
    "cycle_at_most": "only_cycle",
    "value_at_least": "only_value",
    "countries": "only_countries",
    "products": "only_products",
    "intervals": "only_intervals",
    "at_risk": "only_at_risk",
}
OF_FACTS = {"measure": "only_from", "topics": "only_topics"}


class ConditionFields(forms.Form):
    """What must hold of the subscriber. Empty: anybody."""

    conditions_of: Mapping[str, str] = OF_PEOPLE

    only_cycle = forms.IntegerField(
        label=_("In their cycle at most"),
        min_value=1,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("1: before the second billing."),
    )
    only_value = forms.DecimalField(
        label=_("Worth a year at least"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget(),
        help_text=_("What their active subscriptions bill in a year."),
    )
    only_countries = forms.CharField(
        label=_("Countries"),
        max_length=300,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": _("DE, AT, CH")}),
        help_text=_("Two letters each. Empty: any."),
    )
    only_products = forms.ModelMultipleChoiceField(
        Product.objects.none(),
        label=_("Products"),
        required=False,
        widget=UnfoldAdminSelectMultipleWidget(),
        help_text=_("One of these is enough. None: any."),
    )
    only_intervals = forms.MultipleChoiceField(
        label=_("Billed by the"),
        choices=Interval.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("None: any."),
    )
    only_at_risk = forms.BooleanField(
        label=_("Only subscribers at risk"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_(
            "In their first cycle, with an open alert, about to cancel, with a failed payment, or low in health."
        ),
    )

    def set_stores(self, stores: Any, conditions: Mapping[str, Any]) -> None:
        """What can be chosen, and what is chosen already."""
        products = Product.objects.filter(store__in=stores).order_by("name")
        self.fields["only_products"].queryset = products  # type: ignore[attr-defined]
        for name, field in self.conditions_of.items():
            value = conditions.get(name)
            self.initial.setdefault(field, ", ".join(value or ()) if name == "countries" else value)

    def clean_only_countries(self) -> list[str]:
        text: str = self.cleaned_data["only_countries"]
        countries = [part.strip().upper() for part in text.replace(";", ",").split(",") if part.strip()]
        if wrong := [one for one in countries if len(one) != 2 or not one.isalpha()]:
            raise ValidationError(gettext("“%(wrong)s” is no country of two letters.") % {"wrong": wrong[0]})
        return list(dict.fromkeys(countries))

    def read_conditions(self) -> dict[str, Any]:
        """As a row keeps them: what was left empty asks for nothing."""
        data = self.cleaned_data
        found: dict[str, Any] = {name: data.get(field) for name, field in self.conditions_of.items() if data.get(field)}
        if "products" in found:
            found["products"] = sorted(product.pk for product in found["products"])
        for name in ("value_at_least", "measure"):
            if name in found:
                found[name] = float(found[name])
        check_conditions(found)
        return found


class FactConditionFields(ConditionFields):
    """And of the fact itself."""

    conditions_of = {**OF_PEOPLE, **OF_FACTS}

    only_from = forms.DecimalField(
        label=_("From how much on"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget(),
        help_text=_(
            "At least: days a box is late, skips in a row. At most: stars of a score, days left of a card, health."
        ),
    )
    only_topics = forms.MultipleChoiceField(
        label=_("Topics of the ticket"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("One of these is enough. None: any."),
    )

    def set_stores(self, stores: Any, conditions: Mapping[str, Any]) -> None:
        super().set_stores(stores, conditions)
        reasons = Reason.objects.filter(Q(store__in=stores) | Q(store=None), for_tickets=True)
        topics = dict(reasons.order_by("position", "label").values_list("key", "label"))
        # What a rule asks for stays to be chosen, whatever became of it.
        topics |= {key: key for key in conditions.get("topics") or () if key not in topics}
        self.fields["only_topics"].choices = list(topics.items())  # type: ignore[attr-defined]


def stores_of(form: Any) -> Any:
    """The stores whose products and topics can be chosen: the row's own, else those of whoever edits."""
    store = form.instance.store if form.instance.pk else None
    if store is not None:
        return [store]
    field = form.fields.get("store")
    return field.queryset if field is not None else Store.objects.all()
