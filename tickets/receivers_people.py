"""Hears that two people became one: their tickets are one person's."""

from typing import Any

from django.db import transaction

from subscribers import signals as facts
from subscribers.live import announce
from subscribers.models import Subscriber
from tickets.models import Ticket


@transaction.atomic
def on_subscribers_merged(*, former: Subscriber, subscriber: Subscriber, **_: Any) -> None:
    theirs = Ticket.objects.filter(subscriber=former)
    moved = list(theirs.values_list("pk", flat=True))
    theirs.update(subscriber=subscriber)
    announce("ticket", *moved)


def connect() -> None:
    facts.subscribers_merged.connect(on_subscribers_merged, dispatch_uid="tickets.on_subscribers_merged")
