"""A mail becomes a ticket, or a visible row that says why not."""

import pytest

from subscribers.models import Subscriber
from tests.tickets.mail.plumbing import DUPLICATE, PROCESSED, QUARANTINED, letter, states
from tickets.mail import intake
from tickets.mail.arrived import Unreadable
from tickets.models import InboundMail, Mailbox, Queue, Ticket


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
    Ticket.objects.update(deleted_at="2026-03-03T00:00Z", deleted_as="deleted")
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


def notes(ticket) -> list[str]:
    return [message.text for message in ticket.messages.filter(kind="note")]


def test_of_too_large_a_mail_the_beginning_is_taken_in_and_the_rest_told(world, settings):
    raw = letter("It is broken.", files=(("small.txt", b"x" * 30), ("large.bin", b"y" * 9_000)))
    settings.MAIL_MAX_BYTES = 4_000
    ticket = world.take(raw).message.ticket
    message = ticket.messages.get(kind="public")
    assert message.text.strip() == "It is broken."
    assert [file.name for file in message.attachments.all()] == ["small.txt"]
    told = f"– large.bin\n– what lies beyond 4,000 of {len(raw):,} bytes"
    assert notes(ticket) == [f"Not taken in, for it is too large or too much:\n{told}"]


def test_a_quarantined_mail_is_taken_in_after_a_retry(world, monkeypatch):
    def cannot(*_args):
        raise Unreadable("Not yet.")

    with monkeypatch.context() as broken:
        broken.setattr(intake, "read", cannot)
        assert world.take(letter()).state == QUARANTINED
    intake.retry(InboundMail.objects.get())
    assert intake.sweep() == 1
    assert (states(), Ticket.objects.count()) == ([PROCESSED], 1)


def test_a_long_message_id_and_subject_fit_their_columns(world):
    raw = letter(Subject="s" * 3000, Message_ID="").replace(
        b"\n\n", b"\nMessage-ID: <" + "é日本".encode() * 400 + b"@x>\n\n", 1
    )
    assert len(world.take(raw).message.ticket.subject) == 500


def test_of_thousands_of_attachments_some_are_taken_and_the_others_told(world):
    part = b"--x\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nAAAA\r\n"
    head = b"From: a@b.test\r\nSubject: bomb\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    message = world.take(head + part * 2000 + b"--x--\r\n").message
    assert message.attachments.count() == 500
    (note,) = notes(message.ticket)
    assert note.splitlines()[-2:] == ["– a.png", "and 1480 more"]


def test_whom_a_mail_names_takes_part_and_no_more_than_forty(world):
    strangers = ", ".join(f"Guest <g{number}@mail.test>" for number in range(3_000))
    ticket = world.open(To="support@demo.example, Ann <Ann@mail.test>", Cc=f"bea@mail.test, {strangers}")
    people = ticket.participants.order_by("pk").values_list("address", "role", "is_verified")
    assert ("bea@mail.test", "requester", True) in people
    assert ("ann@mail.test", "cc", True) in people
    assert (len(people), Subscriber.objects.count()) == (40, 1)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_mail_to_two_mailboxes_is_one_ticket_in_the_queue_of_the_first_it_names(world, reverse):
    billing = Queue.objects.create(store=world.store, key="billing", name="Billing")
    other = Mailbox.objects.create(store=world.store, address="billing@demo.example", name="Billing", queue=billing)
    raw = letter(To="Billing <billing@demo.example>", Cc="support@demo.example")
    for mailbox in [other, world.mailbox][:: -1 if reverse else 1]:
        world.store_raw(raw, mailbox=mailbox)
    intake.sweep()
    assert states() == [PROCESSED, DUPLICATE]
    assert Ticket.objects.get().queue == billing
    assert [one.address for one in Ticket.objects.get().participants.all()] == ["bea@mail.test"]


@pytest.mark.parametrize(("ids", "verdict"), [("mx.demo.example", "fail"), ("other.example", "none")])
def test_what_our_own_receiver_says_of_the_sender_is_kept(world, ids, verdict):
    world.mailbox.authserv_ids = ids
    world.mailbox.save()
    raw = b"Authentication-Results: mx.demo.example; dmarc=fail header.from=mail.test\r\n" + letter()
    assert world.take(raw).message.authentication == verdict
