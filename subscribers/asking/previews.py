"""What an action will mean, for the person who decides: sentences, what changes, what it costs, who is asked."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from subscribers.asking.forms import ActionForm
from subscribers.changes import Preview
from subscribers.enums import ActionKind, SubscriptionStatus
from subscribers.models import Subscription
from subscribers.models.stores import Viewer
from subscribers.services import actions
from subscribers.services.limits import limit_for

NAMES = {
    "status": _("Status"),
    "next_billing_at": _("Next billing"),
    "price": _("Next price"),
    "frequency": _("How often"),
    "product": _("Product"),
}


@dataclass(frozen=True)
class Change:
    name: Any
    before: str
    after: str


@dataclass(frozen=True)
class Shown:
    """`limit`: up to which the person needs not ask; None: no limit. `mark` is of all that they saw."""

    lines: tuple[str, ...]
    changes: tuple[Change, ...]
    amount: Decimal | None
    currency: str
    limit: Decimal | None

    @property
    def waits(self) -> bool:
        """Whether a lead is asked first."""
        return self.amount is not None and self.limit is not None and self.amount > self.limit

    @property
    def mark(self) -> str:
        seen = repr((self.lines, self.changes, self.amount, self.currency, self.waits))
        return hashlib.sha256(seen.encode()).hexdigest()[:16]


def shown(kind: ActionKind, form: ActionForm, user: Viewer) -> Shown:
    """Of a form that is valid. Raises Refused for what cannot be."""
    subscription = form.subscription
    preview = actions.preview(
        kind=kind,
        params=form.params,
        subscription=subscription,
        cycle=form.asked_cycle(),
        box=form.asked_box(),
    )
    limit = limit_for(user, subscription.store_id, kind) if preview.amount is not None else None
    return Shown(preview.lines, changes(subscription, preview), preview.amount, preview.currency, limit)


def changes(subscription: Subscription, preview: Preview) -> tuple[Change, ...]:
    """What will be otherwise than it is."""
    found = []
    for name, before in preview.before.items():
        if (after := preview.after[name]) != before:
            was, will = (_words(subscription, name, value) for value in (before, after))
            found.append(Change(NAMES[name], was, will))
    return tuple(found)


def _words(subscription: Subscription, name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name == "next_billing_at" and (at := parse_datetime(value)):
        return date_format(at.astimezone(ZoneInfo(subscription.store.time_zone)), gettext("j M Y"))
    if name == "status":
        return str(SubscriptionStatus(value).label)
    return f"{value} {subscription.currency}" if name == "price" else str(value)
