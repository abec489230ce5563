"""What the product asks of whoever keeps a store's subscriptions: events in, actions out, truth on request.

A provider registers itself by `register` when its package is imported (`subscribers.apps` does that). It is without
state: what it needs of a store is in its `Connection`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from subscribers.enums import ActionKind, BoxStatus, CycleStatus, Provider
from subscribers.models import Connection, ProviderAction, Store, Subscription, WebhookDelivery


class RefusedByProvider(Exception):
    """The provider said no for good, in these words: asking again would not help."""


class TryAgain(Exception):
    """The provider could not answer now (limit reached, down, too slow). `after`: not before then, if it said so."""

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class NotYet(Exception):
    """A webhook speaks of something that has not become known yet: its own webhook is still on its way."""


class Malformed(Exception):
    """A webhook that cannot be understood, in words: it is quarantined at once."""


@dataclass(frozen=True)
class Result:
    """What an action brought about: what the provider made by it, if anything."""

    external_id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonTruth:
    """A customer as the provider knows them."""

    external_id: str
    email: str
    name: str = ""
    phone: str = ""
    country: str = ""
    region: str = ""
    language: str = ""


@dataclass(frozen=True)
class CardTruth:
    """A means of payment as the provider knows it. `told_at`: when it became so; None: it is so now."""

    external_id: str
    brand: str = ""
    last4: str = ""
    expires_on: date | None = None
    is_revoked: bool = False
    told_at: datetime | None = None


@dataclass(frozen=True)
class BoxTruth:
    """A parcel as the provider knows it, with every report of its carrier: (state, when, expected delivery)."""

    fulfillment_id: str
    order_id: str = ""
    order_number: str = ""
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    reports: tuple[tuple[BoxStatus, datetime, Any], ...] = ()


@dataclass(frozen=True)
class CycleTruth:
    """A billing cycle as the provider knows it. `index` None: the provider does not number them; they are counted by
    `expected_at`. `status`: scheduled, billed, failed, lost or skipped; `at`: when it became that."""

    expected_at: datetime
    status: CycleStatus
    at: datetime
    index: int | None = None
    external_id: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    amount: Decimal | None = None
    currency: str = ""
    order_id: str = ""
    order_number: str = ""
    boxes: tuple[BoxTruth, ...] = ()
    # Payments that were refused, where the provider keeps them: when, why, and the key by which each is known.
    failures: tuple[tuple[datetime, str, str], ...] = ()
    # Money that went back: when, how much, and the key by which each is known.
    refunds: tuple[tuple[datetime, Decimal, str], ...] = ()
    # What went back in all, where the provider tells only that.
    refunded: Decimal | None = None
    # So far ahead that it is told for what was decided about it alone: where it is merely planned, nobody needs it.
    is_distant: bool = False


@dataclass(frozen=True)
class Truth:
    """One subscription as the provider has it at `at`.

    `told`: the fields of `subscribers.facts.FIELDS` that it knows, with Python values. `status_since`: when it became
    what it is (cancelled, paused), where the provider knows. `cards`: by which it may be paid, or, with
    `are_all_cards`, every one that its subscriber has there. `cursor`: where to go on after this one.
    """

    external_id: str
    person: PersonTruth
    at: datetime
    told: Mapping[str, Any]
    revision: int | None = None
    status_since: datetime | None = None
    cycles: tuple[CycleTruth, ...] = ()
    cards: tuple[CardTruth, ...] = ()
    are_all_cards: bool = False
    cursor: str = ""


class SubscriptionProvider(Protocol):
    """`is_local`: its actions are done in the transaction that asked for them; others by the worker, from the row."""

    key: Provider
    is_local: bool
    capabilities: frozenset[ActionKind]

    def cannot(self, kind: ActionKind, subscription: Subscription | None, store: Store) -> str:
        """Why this cannot be asked of it for this subscription, in words; "" where it can."""
        ...

    def take(self, delivery: WebhookDelivery) -> tuple[str, ...] | None:
        """Read a webhook and record its facts by subscribers.services.*; what was recorded, in words, for the log.

        None for a topic that is of no interest. Called in a transaction of its own that is undone if it raises:
        `NotYet` is tried again later, `Malformed` quarantined at once, anything else tried some times. `source_key`
        of what it records: `delivery.source_key`; `delivery.payload` is its body. Calls no provider.
        """
        ...

    def do(self, action: ProviderAction) -> Result:
        """Do it, or find by its `key` that it was done. Raises RefusedByProvider or TryAgain.

        `params` are as subscribers.changes.plan left them. Remote providers are called outside of any transaction;
        they record nothing themselves: see `settled`. What is so already (cancelled, paused) counts as done.
        """
        ...

    def settled(self, action: ProviderAction, result: Result) -> None:
        """Record the facts of an action that was done, in the settling transaction, so that nobody waits for the
        webhook: subscribers.services.action_facts.record_done does it for every kind."""
        ...

    def reconcile(self, connection: Connection, *, since: datetime | None, cursor: str) -> Iterator[Truth]:
        """Everything that the provider knows, object by object (of what changed since, if asked). Raises TryAgain."""
        ...

    def count(self, connection: Connection, *, since: datetime | None) -> int | None:
        """How many objects `reconcile` will tell, where that is known."""
        ...


_PROVIDERS: dict[Provider, SubscriptionProvider] = {}


def register(provider: SubscriptionProvider) -> None:
    _PROVIDERS[Provider(provider.key)] = provider


def provider_of(key: Provider | str) -> SubscriptionProvider:
    """LookupError for one that is not installed."""
    return _PROVIDERS[Provider(key)]
