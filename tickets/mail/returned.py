"""Mail that came back: what a bounce says of the mail that we sent."""

from collections.abc import Sequence

from django.utils import timezone

from subscribers.models import Store, Subscriber
from tickets.enums import TicketEventKind
from tickets.mail.parsed import BouncedRecipients, ParsedMail
from tickets.models import OutboundMail
from tickets.services.history import log

MOST_IDS = 50


def sent_by_us(store: Store, mail: ParsedMail) -> list[OutboundMail]:
    """The mails of ours that this one answers or returns, the newest first."""
    ids = [*mail.bounced_message_ids[:MOST_IDS], *mail.in_reply_to[:MOST_IDS], *mail.references[-MOST_IDS:]]
    ids = [identifier.replace("\x00", "") for identifier in ids]
    if not ids:
        return []
    sent = OutboundMail.objects.filter(store=store, rfc822_id__in=ids)
    return list(sent.select_related("message__ticket", "subscriber").order_by("-pk"))


def note_bounce(sent: Sequence[OutboundMail], recipients: BouncedRecipients) -> None:
    """Note on each returned mail that it did not arrive. Refused for good: no automatic mail goes there again.

    Only a mail that we sent to just this address counts, for anybody can write a report.
    """
    for outbound in sent:
        address = outbound.recipient.lower()
        if address in recipients.permanent:
            mark_undeliverable(outbound)
            tell_failure(outbound, "Returned: the address does not take mail.")
        elif address in recipients.temporary:
            outbound.error = "Delayed: the recipient's server has not taken it yet."
            outbound.save(update_fields=["error"])


def mark_undeliverable(outbound: OutboundMail) -> None:
    people = Subscriber.objects.with_email(outbound.recipient).filter(outboundmail=outbound)
    people.filter(undeliverable_at=None).update(undeliverable_at=timezone.now())


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
