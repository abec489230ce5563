"""Plans of when the next box comes: skipped or not, how often, on which day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext

from subscribers.changes.planning import Plan, day, iso, moment_in, money, must_be, number_in
from subscribers.changes.rhythm import MOST_COUNT, every, step
from subscribers.enums import PAID_CYCLE, CycleStatus, Interval, SubscriptionStatus
from subscribers.errors import Refused
from subscribers.models import Charge, Cycle
from subscribers.wording import interval_words

FARTHEST_BILLING = timedelta(days=366)


def coming_cycle(base: Plan) -> Cycle | None:
    """The next cycle that is to be billed, where it is known already; one that was invoiced is none."""
    return base.subscription.cycles.filter(status=CycleStatus.SCHEDULED, charge=None).order_by("index").first()


def skip(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    must_be(subscription, SubscriptionStatus.ACTIVE)
    cycle = base.cycle or coming_cycle(base)
    starts_at = cycle.billing_expected_at if cycle else subscription.next_billing_at
    if starts_at is None:
        raise Refused(gettext("No box is planned that could be skipped."), "cycle")
    if cycle is not None and cycle.status != CycleStatus.SCHEDULED:
        raise Refused(
            gettext("Cycle %(index)s is %(lower)s already.")
            % {"index": cycle.index, "lower": cycle.get_status_display().lower()},
            "cycle",
        )
    if base.cycle is not None and Charge.objects.filter(cycle=base.cycle).exists():
        raise Refused(gettext("Cycle %(index)s is invoiced already.") % {"index": base.cycle.index}, "cycle")
    ends_at = cycle.ends_at if cycle else starts_at + every(subscription)
    is_next = subscription.next_billing_at is None or starts_at <= subscription.next_billing_at
    after = max(ends_at, base.at) if is_next else subscription.next_billing_at
    assert after is not None  # noqa: S101  for the type checker: `is_next` where there is none
    lines = (
        gettext("The box of %(day)s is left out; nothing is billed for it.") % {"day": day(subscription, starts_at)},
        gettext("The next billing is on %(day)s.") % {"day": day(subscription, after)},
    )
    return replace(
        base,
        cycle=cycle,
        params={"starts_at": iso(starts_at), "next_billing_at": iso(after)},
        next_billing_at=after,
        keeps_billing=not is_next,
        lines=lines,
    )


def unskip(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    skipped = subscription.cycles.filter(status=CycleStatus.SKIPPED, billing_expected_at__gt=base.at)
    cycle = base.cycle or skipped.order_by("index").first()
    if cycle is None or cycle.status != CycleStatus.SKIPPED:
        raise Refused(gettext("That box is not skipped."), "cycle")
    if cycle.billing_expected_at <= base.at:
        raise Refused(gettext("The day of that box has passed."), "cycle")
    known = subscription.next_billing_at
    after = min(cycle.billing_expected_at, known) if known else cycle.billing_expected_at
    return replace(
        base,
        cycle=cycle,
        params={"next_billing_at": iso(after)},
        next_billing_at=after,
        keeps_billing=False,
        lines=(
            gettext("The box of %(day)s is billed and sent after all.")
            % {"day": day(subscription, cycle.billing_expected_at)},
        ),
    )


def set_frequency(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    interval = str(params.get("interval", ""))
    if interval not in Interval.values:
        raise Refused(gettext("“interval” is one of %(join)s.") % {"join": ", ".join(Interval.values)}, "interval")
    count = number_in(params, "count", least=1, most=MOST_COUNT[Interval(interval)])
    now = (subscription.billing_interval, subscription.billing_interval_count)
    delivered = (subscription.delivery_interval, subscription.delivery_interval_count)
    if (interval, count) == now == delivered:
        raise Refused(
            gettext("It comes %(interval_words)s already.") % {"interval_words": interval_words(interval, count)},
            "interval",
        )
    after = subscription.next_billing_at
    last = subscription.cycles.filter(status__in=PAID_CYCLE).order_by("-starts_at").first()
    if after is not None and last is not None:
        anew = last.starts_at + step(interval, count)
        after = anew if anew > base.at else after
    lines: tuple[str, ...] = (
        gettext("It comes %(interval_words)s instead of %(interval_words2)s.")
        % {"interval_words": interval_words(interval, count), "interval_words2": interval_words(*now)},
    )
    if after is not None:
        lines += (
            gettext("The next billing is on %(day)s, %(money)s.")
            % {"day": day(subscription, after), "money": money(subscription, subscription.price)},
        )
    return replace(
        base,
        params={"interval": interval, "count": count, "next_billing_at": iso(after)},
        frequency=(interval, count),
        next_billing_at=after,
        keeps_billing=after == subscription.next_billing_at,
        lines=lines,
    )


def set_next_billing(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    after = moment_in(params, "at", base.at, FARTHEST_BILLING)
    if subscription.resumes_at and after < subscription.resumes_at:
        raise Refused(gettext("It is paused until later than that."), "at")
    return replace(
        base,
        params={"at": iso(after)},
        next_billing_at=after,
        keeps_billing=False,
        lines=(gettext("The next billing is on %(day)s.") % {"day": day(subscription, after)},),
    )
