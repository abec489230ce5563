"""A ticket is opened whole, once, or not at all."""

from pathlib import Path

import pytest
from django.db import transaction

from subscribers.enums import Channel, CycleStatus
from subscribers.errors import Refused
from tests.factories.people import StoreFactory, SubscriberFactory, UserFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import DetectionRuleFactory, QueueFactory, ReasonFactory, make_ticket
from tickets.enums import Author, MessageKind, TicketEventKind, TicketStatus, TopicSource
from tickets.models import Message, Ticket, TicketTopic
from tickets.services.messages import NewAttachment, NewMessage
from tickets.services.tickets import open_ticket

pytestmark = pytest.mark.django_db


def test_first_message_and_history_come_with_the_ticket():
    ticket = make_ticket("Where is it?", subject="Late")
    assert (ticket.status, ticket.subject, ticket.waiting_since) == (TicketStatus.NEW, "Late", ticket.opened_at)
    message = ticket.messages.get()
    assert (message.text, message.author_kind, message.subscriber) == (
        "Where is it?",
        Author.SUBSCRIBER,
        ticket.subscriber,
    )
    assert list(ticket.events.values_list("kind", flat=True)) == [TicketEventKind.OPENED]


def test_numbers_begin_above_a_thousand():
    assert make_ticket().number == f"T-{Ticket.objects.get().pk}"
    assert Ticket.objects.get().pk > 1000


def test_subject_is_made_from_the_text_where_there_is_none():
    assert make_ticket("First line\nsecond", subject=" ").subject == "First line"


def test_long_subject_and_null_bytes_are_kept_as_far_as_they_fit():
    ticket = make_ticket("a\x00b", subject="x" * 900 + "\x00")
    assert (len(ticket.subject), ticket.messages.get().text) == (500, "a\N{REPLACEMENT CHARACTER}b")


def test_repeated_source_key_gives_the_same_ticket():
    subscriber = SubscriberFactory()
    first = make_ticket(subscriber=subscriber, source_key="order-7", channel=Channel.API)
    assert make_ticket("Again", subscriber=subscriber, source_key="order-7", channel=Channel.API) == first
    assert Message.objects.count() == 1


def test_same_source_key_of_another_store_is_another_ticket():
    assert make_ticket(source_key="7") != make_ticket(source_key="7")


@pytest.mark.parametrize("text", ["", "  \n"])
def test_empty_ticket_is_refused(text):
    with pytest.raises(Refused) as refused:
        make_ticket(text)
    assert (refused.value.field, Ticket.objects.count()) == ("text", 0)


def test_attachment_alone_is_text_enough():
    photo = NewAttachment("box.jpg", "image/jpeg", b"jpeg")
    ticket = make_ticket(message=NewMessage(text="", attachments=[photo]))
    attachment = ticket.messages.get().attachments.get()
    with attachment.file.open() as file:
        assert (attachment.name, attachment.size, file.read()) == ("box.jpg", 4, b"jpeg")


def test_rows_of_another_store_are_refused():
    subscriber = SubscriberFactory()
    other = BoxFactory()
    for field, value in (("queue", QueueFactory()), ("box", other)):
        with pytest.raises(Refused) as refused:
            make_ticket(subscriber=subscriber, **{field: value})
        assert refused.value.field == field
    with pytest.raises(Refused) as refused:
        open_ticket(
            store=StoreFactory(),
            subscriber=subscriber,
            subject="",
            channel=Channel.MAIL,
            message=NewMessage(text="x"),
        )
    assert (refused.value.field, Ticket.objects.count()) == ("subscriber", 0)


def test_store_without_a_queue_says_so():
    store = StoreFactory()
    with pytest.raises(Refused, match="no queue yet"):
        open_ticket(
            store=store,
            subscriber=SubscriberFactory(store=store),
            subject="",
            channel=Channel.MAIL,
            message=NewMessage(text="x"),
        )


@pytest.mark.parametrize(
    ("billings", "cycle"),
    [([], 1), ([CycleStatus.BILLED], 1), ([CycleStatus.BILLED, CycleStatus.FAILED], 1), (["billed", "recovered"], 2)],
)
def test_cycle_is_counted_by_successful_billings(billings, cycle):
    subscription = SubscriptionFactory()
    for index, status in enumerate(billings, start=1):
        starts_at = subscription.started_at
        CycleFactory(subscription=subscription, index=index, status=status, starts_at=starts_at)
    ticket = make_ticket(subscriber=subscription.subscriber)
    assert (ticket.cycle_index, ticket.subscription) == (cycle, subscription)


def test_stranger_has_no_cycle():
    assert make_ticket().cycle_index is None


def test_agent_opens_one_for_a_customer():
    agent = UserFactory()
    ticket = make_ticket("She called: wants to pause.", actor=agent, channel=Channel.AGENT)
    message = ticket.messages.get()
    assert (message.kind, message.author, ticket.waiting_since) == (MessageKind.NOTE, agent, None)


def test_damage_is_tied_to_the_box_that_arrived_last():
    DetectionRuleFactory()
    box = BoxFactory()
    ticket = make_ticket("It arrived crushed.", subject="", subscriber=box.cycle.subscription.subscriber)
    topic = TicketTopic.objects.get()
    assert (topic.source, topic.evidence, ticket.box) == (TopicSource.RULE, ["arrived crushed"], box)


def test_stated_topic_needs_no_words():
    reason = ReasonFactory(key="late")
    ticket = make_ticket("Hello", topics=[reason, reason])
    assert list(ticket.topics.values_list("reason__key", "source")) == [("late", TopicSource.API)]


def test_automatic_mail_starts_nothing():
    DetectionRuleFactory()
    ticket = make_ticket(message=NewMessage(text="I am away; it arrived broken.", automatic="auto_reply"))
    assert (ticket.topics.count(), ticket.clocks.count(), ticket.waiting_since) == (0, 0, None)


def test_rule_of_another_store_is_not_applied():
    DetectionRuleFactory(store=StoreFactory(), reason=ReasonFactory(key="late"), phrases="arrived late")
    assert make_ticket("It arrived late.").topics.count() == 0


def test_changed_rule_is_heard_at_once():
    rule = DetectionRuleFactory(phrases="arrived soggy")
    assert make_ticket("It arrived crumpled.", subject="").topics.count() == 0
    rule.phrases = "arrived crumpled"
    rule.save()
    assert make_ticket("It arrived crumpled.", subject="").topics.count() == 1


def test_key_of_one_channel_means_nothing_on_another():
    subscriber = SubscriberFactory()
    first = make_ticket("By the API", subscriber=subscriber, source_key="mail:57", channel=Channel.API)
    second = make_ticket("By mail", subscriber=subscriber, source_key="mail:57", channel=Channel.MAIL)
    assert (first != second, second.messages.get().text) == (True, "By mail")


def test_file_that_a_failed_opening_left_serves_the_next_one(settings):
    new = NewMessage(text="x", attachments=[NewAttachment("a.bin", "x/y", b"secret")])
    with transaction.atomic():
        make_ticket(message=new)
        transaction.set_rollback(True)
    make_ticket(message=new)
    assert len([path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]) == 1
