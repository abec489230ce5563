"""Gives waiting tickets out: in turns or by load, to whoever is online, available, and has room.

A ticket is given in a transaction that holds its row, and only where nobody else holds it (SKIP LOCKED). One giver at a
time counts turns and loads, so that two workers neither give one ticket twice nor fill one person twice over. What
finds nobody waits, unassigned as everybody sees, for the next sweep or for whoever appears.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from subscribers.enums import Role, TeamMode
from subscribers.models import Membership
from tickets.enums import AssignMode, TicketEventKind, TicketStatus
from tickets.models import Presence, Queue, Taker, Ticket, TicketEvent
from tickets.services.history import event, log_all

BATCH = 200  # tickets a transaction
OURS = (TicketStatus.NEW, TicketStatus.OPEN)


class Turns:
    """Whose turn it is in each queue that gives its tickets out; nobody else takes turns until the transaction ends."""

    def __init__(self, now: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('tickets are given out', 0))")
        giving = Queue.objects.exclude(assign_by=AssignMode.HAND).select_related("store")
        self.queues = {queue.pk: queue for queue in giving.order_by("position", "pk")}
        self.users: dict[int, AbstractBaseUser] = {}
        self._able: dict[int, list[int]] = {}
        self._takers: dict[tuple[int, int], Taker] = {}
        self._load: dict[int, int] = {}
        self._moved: set[tuple[int, int]] = set()
        if self.queues:
            self._read(now)

    def _read(self, now: datetime) -> None:
        stores = {queue.store_id for queue in self.queues.values()}
        there = Membership.objects.filter(
            store__in=stores, user__is_active=True, user__in=Presence.objects.available(now).values("pk")
        ).select_related("user")
        members = list(there.order_by("user_id"))
        self.users = {member.user_id: member.user for member in members}
        if not self.users:
            return
        named: dict[int, set[int]] = defaultdict(set)
        for queue_id, user_id in Queue.members.through.objects.filter(queue__in=self.queues).values_list(
            "queue_id", "user_id"
        ):
            named[queue_id].add(user_id)
        for queue in self.queues.values():
            self._able[queue.pk] = [
                member.user_id
                for member in members
                if member.store_id == queue.store_id and takes(queue, member, named.get(queue.pk, ()))
            ]
        takers = Taker.objects.filter(queue__in=self.queues)
        self._takers = {(taker.queue_id, taker.user_id): taker for taker in takers}
        self._load = loads(self.users)

    def load(self, user_id: int) -> int:
        return self._load.get(user_id, 0)

    def able(self, queue_id: int, without: int | None = None) -> list[int]:
        """Who could be given a ticket of the queue now."""
        return [
            pk for pk in self._able.get(queue_id, ()) if pk != without and self._has_room(self.queues[queue_id], pk)
        ]

    def _has_room(self, queue: Queue, user_id: int) -> bool:
        own = self._takers.get((queue.pk, user_id))
        most = own.most_open if own is not None and own.most_open is not None else queue.most_open
        return most is None or self.load(user_id) < most

    def choose(self, queue: Queue, without: int | None = None) -> tuple[AbstractBaseUser, dict[str, Any]] | None:
        """Whom the queue's next ticket goes to, and why; their turn is taken. None: nobody is there with room."""
        able = self.able(queue.pk, without)
        if not able:
            return None
        if queue.assign_by == AssignMode.ROUND_ROBIN:
            chosen = min(able, key=lambda pk: (self._turn(queue, pk), pk))
        else:
            chosen = min(able, key=lambda pk: (self.load(pk), self._turn(queue, pk), pk))
        why = {"by": queue.assign_by, "open": self.load(chosen), "among": len(able)}
        self._take_turn(queue, chosen)
        return self.users[chosen], why

    def _turn(self, queue: Queue, user_id: int) -> int:
        taker = self._takers.get((queue.pk, user_id))
        return taker.turn if taker is not None else 0

    def _take_turn(self, queue: Queue, user_id: int) -> None:
        # Behind everybody: who was away for long is next once, not until they have caught up.
        last = max((taker.turn for (pk, _), taker in self._takers.items() if pk == queue.pk), default=0)
        taker = self._takers.setdefault((queue.pk, user_id), Taker(queue=queue, user_id=user_id))
        taker.turn = last + 1
        self._load[user_id] = self.load(user_id) + 1
        self._moved.add((queue.pk, user_id))

    def save(self) -> None:
        moved = [self._takers[place] for place in sorted(self._moved)]
        rows = [Taker(queue_id=taker.queue_id, user_id=taker.user_id, turn=taker.turn) for taker in moved]
        Taker.objects.bulk_create(rows, update_conflicts=True, unique_fields=["queue", "user"], update_fields=["turn"])


def takes(queue: Queue, member: Membership, named: Collection[int]) -> bool:
    """Whether a colleague is given tickets of the queue: its members, where it names any; else who answers tickets."""
    if named or queue.is_restricted:
        return member.user_id in named
    if member.role == Role.SUCCESS:
        return queue.store.team_mode == TeamMode.ONE
    return member.role == Role.AGENT


def loads(user_ids: Collection[int]) -> dict[int, int]:
    """How many tickets are each person's to work on now; snoozed ones and those that wait for others are none."""
    rows = Ticket.objects.filter(assignee__in=user_ids, status__in=OURS, deleted_at=None, snoozed_until=None)
    return dict(rows.values_list("assignee").annotate(load=Count("pk")).order_by())


def waiting(queue_ids: Collection[int]) -> QuerySet[Ticket]:
    """Tickets of these queues that are nobody's, the most pressing first."""
    rows = Ticket.objects.filter(
        queue__in=queue_ids, assignee=None, status__in=OURS, deleted_at=None, snoozed_until=None
    )
    return rows.order_by("next_due_at", "pk")


def give_waiting() -> int:
    """Give every ticket that waits in such a queue to somebody; how many found one."""
    given = 0
    while True:
        number, is_done = _give()
        given += number
        if is_done:
            return given


@transaction.atomic
def _give() -> tuple[int, bool]:
    """One batch: how many were given, and whether there is nothing more to give now."""
    now = timezone.now()
    turns = Turns(now)
    queues = [pk for pk in turns.queues if turns.able(pk)]
    if not queues:
        return 0, True
    rows = waiting(queues).select_for_update(of=("self",), no_key=True, skip_locked=True)
    tickets = list(rows[:BATCH])
    left = left_by(tickets)
    events = []
    for ticket in tickets:
        found = turns.choose(turns.queues[ticket.queue_id], left.get(ticket.pk))
        if found is not None:
            user, why = found
            ticket.assignee_id, ticket.updated_at = user.pk, now
            events.append(event(ticket, TicketEventKind.ASSIGNED, to_value=user, at=now, **why))
    if events:
        turns.save()
        Ticket.objects.bulk_update([one.ticket for one in events], ["assignee", "updated_at"])
        log_all(events)
    return len(events), not events or len(tickets) < BATCH


def left_by(tickets: Sequence[Ticket]) -> dict[int, int]:
    """By ticket, who gave it back last: it goes to somebody else."""
    last = TicketEvent.objects.filter(ticket__in=tickets, kind=TicketEventKind.ASSIGNED)
    last = last.order_by("ticket", "-occurred_at", "-pk").distinct("ticket")
    return {pk: data["left"] for pk, data in last.values_list("ticket_id", "data") if isinstance(data.get("left"), int)}
