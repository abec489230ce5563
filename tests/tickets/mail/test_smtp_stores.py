"""The listener, started for real: 250 means that the mail is in the database."""

import os
import signal
import smtplib
import socket
import subprocess
import sys

import pytest
from django.db import OperationalError

from tests.tickets.mail.listening import serving
from tests.tickets.mail.plumbing import QUARANTINED, letter, make_world
from tickets.enums import Author
from tickets.mail import demo_mailbox, intake, sending, smtp
from tickets.mail.tokens import reply_address
from tickets.models import InboundMail, Message, OutboundMail
from tickets.services.conversation import reply


@pytest.fixture
def world(transactional_db):
    return make_world()


@pytest.fixture
def listening(world, settings):
    """The port of a running listener; `settings` changed before the first connection hold for it."""
    with serving(smtp.Listener("127.0.0.1", 0)) as port:
        settings.SMTP_PORT = port
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield port


def post(port: int, raw: bytes, *recipients: str, sender: str = "bea@mail.test") -> dict:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        return client.sendmail(sender, recipients, raw)


def test_a_mail_is_stored_as_it_came(world, listening):
    raw = letter("dots\n.\n..two\n").replace(b"\n", b"\r\n")
    post(listening, raw, "Support@Demo.example")
    inbound = InboundMail.objects.get()
    assert bytes(inbound.raw) == raw
    assert (inbound.mailbox, inbound.source, inbound.state) == (world.mailbox, "smtp", "stored")
    assert (inbound.envelope_from, inbound.envelope_to) == ("bea@mail.test", ["Support@Demo.example"])


def test_a_second_delivery_is_one_row(world, listening):
    raw = letter()
    post(listening, raw, "support@demo.example")
    post(listening, raw, "support@demo.example")
    assert InboundMail.objects.count() == 1


def test_a_reply_address_is_ours_and_joins(world, listening):
    ticket = world.open()
    post(listening, letter(), reply_address("support@demo.example", ticket.pk))
    assert intake.sweep() == 1
    assert Message.objects.filter(ticket=ticket).count() == 2


def test_each_of_our_mailboxes_gets_the_mail_and_the_store_one_ticket(world, listening):
    other = make_world("other", "help@other.example")
    post(listening, letter(), "support@demo.example", "help@other.example", "support+x@demo.example")
    rows = InboundMail.objects.order_by("pk")
    assert [row.mailbox for row in rows] == [world.mailbox, other.mailbox]
    assert rows[0].envelope_to == ["support@demo.example", "support+x@demo.example"]


def test_strangers_are_refused(world, listening):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        post(listening, letter(), "who@else.test")
    assert refused.value.recipients["who@else.test"][0] == 550


def test_a_mailbox_that_is_switched_off_is_refused(world, listening):
    world.mailbox.is_active = False
    world.mailbox.save()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        post(listening, letter(), "support@demo.example")


@pytest.mark.parametrize("broken", ["store_raw", "mailboxes_of"])
def test_a_database_fault_asks_the_sender_to_come_again(world, listening, monkeypatch, broken):
    def fail(*_args, **_more):
        raise OperationalError("gone")

    with monkeypatch.context() as fault:
        fault.setattr(smtp, broken, fail)
        with pytest.raises((smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)) as refused:
            post(listening, letter(), "support@demo.example")
    answer = getattr(refused.value, "recipients", None)
    assert (answer["support@demo.example"][0] if answer else refused.value.smtp_code) == 451
    assert InboundMail.objects.count() == 0
    post(listening, letter(), "support@demo.example")
    assert InboundMail.objects.count() == 1


def test_too_large_a_mail_is_refused_with_or_without_its_announcement(world, settings, request):
    settings.MAIL_MAX_BYTES = 5_000
    port = request.getfixturevalue("listening")
    with pytest.raises(smtplib.SMTPResponseException) as announced:
        post(port, letter("x\n" * 9_000), "support@demo.example")
    assert announced.value.smtp_code == 552
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.helo()
        client.mail("bea@mail.test")
        client.rcpt("support@demo.example")
        assert client.data(letter("x\n" * 9_000).replace(b"\n", b"\r\n"))[0] == 552
    post(port, letter(), "support@demo.example")
    assert InboundMail.objects.count() == 1


def test_long_lines_and_any_bytes_are_taken(world, listening):
    raw = b"From: a@b.test\r\nSubject: long\r\n\r\n" + b"x" * 200_000 + b"\x00\xff\x80\r\n"
    post(listening, raw, "support@demo.example")
    assert bytes(InboundMail.objects.get().raw) == raw


def test_an_empty_mail_is_taken_and_quarantined(world, listening):
    post(listening, b"", "support@demo.example", sender="")
    intake.sweep()
    assert InboundMail.objects.get().state == QUARANTINED


def test_nonsense_does_not_end_the_listener(world, listening):
    for nonsense in (b"\x00\xff\r\n" * 50, b"MAIL FROM:<" + b"x" * 100_000 + b"\r\n", b"EHLO x\r\nDATA\r\n.\r\n"):
        with socket.create_connection(("127.0.0.1", listening), timeout=5) as wire:
            wire.sendall(nonsense)
    post(listening, letter(), "support@demo.example")
    assert InboundMail.objects.count() == 1


def test_the_demo_reads_and_answers_what_left(world, listening, settings):
    settings.DEMO = True
    ticket = world.open(Message_ID="<first@mail.test>", Subject="Broken mug")
    message = reply(ticket, author=world.alice, text="We are sorry.", key="1")
    sending.sweep()
    assert OutboundMail.objects.get().state == "sent"

    (entry,) = demo_mailbox.list_mails("BEA@mail.test")
    assert demo_mailbox.list_mails("nobody@mail.test") == []
    assert (entry.recipient, entry.mail.subject) == ("bea@mail.test", "Re: Broken mug")
    assert (entry.mail.in_reply_to, entry.mail.message_id) == (("first@mail.test",), message.rfc822_id)
    assert entry.mail.text_body.strip() == "We are sorry."

    sent_id = demo_mailbox.reply_as_subscriber(entry.key, "Thank you!")
    intake.sweep()
    answer = Message.objects.order_by("pk").last()
    assert (answer.ticket, answer.author_kind, answer.rfc822_id) == (ticket, Author.SUBSCRIBER, sent_id)
    assert answer.visible_text.strip() == "Thank you!"
    with pytest.raises(KeyError):
        demo_mailbox.read_mail("../../etc/passwd")


def test_the_demo_drops_a_second_copy(world, listening, settings):
    settings.DEMO = True
    raw = letter(To="who@else.test")
    post(listening, raw, "who@else.test", "another@else.test")
    post(listening, raw, "who@else.test")
    assert sorted(entry.recipient for entry in demo_mailbox.list_mails()) == ["another@else.test", "who@else.test"]


def test_the_command_listens_until_it_is_told_to_stop(db):
    command = [sys.executable, "manage.py", "listen_smtp", "--port", "0"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout.readline().startswith("Listening for mail on 127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_mailbox_that_goes_while_its_mail_comes_is_not_passed_over(world, settings):
    settings.DEMO = False
    with pytest.raises(LookupError):
        smtp.keep(letter(), "bea@mail.test", ["support@demo.example", "gone@demo.example"])
    assert InboundMail.objects.count() == 0
