"""Which facts open an alert, tried on the past before they are saved; who is there to work them."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminTextInputWidget

from subscribers.admin_base import PlainForm, ReadOnlyAdmin, StoreAdmin
from subscribers.lazy import lazily as _
from subscribers.models import Store
from success.admin.condition_fields import ConditionFields, FactConditionFields, stores_of
from success.enums import AssignBy, FactKind
from success.models import AlertRule, Duty, HeldFact, Portfolio
from success.rules.conditions import Rule, conditions_words
from success.rules.trials import try_rule
from success.selectors import owners
from tickets.sla.lengths import length_words, read_length


def _length(text: str) -> timedelta:
    if days := re.fullmatch(r"(\d{1,3}) ?d(ays?)?", text.strip()):
        return timedelta(days=int(days[1]))
    try:
        return timedelta(seconds=read_length(text))
    except ValueError as wrong:
        raise ValidationError(str(wrong)) from wrong


def _length_words(length: timedelta) -> str:
    if length.days > 1 and not length % timedelta(days=1):
        return gettext("%(days)s days") % {"days": length.days}
    return length_words(round(length.total_seconds()))


class AlertRuleForm(FactConditionFields, PlainForm):
    due_within = forms.CharField(
        max_length=40, widget=UnfoldAdminTextInputWidget(), help_text=_("An alert is due so long after its first fact.")
    )
    cool_down = forms.CharField(
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": _("3 days")}),
        help_text=_("For so long after an alert with such a reason was closed, another opens none. Empty: none."),
    )
    constraint_words = {
        "alert_rule_one_per_name": ("name", _("There is a rule of this kind with that name.")),
        "alert_rule_assignee_only_if_person": ("assignee", _("Only where it is given to a person.")),
    }

    class Meta:
        model = AlertRule
        fields = (
            "store",
            "kind",
            "name",
            "position",
            "weight",
            "due_within",
            "cool_down",
            "most_per_hour",
            "assign",
            "assignee",
            "is_active",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("due_within", "cool_down"):
            if isinstance(length := self.initial.get(name), timedelta):
                self.initial[name] = _length_words(length)
        self.set_stores(stores_of(self), self.instance.conditions or {})

    def clean_due_within(self) -> timedelta:
        return _length(self.cleaned_data["due_within"])

    def clean_cool_down(self) -> timedelta | None:
        text: str = self.cleaned_data["cool_down"].strip()
        return _length(text) if text else None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors:
            self.instance.conditions = self.read_conditions()
        if data.get("assign") == AssignBy.PERSON and not data.get("assignee") and "assignee" in self.fields:
            self.add_error("assignee", gettext("Say to whom."))
        elif data.get("assign") != AssignBy.PERSON:
            data["assignee"] = None
        store, assignee = data.get("store") or self.instance.store, data.get("assignee")
        if store and assignee and not owners(store).filter(pk=assignee.pk).exists():
            self.add_error("assignee", gettext("This person does not work the alerts of the store."))
        return data

    def rule(self) -> Rule:
        """As it stands on the page, saved or not."""
        row: AlertRule = self.instance
        return Rule(
            row.pk or 0,
            FactKind(row.kind),
            row.name,
            row.conditions,
            row.weight,
            row.due_within,
            row.cool_down,
            row.most_per_hour,
            row.assign,
        )


@admin.register(AlertRule)
class AlertRuleAdmin(StoreAdmin):
    form = AlertRuleForm
    shares = True
    fixed = ("store", "kind")
    list_display = ("title", "position", "asks", "weight", "due_words", "assign", "is_active", "store")
    list_display_links = ("title",)
    list_select_related = ("store",)
    list_filter = ("is_active", "kind", "store")
    ordering = ("kind", "store", "position", "pk")
    change_form_after_template = "admin/success/try_alert_rule.html"
    fieldsets = (
        (None, {"fields": ("store", "kind", "name", "position", "is_active")}),
        (
            _("Only when"),
            {
                "fields": (
                    ("only_cycle", "only_value", "only_from"),
                    ("only_countries", "only_products"),
                    ("only_intervals", "only_topics"),
                    "only_at_risk",
                ),
                "description": _("All that is given must hold. Of a kind's rules the first by position decides."),
            },
        ),
        (_("What it opens"), {"fields": (("weight", "due_within"), ("cool_down", "most_per_hour"))}),
        (_("Who gets it"), {"fields": (("assign", "assignee"),)}),
    )

    @admin.display(description="rule", ordering="kind")
    def title(self, rule: AlertRule) -> str:
        return str(rule)

    @admin.display(description=_("only when"))
    def asks(self, rule: AlertRule) -> str:
        return conditions_words(rule.kind, rule.conditions) or "always"

    @admin.display(description=_("due within"), ordering="due_within")
    def due_words(self, rule: AlertRule) -> str:
        return _length_words(rule.due_within)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if db_field.name == "assignee" and field is not None:
            stores = Store.objects.visible_to(request.user)
            field.queryset = field.queryset.filter(memberships__store__in=stores, is_active=True).distinct()
        return field

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view(self.try_page), "success_alertrule_try"
        own = [path("try/", view, name=name), path("<int:object_id>/try/", view, name=f"{name}_saved")]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row, name = context.get("original"), "admin:success_alertrule_try"
        context["try_url"] = reverse(f"{name}_saved", args=[row.pk]) if row else reverse(name)
        return super().render_change_form(request, context, *args, **options)

    def try_page(self, request: HttpRequest, object_id: int | None = None) -> HttpResponse:
        """What the rule on the page would have done in the last three months; of it nothing is stored."""
        row = self.get_object(request, str(object_id)) if object_id is not None else None
        if object_id is not None and row is None:
            return HttpResponse(status=404)
        if request.method != "POST":
            return HttpResponse(status=405)
        form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)
        context: dict[str, Any] = {"faults": [], "trial": None}
        if form.is_valid():
            store = form.instance.store
            stores = Store.objects.visible_to(request.user)
            context["trial"] = try_rule(form.rule(), stores.filter(pk=store.pk) if store else stores)
        else:
            context["faults"] = [
                f"{form.fields[name].label or name.capitalize()}: {text}" if name in form.fields else text
                for name, texts in form.errors.items()
                for text in texts
            ]
        return TemplateResponse(request, "admin/success/try_alert_rule_result.html", context)


@admin.register(Duty)
class DutyAdmin(StoreAdmin):
    """Who is given alerts."""

    fixed = ("store", "user")
    list_display = ("user", "is_on_duty", "away_until", "most_alerts", "store")
    list_select_related = ("user", "store")
    list_filter = ("is_on_duty", "store")
    ordering = ("store", "user__name", "pk")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if db_field.name == "user" and field is not None:
            stores = Store.objects.visible_to(request.user)
            field.queryset = field.queryset.filter(memberships__store__in=stores, is_active=True).distinct()
        return field


class PortfolioForm(ConditionFields, PlainForm):
    constraint_words = {"portfolio_name_once": ("name", _("There is one with that name."))}

    class Meta:
        model = Portfolio
        fields = ("store", "name", "position", "people")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.set_stores(stores_of(self), self.instance.conditions or {})

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors:
            self.instance.conditions = self.read_conditions()
            store = data.get("store") or self.instance.store
            strangers = set(data["people"]) - set(owners(store))
            if strangers:
                names = ", ".join(sorted(str(one) for one in strangers))
                self.add_error(
                    "people", gettext("They do not work the alerts of the store: %(names)s.") % {"names": names}
                )
        return data


@admin.register(Portfolio)
class PortfolioAdmin(StoreAdmin):
    """Who looks after which subscribers, where a rule gives its alerts so."""

    form = PortfolioForm
    list_display = ("name", "position", "asks", "store")
    list_select_related = ("store",)
    list_filter = ("store",)
    ordering = ("store", "position", "pk")
    fieldsets = (
        (None, {"fields": ("store", "name", "position", "people")}),
        (
            _("Whom they look after"),
            {
                "fields": (
                    ("only_cycle", "only_value"),
                    ("only_countries", "only_products"),
                    "only_intervals",
                    "only_at_risk",
                )
            },
        ),
    )

    @admin.display(description="subscribers")
    def asks(self, portfolio: Portfolio) -> str:
        return conditions_words("", portfolio.conditions) or "everybody"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **options)
        if field is not None and db_field.name == "people":
            stores = Store.objects.visible_to(request.user)
            field.queryset = field.queryset.filter(memberships__store__in=stores, is_active=True).distinct()
        return field


@admin.register(HeldFact)
class HeldFactAdmin(ReadOnlyAdmin):
    """Why a fact opened nothing."""

    fixed = ()
    list_display = ("held_at", "kind", "subscriber", "source_key", "why", "observed_at", "store")
    list_select_related = ("subscriber", "store")
    list_filter = ("why", "kind", "store")
    search_fields = ("=source_key",)
    ordering = ("-pk",)
