"""Sends the outbox. At least once, with one Message-ID: see docs/decisions/0003-sending-at-least-once.md."""

import logging
import re
import smtplib
import time
from datetime import timedelta

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from subscribers.live import announce
from tickets.enums import OutboundEventKind, OutboundState, SuppressionKind
from tickets.mail.caps import held
from tickets.mail.compose import build
from tickets.mail.events import note
from tickets.mail.returned import tell_failure
from tickets.mail.suppression import suppress
from tickets.models import OutboundMail
from tickets.services.conversation import reply_failed
from tickets.services.history import locked

logger = logging.getLogger(__name__)

# Seconds until the next attempt, by attempts made: two days in all. What fails once more after these has failed.
WAITS = (60, 300, 900, 3600, 4 * 3600, 12 * 3600, 30 * 3600)
# How often a mail is sent again although it may have left: its sender died before it could say.
MOST_CUT_SHORT = 2
# Seconds between attempts to note that a server took a mail, while the database does not answer.
NOTING_WAITS = (0.2, 0.5, 1, 2, 4, 8)
# Of one sweep: the worker ends what takes minutes, in the middle of a mail.
SWEEP_SECONDS = 60
# While the mail server is away, one mail after the other is tried, for all that wait: each may take until the timeout.
SERVER_AWAY = timedelta(seconds=30)
MOST_HELD = 1000
# A mail service's answers to a mail that it will never take. Others are about us (log-in, limits), and heal.
REFUSED_REQUEST = {400, 413, 422}
NO_SUCH_ADDRESS = re.compile(r"\b5\.1\.\d{1,3}\b|user unknown|no such (?:user|address|mailbox|recipient)", re.I)


class Permanent(Exception):
    """The mail will not be taken, however often it is offered. `is_address`: because nobody is there."""

    def __init__(self, told: str, *, is_address: bool = False) -> None:
        super().__init__(told)
        self.is_address = is_address


class Unreachable(Exception):
    """No connection to the server, whatever the mail: it is away, or does not let us in."""


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
    if outbound.is_automatic and (reason := held(outbound.store, outbound.recipient, outbound.subscriber)):
        if _settle(outbound, state=OutboundState.CANCELLED, error=reason):
            note(outbound, OutboundEventKind.CANCELLED, detail=reason)
        return
    server: BaseEmailBackend | None = None
    try:
        server = get_connection(fail_silently=False)
        provider_id = _hand_over(outbound, server)
    except Permanent as error:
        _give_up(outbound, str(error), is_address=error.is_address)
    except Unreachable as error:
        logger.warning("the mail server cannot be reached: %s", error)
        _put_off(outbound, str(error))
        _wait_for_server()
    except Exception as error:  # the server, the network, a file: tried again, then told
        logger.warning("mail %s to %s, attempt %s", outbound.pk, outbound.recipient, outbound.attempts, exc_info=error)
        _put_off(outbound, f"{type(error).__name__}: {error}")
    else:
        _note_sent(outbound, provider_id)
    finally:
        # After the outcome is written: a server that is slow to say goodbye leaves nothing in doubt.
        _close(server)


def sweep(limit: int = 200) -> int:
    """Send what is due and nobody was told of, and what a dead worker left; how many."""
    due = list(OutboundMail.objects.filter(_due()).order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
    end = time.monotonic() + SWEEP_SECONDS
    for number, pk in enumerate(due, 1):
        send(pk)
        if time.monotonic() >= end:
            return number
    return len(due)


def _due() -> Q:
    now = timezone.now()
    return Q(state=OutboundState.QUEUED, next_attempt_at__lte=now) | Q(
        state=OutboundState.SENDING, claimed_until__lte=now
    )


def _claim(outbound_id: int) -> OutboundMail | None:
    """The row, ours for the lease, its attempt counted before it is made. Of two workers, one gets it."""
    with transaction.atomic():
        rows = OutboundMail.objects.select_for_update(skip_locked=True, no_key=True)
        outbound = rows.filter(_due(), pk=outbound_id).first()
        if outbound is None:
            return None
        was_cut_short = outbound.state == OutboundState.SENDING
        outbound.state, outbound.claimed_until = OutboundState.SENDING, timezone.now() + lease()
        outbound.attempts += 1
        outbound.save(update_fields=["state", "claimed_until", "attempts"])
        if was_cut_short:
            note(outbound, OutboundEventKind.CUT_SHORT, detail="Whoever sent it did not come back to say.")
        note(outbound, OutboundEventKind.ATTEMPTED)
    outbound = OutboundMail.objects.select_related("store", "mailbox", "subscriber", "message__ticket").get(
        pk=outbound_id
    )
    if was_cut_short and _is_in_doubt(outbound):
        told = "Its sending was cut short each time: it may have arrived. Send it again if the customer has nothing."
        _give_up(outbound, told, is_address=False)
        return None
    return outbound


def _is_in_doubt(outbound: OutboundMail) -> bool:
    since = outbound.events.filter(kind=OutboundEventKind.SENT_AGAIN).order_by("-pk").values("pk")[:1]
    cut = outbound.events.filter(kind=OutboundEventKind.CUT_SHORT)
    last = since.first()
    return (cut.filter(pk__gt=last["pk"]) if last else cut).count() > MOST_CUT_SHORT


def _hand_over(outbound: OutboundMail, server: BaseEmailBackend) -> str:
    """Give the mail to the server; the id that a mail service gave it, "" elsewhere."""
    try:
        mail = build(outbound, server)
        _open(server)
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()), (0, b""))
        _refused(code, answer)
        raise
    except smtplib.SMTPDataError as error:
        _refused(error.smtp_code, error.smtp_error)
        raise
    except AnymailRecipientsRefused as error:
        raise Permanent("Refused: the mail service does not take this address.", is_address=False) from error
    except AnymailError as error:
        if error.status_code in REFUSED_REQUEST or isinstance(error, ValueError | TypeError):
            raise Permanent(f"The mail service refused it: {error}"[:2000]) from error
        raise
    except (ValueError, smtplib.SMTPNotSupportedError) as error:
        raise Permanent(f"The mail cannot be written: {error}") from error
    status = getattr(mail, "anymail_status", None)
    known = status.recipients.get(outbound.recipient) if status is not None and status.recipients else None
    return str(known.message_id or "")[:255] if known is not None else ""


