"""Mails that must leave because of a cancellation: a row each, taken over by whoever sends mail."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from subscribers import signals
from subscribers.cancellation.enums import NoticeKind
from subscribers.models import Subscriber, Subscription
from subscribers.models.cancellation import CancellationNotice, CancellationSession

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


def want(
    kind: NoticeKind,
    *,
    subscriber: Subscriber,
    key: str,
    session: CancellationSession | None = None,
    subscription: Subscription | None = None,
) -> CancellationNotice:
    """The mail's row, made once a key, and told to whoever sends; inside the transaction that made it true."""
    notice, is_new = CancellationNotice.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "store_id": subscriber.store_id,
            "subscriber": subscriber,
            "session": session,
            "subscription": subscription,
        },
    )
    if is_new:
        signals.mail_wanted.send_robust(sender=CancellationNotice, notice=notice)
    return notice


def want_of_session(kind: NoticeKind, session: CancellationSession) -> CancellationNotice | None:
    """A mail about a session; none where nobody is known yet to whom it could go."""
    if session.subscriber is None:
        return None
    return want(
        kind,
        subscriber=session.subscriber,
        session=session,
        subscription=session.subscription,
        key=f"cancellation:{session.pk}:{kind}",
    )


def taken(notice: CancellationNotice) -> None:
    """The mail is in the outbox."""
    notice.taken_at, notice.error = timezone.now(), ""
    notice.save(update_fields=["taken_at", "error"])


def not_taken(notice: CancellationNotice, error: str) -> None:
    """It could not be written (no mailbox, say): kept, shown, and tried again."""
    notice.attempts = min(notice.attempts + 1, 1000)
    wait = min(FIRST_WAIT * 2 ** min(notice.attempts, 10), LONGEST_WAIT)
    notice.next_attempt_at, notice.error = timezone.now() + wait, error
    notice.save(update_fields=["attempts", "next_attempt_at", "error"])


def sweep_notices() -> int:
    """Tell again of every mail that nobody took over. How many were told."""
    told = 0
    due = CancellationNotice.objects.filter(taken_at=None, next_attempt_at__lte=timezone.now()).order_by(
        "next_attempt_at"
    )
    for pk in list(due.values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            notice = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if notice is None:
                continue
            signals.mail_wanted.send_robust(sender=CancellationNotice, notice=notice)
            notice.refresh_from_db()
            if notice.taken_at is None and notice.next_attempt_at <= timezone.now():
                not_taken(notice, notice.error or "Nobody took it over; see the log.")
            told += 1
    return told
