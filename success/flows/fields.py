"""Fields of a subscriber, a subscription, a box or a ticket that conditions compare: `{"field", "op", "value"}`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Expression,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
)
from django.db.models.functions import Coalesce, Extract
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.enums import PAID_CYCLE, BoxKind, BoxStatus, Interval, SubscriptionEventKind, SubscriptionStatus
from subscribers.lazy import lazily as _
from subscribers.models import Box, Cycle, Subscriber, Subscription, SubscriptionEvent
from success.models import Task
from tickets.enums import UNRESOLVED, TicketStatus
from tickets.models import Ticket

if TYPE_CHECKING:
    from success.flows.conditions import Subject

SECONDS_A_DAY = 86_400


class Clock(Expression):
    """The time at which the statement is asked, by the clock of the product."""

    def __init__(self) -> None:
        super().__init__(output_field=DateTimeField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s::timestamptz", (timezone.now(),)


@dataclass(frozen=True)
class Field:
    """`value`: where the number or text is. `choices`: the values that it can have, where they are known."""

    label: str
    table: type[Model]
    value: str | Expression
    is_number: bool = False
    choices: Sequence[tuple[str, str]] = ()


def _days(earlier: Any, later: Any) -> Expression:
    length = ExpressionWrapper(later - earlier, output_field=DurationField())
    return ExpressionWrapper(Extract(length, "epoch") / Value(float(SECONDS_A_DAY)), output_field=FloatField())


def _of(rows: "QuerySet[Any]", name: str, aggregate: Any) -> Expression:
    """An aggregate over the rows that lead to the row by `name`; 0 where there are none."""
    grouped = rows.filter(**{name: OuterRef("pk")}).order_by().values(name).annotate(found=aggregate).values("found")
    return Coalesce(Subquery(grouped), 0)


def _cancel_reason() -> Expression:
    """The reason's key, as they gave it when it ended last; empty where they gave none."""
    told = SubscriptionEvent.objects.filter(subscription=OuterRef("pk"), kind=SubscriptionEventKind.CANCELLED)
    return Coalesce(Subquery(told.order_by("-occurred_at", "-pk").values("reason__key")[:1]), Value(""))


def _labels(values: type[TextChoices]) -> list[tuple[str, str]]:
    return values.choices


FIELDS: dict[str, Field] = {
    "subscriber.language": Field(_("their language"), Subscriber, "language"),
    "subscriber.country": Field(_("their country"), Subscriber, "country"),
    "subscriber.days": Field(_("days since we know them"), Subscriber, _days(F("created_at"), Clock()), True),
    "subscriber.open_tickets": Field(
        _("open tickets"),
        Subscriber,
        _of(Ticket.objects.filter(status__in=UNRESOLVED, deleted_at=None), "subscriber", Count("pk")),
        True,
    ),
    "subscriber.subscriptions": Field(
        _("active subscriptions"),
        Subscriber,
        _of(Subscription.objects.filter(status=SubscriptionStatus.ACTIVE), "subscriber", Count("pk")),
        True,
    ),
    "subscriber.health": Field("health", Subscriber, "health__number", True),
    "subscription.status": Field(_("the subscription"), Subscription, "status", choices=_labels(SubscriptionStatus)),
    "subscription.product": Field(_("the product"), Subscription, "product__name"),
    "subscription.price": Field(_("the price"), Subscription, "price", True),
    "subscription.quantity": Field(_("the quantity"), Subscription, "quantity", True),
    "subscription.interval": Field(_("billed every"), Subscription, "billing_interval", choices=_labels(Interval)),
    "subscription.interval_count": Field(_("intervals between billings"), Subscription, "billing_interval_count", True),
    "subscription.days": Field(_("days subscribed"), Subscription, _days(F("started_at"), Clock()), True),
    "subscription.days_to_billing": Field(
        _("days until the next billing"), Subscription, _days(Clock(), F("next_billing_at")), True
    ),
    "subscription.cycle": Field(
        _("paid cycles"),
        Subscription,
        _of(Cycle.objects.filter(status__in=PAID_CYCLE), "subscription", Max("index")),
        True,
    ),
    "subscription.cancel_reason": Field(_("why they cancelled"), Subscription, _cancel_reason()),
    "box.kind": Field(_("the box"), Box, "kind", choices=_labels(BoxKind)),
    "box.status": Field(_("the box"), Box, "status", choices=_labels(BoxStatus)),
    "box.sequence": Field(_("which of the cycle's boxes"), Box, "sequence", True),
    "box.cycle": Field(_("the box's cycle"), Box, "cycle__index", True),
    "ticket.status": Field(_("the ticket"), Ticket, "status", choices=_labels(TicketStatus)),
    "ticket.channel": Field(_("the ticket came by"), Ticket, "channel"),
    "ticket.topic": Field(_("a topic of the ticket"), Ticket, "topics__reason__key"),
    "ticket.tag": Field(_("a tag of the ticket"), Ticket, "ticket_tags__tag__name"),
    "task.result": Field(_("what the task found"), Task, "result"),
}
OPS: dict[str, str] = {
    "is": "is",
    "is_not": _("is not"),
    "in": _("is one of"),
    "not_in": _("is none of"),
    "contains": "contains",
    "at_least": _("is at least"),
    "at_most": _("is at most"),
    "above": _("is above"),
    "below": _("is below"),
    "is_empty": _("is not known"),
    "is_set": _("is known"),
}
WITHOUT_VALUE = ("is_empty", "is_set")
OF_NUMBERS = {"at_least": "gte", "at_most": "lte", "above": "gt", "below": "lt"}


