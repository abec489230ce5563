"""Brings snoozed alerts back when what they wait for comes true, before their time.

Each receiver is a savepoint of its own, so that its fault never costs the fact; then the alert comes back at its time.
"""

from typing import Any

from django.db import transaction

from subscribers import signals as facts
from subscribers.lazy import in_english
from subscribers.models import Box
from success.enums import AlertStatus, WakeWhen
from success.models import Alert
from success.services.alerts import wake
from tickets import signals as service
from tickets.models import Ticket


def wake_those(subscriber_id: int, when: WakeWhen) -> None:
    """Bring back the subscriber's alert where it waits for this."""
    rows = Alert.objects.select_for_update(of=("self",), no_key=True)
    for alert in rows.filter(subscriber=subscriber_id, status=AlertStatus.SNOOZED, wakes_when=when):
        wake(alert, why=in_english(when.label))


@transaction.atomic
def on_box_delivered(*, box: Box, **_: Any) -> None:
    wake_those(box.cycle.subscription.subscriber_id, WakeWhen.BOX_DELIVERED)


@transaction.atomic
def on_ticket_resolved(*, ticket: Ticket, **_: Any) -> None:
    wake_those(ticket.subscriber_id, WakeWhen.TICKET_RESOLVED)


def connect() -> None:
    facts.box_delivered.connect(on_box_delivered, dispatch_uid="success.wake.box_delivered")
    service.ticket_resolved.connect(on_ticket_resolved, dispatch_uid="success.wake.ticket_resolved")
