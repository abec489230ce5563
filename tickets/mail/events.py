"""Writes what happened to a mail that left."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from tickets.enums import OutboundEventKind
from tickets.models import OutboundEvent, OutboundMail

WORKER, AGENT, BOUNCE = "worker", "agent", "bounce"


def note(
    outbound: OutboundMail,
    kind: OutboundEventKind,
    *,
    source: str = WORKER,
    detail: str = "",
    event_id: str = "",
    actor: AbstractBaseUser | None = None,
    at: datetime | None = None,
) -> bool:
    """Append one event; False where the same source has told it by this `event_id` before."""
    fields = {
        "outbound": outbound,
        "kind": kind,
        "detail": detail.replace("\x00", "")[:5000],
        "actor_id": actor.pk if actor else None,
        "occurred_at": at or timezone.now(),
    }
    source = source[:40]
    if not event_id:
        OutboundEvent.objects.create(source=source, **fields)
        return True
    return OutboundEvent.objects.get_or_create(source=source, event_id=event_id[:255], defaults=fields)[1]
