"""Plans of whether it goes on: paused, resumed, cancelled, brought back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext

from subscribers.changes.days import FARTHEST_BILLING
from subscribers.changes.planning import Plan, day, iso, moment_in, must_be, number_in
from subscribers.enums import SubscriptionStatus
from subscribers.errors import Refused

LONGEST_PAUSE = timedelta(days=366)


def pause(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    must_be(subscription, SubscriptionStatus.ACTIVE)
    resumes_at: datetime | None = None
    if params.get("days") not in (None, ""):
        resumes_at = base.at + timedelta(days=number_in(params, "days", least=1, most=LONGEST_PAUSE.days))
    elif params.get("resumes_at"):
        resumes_at = moment_in(params, "resumes_at", base.at, LONGEST_PAUSE)
    after = max(resumes_at, subscription.next_billing_at or resumes_at) if resumes_at else None
    lines: tuple[str, ...] = (gettext("Nothing is billed or sent from now on."),)
    if resumes_at and after:
        lines += (
            (
                gettext("It goes on by itself on %(day)s; the next billing is on %(day2)s.")
                % {"day": day(subscription, resumes_at), "day2": day(subscription, after)}
            ),
        )
    else:
        lines += (gettext("It stays so until somebody resumes it."),)
    return replace(
        base,
        params={"resumes_at": iso(resumes_at), "next_billing_at": iso(after)},
        status=SubscriptionStatus.PAUSED,
        next_billing_at=after,
        keeps_billing=False,
        lines=lines,
    )


def resume(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    must_be(subscription, SubscriptionStatus.PAUSED)
    return _go_on(
        base, params, after=max(base.at, subscription.next_billing_at or base.at), said=gettext("It goes on now")
    )


def _go_on(base: Plan, params: Mapping[str, Any], *, after: datetime, said: str) -> Plan:
    """Active again, billed next on the day that is asked for, else at `after`."""
    if params.get("next_billing_at"):
        after = moment_in(params, "next_billing_at", base.at, FARTHEST_BILLING)
    return replace(
        base,
        params={"next_billing_at": iso(after)},
        status=SubscriptionStatus.ACTIVE,
        next_billing_at=after,
        keeps_billing=False,
        lines=(
            gettext("%(said)s; the next billing is on %(day)s.") % {"said": said, "day": day(base.subscription, after)},
        ),
    )


def cancel(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    when = params.get("when") or "now"
    if when not in ("now", "period_end"):
        raise Refused(gettext("“when” is now or period_end."), "when")
    kept: dict[str, Any] = {"when": when, "comment": str(params.get("comment") or "")[:2000]}
    ends_at = subscription.next_billing_at if when == "period_end" else None
    if ends_at and ends_at > base.at:
        kept["cancels_at"] = ends_at.isoformat()
        lines = (gettext("It ends on %(day)s; nothing is billed any more.") % {"day": day(subscription, ends_at)},)
        return replace(base, params=kept, keeps_billing=False, lines=lines)
    kept["when"] = "now"
    return replace(
        base,
        params=kept,
        status=SubscriptionStatus.CANCELLED,
        keeps_billing=False,
        lines=(gettext("It ends now; nothing is billed any more. What is paid is still sent."),),
    )


def reactivate(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    if subscription.cancels_at is None:
        must_be(subscription, SubscriptionStatus.CANCELLED, SubscriptionStatus.EXPIRED, SubscriptionStatus.FAILED)
    return _go_on(base, params, after=subscription.next_billing_at or base.at, said=gettext("It goes on"))
