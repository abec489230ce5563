"""Mail that came back: what a bounce says of the mail that we sent."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from subscribers.live import announce
from subscribers.models import Store
from tickets.enums import OutboundEventKind, OutboundOutcome, SuppressionKind, TicketEventKind
from tickets.mail.events import BOUNCE, note
from tickets.mail.parsed import BouncedRecipients, ParsedMail
from tickets.mail.suppression import suppress
from tickets.models import OutboundMail
from tickets.services.history import log

MOST_IDS = 50
MOST_HEADER = 64 * 1024  # bytes of an enclosed mail that are looked at
ENCLOSED = ("message/rfc822", "text/rfc822-headers")
MESSAGE_ID = re.compile(rb"^message-id:\s*<([^<>\s]{3,255})>", re.I | re.M)
STRENGTH = list(OutboundOutcome)


def sent_by_us(store: Store, mail: ParsedMail) -> list[OutboundMail]:
    """The mails of ours that this one answers or returns, the newest first; a row for each of their recipients."""
    returned = mail.bounced_message_ids[:MOST_IDS] or _reported(mail)
    ids = [*returned, *mail.in_reply_to[:MOST_IDS], *mail.references[-MOST_IDS:]]
    ids = [identifier.replace("\x00", "") for identifier in ids]
    if not ids:
        return []
    sent = OutboundMail.objects.filter(store=store, rfc822_id__in=ids)
    return list(sent.select_related("message__ticket", "subscriber").order_by("-pk"))


def _reported(mail: ParsedMail) -> list[str]:
    """Of a feedback report (RFC 5965), the Message-IDs of the mails that it encloses."""
    if mail.automatic != "feedback_report":
        return []
    enclosed = [part for part in mail.attachments[:MOST_IDS] if part.content_type in ENCLOSED]
    found = [MESSAGE_ID.search(part.content[:MOST_HEADER]) for part in enclosed]
    return [match[1].decode("ascii", "replace") for match in found if match]


def note_bounce(sent: Sequence[OutboundMail], recipients: BouncedRecipients) -> None:
    """Note on each returned mail that it did not arrive. Refused for good: no automatic mail goes there again.

    Only a mail that we sent to just this address counts, for anybody can write a report.
    """
    for outbound in sent:
        address = outbound.recipient.lower()
        if address in recipients.permanent:
            told = "Returned: the address does not take mail."
            note(outbound, OutboundEventKind.BOUNCED, source=BOUNCE, detail=told)
            if heard(outbound, OutboundOutcome.BOUNCED):
                tell_failure(outbound, told)
            suppress(outbound, SuppressionKind.BOUNCED, told)
        elif address in recipients.temporary:
            told = "Delayed: the recipient's server has not taken it yet."
            note(outbound, OutboundEventKind.DEFERRED, source=BOUNCE, detail=told)
            heard(outbound, OutboundOutcome.DEFERRED, error=told)


def note_complaint(sent: Sequence[OutboundMail], recipients: BouncedRecipients) -> None:
    """Note that somebody marked our mail as spam: no automatic mail goes there again. A report may name nobody."""
    named = {*recipients.permanent, *recipients.temporary}
    for outbound in sent:
        if outbound.recipient.lower() in named or (not named and len(sent) == 1):
            told = "Marked as spam by its recipient."
            note(outbound, OutboundEventKind.COMPLAINED, source=BOUNCE, detail=told)
            heard(outbound, OutboundOutcome.COMPLAINED, error=told)
            suppress(outbound, SuppressionKind.COMPLAINED, told)


def heard(outbound: OutboundMail, outcome: OutboundOutcome, *, at: datetime | None = None, error: str = "") -> bool:
    """Keep the strongest news of a mail, in whatever order it comes; whether this is news."""
    weaker = ["", *STRENGTH[: STRENGTH.index(outcome)]]
    changes: dict[str, object] = {"outcome": outcome, "outcome_at": at or timezone.now()}
    if error or outcome == OutboundOutcome.DELIVERED:
        changes["error"] = error
    changed = OutboundMail.objects.filter(pk=outbound.pk, outcome__in=weaker).update(**changes)
    if changed and outbound.message is not None:
        announce("ticket", outbound.message.ticket_id)
    return bool(changed)


def tell_failure(outbound: OutboundMail, error: str) -> None:
    """Keep the error on the mail, and show on its ticket that nobody got this answer."""
    outbound.error = error
    outbound.save(update_fields=["error"])
    if outbound.message is not None:
        log(
            outbound.message.ticket,
            TicketEventKind.SEND_FAILED,
            to_value=outbound.recipient,
            message=outbound.message_id,
            error=error[:500],
        )
