"""Queues, mailboxes, reasons and rules; tickets themselves are opened by the service."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from subscribers.enums import Channel
from subscribers.models import Reason
from tests.factories.people import StoreFactory, SubscriberFactory
from tickets.models import DetectionRule, Mailbox, Queue, Ticket, TicketField
from tickets.services.messages import NewMessage
from tickets.services.tickets import open_ticket


class QueueFactory(DjangoModelFactory):
    class Meta:
        model = Queue

    store = factory.SubFactory(StoreFactory)
    key = factory.Sequence(lambda n: f"queue-{n}")
    name = factory.Sequence(lambda n: f"Queue {n}")


class MailboxFactory(DjangoModelFactory):
    class Meta:
        model = Mailbox

    queue = factory.SubFactory(QueueFactory)
    store = factory.SelfAttribute("queue.store")
    address = factory.Sequence(lambda n: f"help{n}@shop.example")
    name = "Help"


class ReasonFactory(DjangoModelFactory):
    class Meta:
        model = Reason
        django_get_or_create = ("store", "key")

    store = None
    key = "damaged"
    label = factory.LazyAttribute(lambda reason: reason.key.replace("_", " ").capitalize())


class DetectionRuleFactory(DjangoModelFactory):
    class Meta:
        model = DetectionRule

    name = factory.Sequence(lambda n: f"Rule {n}")
    reason = factory.SubFactory(ReasonFactory)
    phrases = "arrived (broken|crushed|damaged)"
    confidence = 0.9


def make_ticket(text: str = "Where is my box?", *, subject: str = "A question", **fields: Any) -> Ticket:
    """A ticket as the service opens it, by mail unless told otherwise; its queue is made where there is none."""
    subscriber = fields.pop("subscriber", None) or SubscriberFactory()
    if not Queue.objects.filter(store=subscriber.store).exists():
        MailboxFactory(store=subscriber.store, queue=QueueFactory(store=subscriber.store, is_default=True))
    return open_ticket(
        store=subscriber.store,
        subscriber=subscriber,
        subject=subject,
        channel=fields.pop("channel", Channel.MAIL),
        message=fields.pop("message", NewMessage(text=text)),
        **fields,
    )


class TicketFieldFactory(DjangoModelFactory):
    class Meta:
        model = TicketField
        skip_postgeneration_save = True

    store = factory.SubFactory(StoreFactory)
    key = factory.Sequence(lambda n: f"field-{n}")
    label = factory.LazyAttribute(lambda field: field.key.replace("-", " ").capitalize())

    @factory.post_generation
    def queues(self, create: bool, extracted: Any) -> None:
        self.queues.set(extracted or ())
