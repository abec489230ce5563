"""Begins subscriptions of the built-in store."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.changes import MOST_COUNT
from subscribers.enums import Actor, Interval, Provider
from subscribers.errors import Refused
from subscribers.models import Product, Store, Subscriber, Subscription
from subscribers.providers.builtin.calendar import plan_ahead
from subscribers.services.subscriptions import locked, record_start


@transaction.atomic
def start_subscription(
    *,
    store: Store,
    subscriber: Subscriber,
    product: Product,
    price: Decimal,
    interval: Interval,
    count: int,
    first_billing_at: datetime | None = None,
    delivery: tuple[Interval, int] | None = None,
    max_cycles: int | None = None,
    shipping_address: dict[str, Any] | None = None,
    by: AbstractBaseUser | None = None,
) -> Subscription:
    """A new subscription, billed first now or at `first_billing_at`. Raises Refused for what cannot be."""
    now = timezone.now()
    if subscriber.store_id != store.pk or product.store_id != store.pk:
        raise Refused(gettext("Subscriber and product have to be of the same store."), "product")
    if subscriber.merged_into_id or subscriber.redacted_at:
        raise Refused(gettext("That person is not known any more."), "subscriber")
    if price < 0:
        raise Refused(gettext("A price is not below 0."), "price")
    if not 1 <= count <= MOST_COUNT[interval]:
        raise Refused(gettext("From 1 to %(most_count)s.") % {"most_count": MOST_COUNT[interval]}, "count")
    delivered = delivery or (interval, count)
    subscription = record_start(
        store=store,
        subscriber=subscriber,
        provider=Provider.BUILTIN,
        external_id=f"sub_{uuid.uuid4().hex[:16]}",
        at=now,
        told={
            "product_id": product.pk,
            "price": price,
            "currency": store.currency,
            "billing_interval": interval,
            "billing_interval_count": count,
            "delivery_interval": delivered[0],
            "delivery_interval_count": delivered[1],
            "max_cycles": max_cycles,
            "next_billing_at": first_billing_at or now,
            "shipping_address": shipping_address or {},
        },
        actor_kind=Actor.AGENT if by else Actor.SYSTEM,
        actor=by,
    )
    plan_ahead(locked(subscription.pk))
    subscription.refresh_from_db()
    return subscription
