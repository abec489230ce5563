"""What time does to sessions: left ones end, requests by mail warn, old words go, renewals are announced."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from subscribers import signals
from subscribers.cancellation.enums import NoticeKind, SessionEventKind, SessionState
from subscribers.cancellation.history import log, move
from subscribers.cancellation.notices import want
from subscribers.cancellation.one_by_one import MOST, each
from subscribers.cancellation.policies import policy_for, rules_in
from subscribers.cancellation.sessions import WATCHED_FOR
from subscribers.enums import Actor, Interval, SubscriptionStatus
from subscribers.models import Subscription
from subscribers.models.cancellation import CancellationSession
from subscribers.models.cancellation_rules import CancellationPolicy

YEAR = timedelta(days=366)  # leap years never shorten a promise of years
MONTHS = {Interval.DAY: 1 / 30, Interval.WEEK: 7 / 30, Interval.MONTH: 1, Interval.YEAR: 12}


def sweep_left() -> int:
    """Ends what nobody went on with: `bounced` where nothing was chosen, else left. Never what came by mail."""
    now = timezone.now()

    def end(session: CancellationSession) -> bool:
        only_looked = session.state == SessionState.STARTED
        before = move(session, SessionState.BOUNCED if only_looked else SessionState.ABANDONED, now=now)
        session.watch_until = now + WATCHED_FOR
        session.save(update_fields=["state", "ended_at", "abandons_at", "watch_until"])
        kind = SessionEventKind.BOUNCED if only_looked else SessionEventKind.ABANDONED
        log(session, kind, before=before, actor_kind=Actor.SYSTEM, at=now)
        signals.cancellation_ended.send_robust(sender=CancellationSession, session=session)
        return True

    return each(CancellationSession.objects.open().filter(abandons_at__lte=now).order_by("abandons_at"), end)


def sweep_requests() -> int:
    """Warn, once, of every request by mail that nobody worked off in time."""
    now = timezone.now()

    def warn(session: CancellationSession) -> bool:
        session.warned_at = now
        session.save(update_fields=["warned_at"])
        log(session, SessionEventKind.OVERDUE, actor_kind=Actor.SYSTEM, at=now)
        signals.cancellation_overdue.send_robust(sender=CancellationSession, session=session)
        return True

    return each(CancellationSession.objects.open().filter(due_at__lte=now, warned_at=None).order_by("due_at"), warn)


def sweep_words() -> int:
    """Remove people's own words when the policy's years are over; what was counted stays."""
    now = timezone.now()
    written = ~Q(words="") | ~Q(detail="") | ~Q(statement={})

    def reduce(session: CancellationSession) -> bool:
        years = rules_in(session.policy_version).record_years
        if session.ended_at is None or session.ended_at > now - YEAR * years:
            return False
        session.words, session.detail, session.statement, session.reduced_at = "", "", {}, now
        session.save(update_fields=["words", "detail", "statement", "reduced_at"])
        log(session, SessionEventKind.REDUCED, actor_kind=Actor.SYSTEM, at=now, years=years)
        return True

    old = CancellationSession.objects.filter(written, reduced_at=None, ended_at__lte=now - YEAR)
    return each(old.order_by("ended_at"), reduce)


def sweep_reminders() -> int:
    """Announce the renewal of long terms, with the way to cancel, where the subscriber's place asks for it."""
    longest = max(CancellationPolicy.objects.filter(is_active=True).values_list("reminder_days", flat=True), default=0)
    if not longest:
        return 0
    count, now = 0, timezone.now()
    renewing = (
        Subscription.objects.filter(
            status=SubscriptionStatus.ACTIVE,
            next_billing_at__gt=now,
            next_billing_at__lte=now + timedelta(days=longest),
        )
        .exclude(billing_interval__in=(Interval.DAY, Interval.WEEK))
        .filter(Q(billing_interval=Interval.YEAR) | Q(billing_interval_count__gte=2))
        .select_related("subscriber__store")
    )
    for subscription in renewing.order_by("next_billing_at")[:MOST]:
        rules = rules_in(policy_for(subscription.subscriber))
        months = MONTHS[Interval(subscription.billing_interval)] * subscription.billing_interval_count
        due = subscription.next_billing_at
        if due is None or not rules.reminder_days or months < rules.reminder_min_months:
            continue
        if due <= now + timedelta(days=rules.reminder_days):
            want(
                NoticeKind.REMINDER,
                subscriber=subscription.subscriber,
                subscription=subscription,
                key=f"reminder:{subscription.pk}:{due:%Y-%m-%d}",
            )
            count += 1
    return count
