"""Reads for the page of who is there. A fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, F

from subscribers.models import Membership, Store
from subscribers.models.stores import Viewer
from tickets.assignment.giving import OURS, loads, takes
from tickets.assignment.words import availability_words
from tickets.enums import AssignMode
from tickets.models import Presence, Queue, Taker, Ticket


@dataclass(frozen=True)
class Colleague:
    name: str
    role: str
    state: str  # available, away or offline
    words: str
    open: int


@dataclass(frozen=True)
class Giving:
    """A queue: how it gives tickets out, to how many who are there with room, and how many wait."""

    queue: Queue
    mode: str
    takers: int
    there: int
    waiting: int

    @property
    def is_stuck(self) -> bool:
        return self.queue.assign_by != AssignMode.HAND and bool(self.waiting) and not self.there


@dataclass(frozen=True)
class StoreDesk:
    store: Store
    colleagues: list[Colleague]
    queues: list[Giving]


def desks_of(user: Viewer) -> list[StoreDesk]:
    """Each store that the person works for, with who is there and what waits in the queues that they see."""
    queues = list(Queue.objects.visible_to(user).select_related("store").order_by("store", "position", "pk"))
    stores = {store.pk: store for store in Store.objects.visible_to(user).order_by("name", "pk")}
    members = list(
        Membership.objects.filter(store__in=stores, user__is_active=True)
        .select_related("user", "user__presence")
        .order_by("user__name", "user_id")
    )
    load = loads({member.user_id for member in members})
    waits = _waiting(queues)
    named: dict[int, set[int]] = defaultdict(set)
    for queue_id, user_id in Queue.members.through.objects.filter(queue__in=queues).values_list("queue_id", "user_id"):
        named[queue_id].add(user_id)
    own = {
        (taker.queue_id, taker.user_id): taker.most_open
        for taker in Taker.objects.filter(queue__in=queues, most_open__isnull=False)
    }

    def giving(queue: Queue) -> Giving:
        takers = [one for one in members if one.store_id == queue.store_id and takes(queue, one, named[queue.pk])]
        there = 0
        for one in takers:
            most = own.get((queue.pk, one.user_id), queue.most_open)
            there += _state(_presence(one)) == "available" and (most is None or load.get(one.user_id, 0) < most)
        mode = AssignMode(queue.assign_by).label
        return Giving(queue, str(mode), len(takers), there, waits.get(queue.pk, 0))

    return [
        StoreDesk(
            store,
            [_colleague(one, load) for one in members if one.store_id == pk],
            [giving(queue) for queue in queues if queue.store_id == pk],
        )
        for pk, store in stores.items()
    ]


def _waiting(queues: list[Queue]) -> dict[int, int]:
    rows = Ticket.objects.filter(queue__in=queues, assignee=None, status__in=OURS, deleted_at=None, snoozed_until=None)
    return dict(rows.values_list("queue").annotate(waits=Count("pk")).order_by(F("queue")))


def _presence(member: Membership) -> Presence | None:
    return getattr(member.user, "presence", None)


def _state(presence: Presence | None) -> str:
    if presence is None or not presence.is_online():
        return "away" if presence is not None and presence.is_away() else "offline"
    return "away" if presence.is_away() else "available"


def _colleague(member: Membership, load: dict[int, int]) -> Colleague:
    presence = _presence(member)
    return Colleague(
        str(member.user),
        member.get_role_display(),
        _state(presence),
        availability_words(presence),
        load.get(member.user_id, 0),
    )
