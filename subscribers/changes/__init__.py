"""What an action would change, worked out before it is asked for: the same words for a preview, the check and the deed.

`plan` writes nothing. It refuses what cannot be, whoever keeps the subscription; what a provider cannot do besides is
the provider's to say.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from subscribers.changes import days, goods, states
from subscribers.changes.goods import MOST_BILLINGS
from subscribers.changes.planning import Plan, Preview
from subscribers.changes.rhythm import MOST_COUNT, following, step
from subscribers.enums import ActionKind
from subscribers.errors import Refused
from subscribers.models import Box, Cycle, ProviderAction, Subscription

__all__ = ["MOST_BILLINGS", "MOST_COUNT", "Plan", "Preview", "following", "plan", "step"]


_PLANS = {
    ActionKind.SKIP: days.skip,
    ActionKind.UNSKIP: days.unskip,
    ActionKind.PAUSE: states.pause,
    ActionKind.RESUME: states.resume,
    ActionKind.SET_FREQUENCY: days.set_frequency,
    ActionKind.SET_NEXT_BILLING: days.set_next_billing,
    ActionKind.SWAP: goods.swap,
    ActionKind.DISCOUNT: goods.discount,
    ActionKind.GIFT: goods.gift,
    ActionKind.REPLACEMENT: goods.replacement,
    ActionKind.REFUND: goods.refund,
    ActionKind.CANCEL: states.cancel,
    ActionKind.REACTIVATE: states.reactivate,
}


def plan(
    kind: ActionKind | str,
    params: Mapping[str, Any],
    subscription: Subscription | None,
    at: datetime,
    *,
    cycle: Cycle | None = None,
    box: Box | None = None,
    asked: ProviderAction | None = None,
) -> Plan:
    """What this would change at `at`. Raises Refused, in words, for what cannot be."""
    if subscription is None:
        raise Refused(gettext("Say which subscription."), "subscription")
    try:
        kind = ActionKind(kind)
    except ValueError as unknown:
        raise Refused(gettext("“%(kind)s” is nothing that can be done.") % {"kind": kind}, "kind") from unknown
    if cycle is not None and cycle.subscription_id != subscription.pk:
        raise Refused(gettext("That cycle belongs to another subscription."), "cycle")
    if box is not None and box.cycle.subscription_id != subscription.pk:
        raise Refused(gettext("That box belongs to another subscription."), "box")
    base = Plan(kind, subscription, at, cycle=cycle, box=box, asked=asked)
    return _PLANS[kind](base, params)
