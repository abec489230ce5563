"""What was truly saved: the watch after each session, and the three rules by which stores count.

Involuntary ends (payments that failed) are no sessions and appear in none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from subscribers.cancellation.enums import Outcome, SessionEventKind, SessionState
from subscribers.cancellation.history import log
from subscribers.cancellation.one_by_one import each
from subscribers.enums import ENDED_SUBSCRIPTION, PAID_CYCLE, Actor
from subscribers.models import Subscription
from subscribers.models.cancellation import CancellationSession

Sessions = QuerySet[CancellationSession]
# Who skipped or paused is billed later than in 30 days: the watch waits for that billing, but not for ever.
LONGEST_WATCH = timedelta(days=200)
AFTER_BILLING = timedelta(days=3)


@dataclass(frozen=True)
class SaveRule:
    """`saved` ÷ `of`, both over the same sessions."""

    key: str
    label: str
    of: Callable[[Sessions], Sessions]
    saved: Callable[[Sessions], Sessions]


def decided(sessions: Sessions) -> Sessions:
    """Those whose outcome is known: cancelled, or watched to the end."""
    return sessions.exclude(outcome="")


def saved_durably(sessions: Sessions) -> Sessions:
    """Not cancelled 30 days after the session, and billed since."""
    return sessions.filter(outcome=Outcome.SAVED)


def ended(sessions: Sessions) -> Sessions:
    """Those that are not open any more."""
    return sessions.filter(ended_at__isnull=False)


def not_cancelled(sessions: Sessions) -> Sessions:
    """Ended in anything but a cancellation: an offer taken, left, or only looked. What came later does not count."""
    return sessions.filter(state__in=(SessionState.ACCEPTED, SessionState.ABANDONED, SessionState.BOUNCED))


def shown_offers(sessions: Sessions) -> Sessions:
    """Those that saw the page of offers, and ended."""
    return sessions.filter(offered_at__isnull=False, ended_at__isnull=False)


def accepted(sessions: Sessions) -> Sessions:
    """An offer was taken. What came later does not count."""
    return sessions.filter(state=SessionState.ACCEPTED)


# The durable rule first: it is the one to headline. The others are what tools advertise, on the same rows.
SAVE_RULES = (
    SaveRule("durable", "Still there 30 days later, and billed", decided, saved_durably),
    SaveRule("not_cancelled", "Did not cancel in the session", ended, not_cancelled),
    SaveRule("offer_accepted", "Took an offer, of those who saw one", shown_offers, accepted),
)


def save_rate(rule: SaveRule, sessions: Sessions) -> tuple[int, int]:
    """How many were saved, of how many."""
    base = rule.of(sessions)
    return rule.saved(base).count(), base.count()


def sweep_watches() -> int:
    """Decide the watches that are over. How many were decided."""
    now = timezone.now()
    due = CancellationSession.objects.filter(outcome="", watch_until__lte=now).order_by("watch_until")
    return each(due, lambda session: decide(session, now))


def decide(session: CancellationSession, now: datetime) -> bool:
    """Saved, lost, or watched on until the billing that is still to come. Whether it was decided."""
    subscription = session.subscription
    if subscription is None or session.ended_at is None:
        return False
    outcome = Outcome.LOST
    if subscription.status not in ENDED_SUBSCRIPTION:
        if _billed_since(subscription, session.ended_at):
            outcome = Outcome.SAVED
        elif now < session.ended_at + LONGEST_WATCH:
            next_look = (subscription.next_billing_at or now) + AFTER_BILLING
            session.watch_until = max(next_look, now + timedelta(days=1))
            session.save(update_fields=["watch_until"])
            return False
    session.outcome, session.decided_at = outcome, now
    session.save(update_fields=["outcome", "decided_at"])
    log(session, SessionEventKind.WATCH_DECIDED, actor_kind=Actor.SYSTEM, at=now, outcome=outcome)
    return True


def _billed_since(subscription: Subscription, since: datetime) -> bool:
    return subscription.cycles.filter(status__in=PAID_CYCLE, billed_at__gt=since).exists()
