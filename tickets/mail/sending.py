"""Sends the outbox. At least once, with one Message-ID: see docs/decisions/0003-sending-at-least-once.md."""

import logging
import re
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from subscribers.live import announce
from tickets.enums import OutboundState
from tickets.mail.compose import build
from tickets.mail.outbox import held
from tickets.mail.returned import mark_undeliverable, tell_failure
from tickets.models import OutboundMail
from tickets.services.conversation import reply_failed

logger = logging.getLogger(__name__)

# Seconds until the next attempt, by attempts made: two days in all. What fails once more after these has failed.
WAITS = (60, 300, 900, 3600, 4 * 3600, 12 * 3600, 30 * 3600)
NO_SUCH_ADDRESS = re.compile(r"\b5\.1\.\d{1,3}\b|user unknown|no such (?:user|address|mailbox|recipient)", re.I)


class Permanent(Exception):
    """The mail will not be taken, however often it is offered. `is_address`: because nobody is there."""

    def __init__(self, told: str, *, is_address: bool = False) -> None:
        super().__init__(told)
        self.is_address = is_address


def lease() -> timedelta:
    """How long a worker may take over one mail before it counts as dead: a few of the longest waits for a server."""
    return timedelta(seconds=3 * (settings.EMAIL_TIMEOUT or 60))


def send(outbound_id: int) -> None:
    """Send one mail that is due, or whose sender died; nothing where somebody else does, or did.

    What fails is on the row afterwards. Raises only if the database does not answer.
    """
    outbound = _claim(outbound_id)
    if outbound is None:
        return
    if "Auto-Submitted" in outbound.headers and (reason := held(outbound.subscriber)):
        _settle(outbound, state=OutboundState.CANCELLED, error=reason)
        return
    if outbound.attempts > len(WAITS) + 1:
        _give_up(outbound, "Its sending was cut short each time.", is_address=False)
        return
    try:
        _hand_over(outbound)
    except Permanent as error:
        _give_up(outbound, str(error), is_address=error.is_address)
    except Exception as error:  # the server, the network, a file: tried again, then told
        logger.warning("mail %s to %s, attempt %s", outbound.pk, outbound.recipient, outbound.attempts, exc_info=error)
        _put_off(outbound, f"{type(error).__name__}: {error}")
    else:
        _settle(outbound, state=OutboundState.SENT, error="", sent_at=timezone.now())


def sweep(limit: int = 200) -> int:
    """Send what is due and nobody was told of, and what a dead worker left; how many."""
    due = list(OutboundMail.objects.filter(_due()).order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
    for pk in due:
        send(pk)
    return len(due)


def _due() -> Q:
    now = timezone.now()
    return Q(state=OutboundState.QUEUED, next_attempt_at__lte=now) | Q(
        state=OutboundState.SENDING, claimed_until__lte=now
    )


def _claim(outbound_id: int) -> OutboundMail | None:
    """Compare and set: of two workers that want the row, one changes it. The attempt is counted before it is made."""
    changed = OutboundMail.objects.filter(_due(), pk=outbound_id).update(
        state=OutboundState.SENDING, claimed_until=timezone.now() + lease(), attempts=F("attempts") + 1
    )
    if not changed:
        return None
    related = OutboundMail.objects.select_related("mailbox", "subscriber", "message__ticket")
    return related.get(pk=outbound_id)


def _hand_over(outbound: OutboundMail) -> None:
    try:
        connection = get_connection(fail_silently=False)
        build(outbound, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()), (0, b""))
        _refused(code, answer)
        raise
    except smtplib.SMTPDataError as error:
        _refused(error.smtp_code, error.smtp_error)
        raise
    except (ValueError, smtplib.SMTPNotSupportedError) as error:
        raise Permanent(f"The mail cannot be written: {error}") from error


def _refused(code: int, answer: bytes | str) -> None:
    """Raise Permanent for a refusal of the recipient or the content. Of the sender or log-in: ours to mend, so not."""
    if 500 <= code < 600:
        told = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        raise Permanent(f"Refused: {code} {told}", is_address=bool(NO_SUCH_ADDRESS.search(told)))


def _settle(outbound: OutboundMail, **changes: object) -> bool:
    """Write the outcome, unless the lease ran out and the mail is another worker's by now."""
    held_by_us = OutboundMail.objects.filter(pk=outbound.pk, state=OutboundState.SENDING, attempts=outbound.attempts)
    changed = held_by_us.update(claimed_until=None, **changes)
    if changed and outbound.message is not None:
        announce("ticket", outbound.message.ticket_id)
    return bool(changed)


def _put_off(outbound: OutboundMail, error: str) -> None:
    if outbound.attempts > len(WAITS):
        _give_up(outbound, f"Given up after {outbound.attempts} attempts. {error}", is_address=False)
        return
    wait = timedelta(seconds=WAITS[outbound.attempts - 1])
    _settle(outbound, state=OutboundState.QUEUED, error=error[:5000], next_attempt_at=timezone.now() + wait)


@transaction.atomic
def _give_up(outbound: OutboundMail, error: str, *, is_address: bool) -> None:
    error = error.replace("\x00", "")[:5000]
    if not _settle(outbound, state=OutboundState.FAILED, error=error):
        return
    if is_address:
        mark_undeliverable(outbound)
    tell_failure(outbound, error)
    if outbound.message is not None:
        reply_failed(outbound.message)
