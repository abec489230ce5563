"""The menus above the alert queue: each choice is the same address with one filter changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from subscribers.lazy import lazily as _
from subscribers.models import Product, Store
from subscribers.models.stores import Viewer
from success.enums import AlertPriority, FactKind
from success.filters import AlertFilter
from success.health.enums import HealthWord

ORDERS = (
    ("rank", _("Value at risk and urgency")),
    ("-value_at_risk", _("Value at risk")),
    ("priority", _("Urgency")),
    ("due_at", _("Due")),
    ("-created_at", _("Newest")),
)
CYCLES = (("first", _("First cycle")), ("later", _("Later cycles")), ("none", _("Never subscribed")))


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    url: str
    is_chosen: bool
    count: int | None = None


@dataclass(frozen=True)
class Menu:
    """`kind`: of the badge that stands for a choice, where there is one."""

    name: str
    label: str
    icon: str
    choices: Sequence[Choice]
    clear_url: str
    kind: str = ""

    @property
    def chosen(self) -> str:
        """What is chosen, in words; empty for nothing."""
        return ", ".join(map(str, (choice.label for choice in self.choices if choice.is_chosen)))


def filter_menus(
    asked: QueryDict, user: Viewer, *, people: Iterable[Any], reasons: Mapping[str, int], ordering: str
) -> list[Menu]:
    """Reason with its count, priority, owner, segment, health, order. One query: the products."""
    products = Product.objects.filter(store__in=Store.objects.visible_to(user)).order_by("name", "pk")
    owners = [
        ("me", gettext("Me")),
        ("none", gettext("Nobody")),
        *((str(one.pk), str(one)) for one in people if one.pk != user.pk),
    ]
    urgency = [(priority.name.lower(), str(priority.label)) for priority in AlertPriority]
    kinds = [(str(kind), str(kind.label)) for kind in FactKind if reasons.get(kind) or kind in _chosen(asked, "reason")]
    words = [(str(word), str(word.label)) for word in HealthWord if word != HealthWord.NONE]
    menus = [
        _menu(asked, "reason", gettext("Reason"), "list-filter", kinds, kind="fact", counts=reasons),
        _menu(asked, "priority", gettext("Urgency"), "signal-high", urgency, kind="priority"),
        _menu(asked, "owner", gettext("Owner"), "user", owners, several=False),
        _menu(asked, "cycle", gettext("Cycle"), "repeat", CYCLES),
        _menu(
            asked,
            "product",
            gettext("Product"),
            "box",
            [(str(one.pk), one.name) for one in products[:50]],
            several=False,
        ),
        _menu(asked, "health", gettext("Health"), "heart-pulse", words, kind="health"),
        _menu(asked, "ordering", gettext("Order"), "arrow-up-down", ORDERS, several=False, default=ordering),
    ]
    return [menu for menu in menus if menu.choices]


def _chosen(asked: QueryDict, name: str) -> list[str]:
    return [word for text in asked.getlist(name) for word in text.split(",") if word]


def _menu(
    asked: QueryDict,
    name: str,
    label: str,
    icon: str,
    choices: Iterable[tuple[str, str]],
    *,
    several: bool = True,
    kind: str = "",
    counts: Mapping[str, int] | None = None,
    default: str = "",
) -> Menu:
    chosen = _chosen(asked, name) or [word for word in [default] if word]

    def without_or_with(value: str) -> list[str]:
        if value in chosen:
            return [word for word in chosen if word != value]
        return [*chosen, value] if several else [value]

    made = [
        Choice(
            value,
            word,
            changed(asked, name, ",".join(without_or_with(value))),
            value in chosen,
            counts.get(value, 0) if counts is not None else None,
        )
        for value, word in choices
    ]
    return Menu(name, label, icon, made, changed(asked, name, ""), kind)


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
    shown = {"reason", "priority", "owner", "cycle", "product", "health", "ordering", "q"}
    names = [name for name in AlertFilter.base_filters if name not in shown and asked.get(name)]
    return [(name.replace("_", " "), asked.get(name, ""), changed(asked, name, "")) for name in names]
