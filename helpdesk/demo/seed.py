"""Makes the demo store in one transaction: all of it is there, or nothing is."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from helpdesk.demo.alert_endings import write_endings
from helpdesk.demo.alert_rows import speak, write_alerts
from helpdesk.demo.alerts import Watching, answered_at
from helpdesk.demo.boxes import make_replacement, write_parcel
from helpdesk.demo.cancellations import write_cancellations
from helpdesk.demo.catalogue import STORE_KEY
from helpdesk.demo.chance import Chance
from helpdesk.demo.clear import clear_store
from helpdesk.demo.health import write_health
from helpdesk.demo.outreach import write_outreach
from helpdesk.demo.own_fields import write_fields
from helpdesk.demo.people import make_people, write_people
from helpdesk.demo.satisfaction import write_satisfaction
from helpdesk.demo.store import install_store
from helpdesk.demo.subscriptions import make_subscriptions, write_subscriptions
from helpdesk.demo.threads import Thread, write_thread
from helpdesk.demo.tickets import Telling, choose_cases
from helpdesk.demo.world import Parcel, Person, Setting
from helpdesk.demo.writer import Writer
from subscribers.models import Box, Reason, Store
from tickets.models import Ticket

LOCK = 0x5EED0
REPLACED = {"damaged": 0.85, "wrong_item": 0.8}

# Shows progress: the words of the bar, how many steps it has; what it returns is told of every few steps done.
Progress = Callable[[str, int], Callable[[int], object]]


class AlreadySeeded(Exception):
    """The demo store is there."""


@dataclass(frozen=True)
class Seeded:
    subscribers: int
    tickets: int
    alerts: int
    rows: int


def seed(*, subscribers: int, tickets: int, seed: int, now: datetime, replace: bool, progress: Progress) -> Seeded:
    """Make the store; `AlreadySeeded` where it is and `replace` is not wished. ValueError for impossible numbers."""
    writer = Writer()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        store = Store.objects.filter(key=STORE_KEY).first()
        if store is not None:
            if not replace:
                raise AlreadySeeded
            clear_store(store)
            _number_tickets_anew()
        with _no_collections():
            made = _fill(writer, install_store(now, seed), subscribers, tickets, progress)
    writer.analyze()
    return made


@contextmanager
def _no_collections() -> Iterator[None]:
    """A million rows that all stay until the end: looking for garbage among them only takes time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _number_tickets_anew() -> None:
    if not Ticket.objects.exists():
        with connection.cursor() as cursor:
            # The deletions' own checks first: a table with pending ones cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("ALTER TABLE tickets_ticket ALTER COLUMN id RESTART WITH 1001")


def _fill(writer: Writer, setting: Setting, subscribers: int, tickets: int, progress: Progress) -> Seeded:
    people = make_people(setting, writer, subscribers)
    make_subscriptions(setting, writer, people)
    threads = _tell(writer, setting, people, tickets, progress)
    parcels = _replace(writer, setting, people, threads)
    watches = Watching(setting).watch(people, threads, parcels)
    speak(watches)
    write_people(setting, writer, people)
    write_subscriptions(setting, writer, people)
    for thread in threads:
        write_thread(writer, thread)
    write_alerts(setting, writer, watches)
    writer.copy(progress("writing", writer.count))
    write_cancellations(setting)
    write_endings(setting)
    write_outreach(setting)
    write_satisfaction(setting)
    write_fields(setting)
    write_health(setting)
    return Seeded(len(people), len(threads), len(watches), writer.count)


def _tell(writer: Writer, setting: Setting, people: list[Person], count: int, progress: Progress) -> list[Thread]:
    cases = choose_cases(setting, people, count)
    labels = dict(Reason.objects.filter(store=None).values_list("key", "label"))
    telling = Telling(setting, writer, count, labels)
    told = progress("telling", count)
    threads = []
    for case in cases:
        threads.append(telling.tell(case))
        told(1)
    return threads


def _replace(
    writer: Writer, setting: Setting, people: Iterable[Person], threads: list[Thread]
) -> dict[int, list[Parcel]]:
    """Send a new box for what came broken or wrong; all boxes by subscriber."""
    chance = Chance(setting.seed, "replacements")
    turns = {}
    parcels: dict[int, list[Parcel]] = defaultdict(list)
    for person in people:
        for order in person.orders:
            for turn in order.rounds:
                if turn.parcel:
                    turns[turn.parcel.pk] = turn
                    parcels[person.pk].append(turn.parcel)
    replaced: set[int] = set()
    for thread in threads:
        agreed_at, parcel = answered_at(thread), thread.parcel
        share = REPLACED.get(thread.talk.story.topic, 0)
        if agreed_at is None or parcel is None or parcel.pk in replaced or not chance.happens(share):
            continue
        replaced.add(parcel.pk)
        pk = writer.table(Box).next_id()
        new = make_replacement(setting, chance, pk, thread.person, parcel, agreed_at)
        parcels[thread.person.pk].append(new)
        write_parcel(setting, writer, turns[parcel.pk], new, replaces=parcel.pk)
    return parcels


def no_progress(words: str, steps: int) -> Callable[[int], Any]:
    return lambda done: None
