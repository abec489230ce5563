"""What is known while facts are recorded: read once, changed in memory, written together.

A `Ledger` has a `Page` for each subscription that is spoken of: its row (locked), cycles, boxes and histories. What is
asked of one page for the first time is read for all pages in one statement; what the facts change is written by
`close`, each kind of row in one statement, and only then do others hear of it. So one webhook and a hundred of them
are recorded by the same services: each opens a ledger (`recording`) where its caller has not opened one for many.

Locks are taken in one order: subscriptions (by id), boxes (by id), then what is new. Two that make the same new row
meet at its unique index, and the second fails as a whole: its caller tries again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Coalesce, Least
from django.dispatch import Signal

from subscribers.bulk import update_many
from subscribers.live import announce
from subscribers.models import Box, BoxEvent, Cycle, ProviderAction, Store, Subscription, SubscriptionEvent
from subscribers.services.ledger_people import People

# What a subscription is known by: store, provider, the provider's id.
Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a history, as far as the arithmetic needs it."""

    kind: str
    occurred_at: datetime
    source_key: str
    revision: int | None
    reason_id: int | None
    data: Mapping[str, Any]


@dataclass(eq=False)
class Page:
    """One subscription with all that hangs on it. `changed`: fields of its row that are not written yet."""

    ledger: "Ledger"
    subscription: Subscription
    changed: set[str] = field(default_factory=set)
    kept_cycles: list[Cycle] | None = None
    kept_boxes: list[Box] | None = None
    kept_history: list[Told] | None = None
    kept_cancelling: list[ProviderAction] | None = None
    of_cycle: dict[int, list[Told]] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)

    @property
    def cycles(self) -> list[Cycle]:
        if self.kept_cycles is None:
            self.ledger.read_cycles()
        assert self.kept_cycles is not None  # noqa: S101  read for all pages
        return self.kept_cycles

    @property
    def boxes(self) -> list[Box]:
        if self.kept_boxes is None:
            self.ledger.read_boxes()
        assert self.kept_boxes is not None  # noqa: S101  read for all pages
        return self.kept_boxes

    @property
    def history(self) -> list[Told]:
        """Of the subscription and its cycles, in no order."""
        if self.kept_history is None:
            self.ledger.read_histories()
        assert self.kept_history is not None  # noqa: S101  read for all pages
        return self.kept_history

    @property
    def cancelling(self) -> list[ProviderAction]:
        """Cancellations that we asked the provider for, the newest first."""
        if self.kept_cancelling is None:
            self.ledger.read_cancelling()
        assert self.kept_cancelling is not None  # noqa: S101  read for all pages
        return self.kept_cancelling

    def history_of(self, cycle: Cycle) -> list[Told]:
        self.history  # noqa: B018  read
        return self.of_cycle.setdefault(id(cycle), [])

    def like(self, cycle: Cycle) -> Cycle:
        """This cycle, as the ledger has it."""
        if cycle.pk is None:
            return cycle
        return next(one for one in self.cycles if one.pk == cycle.pk)

    def boxes_of(self, cycle: Cycle) -> list[Box]:
        return [box for box in self.boxes if box.cycle is cycle]

    def is_told(self, kind: str, source_key: str) -> bool:
        self.history  # noqa: B018  read
        return bool(source_key) and (kind, source_key) in self.told

    def write(self, event: SubscriptionEvent) -> SubscriptionEvent:
        """Append to the history."""
        self.history  # noqa: B018  read before it grows
        told = Told(event.kind, event.occurred_at, event.source_key, event.revision, event.reason_id, event.data)
        self._keep(told, event.cycle)
        self.ledger.add(event)
        return event

    def _keep(self, told: Told, cycle: Cycle | None) -> None:
        assert self.kept_history is not None  # noqa: S101  whoever keeps has read
        self.kept_history.append(told)
        self.told.add((told.kind, told.source_key))
        if cycle is not None:
            self.of_cycle.setdefault(id(cycle), []).append(told)

    def keep_read(self, rows: Iterable[tuple[Told, int | None]]) -> None:
        cycles = {cycle.pk: cycle for cycle in self.cycles}
        self.kept_history = []
        for told, cycle_id in rows:
            self._keep(told, cycles[cycle_id] if cycle_id else None)

    def set(self, **values: Any) -> None:
        """Change fields of the row."""
        for name, value in values.items():
            setattr(self.subscription, name, value)
        self.ledger.touch()
        if self.subscription.pk is not None:
            self.changed |= set(values)


