"""What a colleague may ask for a subscription as it stands. Asks the database nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from subscribers.enums import ENDED_SUBSCRIPTION, PAID_CYCLE, ActionKind, BoxStatus, CycleStatus, SubscriptionStatus
from subscribers.models import Box, Cycle, Subscription
from subscribers.providers.base import provider_of

GOING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
NEVER_SENT = (BoxStatus.PLANNED, BoxStatus.CANCELLED)

# In the order in which they stand in a menu: kind, its words, its icon. None: a line between.
ENTRIES: tuple[tuple[ActionKind, Promise, str] | None, ...] = (
    (ActionKind.SKIP, _("Skip a box…"), "skip-forward"),
    (ActionKind.UNSKIP, _("Take a skip back…"), "undo-2"),
    (ActionKind.SET_NEXT_BILLING, _("Move the next billing…"), "calendar-clock"),
    (ActionKind.SET_FREQUENCY, _("Change how often…"), "repeat"),
    (ActionKind.SWAP, _("Swap the product…"), "arrow-left-right"),
    (ActionKind.PAUSE, _("Pause…"), "circle-pause"),
    (ActionKind.RESUME, _("Resume…"), "circle-play"),
    None,
    (ActionKind.REPLACEMENT, _("Send a replacement…"), "package-plus"),
    (ActionKind.REFUND, _("Refund…"), "banknote"),
    (ActionKind.DISCOUNT, _("Give a discount…"), "badge-percent"),
    (ActionKind.GIFT, _("Send a gift…"), "gift"),
    None,
    (ActionKind.REACTIVATE, _("Bring it back…"), "rotate-ccw"),
    (ActionKind.CANCEL, _("Cancel for them…"), "ban"),
)
ICONS = {entry[0]: entry[2] for entry in ENTRIES if entry is not None}
WORDS = {entry[0]: entry[1] for entry in ENTRIES if entry is not None}


class Card(Protocol):
    """A subscription with its cycles and boxes, as panels have it (subscribers.selectors.SubscriptionCard)."""

    @property
    def subscription(self) -> Subscription: ...
    @property
    def cycles(self) -> Sequence[Cycle]: ...
    @property
    def boxes(self) -> Sequence[Box]: ...


@dataclass(frozen=True)
class Entry:
    """A line of the menu. `kind` "": a rule between two groups."""

    kind: str
    label: str = ""
    icon: str = ""

    @property
    def is_grave(self) -> bool:
        return self.kind == ActionKind.CANCEL


def entries(card: Card) -> list[Entry]:
    """What makes sense as it stands, and its provider can do; the form says the rest."""
    can = _capabilities(card.subscription)
    lines: list[Entry] = []
    for entry in ENTRIES:
        if entry is None:
            if lines and lines[-1].kind:
                lines.append(Entry(""))
        elif entry[0] in can and _makes_sense(entry[0], card):
            lines.append(Entry(entry[0], str(entry[1]), entry[2]))
    return lines[:-1] if lines and not lines[-1].kind else lines


def missing(card: Card) -> list[str]:
    """What would make sense, and the provider has no way to do."""
    can = _capabilities(card.subscription)
    return [
        str(entry[0].label).lower()
        for entry in ENTRIES
        if entry is not None and entry[0] not in can and _makes_sense(entry[0], card)
    ]


def _capabilities(subscription: Subscription) -> frozenset[ActionKind]:
    try:
        return provider_of(subscription.provider).capabilities
    except LookupError:
        return frozenset()


def _makes_sense(kind: ActionKind, card: Card) -> bool:
    subscription = card.subscription
    status = SubscriptionStatus(subscription.status)
    match kind:
        case ActionKind.UNSKIP:
            now = timezone.now()
            ahead = (one for one in card.cycles if one.status == CycleStatus.SKIPPED)
            return status in GOING and any(one.billing_expected_at > now for one in ahead)
        case ActionKind.RESUME:
            return status == SubscriptionStatus.PAUSED
        case ActionKind.SKIP | ActionKind.PAUSE | ActionKind.GIFT:
            return status == SubscriptionStatus.ACTIVE and subscription.cancels_at is None
        case ActionKind.REPLACEMENT:
            return any(box.status not in NEVER_SENT for box in card.boxes)
        case ActionKind.REFUND:
            return any(cycle.status in PAID_CYCLE for cycle in card.cycles)
        case ActionKind.REACTIVATE:
            return subscription.cancels_at is not None or status in ENDED_SUBSCRIPTION
        case ActionKind.CANCEL:
            return status in GOING and subscription.cancels_at is None
    return status in GOING
