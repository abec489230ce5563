"""What a colleague has to say for each kind of action. `params` is what the services take; they check the rest."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from subscribers.asking.menu import NEVER_SENT
from subscribers.cancellation.enums import Effect
from subscribers.cancellation.policies import policy_for, rules_in
from subscribers.changes import MOST_BILLINGS
from subscribers.enums import PAID_CYCLE, ActionKind, CycleStatus, Interval
from subscribers.models import Box, Cycle, Product, Reason, Subscription

MORNING = time(9)
SHOWN = 12
UNTIL = "until"
PAUSES = (
    ("14", _("Two weeks")),
    ("30", _("A month")),
    ("60", _("Two months")),
    ("90", _("Three months")),
    (UNTIL, _("Until a day of your choice")),
    ("", _("Until somebody resumes it")),
)


class ActionForm(forms.Form):
    """`note` is common to all. `box`: the one whose menu was opened, if any."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For the history, and for whoever approves it."),
    )

    def __init__(self, subscription: Subscription, data: Any = None, *, box: str = "") -> None:
        self.subscription, self.first_box = subscription, box
        self.zone = ZoneInfo(subscription.store.time_zone)
        super().__init__(data)
        self.prepare()
        self.order_fields([name for name in self.fields if name != "note"])

    def prepare(self) -> None:
        """What depends on the subscription: choices and first values."""

    def first_values(self) -> dict[str, Any]:
        """The form as it is opened, as if it had been sent: what its first preview is of."""
        values = {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}
        for name, field in self.fields.items():
            if values[name] is None and isinstance(field.widget, forms.Select):
                values[name] = next((key for key, _label in field.widget.choices), "")  # as a browser has it
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in values.items()
            if value is not None and value is not False
        }

    @property
    def params(self) -> dict[str, Any]:
        return {}

    def asked_cycle(self) -> Cycle | None:
        wanted = self.cleaned_data.get("cycle")
        return Cycle.objects.filter(subscription=self.subscription, pk=int(wanted)).first() if wanted else None

    def asked_box(self) -> Box | None:
        wanted = self.cleaned_data.get("box")
        rows = Box.objects.filter(cycle__subscription=self.subscription).select_related("cycle__subscription")
        return rows.filter(pk=int(wanted)).first() if wanted else None

    def asked_reason(self) -> Reason | None:
        key = self.cleaned_data.get("reason")
        rows = Reason.objects.of_store(self.subscription.store_id).filter(key=key).order_by("store")
        return rows.first() if key else None

    def day_words(self, at: datetime) -> str:
        return date_format(at.astimezone(self.zone), gettext("j M Y"))

    def day_at(self, day: date | None) -> str | None:
        """A day as the moment at which billings are due there: at the hour of the next one, else in the morning."""
        if day is None:
            return None
        known = self.subscription.next_billing_at
        hour = known.astimezone(self.zone).time() if known else MORNING
        return datetime.combine(day, hour, self.zone).isoformat()

    def choose(self, name: str, choices: list[tuple[str, Any]], first: Any = None) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker
        field.choices, field.initial = choices, first if first is not None else next(iter(choices), ("",))[0]


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _amount(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"inputmode": "decimal"})
    return forms.DecimalField(
        label=label, required=required, min_value=Decimal("0.01"), decimal_places=2, max_digits=12, widget=widget,
        help_text=help_text,
    )  # fmt: skip


def _reasons(store_id: int, use: str) -> list[tuple[str, Any]]:
    rows = Reason.objects.of_store(store_id).filter(**{use: True}).order_by("position", "pk")
    return [("", _("Not said")), *dict(rows.values_list("key", "label")).items()]


class SkipForm(ActionForm):
    cycle = forms.ChoiceField(label=_("Which box"), required=False)
    reason = forms.ChoiceField(label=_("Why they skip"), required=False)

    def prepare(self) -> None:
        rows = self.subscription.cycles.filter(status=CycleStatus.SCHEDULED, charge=None).order_by("index")[:SHOWN]
        days = [(str(row.pk), self.day_words(row.billing_expected_at)) for row in rows]
        self.choose("cycle", days or [("", _("The next one"))])
        self.choose("reason", _reasons(self.subscription.store_id, "for_skips"))


class UnskipForm(ActionForm):
    cycle = forms.ChoiceField(label=_("Which box"), required=False)

    def prepare(self) -> None:
        rows = self.subscription.cycles.filter(status=CycleStatus.SKIPPED).order_by("-index")[:SHOWN]
        self.choose("cycle", [(str(row.pk), self.day_words(row.billing_expected_at)) for row in reversed(rows)])


