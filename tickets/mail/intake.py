"""Mail in: stored raw before it is read, then taken in from the row, as often as it takes."""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DataError, connection, transaction
from django.utils import timezone

from subscribers.errors import Refused
from subscribers.gathering import gathering
from subscribers.later import soon
from subscribers.live import gathered
from tickets.enums import InboundState
from tickets.mail import raw_mail
from tickets.mail.arrival import Contended, Outcome, take_in
from tickets.mail.arrived import Arrived, Unreadable, read
from tickets.mail.threads import reference_key
from tickets.models import InboundMail, Mailbox

logger = logging.getLogger(__name__)

# Seconds until the next attempt after one that failed, by attempts made; the last of them quarantines.
WAITS = (5, 30, 120, 600, 1800)
# For how long nobody else takes up a mail that somebody claimed, unless they say so earlier.
LEASE = timedelta(seconds=20)
# Mails that are taken in together: enough that a statement serves many, few enough that it takes about a second.
BATCH = 200
BATCH_BYTES = 8 * 1024 * 1024
# Errors that come again however often the same bytes are read.
FINAL = (Unreadable, Refused, DataError, ValueError, RecursionError, MemoryError)
FINISH = """
UPDATE tickets_inboundmail AS mail SET state = now.state, message_id = now.message_id, error = now.error,
    subject = now.subject, rfc822_id = now.rfc822_id, fingerprint = now.fingerprint, processed_at = %s
FROM (VALUES {rows}) AS now (id, state, message_id, error, subject, rfc822_id, fingerprint) WHERE mail.id = now.id
"""
ROW = "(%s::bigint, %s::varchar, %s::bigint, %s::text, %s::varchar, %s::varchar, %s::varchar)"


@dataclass(frozen=True)
class Claim:
    """A mail that is ours for LEASE; whoever claims it after that counts one attempt more."""

    pk: int
    attempt: int
    size: int


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
    key = source_key[:200] or content_key(raw, recipients)
    inbound = InboundMail(
        mailbox=mailbox,
        source_key=key,
        raw=raw,
        size=len(raw),
        source=source,
        envelope_from=storable(envelope_from)[:320],
        envelope_to=recipients,
    )
    return inbound if raw_mail.insert(inbound) else InboundMail.objects.get(mailbox=mailbox, source_key=key)


def content_key(raw: bytes, recipients: Sequence[str]) -> str:
    """A key for mail whose way in gives it none: its content, and whom it was for."""
    digest = hashlib.sha256("\n".join(sorted(address.lower() for address in recipients)).encode() + b"\0")
    digest.update(raw)
    return "sha256:" + digest.hexdigest()


