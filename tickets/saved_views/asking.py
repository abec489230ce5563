"""The query of a kept list: which parts of an address are kept, and which of them mean nothing any more."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from subscribers.models import Reason, Store
from tickets.fields.asking import named, read_all
from tickets.fields.selectors import visible_fields
from tickets.list_query import FILTERS
from tickets.listing import INBOX_VIEWS, LIST_VIEWS
from tickets.models import Queue, Tag

KEPT = ("view", "q", *FILTERS, "ordering", "columns")
LABELS = {
    "status": gettext_lazy("Status"),
    "priority": gettext_lazy("Priority"),
    "queue": gettext_lazy("Queue"),
    "assignee": gettext_lazy("Assignee"),
    "topic": gettext_lazy("Topic"),
    "tag": gettext_lazy("Tag"),
    "due": gettext_lazy("Due"),
    "opened": gettext_lazy("Opened"),
    "channel": gettext_lazy("Channel"),
    "cycle": gettext_lazy("Cycle"),
    "satisfaction": gettext_lazy("Satisfaction"),
    "subscriber": gettext_lazy("Subscriber"),
    "store": gettext_lazy("Store"),
    "field": gettext_lazy("Fields"),
}
LONGEST = 2000  # characters


def kept(address: QueryDict, *, columns: bool = True) -> str:
    """What a kept list remembers of an address, always in one order; empty for the list as it opens."""
    query = QueryDict(mutable=True)
    for name in KEPT:
        value = ",".join(one for one in address.getlist(name) if one) if name != "q" else address.get(name, "").strip()
        if value and (columns or name != "columns"):
            query[name] = value.replace("\x00", "")
    return query.urlencode(safe=",:@")


def present(address: QueryDict, columns: str) -> str:
    """What would be kept of a list that is looked at with these columns (`tickets.columns.written`)."""
    query = address.copy()
    query["columns"] = columns
    return kept(query)


def is_told(address: QueryDict) -> bool:
    """Whether an address asks anything of the list beyond which page of it."""
    return any(address.get(name) for name in KEPT)


def described(address: QueryDict) -> str:
    """What a query asks, in a line."""
    parts = [str(one.label) for one in (*LIST_VIEWS, *INBOX_VIEWS) if one.key == address.get("view")]
    if words := address.get("q"):
        parts.append(f"“{words}”")
    parts += [f"{LABELS.get(name, name.replace('_', ' '))}: {address[name]}" for name in FILTERS if address.get(name)]
    return " · ".join(parts) or gettext("Everything that is open")


def missing(address: QueryDict, user: AbstractBaseUser) -> list[str]:
    """What its filters name and this person does not find, in words. A statement for each such filter in use."""
    told = []
    for name, words, known in _NAMED:
        if name == "field":
            wanted = [one.name for one in read_all(address.getlist(name))]
        else:
            wanted = [one for one in ",".join(address.getlist(name)).split(",") if one and one not in ("me", "none")]
        if wanted:
            there = known(wanted, user)
            told += [str(words % {"name": one}) for one in wanted if one.lower() not in there]
    return told


def _fields(wanted: Sequence[str], user: AbstractBaseUser) -> set[str]:
    known = list(visible_fields(user))
    return {one.lower() for one in wanted if named(known, one)}


def _texts(rows: QuerySet[Queue] | QuerySet[Store] | QuerySet[Reason], wanted: Sequence[str]) -> set[str]:
    return {key.lower() for key in rows.filter(key__in=wanted).values_list("key", flat=True)}


def _queues(wanted: Sequence[str], user: AbstractBaseUser) -> set[str]:
    return _texts(Queue.objects.visible_to(user), wanted)


def _stores(wanted: Sequence[str], user: AbstractBaseUser) -> set[str]:
    return _texts(Store.objects.visible_to(user), wanted)


def _topics(wanted: Sequence[str], user: AbstractBaseUser) -> set[str]:
    stores = Store.objects.visible_to(user).values("pk")
    return _texts(Reason.objects.filter(Q(store=None) | Q(store__in=stores)), wanted)


def _tags(wanted: Sequence[str], user: AbstractBaseUser) -> set[str]:
    tags = Tag.objects.filter(store__in=Store.objects.visible_to(user).values("pk")).annotate(low=Lower("name"))
    return set(tags.filter(low__in=[one.lower() for one in wanted]).values_list("low", flat=True))


def _people(wanted: Sequence[str], user: AbstractBaseUser) -> set[str]:
    numbers = [int(one) for one in wanted if one.isascii() and one.isdecimal() and len(one) < 19]
    addresses = [one.lower() for one in wanted if "@" in one]
    people = get_user_model().objects.annotate(low=Lower("email")).filter(is_active=True)
    found = people.filter(Q(pk__in=numbers) | Q(low__in=addresses)).values_list("pk", "low")
    return {text for pk, address in found for text in (str(pk), address)}


_NAMED: tuple[tuple[str, Any, Callable[[Sequence[str], AbstractBaseUser], set[str]]], ...] = (
    ("queue", gettext_lazy("The queue “%(name)s” is gone, or you do not see it."), _queues),
    ("store", gettext_lazy("The store “%(name)s” is gone, or you do not see it."), _stores),
    ("topic", gettext_lazy("The topic “%(name)s” is gone."), _topics),
    ("field", gettext_lazy("The field “%(name)s” is gone."), _fields),
    ("tag", gettext_lazy("There is no tag “%(name)s” any more."), _tags),
    ("assignee", gettext_lazy("The person “%(name)s” does not work here any more."), _people),
)
