"""What a mail service tells of a mail after it took it: delivered, returned, marked as spam, and the like."""

import hashlib
import re
from datetime import datetime

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.db import transaction
from django.utils import timezone

from tickets.enums import OutboundEventKind, OutboundOutcome, OutboundState, SuppressionKind
from tickets.mail.events import note
from tickets.mail.returned import heard, tell_failure
from tickets.mail.suppression import suppress
from tickets.models import OutboundMail
from tickets.services.conversation import reply_failed
from tickets.services.history import locked

KINDS = {
    EventType.DELIVERED: OutboundEventKind.DELIVERED,
    EventType.DEFERRED: OutboundEventKind.DEFERRED,
    EventType.BOUNCED: OutboundEventKind.BOUNCED,
    EventType.COMPLAINED: OutboundEventKind.COMPLAINED,
    EventType.REJECTED: OutboundEventKind.REJECTED,
    EventType.FAILED: OutboundEventKind.REJECTED,
    EventType.UNSUBSCRIBED: OutboundEventKind.UNSUBSCRIBED,
}
# Who reads what is not our affair; these are not kept.
IGNORED = {EventType.OPENED, EventType.CLICKED, EventType.QUEUED, EventType.SENT}
# The address is to blame, not this one mail.
OF_ADDRESS = {RejectReason.INVALID, RejectReason.BOUNCED}
TEMPORARY = re.compile(r"^\D{0,5}4\d\d\b|\b4\.\d{1,3}\.\d{1,3}\b|soft.?bounce|transient", re.I)


@transaction.atomic
def record(esp_name: str, event: AnymailTrackingEvent) -> OutboundMail | None:
    """Take in one event of a mail service: the mail that it is about, None where that is none of ours.

    Told again, in whatever order, it changes nothing. A permanent bounce or a complaint ends automatic mail to the
    address; what the service never sent at all has failed as if its first server had refused it.
    """
    if event.event_type in IGNORED:
        return None
    outbound = _find(event)
    if outbound is None:
        return None
    if outbound.message is not None:
        locked(outbound.message.ticket_id)
    at = min(event.timestamp or timezone.now(), timezone.now())
    kind = KINDS.get(event.event_type, OutboundEventKind.OTHER)
    told = _words(event)
    if note(outbound, kind, source=esp_name, detail=told, event_id=_event_id(event), at=at):
        _act(outbound, kind, event, at, told)
    return outbound


def is_early(event: AnymailTrackingEvent, store_id: int) -> bool:
    """Whether news of no mail that we know may be of one that is being sent: its id comes with the service's answer."""
    if event.event_type in IGNORED or not event.recipient:
        return False
    leaving = OutboundMail.objects.filter(store=store_id, state=OutboundState.SENDING)
    return leaving.filter(recipient__iexact=event.recipient.strip()).exists()


def _act(outbound: OutboundMail, kind: OutboundEventKind, event: AnymailTrackingEvent, at: datetime, told: str) -> None:
    match kind:
        case OutboundEventKind.DELIVERED:
            heard(outbound, OutboundOutcome.DELIVERED, at=at)
        case OutboundEventKind.DEFERRED:
            heard(outbound, OutboundOutcome.DEFERRED, at=at, error=f"Delayed: {told}")
        case OutboundEventKind.BOUNCED:
            if heard(outbound, OutboundOutcome.BOUNCED, at=at):
                tell_failure(outbound, f"Returned: {told}")
            if _is_for_good(event):
                suppress(outbound, SuppressionKind.BOUNCED, told)
        case OutboundEventKind.COMPLAINED:
            heard(outbound, OutboundOutcome.COMPLAINED, at=at, error="Marked as spam by its recipient.")
            suppress(outbound, SuppressionKind.COMPLAINED, told)
        case OutboundEventKind.REJECTED:
            _reject(outbound, f"Not sent by the mail service: {told}")
            if event.reject_reason in OF_ADDRESS:
                suppress(outbound, SuppressionKind.BOUNCED, told)


def _reject(outbound: OutboundMail, told: str) -> None:
    changed = OutboundMail.objects.filter(pk=outbound.pk, state=OutboundState.SENT).update(
        state=OutboundState.FAILED, sent_at=None
    )
    if changed:
        tell_failure(outbound, told)
        if outbound.message is not None:
            reply_failed(outbound.message)


def _find(event: AnymailTrackingEvent) -> OutboundMail | None:
    """By the service's own id, else by our Message-ID; of several recipients the one that the event names."""
    if not event.message_id:
        return None
    named = str(event.message_id)
    bare = named.strip().strip("<>")
    rows = OutboundMail.objects.select_related("message__ticket", "subscriber")
    found = list(rows.filter(provider_id__in=[named, bare, f"<{bare}>"])[:50]) or list(rows.filter(rfc822_id=bare)[:50])
    whom = (event.recipient or "").strip().lower()
    if whom:
        return next((mail for mail in found if mail.recipient.lower() == whom), None)
    return found[0] if len(found) == 1 else None


def _is_for_good(event: AnymailTrackingEvent) -> bool:
    told = f"{event.mta_response or ''} {event.description or ''}".strip()
    return event.reject_reason in OF_ADDRESS and not TEMPORARY.search(told)


def _words(event: AnymailTrackingEvent) -> str:
    told = event.mta_response or event.description or event.reject_reason or event.event_type or "no reason given"
    return " ".join(str(told).replace("\x00", "").split())[:500]


def _event_id(event: AnymailTrackingEvent) -> str:
    """Names this news of this recipient. Some services give events no id, others one for all of a mail."""
    said = [event.event_type, event.message_id, event.recipient]
    said += [event.event_id] if event.event_id else [event.timestamp, event.mta_response]
    return hashlib.sha256("\0".join(map(str, said)).encode()).hexdigest()