def storable(text: str) -> str:
    """Text from outside as PostgreSQL and JSON take it: no NUL, no half of a character."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def process(inbound_id: int) -> Outcome | None:
    """Take in one stored mail that is due, and say what became of it; None where that is for later or for another.

    What fails is on the row afterwards, to be tried again or quarantined. Raises only if the database does not answer.
    """
    return _take(_claim(inbound_id)).get(inbound_id)


def sweep(limit: int = 500) -> int:
    """Take in what is due, many mails at a time; how many."""
    done = 0
    while done < limit and (claims := _claim(most=min(BATCH, limit - done))):
        _take(claims)
        done += len(claims)
    return done


def retry(inbound: InboundMail) -> None:
    """Take a quarantined mail up again, after what stopped it is mended."""
    changed = InboundMail.objects.filter(pk=inbound.pk, state=InboundState.QUARANTINED).update(
        state=InboundState.STORED, attempts=0, next_attempt_at=timezone.now(), processed_at=None
    )
    if changed:
        soon("tickets.tasks.process_inbound_mail", inbound.pk)


def _claim(inbound_id: int | None = None, most: int = 1) -> list[Claim]:
    """Count the attempt before it is made, so that a mail that kills its worker does so a few times only.

    Together with others goes only what is tried for the first time, so that such a mail takes nobody along again.
    """
    due = InboundMail.objects.due() if inbound_id is None else InboundMail.objects.due().filter(pk=inbound_id)
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True).order_by("next_attempt_at", "pk")
        found = [Claim(*row) for row in rows.values_list("pk", "attempts", "size")[:most]]
        chosen = found[:1] if found and found[0].attempt else _within_bytes(found)
        if chosen:
            again = timezone.now() + LEASE
            InboundMail.objects.filter(pk__in=[claim.pk for claim in chosen]).update(
                attempts=chosen[0].attempt + 1, next_attempt_at=again
            )
    return [Claim(claim.pk, claim.attempt + 1, claim.size) for claim in chosen]


def _within_bytes(found: Iterable[Claim]) -> list[Claim]:
    """Those tried for the first time that fit into memory together; the first of them however large it is."""
    chosen: list[Claim] = []
    total = 0
    for claim in found:
        if claim.attempt == 0 and (not chosen or total + claim.size <= BATCH_BYTES):
            chosen.append(claim)
            total += claim.size
    return chosen


def _take(claims: Sequence[Claim]) -> dict[int, Outcome]:
    """Read what was claimed, then take it in: together, and in halves where together fails."""
    arrived: list[Arrived] = []
    outcomes: dict[int, Outcome] = {}
    for claim, inbound, raw in _opened(claims):
        try:
            if claim.attempt > len(WAITS):
                raise Unreadable(inbound.error or "Its processing was cut short each time.")
            arrived.append(read(inbound, claim.attempt, raw))
        except Exception as error:  # whatever one mail does, the next one is not its affair
            outcomes |= _fail(claim, error)
    for wave in waves(arrived):
        outcomes |= _take_together(wave)
    return outcomes


def _opened(claims: Sequence[Claim]) -> Iterable[tuple[Claim, InboundMail, bytes]]:
    rows = InboundMail.objects.in_bulk([claim.pk for claim in claims])
    mailboxes = Mailbox.objects.select_related("store", "queue").in_bulk({row.mailbox_id for row in rows.values()})
    contents = raw_mail.read([(claim.pk, claim.size) for claim in claims], most=settings.MAIL_MAX_BYTES)
    for claim, raw in zip(claims, contents, strict=True):
        inbound = rows[claim.pk]
        inbound.mailbox = mailboxes[inbound.mailbox_id]
        yield claim, inbound, raw


def waves(arrived: Sequence[Arrived]) -> list[list[Arrived]]:
    """The mails in groups, one after the other: an answer, or a copy, comes after what it answers or copies."""
    found: list[list[Arrived]] = []
    waiting = list(arrived)
    while waiting:
        taken: set[str] = set()
        wave: list[Arrived] = []
        later: list[Arrived] = []
        for one in waiting:
            (wave if taken.isdisjoint(one.keys) else later).append(one)
            taken |= one.keys
        found.append(wave)
        waiting = later
    return found


def _take_together(wave: Sequence[Arrived]) -> dict[int, Outcome]:
    try:
        with transaction.atomic(), gathered(), gathering():
            # Whoever dies here loses the locks with the connection; the sweep goes on after the lease.
            outcomes = take_in(wave)
            _finish(outcomes)
        return {one.inbound.pk: outcome for one, outcome in outcomes}
    except Exception as error:
        if len(wave) > 1:  # one of them, or their meeting with somebody else's: halves find whose it is
            logger.info("%s mails together: %s; they go in halves", len(wave), error)
            middle = len(wave) // 2
            return _take_together(wave[:middle]) | _take_together(wave[middle:])
        (one,) = wave
        return _fail(Claim(one.inbound.pk, one.attempt, one.inbound.size), error, one)


def _finish(outcomes: Sequence[tuple[Arrived, Outcome]]) -> None:
    if not outcomes:
        return
    values: list[Any] = [timezone.now()]
    for one, outcome in outcomes:
        message = outcome.message
        note = "" if message else outcome.note
        subject = storable(" ".join(one.mail.subject.split()))[:500]
        values += [one.inbound.pk, outcome.state, message.pk if message else None, note, subject]
        values += [storable(one.own_id), one.fingerprint]
    with connection.cursor() as cursor:
        cursor.execute(FINISH.format(rows=", ".join([ROW] * len(outcomes))), values)


def _fail(claim: Claim, error: Exception, one: Arrived | None = None) -> dict[int, Outcome]:
    """Keep on the row why this attempt failed, and whether another is made; nothing where another has the row."""
    said = storable(str(error)).strip()
    told = (said if isinstance(error, Unreadable | Refused) else f"{type(error).__name__}: {said}")[:5000]
    if not isinstance(error, Unreadable | Contended):
        logger.warning("mail %s, attempt %s: %s", claim.pk, claim.attempt, told, exc_info=error)
    changes: dict[str, object] = {"error": told}
    if one is not None:
        changes["subject"] = storable(" ".join(one.mail.subject.split()))[:500]
        changes["rfc822_id"] = storable(reference_key(one.mail.message_id))
    is_final = isinstance(error, FINAL) or claim.attempt >= len(WAITS)
    now = timezone.now()
    if is_final:
        changes |= {"state": InboundState.QUARANTINED, "processed_at": now}
    else:
        changes["next_attempt_at"] = now + timedelta(seconds=WAITS[claim.attempt - 1])
    ours = InboundMail.objects.filter(pk=claim.pk, state=InboundState.STORED, attempts=claim.attempt)
    changed = ours.update(**changes)
    return {claim.pk: Outcome(InboundState.QUARANTINED, told)} if changed and is_final else {}
