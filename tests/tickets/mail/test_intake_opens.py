"""A mail becomes a ticket, or a visible row that says why not."""

import pytest

from subscribers.models import Subscriber
from tests.tickets.mail.plumbing import DUPLICATE, PROCESSED, QUARANTINED, letter, states
from tickets.mail import intake
from tickets.models import InboundMail, Ticket


def test_mail_opens_a_ticket_with_what_it_held(world):
    outcome = world.take(letter("It is broken.", files=(("photo.jpg", b"\xff\xd8bytes"),), Subject="Broken mug"))

    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.queue, ticket.channel) == ("Broken mug", world.queue, "mail")
    assert (ticket.subscriber.email, ticket.subscriber.name) == ("bea@mail.test", "Bea Buyer")
    message = ticket.messages.get()
    assert message.text.strip() == "It is broken."
    assert message.sent_at.isoformat() == "2026-03-02T09:00:00+00:00"
    attachment = message.attachments.get()
    with attachment.file.open("rb") as file:
        assert (attachment.name, file.read()) == ("photo.jpg", b"\xff\xd8bytes")
    inbound = InboundMail.objects.get()
    assert (inbound.state, inbound.message, inbound.subject, inbound.error) == (PROCESSED, message, "Broken mug", "")
    assert outcome.note == f"Opened {ticket.number}."


def test_stored_twice_is_one_row(world):
    raw = letter()
    first = world.store_raw(raw, envelope_to=["support@demo.example"])
    assert world.store_raw(raw, envelope_to=["Support@demo.example"]).pk == first.pk
    assert world.store_raw(raw, source_key="imap:7:1").pk != first.pk


def test_processed_twice_is_one_ticket(world):
    inbound = world.store_raw(letter())
    intake.process(inbound.pk)
    assert intake.process(inbound.pk) is None
    assert Ticket.objects.count() == 1


def test_second_copy_by_another_way_is_a_duplicate(world):
    raw = letter()
    world.take(raw)
    outcome = world.take(b"Received: from elsewhere\n" + raw)
    assert (outcome.state, Ticket.objects.count()) == (DUPLICATE, 1)


def test_copy_of_a_mail_without_message_id_is_a_duplicate(world):
    raw = letter(Message_ID="")
    world.take(raw, source_key="imap:1:1")
    assert world.take(raw, source_key="imap:1:2").state == DUPLICATE


def test_reused_message_id_with_other_content_is_a_mail_of_its_own(world):
    world.take(letter("First", Message_ID="<same@robot.test>"))
    world.take(letter("Second", Message_ID="<same@robot.test>"))
    first, second = Ticket.objects.order_by("pk")
    assert first.messages.get().rfc822_id == "same@robot.test"
    assert second.messages.get().rfc822_id.endswith(".reused@demo.example")


def test_a_deleted_ticket_does_not_come_back_by_a_copy(world):
    raw = letter()
    world.take(raw)
    Ticket.objects.update(deleted_at="2026-03-03T00:00Z")
    assert world.take(raw, source_key="again").state == DUPLICATE


def test_reply_to_is_who_asks(world):
    ticket = world.open(From="Shop form <form@mail.test>", Reply_To="Cleo <cleo@mail.test>")
    assert (ticket.subscriber.email, ticket.subscriber.name) == ("cleo@mail.test", "Cleo")


@pytest.mark.parametrize("reply_to", ["nonsense", "support@demo.example", "a@b@c <>", "x" * 300 + "@mail.test"])
def test_reply_to_that_cannot_be_answered_is_passed_over(world, reply_to):
    assert world.open(Reply_To=reply_to).subscriber.email == "bea@mail.test"


def test_without_from_the_envelope_says_who_asks(world):
    outcome = world.take(letter(From=""), envelope_from="dora@mail.test")
    assert outcome.message.ticket.subscriber.email == "dora@mail.test"


def test_a_colleague_forwards_for_the_customer(world):
    text = "\n".join(
        (
            "please have a look",
            "",
            "---------- Forwarded message ---------",
            "From: Emil Eater <emil@mail.test>",
            "Date: Mon, 2 Mar 2026 at 08:00",
            "Subject: Broken",
            "To: Alice <alice@demo.example>",
            "",
            "My mug is broken.",
        )
    )
    ticket = world.open(text=text, From="Alice <alice@demo.example>", Subject="Fwd: Broken")
    assert ticket.subscriber.email == "emil@mail.test"
    other = world.open(text=text, From="Somebody <somebody@mail.test>", Subject="Fwd: Broken")
    assert other.subscriber.email == "somebody@mail.test"


def test_a_subject_alone_is_enough(world):
    ticket = world.open(text="", Subject="Cancel please")
    assert (ticket.subject, ticket.messages.get().text) == ("Cancel please", "Cancel please")


def test_a_mail_without_subject_opens_a_ticket(world):
    assert world.open(text="Hello?", Subject="").subject == "Hello?"


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", "The mail is empty."),
        (b" \r\n\r\n", "The mail is empty."),
        (b"From: a@b.test\r\n\r\n\r\n", "The mail holds no subject, no text and no attachment."),
        (letter(From=""), "The mail names nobody who could be answered: From, Reply-To and envelope hold no address."),
    ],
)
def test_what_cannot_be_taken_in_is_quarantined_with_its_error(world, raw, error):
    outcome = world.take(raw)
    inbound = InboundMail.objects.get()
    assert (outcome.state, inbound.state, inbound.error) == (QUARANTINED, QUARANTINED, error)
    assert bytes(inbound.raw) == raw
    assert (Ticket.objects.count(), Subscriber.objects.count()) == (0, 0)


def test_too_large_a_mail_is_quarantined_unread(world, settings):
    settings.MAIL_MAX_BYTES = 500
    outcome = world.take(letter("x" * 1000))
    assert outcome.state == QUARANTINED
    assert InboundMail.objects.get().error.endswith("bytes; 500 are taken.")


def test_a_quarantined_mail_is_taken_in_after_a_retry(world, settings):
    settings.MAIL_MAX_BYTES = 10
    raw = letter()
    world.take(raw)
    settings.MAIL_MAX_BYTES = 10_000
    inbound = InboundMail.objects.get()
    intake.retry(inbound)
    assert intake.sweep() == 1
    assert (states(), Ticket.objects.count()) == ([PROCESSED], 1)


def test_a_long_message_id_and_subject_fit_their_columns(world):
    raw = letter(Subject="s" * 3000, Message_ID="").replace(
        b"\n\n", b"\nMessage-ID: <" + "é日本".encode() * 400 + b"@x>\n\n", 1
    )
    assert len(world.take(raw).message.ticket.subject) == 500


def test_thousands_of_attachments_are_quarantined(world):
    part = b"--x\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nAAAA\r\n"
    head = b"From: a@b.test\r\nSubject: bomb\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    outcome = world.take(head + part * 2000 + b"--x--\r\n")
    assert outcome.note == "The mail holds 2000 attachments; 500 are taken."
    assert InboundMail.objects.get().subject == ""