class PauseForm(ActionForm):
    lasts = forms.ChoiceField(label=_("For how long"), choices=PAUSES, initial="30", required=False)
    until = _day(_("Day"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("lasts") == UNTIL and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the day on which it goes on."))
        return data

    @property
    def params(self) -> dict[str, Any]:
        lasts = self.cleaned_data["lasts"]
        if lasts == UNTIL:
            return {"resumes_at": self.day_at(self.cleaned_data["until"])}
        return {"days": lasts} if lasts else {}


class ResumeForm(ActionForm):
    day = _day(_("Next billing"), required=False, help_text=_("Empty: at once, or when it was due."))

    @property
    def params(self) -> dict[str, Any]:
        return {"next_billing_at": self.day_at(self.cleaned_data["day"])}


class FrequencyForm(ActionForm):
    count = forms.IntegerField(label=_("Every"), min_value=1, max_value=366)
    interval = forms.ChoiceField(
        label=_("Unit"),
        choices=[
            (Interval.DAY, _("days")),
            (Interval.WEEK, _("weeks")),
            (Interval.MONTH, _("months")),
            (Interval.YEAR, _("years")),
        ],
    )

    def prepare(self) -> None:
        now = self.subscription
        self.fields["count"].initial = now.billing_interval_count + 1
        self.fields["interval"].initial = now.billing_interval

    @property
    def params(self) -> dict[str, Any]:
        return {"interval": self.cleaned_data["interval"], "count": self.cleaned_data["count"]}


class NextBillingForm(ActionForm):
    day = _day(_("Next billing"))

    def prepare(self) -> None:
        known = self.subscription.next_billing_at
        self.fields["day"].initial = known.astimezone(self.zone).date() if known else None

    @property
    def params(self) -> dict[str, Any]:
        return {"at": self.day_at(self.cleaned_data["day"])}


class SwapForm(ActionForm):
    product = forms.ChoiceField(label=_("Product"))
    price = _amount(
        _("Price of a billing"), required=False, help_text=_("Empty: what the product costs, else as it was.")
    )

    def prepare(self) -> None:
        rows = Product.objects.filter(store=self.subscription.store_id).exclude(pk=self.subscription.product_id or 0)
        self.choose("product", [(str(pk), name) for pk, name in rows.order_by("name", "pk").values_list("pk", "name")])

    @property
    def params(self) -> dict[str, Any]:
        return {"product": self.cleaned_data["product"], "price": self.cleaned_data["price"]}


class DiscountForm(ActionForm):
    how = forms.ChoiceField(
        label=_("How it is counted"), choices=[("percent", _("Percent of a billing")), ("amount", _("An amount"))]
    )
    off = _amount(_("How much less"))
    billings = forms.IntegerField(label=_("Number of billings"), min_value=1, max_value=MOST_BILLINGS, initial=1)

    def prepare(self) -> None:
        self.fields["off"].initial = Decimal(10)

    @property
    def params(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {said["how"]: said["off"], "billings": said["billings"]}


class GiftForm(ActionForm):
    product = forms.ChoiceField(label=_("Product"), required=False)
    title = forms.CharField(label=_("Or in words"), required=False, max_length=200)
    amount = _amount(_("What it is worth"), required=False, help_text=_("Where the product has no price."))

    def prepare(self) -> None:
        rows = Product.objects.filter(store=self.subscription.store_id).order_by("name", "pk")
        named = [(str(pk), name) for pk, name in rows.values_list("pk", "name")]
        self.choose("product", [*named, ("", _("Something else"))])

    @property
    def params(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("product", "title", "amount")}


class ReplacementForm(ActionForm):
    box = forms.ChoiceField(label=_("Which box"))

    def prepare(self) -> None:
        rows = Box.objects.filter(cycle__subscription=self.subscription).exclude(status__in=NEVER_SENT)
        boxes = rows.order_by("-shipped_at", "-pk")[:SHOWN]
        choices = [(str(box.pk), f"{box.order_number or box.pk} · {box.get_status_display()}") for box in boxes]
        self.choose("box", choices, self.first_box if self.first_box in dict(choices) else None)


class RefundForm(ActionForm):
    cycle = forms.ChoiceField(label=_("Which billing"))
    amount = _amount(_("Amount"))

    def prepare(self) -> None:
        rows = self.subscription.cycles.filter(status__in=PAID_CYCLE).order_by("-index")[:SHOWN]
        self.choose("cycle", [(str(row.pk), self._words(row)) for row in rows])
        newest = next(iter(rows), None)
        self.fields["amount"].label = gettext("Amount in %(currency)s") % {"currency": self.subscription.currency}
        if newest is not None:
            paid = self.subscription.price if newest.amount is None else newest.amount
            self.fields["amount"].initial = max(paid - newest.refunded, Decimal("0.01"))

    def _words(self, cycle: Cycle) -> str:
        paid = self.subscription.price if cycle.amount is None else cycle.amount
        when = self.day_words(cycle.billed_at) if cycle.billed_at else ""
        return f"{cycle.index}: {when}, {paid} {self.subscription.currency}"

    @property
    def params(self) -> dict[str, Any]:
        return {"amount": self.cleaned_data["amount"]}


class CancelForm(ActionForm):
    """`effect`: as the store's policy has it, unless somebody asks for the other."""

    reason = forms.ChoiceField(label=_("Reason"), required=False)
    effect = forms.ChoiceField(
        label=_("Takes effect"),
        choices=[(Effect.PERIOD_END, _("At the end of the paid period")), (Effect.NOW, _("At once"))],
    )

    def prepare(self) -> None:
        self.fields["note"].label = _("Their words")
        self.fields["note"].help_text = ""
        self.choose("reason", _reasons(self.subscription.store_id, "for_cancellations"))
        self.fields["effect"].initial = rules_in(policy_for(self.subscription.subscriber)).effect

    @property
    def params(self) -> dict[str, Any]:
        return {"when": self.cleaned_data["effect"], "comment": self.cleaned_data["note"]}


class ReactivateForm(ResumeForm):
    pass


FORMS: dict[ActionKind, type[ActionForm]] = {
    ActionKind.SKIP: SkipForm,
    ActionKind.UNSKIP: UnskipForm,
    ActionKind.PAUSE: PauseForm,
    ActionKind.RESUME: ResumeForm,
    ActionKind.SET_FREQUENCY: FrequencyForm,
    ActionKind.SET_NEXT_BILLING: NextBillingForm,
    ActionKind.SWAP: SwapForm,
    ActionKind.DISCOUNT: DiscountForm,
    ActionKind.GIFT: GiftForm,
    ActionKind.REPLACEMENT: ReplacementForm,
    ActionKind.REFUND: RefundForm,
    ActionKind.CANCEL: CancelForm,
    ActionKind.REACTIVATE: ReactivateForm,
}
