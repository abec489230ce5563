"""The menus above the list of tickets: each choice is the same address with one filter changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscribers.enums import Channel
from subscribers.models import Membership, Reason, Store
from tickets.columns import COLUMNS, Column, of, of_fields
from tickets.enums import TicketStatus
from tickets.fields.asking import read_all
from tickets.fields.selectors import OwnField, own_fields, visible_fields
from tickets.filters import DUE, OPENED, PRIORITIES, TicketFilter
from tickets.models import Queue
from tickets.satisfaction.selectors import FILTERS

ORDERS = (
    ("due_at", gettext_lazy("Due first")),
    ("-created_at", gettext_lazy("Newest")),
    ("created_at", gettext_lazy("Oldest")),
    ("-updated_at", gettext_lazy("Changed last")),
    ("priority", gettext_lazy("Most urgent")),
)

CYCLES = 6  # of which the menu offers each
SHOWN = {
    "status",
    "priority",
    "queue",
    "assignee",
    "topic",
    "due",
    "opened",
    "channel",
    "cycle",
    "satisfaction",
    "field",
    "ordering",
}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Menu:
    name: str
    label: str
    icon: str
    choices: list[Choice]
    clear_url: str

    @property
    def chosen(self) -> str:
        """What is chosen, in words; empty for nothing."""
        return ", ".join(map(str, (choice.label for choice in self.choices if choice.is_chosen)))


def filter_menus(asked: QueryDict, user: AbstractBaseUser) -> tuple[list[Menu], list[OwnField]]:
    """Status, priority, queue, assignee, topic, and less used ones; and the stores' own fields. One statement."""
    stores = Store.objects.visible_to(user).values("pk")
    queues = Queue.objects.visible_to(user).order_by("position", "name").annotate(value=F("key"), word=F("name"))
    people = (
        get_user_model()
        .objects.filter(pk__in=Membership.objects.filter(store__in=stores).values("user"), is_active=True)
        .exclude(pk=user.pk)
        .order_by("name", "email")
        .annotate(value=Cast("pk", CharField()), word=Coalesce(NullIf("name", Value("")), "email"))
    )
    reasons = Reason.objects.filter(Q(store=None) | Q(store__in=stores), for_tickets=True)
    topics = reasons.order_by("position", "label").annotate(value=F("key"), word=F("label"))
    choices = [
        ArraySubquery(rows.values(choice=JSONObject(value="value", word="word"))) for rows in (queues, people, topics)
    ]
    told = JSONObject(key="key", label="label", kind="kind", choices="choices")
    choices.append(ArraySubquery(visible_fields(user).filter(is_active=True).values(told=told)))
    *found, own = get_user_model().objects.filter(pk=user.pk).values_list(*choices)[0]
    queue_words, people_words, topic_words = ([(one["value"], one["word"]) for one in rows] for rows in found)
    fields = own_fields(own)
    assignees = [
        ("me", _("Me")),
        ("none", _("Nobody")),
        *people_words,
    ]
    words = [(word, str(priority.label)) for word, priority in PRIORITIES.items()]
    statuses = [(str(status), str(status.label)) for status in TicketStatus]
    cycles = [(str(number), _("Cycle %(number)s") % {"number": number}) for number in range(1, CYCLES + 1)]
    channels = [(str(channel), str(channel.label)) for channel in Channel]
    menus = [
        _menu(asked, "status", _("Status"), "circle-dot", statuses, several=True),
        _menu(asked, "priority", _("Priority"), "signal-high", words, several=True),
        _menu(asked, "queue", _("Queue"), "list", dict(queue_words).items(), several=True),
        _menu(asked, "assignee", _("Assignee"), "user", assignees, several=False),
        _menu(asked, "topic", _("Topic"), "tag", dict(topic_words).items(), several=True),
        _menu(asked, "due", _("Due"), "clock-alert", DUE, several=True),
        _menu(asked, "opened", _("Opened"), "calendar", OPENED, several=False),
        _menu(asked, "channel", _("Channel"), "mail", channels, several=True),
        _menu(asked, "cycle", _("Cycle"), "repeat", cycles, several=False),
        _menu(asked, "satisfaction", _("Satisfaction"), "smile", FILTERS, several=True),
        _menu(asked, "ordering", _("Order"), "arrow-up-down", ORDERS, several=False),
    ]
    if fields or asked.get("field"):
        menus.insert(-1, _menu_of_fields(asked, fields))
    return menus, fields


def column_menu(shown: Sequence[str], own: Sequence[OwnField] = ()) -> list[tuple[Column, bool]]:
    """Every column: those that are shown in their order, then the others; and whether it is shown."""
    labels = {field.key: field.label for field in own}
    every = [*COLUMNS, *of_fields(labels)]
    others = [column for column in every if column.key not in shown]
    return [(column, True) for column in of(shown, labels)] + [(column, False) for column in others]


def _menu_of_fields(asked: QueryDict, fields: Sequence[OwnField]) -> Menu:
    """What can be chosen of each field; of one that takes any text, whether it is filled in."""
    chosen = [str(one) for one in read_all(asked.getlist("field"))]
    words = [(f"{field.key}={value}", f"{field.label}: {word}") for field in fields for value, word in field.values]
    words += [(one, one.replace("=", ": ", 1)) for one in chosen if one not in dict(words)]

    def without_or_with(value: str) -> list[str]:
        return [one for one in chosen if one != value] if value in chosen else [*chosen, value]

    made = [
        Choice(value, word, changed(asked, "field", ",".join(without_or_with(value))), value in chosen)
        for value, word in words
    ]
    return Menu("field", _("Fields"), "square-pen", made, changed(asked, "field", ""))


def _menu(
    asked: QueryDict, name: str, label: str, icon: str, choices: Iterable[tuple[str, str | Promise]], *, several: bool
) -> Menu:
    chosen = [word for text in asked.getlist(name) for word in text.split(",") if word]

    def without_or_with(value: str) -> list[str]:
        if value in chosen:
            return [word for word in chosen if word != value]
        return [*chosen, value] if several else [value]

    made = [
        Choice(value, str(word), changed(asked, name, ",".join(without_or_with(value))), value in chosen)
        for value, word in choices
    ]
    return Menu(name, label, icon, made, changed(asked, name, ""))


def changed(asked: QueryDict, name: str, value: str) -> str:
    """The address with another value of one parameter, from its first page on."""
    query = asked.copy()
    query.pop("cursor", None)
    query.pop(name, None)
    if value:
        query[name] = value
    return f"?{query.urlencode(safe=',')}"


def other_filters(asked: QueryDict) -> list[tuple[str, str, str]]:
    """Filters of the address that no menu shows: name, value, and the address without it."""
    names = [name for name in TicketFilter.base_filters if name not in SHOWN and asked.get(name)]
    return [(name.replace("_", " "), asked.get(name, ""), changed(asked, name, "")) for name in names]
