"""Finds what providers speak of: subscriptions, orders, parcels and charges by their names, for many at once.

`look_for` reads everything that a number of webhooks name, in some few statements; the functions after it answer from
the open ledger, and read what nobody looked for before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from subscribers.models import Box, Connection, Cycle, Store, Subscription
from subscribers.services.ledger import Ledger, current
from subscribers.services.ledger_people import nameless

FOUND = """
SELECT kept.id FROM subscribers_subscription kept
JOIN unnest(%s::bigint[], %s::text[], %s::text[]) AS wanted (store_id, provider, external_id)
    USING (store_id, provider, external_id)
"""
# An order is the shop's, whoever keeps the subscription that it pays for; a charge is the provider's.
FOUND_BY_ORDER = """
SELECT kept.id FROM unnest(%s::bigint[], %s::text[]) AS wanted (store_id, order_id)
JOIN subscribers_cycle cycle ON cycle.order_id = wanted.order_id AND cycle.order_id <> ''
JOIN subscribers_subscription kept ON kept.id = cycle.subscription_id AND kept.store_id = wanted.store_id
UNION
SELECT kept.id FROM unnest(%s::bigint[], %s::text[]) AS wanted (store_id, order_id)
JOIN subscribers_box box ON box.order_id = wanted.order_id AND box.order_id <> ''
JOIN subscribers_cycle cycle ON cycle.id = box.cycle_id
JOIN subscribers_subscription kept ON kept.id = cycle.subscription_id AND kept.store_id = wanted.store_id
"""
FOUND_BY_PARCEL = """
SELECT kept.id FROM unnest(%s::bigint[], %s::text[]) AS wanted (store_id, fulfillment_id)
JOIN subscribers_box box ON box.fulfillment_id = wanted.fulfillment_id AND box.fulfillment_id <> ''
JOIN subscribers_cycle cycle ON cycle.id = box.cycle_id
JOIN subscribers_subscription kept ON kept.id = cycle.subscription_id AND kept.store_id = wanted.store_id
"""
FOUND_BY_CHARGE = """
SELECT kept.id FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS wanted (store_id, provider, external_id)
JOIN subscribers_cycle cycle ON cycle.external_id = wanted.external_id AND cycle.external_id <> ''
JOIN subscribers_subscription kept ON kept.id = cycle.subscription_id
    AND kept.store_id = wanted.store_id AND kept.provider = wanted.provider
"""


@dataclass
class References:
    """What a webhook names, by the ids of its provider; `customers` by id, `addresses` by mail address."""

    subscriptions: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    parcels: set[str] = field(default_factory=set)
    charges: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)


def look_for(wanted: Iterable[tuple[Connection, References]]) -> None:
    """Open pages for everything that these name and that is known."""
    ledger, wanted = current(), list(wanted)
    names, addresses = set(), set()
    asked: dict[str, set[tuple[int, str, str]]] = {kind: set() for kind in STATEMENTS}
    for one, said in wanted:
        names |= {(one.store_id, str(one.provider), external_id) for external_id in said.customers - {""}}
        addresses |= {(one.store_id, email) for email in said.addresses - {""}}
        addresses |= {(one.store_id, nameless(one.provider, customer)) for customer in said.customers - {""}}
        asked["subscription"] |= {(one.store_id, str(one.provider), told) for told in said.subscriptions - {""}}
        asked["charge"] |= {(one.store_id, str(one.provider), told) for told in said.charges - {""}}
        asked["order"] |= {(one.store_id, "", told) for told in said.orders - {""}}
        asked["parcel"] |= {(one.store_id, "", told) for told in said.parcels - {""}}
    ledger.people.look_for(names, addresses)
    found: set[int] = set()
    for kind, keys in asked.items():
        found |= _found(ledger, kind, keys)
    ledger.open(found, {one.store_id: one.store for one, _ in wanted})


STATEMENTS = {
    "subscription": FOUND,
    "order": FOUND_BY_ORDER,
    "parcel": FOUND_BY_PARCEL,
    "charge": FOUND_BY_CHARGE,
}


def _found(ledger: Ledger, kind: str, keys: set[tuple[int, str, str]]) -> set[int]:
    new = sorted(key for key in keys if (kind, *key) not in ledger.looked_for)
    if not new:
        return set()
    ledger.looked_for |= {(kind, *key) for key in new}
    stores, providers, ids = (list(column) for column in zip(*new, strict=True))
    params = {
        "subscription": [stores, providers, ids],
        "order": [stores, ids, stores, ids],
        "parcel": [stores, ids],
        "charge": [stores, providers, ids],
    }[kind]
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[kind], params)
        return {row[0] for row in cursor.fetchall()}


def subscription_called(store: Store, provider: str, external_id: str) -> Subscription | None:
    """The store's subscription with this provider's id."""
    ledger, key = current(), (store.pk, str(provider), external_id)
    if key not in ledger.pages:
        ledger.open(_found(ledger, "subscription", {key}), {store.pk: store})
    page = ledger.pages.get(key)
    return page.subscription if page else None


def keeps_any(connected: Connection) -> bool:
    """Whether the store has any subscription with this provider."""
    ledger, key = current(), ("keeps any", connected.store_id, str(connected.provider))
    if any((page_key[0], page_key[1]) == key[1:] for page_key in ledger.pages):
        return True
    if key not in ledger.remembered:
        kept = Subscription.objects.filter(store=connected.store_id, provider=connected.provider)
        ledger.remembered[key] = kept.exists()
    return bool(ledger.remembered[key])


def cycles_of_order(connected: Connection, order_id: str) -> list[Cycle]:
    """What an order of the shop pays for: also of subscriptions that another app keeps. The oldest row first."""
    if not order_id:
        return []
    look_for([(connected, References(orders={order_id}))])
    return _in_order(cycle for cycle in _cycles(connected.store_id) if cycle.order_id == order_id)


def cycles_of_charge(connected: Connection, charge_id: str) -> list[Cycle]:
    look_for([(connected, References(charges={charge_id}))])
    provider = str(connected.provider)
    every = _cycles(connected.store_id)
    return _in_order(one for one in every if one.external_id == charge_id and one.subscription.provider == provider)


def box_of_parcel(connected: Connection, fulfillment_id: str) -> Box | None:
    look_for([(connected, References(parcels={fulfillment_id}))])
    every = _boxes(connected.store_id)
    return next((box for box in every if fulfillment_id and box.fulfillment_id == fulfillment_id), None)


def box_without_parcel(connected: Connection, order_id: str) -> Box | None:
    """The first of an order's boxes that has no parcel yet."""
    look_for([(connected, References(orders={order_id}))])
    every = _boxes(connected.store_id)
    return next((box for box in every if order_id and box.order_id == order_id and not box.fulfillment_id), None)


def _cycles(store_id: int) -> Iterable[Cycle]:
    return (
        cycle for page in current().pages.values() if page.subscription.store_id == store_id for cycle in page.cycles
    )


def _boxes(store_id: int) -> Iterable[Box]:
    return (box for page in current().pages.values() if page.subscription.store_id == store_id for box in page.boxes)


def _in_order(cycles: Iterable[Cycle]) -> list[Cycle]:
    return sorted(cycles, key=lambda cycle: (cycle.pk is None, cycle.pk or 0))
