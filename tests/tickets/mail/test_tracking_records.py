"""What a mail service tells of a mail: kept once, in any order, and believed as far as it goes."""

from datetime import UTC, datetime, timedelta

import pytest
from anymail.signals import AnymailTrackingEvent
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from subscribers.errors import Refused
from tests.thorough import examples
from tests.tickets.mail.plumbing import make_world
from tickets.enums import TicketEventKind
from tickets.mail import sending
from tickets.mail.outbox import Recipient, queue_mail
from tickets.mail.suppression import lift
from tickets.mail.tracking import record
from tickets.models import OutboundEvent, OutboundMail, Suppression
from tickets.services.conversation import post_system_message, reply

THEN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def told(kind: str, recipient: str = "bea@mail.test", **more) -> AnymailTrackingEvent:
    defaults = {"event_id": f"e-{kind}", "message_id": "<mg-1@service>", "timestamp": THEN, "metadata": {}, "tags": []}
    return AnymailTrackingEvent(event_type=kind, recipient=recipient, **{**defaults, **more})


@pytest.fixture
def sent(world) -> OutboundMail:
    reply(world.open(), author=world.alice, text="Hello", key="1", cc=[Recipient("dan@mail.test", role="cc")])
    sending.sweep()
    OutboundMail.objects.update(provider_id="mg-1@service")
    return OutboundMail.objects.get(role="to")


def test_each_recipient_has_an_outcome_and_a_repetition_is_nothing(sent):
    for _ in range(2):
        assert record("Mailgun", told("delivered", "Bea@mail.test")) == sent
    assert record("Mailgun", told("deferred", "dan@mail.test", description="greylisted")).recipient == "dan@mail.test"
    assert record("Mailgun", told("delivered", "eve@mail.test")) is None
    assert record("Mailgun", told("delivered", message_id="<other>")) is None
    outcomes = dict(OutboundMail.objects.values_list("recipient", "outcome"))
    assert outcomes == {"bea@mail.test": "delivered", "dan@mail.test": "deferred"}
    assert OutboundEvent.objects.filter(source="Mailgun").count() == 2


def test_found_by_our_message_id_where_the_service_keeps_it(sent):
    assert record("SendGrid", told("delivered", message_id=f"<{sent.rfc822_id}>")) == sent


@pytest.mark.parametrize(
    ("event", "is_for_good"),
    [
        (told("bounced", reject_reason="bounced", mta_response="550 5.1.1 unknown"), True),
        (told("bounced", reject_reason="bounced", mta_response="452 4.2.2 mailbox full"), False),
        (told("bounced", reject_reason="spam", mta_response="554 5.7.1 looks like spam"), False),
        (told("complained"), True),
    ],
    ids=["gone", "full", "spam", "complaint"],
)
def test_only_what_is_for_good_ends_automatic_mail(world, sent, event, is_for_good):
    record("Postmark", event)
    ticket = sent.ticket
    flow = post_system_message(ticket, text="Soon", key="flow")
    assert (flow.state == "cancelled", Suppression.objects.filter(lifted_at=None).exists()) == (is_for_good,) * 2
    reply(ticket, author=world.alice, text="By hand", key="2")
    assert OutboundMail.objects.filter(message__text="By hand").get().state == "queued"
    if is_for_good:
        ticket.subscriber.refresh_from_db()
        assert ticket.subscriber.undeliverable_at is not None
        assert lift(ticket.store, "Bea@mail.test", actor=world.alice, ticket=ticket)
        assert post_system_message(ticket, text="Soon", key="flow2").state == "queued"
        ticket.subscriber.refresh_from_db()
        assert ticket.subscriber.undeliverable_at is None


def test_an_address_without_a_person_is_held_too(world, sent):
    record("Mailgun", told("bounced", "dan@mail.test", reject_reason="bounced"))
    mail = queue_mail(store=world.store, subscriber=None, recipient="DAN@mail.test", subject="A", text="A", key="a")
    assert (mail.state, mail.error) == (
        "cancelled",
        "Held back: earlier mail to this address was returned, or marked as spam.",
    )


def test_what_the_service_never_sent_has_failed(sent):
    record("Mailgun", told("rejected", reject_reason="blocked", description="on a list"))
    sent.refresh_from_db()
    sent.ticket.refresh_from_db()
    assert (sent.state, sent.ticket.status) == ("failed", "open")
    assert sent.ticket.events.filter(kind=TicketEventKind.SEND_FAILED).count() == 1


def test_a_feedback_report_by_mail_is_a_complaint(world):
    ticket = world.open()
    message = reply(ticket, author=world.alice, text="Hello", key="1")
    report = f"""From: feedback@isp.test
To: support@demo.example
Subject: FW: Hello
Message-ID: <arf@isp.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Isp/1.0
Version: 1

--b
Content-Type: message/rfc822

Message-ID: <{message.rfc822_id}>
To: bea@mail.test

Hello
--b--
"""
    world.take(report.encode())
    outbound = OutboundMail.objects.get(message=message)
    assert (outbound.outcome, Suppression.objects.get().kind) == ("complained", "complained")


def test_further_headers_go_along_and_ours_stay(world):
    headers = {"List-Unsubscribe": "<https://x.test/u>", "X-Loop": "mine", "Reply-To": "a@b.test"}
    mail = queue_mail(
        store=world.store, subscriber=None, recipient="x@mail.test", subject="A", text="A", key="a", headers=headers
    )
    assert (mail.headers["List-Unsubscribe"], mail.headers["X-Loop"]) == ("<https://x.test/u>", "support@demo.example")
    assert "Reply-To" not in mail.headers
    with pytest.raises(Refused):
        queue_mail(store=world.store, subscriber=None, subject="A", text="A", key="b")


EVENTS = ["delivered", "deferred", "bounced", "complained"]


class AnyOrder(TestCase):
    @given(order=st.lists(st.sampled_from(EVENTS), min_size=1, max_size=6))
    @settings(max_examples=examples(10), deadline=None)
    def test_the_strongest_news_stays(self, order: list[str]) -> None:
        world = make_world("any", "any@demo.example")
        mail = queue_mail(store=world.store, subscriber=None, recipient="bea@mail.test", subject="A", text="A", key="a")
        OutboundMail.objects.update(provider_id="mg-1@service")
        for number, kind in enumerate(order):
            record("Mailgun", told(kind, timestamp=THEN + timedelta(minutes=number), reject_reason="bounced"))
        mail.refresh_from_db()
        strongest = max(order, key=["deferred", "delivered", "bounced", "complained"].index)
        assert mail.outcome == strongest
        assert OutboundEvent.objects.count() == len(set(order))
