"""What a subscriber may change on their own account page, each change shown before it is made."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from subscribers.cancellation import speech
from subscribers.cancellation.facts import next_cycle
from subscribers.cancellation.offers import lines_of
from subscribers.enums import ActionKind, ActionState, Actor, CycleStatus, Interval, SubscriptionStatus
from subscribers.models import Cycle, ProviderAction, Subscription
from subscribers.services.actions import preview, request_action

PAUSES = (30, 60, 90)
FREQUENCIES = (
    (Interval.WEEK, 2),
    (Interval.MONTH, 1),
    (Interval.MONTH, 2),
    (Interval.MONTH, 3),
)


@dataclass(frozen=True)
class Change:
    """One thing that can be done, as the page names it. `do` and `to` are its address."""

    do: str
    to: str
    title: str
    kind: ActionKind
    params: dict[str, Any]
    cycle: Cycle | None = None


def changes(subscription: Subscription) -> list[Change]:
    """What can be done now, in the current language."""
    if subscription.status == SubscriptionStatus.PAUSED:
        return [Change("resume", "", gettext("Resume"), ActionKind.RESUME, {})]
    if subscription.status != SubscriptionStatus.ACTIVE:
        return []
    found = []
    cycle = next_cycle(subscription)
    skipped = subscription.cycles.filter(status=CycleStatus.SKIPPED, billing_expected_at__gt=timezone.now())
    if last := skipped.order_by("index").first():
        zone = speech.zone_of(subscription.subscriber, subscription.store)
        title = gettext("Take back the skip of %(day)s") % {"day": speech.day(last.billing_expected_at, zone)}
        found.append(Change("unskip", str(last.pk), title, ActionKind.UNSKIP, {}, last))
    if cycle is None or cycle.status != CycleStatus.SKIPPED:
        found.append(Change("skip", "", gettext("Skip the next box"), ActionKind.SKIP, {}))
    for days in PAUSES:
        title = ngettext("Pause for %(days)s day", "Pause for %(days)s days", days) % {"days": days}
        found.append(Change("pause", str(days), title, ActionKind.PAUSE, {"days": days}))
    for interval, count in FREQUENCIES:
        if (interval, count) != (subscription.delivery_interval, subscription.delivery_interval_count):
            title = gettext("A box %(often)s") % {"often": speech.frequency(interval, count)}
            params = {"interval": interval, "count": count}
            found.append(Change("frequency", f"{interval}-{count}", title, ActionKind.SET_FREQUENCY, params))
    return found


def change_of(subscription: Subscription, do: str, to: str) -> Change | None:
    return next((one for one in changes(subscription) if (one.do, one.to) == (do, to)), None)


def preview_of(subscription: Subscription, change: Change) -> tuple[str, ...]:
    """What it would change, with dates and amounts. Raises Refused for what cannot be."""
    shown = preview(kind=change.kind, params=change.params, subscription=subscription, **_cycle(change))
    return lines_of(shown, subscription)


def make(subscription: Subscription, change: Change, *, key: str) -> ProviderAction:
    """Do it once a key. Raises Refused for what cannot be."""
    return request_action(
        subscriber=subscription.subscriber,
        subscription=subscription,
        kind=change.kind,
        params=change.params,
        key=f"account:{subscription.pk}:{key}"[:200],
        actor_kind=Actor.SUBSCRIBER,
        **_cycle(change),
    )


def _cycle(change: Change) -> dict[str, Any]:
    return {"cycle": change.cycle} if change.cycle is not None else {}


def pending(subscription: Subscription) -> bool:
    """Whether something that was asked of the provider is still on its way there."""
    waiting = (ActionState.QUEUED, ActionState.RUNNING)
    since = timezone.now() - timedelta(days=7)
    return subscription.actions.filter(state__in=waiting, requested_at__gte=since).exists()