def ops_of(name: str) -> list[str]:
    """How a field may be compared."""
    both = ["is", "is_not", "in", "not_in", *WITHOUT_VALUE]
    return [*both, *OF_NUMBERS] if FIELDS[name].is_number else [*both, "contains"]


def check(condition: Mapping[str, Any]) -> None:
    """Raises ValueError, in words, for a comparison that cannot be made."""
    field = FIELDS.get(str(condition.get("field")))
    if field is None:
        raise ValueError(f"compares a field that does not exist; there are: {', '.join(FIELDS)}.")
    op, value = condition.get("op"), condition.get("value")
    if op not in ops_of(str(condition["field"])):
        raise ValueError(
            gettext("compares “%(field)s” by one of: %(join)s.")
            % {"field": field.label, "join": ", ".join(ops_of(str(condition["field"])))}
        )
    if op in WITHOUT_VALUE:
        return
    values = value if op in ("in", "not_in") else [value]
    if not isinstance(values, list) or not values:
        raise ValueError(gettext("“%(op)s” needs a list of values.") % {"op": op})
    for one in values:
        if field.is_number and (isinstance(one, bool) or not isinstance(one, int | float)):
            raise ValueError(gettext("“%(field)s” is compared with a number.") % {"field": field.label})
        if not field.is_number and not isinstance(one, str):
            raise ValueError(gettext("“%(field)s” is compared with a text.") % {"field": field.label})
        if field.choices and op != "contains" and one not in dict(field.choices):
            raise ValueError(
                gettext("“%(field)s” is one of: %(join)s.")
                % {"field": field.label, "join": ", ".join(dict(field.choices))}
            )


def words(condition: Mapping[str, Any]) -> str:
    """ "the price is above 30"."""
    field, value = FIELDS.get(str(condition.get("field"))), condition.get("value")
    if field is None:
        return str(condition.get("field"))
    values = value if isinstance(value, list) else [value]
    said = ", ".join(str(dict(field.choices).get(str(one), one)) for one in values)
    op = str(condition.get("op"))
    return f"{field.label} {OPS.get(op, op)} {said}".strip() if op not in WITHOUT_VALUE else f"{field.label} {OPS[op]}"


def by_table(conditions: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Those of one table together: they hold of one and the same row."""
    tables: dict[type[Model], list[Mapping[str, Any]]] = {}
    for condition in conditions:
        tables.setdefault(FIELDS[condition["field"]].table, []).append(condition)
    return list(tables.values())


def rows(condition: Mapping[str, Any], of: "Subject") -> "QuerySet[Any]":
    return rows_of_all([condition], of)


def rows_of_all(conditions: Sequence[Mapping[str, Any]], of: "Subject") -> "QuerySet[Any]":
    """The subject's rows of one table of which all of these hold."""
    found = _subjects(FIELDS[conditions[0]["field"]].table, of)
    for number, condition in enumerate(conditions):
        field = FIELDS[condition["field"]]
        path = field.value
        if not isinstance(path, str):
            found, path = found.annotate(**{f"compared_{number}": path}), f"compared_{number}"
        found = found.filter(_compared(path, str(condition["op"]), condition.get("value"), field.is_number))
    return found


def _subjects(table: type[Model], of: "Subject") -> "QuerySet[Any]":
    if table is Subscriber:
        return Subscriber.objects.filter(pk=of.subscriber)
    if table is Subscription:
        return of.subscriptions()
    if table is Box:
        boxes = Box.objects.filter(cycle__subscription__subscriber=of.subscriber)
        return boxes if of.box is None else boxes.filter(pk=of.box)
    if table is Ticket:
        tickets = Ticket.objects.filter(subscriber=of.subscriber, deleted_at=None)
        return tickets if of.ticket is None else tickets.filter(pk=of.ticket)
    return Task.objects.filter(run_step__run=of.run).order_by("-pk")


def _compared(path: str, op: str, value: Any, is_number: bool) -> Q:
    if op in OF_NUMBERS:
        return Q(**{f"{path}__{OF_NUMBERS[op]}": value})
    if op in WITHOUT_VALUE:
        empty = Q(**{f"{path}__isnull": True}) | (Q() if is_number else Q(**{path: ""}))
        return empty if op == "is_empty" else ~empty
    if op == "contains":
        return Q(**{f"{path}__icontains": value})
    if is_number or op in ("in", "not_in"):
        values = value if isinstance(value, list) else [value]
        match = Q(**{f"{path}__in": values})
    else:
        match = Q(**{f"{path}__iexact": value})
    return ~match if op in ("is_not", "not_in") else match
