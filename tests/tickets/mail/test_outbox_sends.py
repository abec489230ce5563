"""A queued mail reaches a real SMTP server once, threads, and is tried again where it must be."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from subscribers.errors import Refused
from tests.tickets.mail.plumbing import letter, make_world
from tickets.enums import OutboundState, TicketEventKind
from tickets.mail import sending
from tickets.mail.outbox import queue_mail
from tickets.mail.tokens import ticket_of_id, ticket_of_tag
from tickets.models import Mailbox, OutboundEvent, OutboundMail, TicketEvent
from tickets.services.conversation import add_note, post_system_message, reply
from tickets.services.messages import NewAttachment


@pytest.fixture
def ticket(world):
    return world.open(Subject="AW: RE: Broken mug", Message_ID="<first@mail.test>", References="<zero@mail.test>")


def make_due() -> None:
    OutboundMail.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def test_a_reply_arrives_in_its_thread(world, ticket, outside):
    message = reply(
        ticket,
        author=world.alice,
        text="Sorry <b>!\n\nSee https://demo.example/a?b=1&c=2",
        key="1",
        attachments=(NewAttachment("label ü.pdf", "application/pdf", b"%PDF"),),
    )
    assert sending.sweep() == 1

    (mail,) = outside.mails
    assert outside.recipients == ["bea@mail.test"]
    assert mail["Subject"] == "Re: Broken mug"
    assert mail["From"] == '"Alice Agent (Fernweh Coffee)" <support@demo.example>'
    assert mail["In-Reply-To"] == "<first@mail.test>"
    assert mail["References"] == "<first@mail.test>"
    assert mail["Message-ID"] == f"<{message.rfc822_id}>"
    assert ticket_of_id(message.rfc822_id) == ticket.pk
    tagged = mail["Reply-To"].addresses[0].username
    assert ticket_of_tag(tagged.removeprefix("support+")) == ticket.pk
    assert mail["Auto-Submitted"] is None
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == message.text
    html = mail.get_body(("html",)).get_content()
    assert "Sorry &lt;b&gt;!" in html
    assert '<a href="https://demo.example/a?b=1&amp;c=2">' in html
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("label ü.pdf", b"%PDF")
    outbound = OutboundMail.objects.get()
    assert (outbound.state, outbound.attempts, outbound.error) == (OutboundState.SENT, 1, "")


def test_a_later_reply_refers_to_the_whole_thread(world, ticket, outside):
    first = reply(ticket, author=world.alice, text="One", key="1")
    world.take(letter(In_Reply_To=f"<{first.rfc822_id}>", Message_ID="<second@mail.test>"))
    world.take(letter(In_Reply_To=f"<{first.rfc822_id}>", Message_ID="<away@mail.test>", Auto_Submitted="auto-replied"))
    reply(ticket, author=world.alice, text="Two", key="2")
    sending.sweep()
    mail = outside.mails[1]
    assert mail["In-Reply-To"] == "<second@mail.test>"
    assert mail["References"].split() == [
        "<first@mail.test>",
        f"<{first.rfc822_id}>",
        "<away@mail.test>",
        "<second@mail.test>",
    ]


def test_sent_twice_arrives_once(world, ticket, outside):
    reply(ticket, author=world.alice, text="One", key="1")
    reply(ticket, author=world.alice, text="One", key="1")
    outbound = OutboundMail.objects.get()
    sending.send(outbound.pk)
    sending.send(outbound.pk)
    assert (sending.sweep(), len(outside.mails)) == (0, 1)


def test_a_systems_mail_says_that_no_machine_shall_answer(world, ticket, outside):
    post_system_message(ticket, text="We send another one.", key="run:1")
    sending.sweep()
    (mail,) = outside.mails
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert mail["X-Loop"] == "support@demo.example"
    assert mail["From"] == "Fernweh Coffee <support@demo.example>"


def test_outreach_goes_without_a_ticket(world, ticket, outside):
    queue_mail(store=world.store, subscriber=ticket.subscriber, subject="Your box\nBcc: x", text="Soon", key="touch:1")
    queue_mail(store=world.store, subscriber=ticket.subscriber, subject="Your box", text="Soon", key="touch:1")
    sending.sweep()
    (mail,) = outside.mails
    assert (mail["Subject"], mail["Bcc"], mail["In-Reply-To"]) == ("Your box Bcc: x", None, None)
    assert (str(mail["Reply-To"]), mail["Auto-Submitted"]) == (
        "Fernweh Coffee <support@demo.example>",
        "auto-generated",
    )


def test_a_note_never_leaves(world, ticket, outside):
    add_note(ticket, author=world.alice, text="secret")
    assert (sending.sweep(), outside.mails) == (0, [])


def test_a_busy_server_is_asked_again_later(world, ticket, outside):
    reply(ticket, author=world.alice, text="One", key="1")
    outside.at_rcpt = "451 4.7.1 greylisted"
    sending.sweep()
    outbound = OutboundMail.objects.get()
    assert (outbound.state, outbound.attempts) == (OutboundState.QUEUED, 1)
    assert outbound.error.startswith("SMTPRecipientsRefused: ")
    wait = outbound.next_attempt_at - timezone.now()
    assert timedelta(seconds=50) < wait <= timedelta(seconds=60)
    outside.at_rcpt = "250 OK"
    assert sending.sweep() == 0
    make_due()
    sending.sweep()
    outbound.refresh_from_db()
    assert (outbound.state, outbound.error, len(outside.mails)) == (OutboundState.SENT, "", 1)


def test_an_unreachable_server_is_given_up_at_last(world, ticket, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    reply(ticket, author=world.alice, text="One", key="1")
    for _ in range(len(sending.WAITS) + 1):
        make_due()
        assert sending.sweep() == 1
    outbound = OutboundMail.objects.get()
    assert (outbound.state, outbound.attempts) == (OutboundState.FAILED, 8)
    assert outbound.error.startswith("Given up after 8 attempts. ConnectionRefusedError")
    assert TicketEvent.objects.filter(kind=TicketEventKind.SEND_FAILED).count() == 1


@pytest.mark.parametrize(
    ("answer", "is_address"),
    [("550 5.1.1 User unknown", True), ("554 5.7.1 Relay access denied", False)],
)
def test_a_refused_recipient_is_shown_on_the_ticket(world, ticket, outside, answer, is_address):
    reply(ticket, author=world.alice, text="One", key="1")
    outside.at_rcpt = answer
    sending.sweep()
    outbound = OutboundMail.objects.get()
    assert (outbound.state, outbound.error) == (OutboundState.FAILED, f"Refused: {answer}")
    event = TicketEvent.objects.get(kind=TicketEventKind.SEND_FAILED)
    assert (event.ticket, event.to_value) == (ticket, "bea@mail.test")
    ticket.subscriber.refresh_from_db()
    assert (ticket.subscriber.undeliverable_at is not None) == is_address


def test_automatic_mail_stops_at_a_dead_address_and_an_agents_does_not(world, ticket, outside):
    queued = queue_mail(store=world.store, subscriber=ticket.subscriber, subject="A", text="A", key="a")
    ticket.subscriber.undeliverable_at = timezone.now()
    ticket.subscriber.save()
    held = post_system_message(ticket, text="B", key="b")
    reply(ticket, author=world.alice, text="C", key="c")
    sending.sweep()
    assert [mail.get_body(("plain",)).get_content().strip() for mail in outside.mails] == ["C"]
    for outbound in (queued, held):
        outbound.refresh_from_db()
        assert (outbound.state, outbound.error) == (
            OutboundState.CANCELLED,
            "Held back: earlier mail to this address was returned.",
        )


def test_what_a_dead_worker_left_is_sent_after_its_lease(world, ticket, outside):
    reply(ticket, author=world.alice, text="One", key="1")
    dead = sending._claim(OutboundMail.objects.get().pk)
    assert sending.sweep() == 0
    OutboundMail.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert sending.sweep() == 1
    assert outside.mails[0]["Message-ID"] == f"<{dead.rfc822_id}>"
    # Were it only slow, its outcome comes too late to be written over the other's.
    assert not sending._settle(dead, state=OutboundState.QUEUED, error="late")
    assert OutboundMail.objects.get().state == OutboundState.SENT


def test_a_bounce_is_shown_on_the_ticket_and_changes_nothing_else(world, ticket, outside):
    message = reply(ticket, author=world.alice, text="One", key="1")
    sending.sweep()
    bounce = f"""From: MAILER-DAEMON@mail.test
