"""Which automatic mail is held back, and why: addresses that take none, people who get no more for now."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models.functions import Lower
from django.utils import timezone

from subscribers.models import Store, Subscriber
from tickets.enums import OutboundState
from tickets.models import OutboundMail, Suppression

DAY = timedelta(hours=24)


def held(store: Store, address: str, subscriber: Subscriber | None) -> str:
    """Why no automatic mail may go there now; "" where it may."""
    if Suppression.objects.filter(store=store, address=address.lower(), lifted_at=None).exists():
        return "Held back: earlier mail to this address was returned, or marked as spam."
    if subscriber is not None and subscriber.undeliverable_at is not None:
        return "Held back: earlier mail to this address was returned."
    if subscriber is not None and subscriber.suppressed_until and subscriber.suppressed_until > timezone.now():
        return f"Held back until {subscriber.suppressed_until:%Y-%m-%d %H:%M} UTC."
    return ""


def too_many(store: Store, address: str, *, is_answer: bool) -> str:
    """Why this address gets no more automatic mail today; "" where it does.

    All automatic mail counts. Answers give way before mail that we send of ourselves: two machines that answer each
    other end, and what matters to a customer still has room. Whoever asks has the count for themselves until the
    transaction ends.
    """
    most = settings.MAIL_ANSWERS_PER_DAY if is_answer else settings.MAIL_AUTOMATIC_PER_DAY
    with connection.cursor() as cursor:
        key = f"automatic mail {store.pk} {address.lower()}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    earlier = OutboundMail.objects.alias(low=Lower("recipient")).filter(
        low=address.lower(), is_automatic=True, created_at__gt=timezone.now() - DAY, store=store
    )
    if earlier.exclude(state=OutboundState.CANCELLED).count() < most:
        return ""
    return f"Held back: {most} automatic mails within 24 hours went to this address already."
