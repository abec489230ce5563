"""The menus above the list of tickets: each choice is the same address with one filter changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.http import QueryDict

from subscribers.models import Membership, Reason, Store
from tickets.enums import TicketStatus
from tickets.filters import PRIORITIES, TicketFilter
from tickets.models import Queue
from tickets.satisfaction.selectors import FILTERS

ORDERS = (
    ("due_at", "Due first"),
    ("-created_at", "Newest"),
    ("created_at", "Oldest"),
    ("-updated_at", "Changed last"),
    ("priority", "Most urgent"),
)


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
        return ", ".join(choice.label for choice in self.choices if choice.is_chosen)


def filter_menus(asked: QueryDict, user: AbstractBaseUser) -> list[Menu]:
    """Status, priority, queue, assignee, topic, satisfaction, order. Three queries."""
    stores = Store.objects.visible_to(user).values("pk")
    queues = Queue.objects.visible_to(user).order_by("position", "name").values_list("key", "name")
    people = (
        get_user_model()
        .objects.filter(pk__in=Membership.objects.filter(store__in=stores).values("user"), is_active=True)
        .order_by("name")
    )
    reasons = Reason.objects.filter(Q(store=None) | Q(store__in=stores), for_tickets=True)
    topics = reasons.order_by("position", "label").values_list("key", "label")
    assignees = [("me", "Me"), ("none", "Nobody"), *((str(one.pk), str(one)) for one in people if one.pk != user.pk)]
    words = [(word, priority.label) for word, priority in PRIORITIES.items()]
    statuses = [(str(status), str(status.label)) for status in TicketStatus]
    return [
        _menu(asked, "status", "Status", "circle-dot", statuses, several=True),
        _menu(asked, "priority", "Priority", "signal-high", words, several=True),
        _menu(asked, "queue", "Queue", "list", dict(queues).items(), several=True),
        _menu(asked, "assignee", "Assignee", "user", assignees, several=False),
        _menu(asked, "topic", "Topic", "tag", dict(topics).items(), several=True),
        _menu(asked, "satisfaction", "Satisfaction", "smile", FILTERS, several=True),
        _menu(asked, "ordering", "Order", "arrow-up-down", ORDERS, several=False),
    ]


def _menu(
    asked: QueryDict, name: str, label: str, icon: str, choices: Iterable[tuple[str, str]], *, several: bool
) -> Menu:
    chosen = [word for text in asked.getlist(name) for word in text.split(",") if word]

    def without_or_with(value: str) -> list[str]:
        if value in chosen:
            return [word for word in chosen if word != value]
        return [*chosen, value] if several else [value]

    made = [
        Choice(value, word, changed(asked, name, ",".join(without_or_with(value))), value in chosen)
        for value, word in choices
    ]
    return Menu(name, label, icon, made, changed(asked, name, ""))


def changed(asked: QueryDict, name: str, value: str) -> str:
    """The address with another value of one parameter, from its first page on."""
    query = asked.copy()
    query.pop("page", None)
    query.pop(name, None)
    if value:
        query[name] = value
    return f"?{query.urlencode(safe=',')}"


def other_filters(asked: QueryDict) -> list[tuple[str, str, str]]:
    """Filters of the address that no menu shows: name, value, and the address without it."""
    shown = {"status", "priority", "queue", "assignee", "topic", "satisfaction", "ordering"}
    names = [name for name in TicketFilter.base_filters if name not in shown and asked.get(name)]
    return [(name.replace("_", " "), asked.get(name, ""), changed(asked, name, "")) for name in names]