To: support@demo.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce@mail.test>
Return-Path: <>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I could not deliver your message.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.test

Final-Recipient: rfc822; bea@mail.test
Action: failed
Status: 5.1.1
--b
Content-Type: message/rfc822

Message-ID: <{message.rfc822_id}>
To: bea@mail.test

One
--b--
""".encode()
    assert world.take(bounce).message.ticket == ticket
    ticket.refresh_from_db()
    ticket.subscriber.refresh_from_db()
    assert (ticket.status, ticket.subscriber.undeliverable_at is not None) == ("pending", True)
    assert TicketEvent.objects.filter(kind=TicketEventKind.SEND_FAILED, ticket=ticket).count() == 1
    assert ticket.messages.last().automatic == "bounce"


def test_a_store_without_mailbox_refuses_before_anything_is_written(world, ticket):
    Mailbox.objects.update(is_active=False)
    with pytest.raises(Refused):
        reply(ticket, author=world.alice, text="One", key="1")
    assert (OutboundMail.objects.count(), ticket.messages.count()) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_fails_between_sending_and_noting_costs_no_second_copy(outside, monkeypatch):
    """The worker's own connection is cut when the server has the mail: it notes what happened on a new one."""
    monkeypatch.setattr(sending, "NOTING_WAITS", (0, 0))
    world = make_world()
    reply(world.open(), author=world.alice, text="One", key="1")
    mine = connection.connection.info.backend_pid
    outside.before_answer = lambda: terminate(mine)
    assert (sending.sweep(), len(outside.mails)) == (1, 1)
    assert connection.connection.info.backend_pid != mine
    outbound = OutboundMail.objects.get()
    assert (outbound.state, outbound.attempts) == (OutboundState.SENT, 1)


