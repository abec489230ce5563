"""Reads subscriptions, with their customers, cards and charges, as Recharge has them now."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from subscribers.enums import ENDED_SUBSCRIPTION, CycleStatus
from subscribers.models import Connection
from subscribers.providers.base import CardTruth, CycleTruth, PersonTruth, Truth
from subscribers.providers.recharge import told as telling
from subscribers.providers.recharge.client import Client, Missing
from subscribers.providers.told import number_of, part
from subscribers.providers.transport import Unauthorised

logger = logging.getLogger(__name__)


class Customer(NamedTuple):
    """`cards` None: we may not read them."""

    person: PersonTruth
    cards: tuple[CardTruth, ...] | None


def read(connection: Connection, external_id: str) -> Truth | None:
    """One subscription; None where Recharge has none of this id."""
    client, at = Client(connection), timezone.now()
    try:
        told = part(client.get(f"/subscriptions/{external_id}"), "subscription")
    except Missing:
        return None
    return _truth_of(connection, client, told, at, {}) if told else None


def read_all(connection: Connection, since: datetime | None, cursor: str) -> Iterator[Truth]:
    """Every subscription that changed since; where it stops, the page is read again."""
    client = Client(connection)
    query: dict[str, Any] = {"sort_by": "id-asc"}
    if since is not None:
        query["updated_at_min"] = since.isoformat()
    people: dict[str, Customer] = {}
    for page, after in client.pages("subscriptions", query, cursor):
        for place, told in enumerate(page):
            is_last = place == len(page) - 1
            yield _truth_of(connection, client, told, timezone.now(), people, after if is_last else cursor)
        cursor = after


def _truth_of(
    connection: Connection,
    client: Client,
    told: Mapping[str, Any],
    at: datetime,
    people: dict[str, Customer],
    cursor: str = "",
) -> Truth:
    external_id, customer_id = number_of(told.get("id")), number_of(told.get("customer_id"))
    if customer_id not in people:
        people[customer_id] = Customer(_person(client, customer_id), _cards(client, customer_id, at))
    person, cards = people[customer_id]
    fields = telling.subscription_told(connection, told)
    gave_up = told.get("max_retries_reached") is True
    return Truth(
        external_id=external_id,
        person=person,
        at=at,
        told=fields,
        status_since=telling.ended_at(told) if fields["status"] in ENDED_SUBSCRIPTION else None,
        cycles=tuple(_cycles(connection, client, external_id, gave_up, at)),
        cards=cards or (),
        are_all_cards=cards is not None,
        cursor=cursor,
    )


def _person(client: Client, customer_id: str) -> PersonTruth:
    try:
        told = part(client.get(f"/customers/{customer_id}"), "customer")
    except Missing:
        told = {}
    return telling.person({**told, "id": customer_id})


def _cards(client: Client, customer_id: str, at: datetime) -> tuple[CardTruth, ...] | None:
    """None where the token lacks the scope for them: trying the connection tells so."""
    try:
        pages = client.pages("payment_methods", {"customer_id": customer_id})
        return tuple(telling.card(one, at) for page, _ in pages for one in page)
    except Unauthorised as refused:
        logger.warning("Cards of %s cannot be read: %s", client.shop, refused)
        return None


def _cycles(
    connection: Connection,
    client: Client,
    external_id: str,
    gave_up: bool,
    at: datetime,
) -> Iterator[CycleTruth]:
    query = {"purchase_item_id": external_id, "sort_by": "scheduled_at-asc"}
    for page, _ in client.pages("charges", query):
        for told in page:
            for charge in telling.charges(connection.store, told, at):
                if charge.subscription_id == external_id:
                    yield _cycle(charge, gave_up)


def _cycle(charge: telling.Charge, gave_up: bool) -> CycleTruth:
    since = charge.paid_at if charge.status == CycleStatus.BILLED else charge.at
    is_lost = gave_up and charge.status == CycleStatus.FAILED
    return CycleTruth(
        expected_at=charge.expected_at,
        external_id=charge.external_id,
        status=CycleStatus.LOST if is_lost else charge.status,
        at=since,
        amount=charge.amount,
        currency=charge.currency,
        order_id=charge.order_id,
        order_number=charge.order_number,
        refunded=charge.refunded,
    )