def _open(server: BaseEmailBackend) -> None:
    try:
        server.open()
    except OSError as error:  # also what the server answers to our log-in
        raise Unreachable(f"{type(error).__name__}: {error}") from error


@transaction.atomic
def _wait_for_server() -> None:
    """Let what is due wait a little, without counting an attempt."""
    now = timezone.now()
    due = OutboundMail.objects.filter(state=OutboundState.QUEUED, next_attempt_at__lte=now).order_by("next_attempt_at")
    held = due.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:MOST_HELD]
    OutboundMail.objects.filter(pk__in=list(held)).update(next_attempt_at=now + SERVER_AWAY)


def _close(server: BaseEmailBackend | None) -> None:
    try:
        if server is not None:
            server.close()
    except Exception as error:
        logger.warning("closing the connection to the mail server", exc_info=error)


def _refused(code: int, answer: bytes | str) -> None:
    """Raise Permanent for a refusal of the recipient or the content. Of the sender or log-in: ours to mend, so not."""
    if 500 <= code < 600:
        told = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        raise Permanent(f"Refused: {code} {told}", is_address=bool(NO_SUCH_ADDRESS.search(told)))


def _note_sent(outbound: OutboundMail, provider_id: str) -> None:
    """Write down that a server took the mail; also where the database is away just then, as long as it is ours."""
    for wait in (*NOTING_WAITS, None):
        try:
            with transaction.atomic():
                sent = timezone.now()
                if _settle(outbound, state=OutboundState.SENT, error="", sent_at=sent, provider_id=provider_id):
                    note(outbound, OutboundEventKind.SENT, detail=provider_id)
            return
        except (OperationalError, InterfaceError):
            if wait is None or connection.in_atomic_block:
                raise
            logger.warning("mail %s was taken; waiting for the database to note it", outbound.pk)
            connection.close()
            time.sleep(wait)


def _settle(outbound: OutboundMail, **changes: object) -> bool:
    """Write the outcome, unless the lease ran out and the mail is another worker's by now."""
    held_by_us = OutboundMail.objects.filter(pk=outbound.pk, state=OutboundState.SENDING, attempts=outbound.attempts)
    changed = held_by_us.update(claimed_until=None, **changes)
    if changed and outbound.message is not None:
        announce("ticket", outbound.message.ticket_id)
    return bool(changed)


@transaction.atomic
def _put_off(outbound: OutboundMail, error: str) -> None:
    if outbound.attempts > len(WAITS):
        _give_up(outbound, f"Given up after {outbound.attempts} attempts. {error}", is_address=False)
        return
    wait = timedelta(seconds=WAITS[outbound.attempts - 1])
    error = error.replace("\x00", "")[:5000]
    if _settle(outbound, state=OutboundState.QUEUED, error=error, next_attempt_at=timezone.now() + wait):
        note(outbound, OutboundEventKind.PUT_OFF, detail=error)


@transaction.atomic
def _give_up(outbound: OutboundMail, error: str, *, is_address: bool) -> None:
    error = error.replace("\x00", "")[:5000]
    if outbound.message is not None:
        locked(outbound.message.ticket_id)  # before the mail's own row, as everywhere
    if not _settle(outbound, state=OutboundState.FAILED, error=error):
        return
    note(outbound, OutboundEventKind.FAILED, detail=error)
    if is_address:
        suppress(outbound, SuppressionKind.BOUNCED, error)
    tell_failure(outbound, error)
    if outbound.message is not None:
        reply_failed(outbound.message)
