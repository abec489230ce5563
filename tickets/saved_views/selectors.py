"""Reads of kept lists: which ones a person sees, how much each holds, whom one may share with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet
from django.db.models.functions import JSONObject
from django.http import QueryDict

from subscribers.enums import Role
from subscribers.models import Membership, Store
from subscribers.models.stores import Viewer
from tickets.enums import UNRESOLVED
from tickets.list_query import ListQuery, read
from tickets.listing import PERSONAL, RowCount
from tickets.models import Draft, ListPreference, Mention, Queue, SavedView, Ticket

SHOWN = 30  # of a person's lists, beside the pages; all of them are on a page of their own
MOST_COUNTED = 999  # tickets; beyond it, "999+"
NOT_COUNTED = ("all", "resolved", *PERSONAL)


def shelf(user: Viewer) -> list[SavedView]:
    """The lists that stand beside this person's pages. One statement."""
    return list(SavedView.objects.visible_to(user).select_related("queue", "store").in_order()[:SHOWN])


def counts_of(views: Sequence[SavedView], user: AbstractBaseUser) -> dict[int, int]:
    """How many tickets each holds for this person, by its number, to `MOST_COUNTED` + 1. One statement.

    Only of lists of unresolved tickets without words: what there is of them one index holds.
    """
    asked = {}
    for view in views:
        address = QueryDict(view.query)
        if not address.get("q"):
            query = read(address, user)
            if _is_bounded(query, address):
                asked[view.pk] = _number(query.rows.unresolved())  # type: ignore[attr-defined]
    if not asked:
        return {}
    found = get_user_model().objects.filter(pk=user.pk).values_list(*asked.values())
    return dict(zip(asked, found[0], strict=True))


def _is_bounded(query: ListQuery, address: QueryDict) -> bool:
    statuses = set(",".join(address.getlist("status")).split(",")) - {""}
    due = set(",".join(address.getlist("due")).split(",")) - {""}
    if query.errors:
        return False
    return query.view.key not in NOT_COUNTED or bool(due) or (bool(statuses) and statuses <= set(UNRESOLVED))


@dataclass(frozen=True)
class Personal:
    """How one person likes lists, and what waits for them beside tickets that are theirs.

    `columns` by the key of a view or the number of a kept list; `first`: the kept list that `/tickets/` opens with;
    `counts`: tickets where one has begun to write, and where one was named and has not looked.
    """

    columns: Mapping[str | int, str]
    first: int | None
    counts: Mapping[str, int]


def personal(user: AbstractBaseUser, *, counting: bool = True) -> Personal:
    """One statement; without `counting` no tickets are counted in it."""
    seen = Ticket.objects.visible_to(user)
    waiting = {
        "drafts": seen.filter(pk__in=Draft.objects.filter(author=user.pk).values("ticket")),
        "mentions": seen.filter(pk__in=Mention.objects.filter(user=user.pk, seen_at=None).values("ticket")),
    }
    if not counting:
        waiting = {}
    liked = ListPreference.objects.filter(user=user.pk).values(
        told=JSONObject(view="view", saved="saved_view_id", columns="columns", is_first="is_first")
    )
    found = get_user_model().objects.filter(pk=user.pk)
    *numbers, preferences = found.values_list(*(_number(rows) for rows in waiting.values()), ArraySubquery(liked))[0]
    return Personal(
        columns={one["view"] or one["saved"]: one["columns"] for one in preferences if one["columns"]},
        first=next((one["saved"] for one in preferences if one["is_first"]), None),
        counts=dict(zip(waiting, numbers, strict=True)),
    )


def _number(rows: QuerySet[Ticket]) -> RowCount:
    return RowCount(rows.order_by().values("pk")[: MOST_COUNTED + 1])


def led_stores(user: AbstractBaseUser) -> QuerySet[Store]:
    """Whose lead or administrator this person is."""
    if getattr(user, "is_superuser", False):
        return Store.objects.all()
    leading = Membership.objects.filter(user_id=user.pk, role__in=(Role.LEAD, Role.ADMIN))
    return Store.objects.filter(pk__in=leading.values("store"))


def teams_of(user: AbstractBaseUser) -> QuerySet[Queue]:
    """Queues with members that one is a member of, or leads."""
    mine = Queue.members.through.objects.filter(user_id=user.pk).values("queue")
    led = Q(store__in=led_stores(user).values("pk"), pk__in=Queue.members.through.objects.values("queue"))
    return Queue.objects.visible_to(user).filter(Q(pk__in=mine) | led).order_by("position", "name")


def changeable_by(user: AbstractBaseUser) -> QuerySet[SavedView]:
    """Lists that this person may rename, change and delete: their own, what they gave a team, and what they lead."""
    led = led_stores(user).values("pk")
    rights = (
        Q(owner=user.pk) | Q(store__in=led) | Q(queue__store__in=led) | Q(queue__in=teams_of(user), made_by=user.pk)
    )
    return SavedView.objects.visible_to(user).filter(rights)
