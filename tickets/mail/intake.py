"""Mail in: stored raw before it is read, then taken in from the row, as often as it takes."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DataError, transaction
from django.utils import timezone

from subscribers.errors import Refused
from subscribers.later import soon
from tickets.enums import InboundState
from tickets.mail.arrival import Outcome, Unreadable, read, take_in
from tickets.mail.parsed import ParsedMail
from tickets.mail.threads import reference_key
from tickets.models import InboundMail, Mailbox

logger = logging.getLogger(__name__)

# Seconds until the next attempt, by attempts made; the last of them is quarantined when it fails, or when nothing
# was heard of it for so long.
WAITS = (5, 30, 120, 600, 1800)
# Errors that come again however often the same bytes are read.
FINAL = (Unreadable, Refused, DataError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Claim:
    pk: int
    attempt: int


def store_raw(
    *,
    mailbox: Mailbox,
    raw: bytes,
    source: str,
    source_key: str = "",
    envelope_from: str = "",
    envelope_to: Sequence[str] = (),
) -> InboundMail:
    """Keep a mail as it came. The same `source_key` again (a second delivery) gives the row of the first."""
    recipients = [storable(address)[:320] for address in envelope_to]
    inbound, _ = InboundMail.objects.get_or_create(
        mailbox=mailbox,
        source_key=source_key[:200] or content_key(raw, recipients),
        defaults={
            "raw": raw,
            "size": len(raw),
            "source": source,
            "envelope_from": storable(envelope_from)[:320],
            "envelope_to": recipients,
        },
    )
    return inbound


def content_key(raw: bytes, recipients: Sequence[str]) -> str:
    """A key for mail whose way in gives it none: its content, and whom it was for."""
    whom = "\n".join(sorted(address.lower() for address in recipients))
    return "sha256:" + hashlib.sha256(whom.encode() + b"\0" + raw).hexdigest()


def storable(text: str) -> str:
    """Text from outside as PostgreSQL and JSON take it: no NUL, no half of a character."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def process(inbound_id: int) -> Outcome | None:
    """Take in one stored mail that is due, and say what became of it; None where that is for later or for another.

    What fails is on the row afterwards, to be tried again or quarantined. Raises only if the database does not answer.
    """
    claim = _claim(inbound_id)
    if claim is None:
        return None
    mail: ParsedMail | None = None
    try:
        raw = _raw(claim.pk)
        mail = read(raw)
        with transaction.atomic():
            # Whoever dies here loses the lock with the connection, and the sweep goes on after `next_attempt_at`.
            inbound = _locked(claim.pk)
            if inbound is None:
                return None
            inbound.mailbox = Mailbox.objects.select_related("store", "queue").get(pk=inbound.mailbox_id)
            _describe(inbound, mail)
            return _finish(inbound, take_in(inbound, raw, mail))
    except Exception as error:  # whatever one mail does, the next one is not its affair
        return _fail(claim, error, mail)


def retry(inbound: InboundMail) -> None:
    """Take a quarantined mail up again, after what stopped it is mended."""
    changed = InboundMail.objects.filter(pk=inbound.pk, state=InboundState.QUARANTINED).update(
        state=InboundState.STORED, attempts=0, next_attempt_at=timezone.now(), processed_at=None
    )
    if changed:
        soon("tickets.tasks.process_inbound_mail", inbound.pk)


def sweep(limit: int = 500) -> int:
    """Process what is due and nobody was told of; how many."""
    due = list(InboundMail.objects.due().order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
    for pk in due:
        process(pk)
    return len(due)


def _claim(inbound_id: int) -> Claim | None:
    """Count the attempt before it is made, so that a mail that kills its worker does so a few times only."""
    now = timezone.now()
    with transaction.atomic():
        inbound = _locked(inbound_id)
        if inbound is None or inbound.next_attempt_at > now:
            return None
        inbound.attempts += 1
        if inbound.attempts > len(WAITS):
            inbound.error = inbound.error or "Its processing was cut short each time."
            _finish(inbound, Outcome(InboundState.QUARANTINED, inbound.error))
            return None
        inbound.next_attempt_at = now + timedelta(seconds=WAITS[inbound.attempts - 1])
        inbound.save(update_fields=["attempts", "next_attempt_at"])
        return Claim(inbound.pk, inbound.attempts)


def _locked(inbound_id: int) -> InboundMail | None:
    """The row, if it waits and nobody else holds it; held until the transaction ends."""
    waiting = InboundMail.objects.select_for_update(skip_locked=True)
    return waiting.filter(pk=inbound_id, state=InboundState.STORED).first()


def _raw(inbound_id: int) -> bytes:
    size = InboundMail.objects.values_list("size", flat=True).get(pk=inbound_id)
    if size > settings.MAIL_MAX_BYTES:
        raise Unreadable(f"The mail has {size:,} bytes; {settings.MAIL_MAX_BYTES:,} are taken.")
    return bytes(InboundMail.objects.values_list("raw", flat=True).get(pk=inbound_id))


def _describe(inbound: InboundMail, mail: ParsedMail) -> None:
    inbound.subject = storable(" ".join(mail.subject.split()))[:500]
    inbound.rfc822_id = storable(reference_key(mail.message_id))


def _finish(inbound: InboundMail, outcome: Outcome) -> Outcome:
    inbound.state = outcome.state
    inbound.message = outcome.message
    inbound.error = "" if outcome.message else outcome.note
    inbound.processed_at = timezone.now()
    inbound.save(update_fields=["state", "message", "error", "processed_at", "subject", "rfc822_id", "attempts"])
    return outcome


def _fail(claim: Claim, error: Exception, mail: ParsedMail | None) -> Outcome | None:
    said = storable(str(error)).strip()
    told = said if isinstance(error, Unreadable | Refused) else f"{type(error).__name__}: {said}"
    is_final = isinstance(error, FINAL) or claim.attempt >= len(WAITS)
    if not isinstance(error, Unreadable):
        logger.warning("mail %s, attempt %s: %s", claim.pk, claim.attempt, told, exc_info=error)
    with transaction.atomic():
        inbound = _locked(claim.pk)
        if inbound is None:
            return None
        if mail is not None:
            _describe(inbound, mail)
        if is_final:
            return _finish(inbound, Outcome(InboundState.QUARANTINED, told[:5000]))
        inbound.error = told[:5000]
        inbound.save(update_fields=["error", "subject", "rfc822_id"])
        return None
