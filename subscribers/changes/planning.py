"""What a plan holds, and how what was asked is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from subscribers.enums import ActionKind, SubscriptionStatus
from subscribers.errors import Refused
from subscribers.facts import CENT
from subscribers.models import Box, Cycle, Product, ProviderAction, Subscription
from subscribers.wording import interval_words


@dataclass(frozen=True)
class Preview:
    """What an action would change. `lines`: sentences with dates and amounts, for the person who decides.

    `before` and `after` hold the same for machines: status, next_billing_at (ISO 8601 or null), price (text, of the
    next billing), frequency (in words), product (its name). `amount`: what it costs the store, in `currency`; None
    where it costs nothing.
    """

    lines: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class Plan:
    """`params`: what the row keeps, checked and in their plainest form. `amount`: what it costs the store.

    `asked`: the row of what was asked before, and is looked at once more.
    """

    kind: ActionKind
    subscription: Subscription
    at: datetime
    params: dict[str, Any] = field(default_factory=dict)
    cycle: Cycle | None = None
    box: Box | None = None
    asked: ProviderAction | None = None
    product: Product | None = None
    amount: Decimal | None = None
    status: str = ""
    price: Decimal | None = None
    next_billing_at: datetime | None = None
    keeps_billing: bool = True
    frequency: tuple[str, int] | None = None
    lines: tuple[str, ...] = ()

    def preview(self) -> Preview:
        now = self.subscription
        before = {
            "status": now.status,
            "next_billing_at": iso(now.next_billing_at),
            "price": str(now.price),
            "frequency": interval_words(now.billing_interval, now.billing_interval_count),
            "product": str(now.product) if now.product else None,
        }
        after = dict(before)
        if self.status:
            after["status"] = self.status
        if not self.keeps_billing:
            after["next_billing_at"] = iso(self.next_billing_at)
        if self.price is not None:
            after["price"] = str(self.price)
        if self.frequency:
            after["frequency"] = interval_words(*self.frequency)
        if self.product is not None and self.kind == ActionKind.SWAP:
            after["product"] = str(self.product)
        return Preview(self.lines, before, after, self.amount, now.currency)


def iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def day(subscription: Subscription, at: datetime) -> str:
    """A day as the store's calendar has it."""
    return f"{at.astimezone(ZoneInfo(subscription.store.time_zone)):%-d %b %Y}"


def money(subscription: Subscription, amount: Decimal) -> str:
    return f"{amount} {subscription.currency}"


def must_be(subscription: Subscription, *statuses: SubscriptionStatus) -> None:
    if subscription.status not in statuses:
        wanted = " or ".join(status.label.lower() for status in statuses)
        raise Refused(
            gettext("The subscription is %(lower)s, not %(wanted)s.")
            % {"lower": subscription.get_status_display().lower(), "wanted": wanted},
            "subscription",
        )


def number_in(params: Mapping[str, Any], name: str, *, least: int, most: int, default: int | None = None) -> int:
    value = params.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | str | float | Decimal) or str(value) == "":
        raise Refused(gettext("“%(name)s” needs a whole number.") % {"name": name}, name)
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise Refused(
            gettext("“%(name)s” needs a whole number, not “%(value)s”.") % {"name": name, "value": value}, name
        ) from error
    if not number.is_finite() or number != number.to_integral_value() or not least <= number <= most:
        raise Refused(
            gettext("“%(name)s” has to be a whole number from %(least)s to %(most)s.")
            % {"name": name, "least": least, "most": most},
            name,
        )
    return int(number)


def amount_in(params: Mapping[str, Any], name: str) -> Decimal:
    value = params.get(name)
    try:
        if isinstance(value, bool | None):
            raise InvalidOperation
        amount = Decimal(str(value))
        if not amount.is_finite() or amount != amount.quantize(CENT) or not 0 < amount < 10**9:
            raise InvalidOperation
    except InvalidOperation as error:
        raise Refused(
            gettext("“%(name)s” has to be an amount above 0, such as 12.50.") % {"name": name}, name
        ) from error
    return amount.quantize(CENT)


def moment_in(params: Mapping[str, Any], name: str, at: datetime, farthest: timedelta) -> datetime:
    value = params.get(name)
    try:
        moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise Refused(
            gettext("“%(name)s” has to be a time with its offset, such as 2026-03-02T09:00:00+00:00.") % {"name": name},
            name,
        )
    if moment <= at:
        raise Refused(gettext("That day has passed."), name)
    if moment > at + farthest:
        raise Refused(gettext("That is farther away than %(days)s days.") % {"days": farthest.days}, name)
    return moment