class Ledger:
    """See above. `touched` counts changes: whoever fails before the first one leaves no trace."""

    def __init__(self) -> None:
        self.pages: dict[Key, Page] = {}
        self.by_pk: dict[int, Page] = {}
        # What was looked for already, whether it was found or not: see `ledger_lookups`.
        self.looked_for: set[tuple[str, int, str, str]] = set()
        self.touched = 0
        self.people = People(self.touch)
        self.remembered: dict[Any, Any] = {}
        self.changed: dict[type[Model], dict[int, tuple[Model, set[str]]]] = {}
        self.new: dict[type[Model], list[Any]] = {}
        self.box_reports: dict[int, list[BoxEvent]] = {}
        self.to_read: dict[int, tuple[Subscription, datetime]] = {}
        self.heard: dict[int, Subscription] = {}
        self.facts: list[tuple[Signal, Subscription, type[Model], dict[str, Any]]] = []

    def touch(self) -> None:
        self.touched += 1

    # -- Pages ---------------------------------------------------------------------------------------

    def page_of(self, subscription: Subscription) -> Page:
        """Its page; its row is read again, locked."""
        if subscription.pk is None:
            return self.pages[_key(subscription)]
        if subscription.pk not in self.by_pk:
            self.open([subscription.pk])
        return self.by_pk[subscription.pk]

    def page_of_cycle(self, cycle: Cycle) -> Page:
        if cycle.subscription_id is None:
            return self.pages[_key(cycle.subscription)]
        if cycle.subscription_id not in self.by_pk:
            self.open([cycle.subscription_id])
        return self.by_pk[cycle.subscription_id]

    def open(self, pks: Collection[int], stores: Mapping[int, Store] | None = None) -> None:
        """Pages for these subscriptions, their rows locked in the order of their ids."""
        missing = [pk for pk in pks if pk not in self.by_pk]
        if not missing:
            return
        rows = Subscription.objects.filter(pk__in=missing).order_by("pk").select_for_update(no_key=True)
        for row in rows:
            if stores and row.store_id in stores:
                row.store = stores[row.store_id]
            self.pages[_key(row)] = self.by_pk[row.pk] = Page(self, row)
        if any(pk not in self.by_pk for pk in missing):
            raise Subscription.DoesNotExist(f"No subscriptions {missing}")

    def begin(self, subscription: Subscription) -> Page:
        """A page for a subscription that is not written yet."""
        page = Page(self, subscription, kept_cycles=[], kept_boxes=[], kept_history=[], kept_cancelling=[])
        self.pages[_key(subscription)] = page
        self.add(subscription)
        return page

    def _unread(self, name: str) -> dict[int, Page]:
        return {pk: page for pk, page in self.by_pk.items() if getattr(page, name) is None}

    def read_cycles(self) -> None:
        pages = self._unread("kept_cycles")
        for page in pages.values():
            page.kept_cycles = []
        for cycle in Cycle.objects.filter(subscription__in=pages).order_by("pk"):
            page = pages[cycle.subscription_id]
            cycle.subscription = page.subscription
            page.cycles.append(cycle)

    def read_boxes(self) -> None:
        pages = self._unread("kept_boxes")
        cycles: dict[int, tuple[Page, Cycle]] = {}
        for page in pages.values():
            cycles |= {cycle.pk: (page, cycle) for cycle in page.cycles if cycle.pk}
            page.kept_boxes = []
        rows = Box.objects.filter(cycle__subscription__in=pages).order_by("pk")
        for box in rows.select_for_update(of=("self",), no_key=True):
            page, box.cycle = cycles[box.cycle_id]
            page.boxes.append(box)

    def read_histories(self) -> None:
        pages = self._unread("kept_history")
        found: dict[int, list[tuple[Told, int | None]]] = {pk: [] for pk in pages}
        rows = SubscriptionEvent.objects.filter(subscription__in=pages).order_by()
        for owner, cycle_id, *told in rows.values_list(
            "subscription_id", "cycle_id", "kind", "occurred_at", "source_key", "revision", "reason_id", "data"
        ):
            found[owner].append((Told(*told), cycle_id))
        for pk, page in pages.items():
            page.keep_read(found[pk])

    def read_cancelling(self) -> None:
        pages = self._unread("kept_cancelling")
        for page in pages.values():
            page.kept_cancelling = []
        ours = ProviderAction.objects.filter(kind="cancel", state__in=("queued", "running", "done"))
        rows = ours.filter(subscription__in=pages).select_related("reason", "actor").order_by("-requested_at")
        for action in rows:
            assert action.subscription_id is not None  # noqa: S101  the statement's condition
            pages[action.subscription_id].cancelling.append(action)

    def reports_of(self, box: Box) -> list[BoxEvent]:
        """What was reported of a box."""
        if box.pk is not None and id(box) not in self.box_reports:
            boxes = [one for page in self.by_pk.values() for one in page.kept_boxes or () if one.pk]
            unread: dict[int, list[BoxEvent]] = {one.pk: [] for one in boxes if id(one) not in self.box_reports}
            for event in BoxEvent.objects.filter(box__in=unread).order_by("pk"):
                unread[event.box_id].append(event)
            self.box_reports |= {id(one): unread[one.pk] for one in boxes if one.pk in unread}
        return self.box_reports.setdefault(id(box), [])

    # -- Changes -------------------------------------------------------------------------------------

    def add(self, row: Model) -> None:
        """A new row, written by `close`."""
        self.touch()
        self.new.setdefault(type(row), []).append(row)

    def change(self, row: Model, *names: str) -> None:
        """Fields of a row that `close` has to write."""
        self.touch()
        if row.pk is not None:
            _, changed = self.changed.setdefault(type(row), {}).setdefault(row.pk, (row, set()))
            changed.update(names)

    def want_read(self, subscription: Subscription, due: datetime) -> None:
        """Have it read at its provider at `due`, or before."""
        self.touch()
        self.to_read.setdefault(id(subscription), (subscription, due))

    def hear(self, subscription: Subscription) -> None:
        """Pages about its subscriber ask again."""
        self.heard[id(subscription)] = subscription

    def restart(self) -> None:
        """Write, and forget what was read: for the rare deed that changes rows behind the ledger's back."""
        self.close()
        facts, people = self.facts, self.touched
        self.__init__()  # type: ignore[misc]
        self.facts, self.touched = facts, people + 1

    def tell(self, fact: Signal, about: Subscription, sender: type[Model], /, **facts: Any) -> None:
        """Have a fact of this subscription told once it is written; of each subscriber's in this order."""
        self.facts.append((fact, about, sender, facts))

    def close(self) -> None:
        """Write everything. Raises what the database raises, and then nothing is written."""
        self.people.write()
        self._insert(Subscription)
        pages = [page for page in self.pages.values() if page.changed]
        update_many([page.subscription for page in pages], set().union(*(page.changed for page in pages)))
        for page in pages:
            page.changed = set()
        # What is there moves before what is new takes its place: numbers of cycles are unique.
        for model in (Cycle, Box):
            rows = self.changed.pop(model, {}).values()
            update_many([row for row, _ in rows], set().union(*(names for _, names in rows)))
            self._insert(model)
        self._insert(BoxEvent)
        self._insert(SubscriptionEvent)
        if self.to_read:
            due = max(due for _, due in self.to_read.values())
            wanted = Subscription.objects.filter(pk__in=sorted(row.pk for row, _ in self.to_read.values()))
            wanted.update(reread_at=Least(Coalesce("reread_at", due), due))
            self.to_read = {}
        if self.heard:
            announce("subscriber", *(row.subscriber_id for row in self.heard.values()))
            self.heard = {}

    def _insert(self, model: type[Model]) -> None:
        if rows := self.new.pop(model, []):
            model._default_manager.bulk_create(rows)

    def speak(self) -> None:
        """Tell what was recorded, in one order of people: what receivers lock, they lock alike."""
        facts, self.facts = self.facts, []
        for fact, _, sender, said in sorted(facts, key=lambda one: one[1].subscriber_id):
            if fact.has_listeners(sender):
                fact.send_robust(sender=sender, **said)


def _key(subscription: Subscription) -> Key:
    return subscription.store_id, str(subscription.provider), subscription.external_id


_open: ContextVar[Ledger | None] = ContextVar("ledger", default=None)


def current() -> Ledger:
    """The ledger that is open; LookupError where none is."""
    ledger = _open.get()
    if ledger is None:
        raise LookupError("No ledger is open")
    return ledger


@contextmanager
def recording() -> Iterator[Ledger]:
    """The ledger that is open, else one for this call: written, and told, when it ends well.

    In a transaction of the caller's it is a part of it, without a savepoint: whoever wants to go on after a failure
    brings one.
    """
    ledger = _open.get()
    if ledger is not None:
        yield ledger
        return
    with transaction.atomic(savepoint=False):
        ledger = Ledger()
        token = _open.set(ledger)
        try:
            yield ledger
        finally:
            _open.reset(token)
        ledger.close()
        ledger.speak()