def terminate(backend: int) -> None:
    given = connection.get_connection_params()
    with psycopg.connect(
        **{name: given[name] for name in ("dbname", "user", "host", "port") if given.get(name)}
    ) as one:
        one.execute("SELECT pg_terminate_backend(%s, 2000)", [backend])


@pytest.mark.parametrize(
    ("kind", "sent_as"),
    [
        ("text/csv", "text/csv"),
        *((kind, "application/octet-stream") for kind in ("message/rfc822", "multipart/x", "x")),
    ],
)
def test_files_go_byte_for_byte_whatever_they_are_called(world, ticket, outside, kind, sent_as):
    content = b"Subject: caf\xc3\xa9\r\n\nBody\r \n.\n"
    reply(
        ticket,
        author=world.alice,
        text="See the file",
        key="1",
        attachments=[NewAttachment("a\r\nBcc: b.eml", kind, content)],
    )
    sending.sweep()
    (file,) = outside.mails[0].iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("a Bcc: b.eml", sent_as)
    assert file.get_payload(decode=True) == content


def test_a_server_that_is_away_is_asked_once_for_all_that_wait(world, ticket, outside, settings):
    """Each look at a server that does not answer may hold up a worker until the timeout."""
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for number in range(3):
        reply(ticket, author=world.alice, text="Hello", key=str(number))
    sending.sweep()
    assert sorted(OutboundMail.objects.values_list("state", "attempts")) == [
        ("queued", 0),
        ("queued", 0),
        ("queued", 1),
    ]
    assert (sending.sweep(), OutboundEvent.objects.filter(kind="attempted").count()) == (0, 1)
    settings.EMAIL_PORT = port
    make_due()
    assert (sending.sweep(), len(outside.mails)) == (3, 3)


def test_a_sweep_ends_before_its_worker_is_taken_away(world, ticket, outside, monkeypatch):
    monkeypatch.setattr(sending, "SWEEP_SECONDS", 0)
    for number in range(3):
        reply(ticket, author=world.alice, text="Hello", key=str(number))
    assert [sending.sweep(), sending.sweep(), len(outside.mails)] == [1, 1, 2]
