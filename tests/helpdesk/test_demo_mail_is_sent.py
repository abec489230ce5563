"""`demo_mail` sends a believable mail by SMTP, or says why it cannot."""

import email
import io
import smtplib
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from helpdesk.demo.mails import LETTERS, choose_writer, compose
from subscribers.models import Store, Subscriber
from subscribers.selectors import cycle_index
from tests.helpdesk.seeding import NOW
from tickets.models import InboundMail, Ticket
from tickets.services.topics import rules_of
from tickets.topics.detect import detect

TOPICS = {"damaged": {"damaged"}, "late": {"late"}, "thanks": set(), "cancel": {"cancel"}}


def said(mail: EmailMessage) -> str:
    return f"{mail['Subject']}\n\n{mail.get_content()}"


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_every_kind_is_recognised_as_what_it_is(filled, db, kind):
    rules, _ = rules_of(Ticket.objects.select_related("store").first().store)
    for writer in Subscriber.objects.order_by("pk")[:12]:
        topics = {hit.topic for hit in detect(said(compose(kind, writer)), rules)}
        assert TOPICS[kind] <= topics
        assert kind != "thanks" or topics == set()


def test_the_writer_is_in_cycle_one_and_has_never_written(filled, db):
    writer = choose_writer()
    assert cycle_index(writer, NOW) == 1
    assert Ticket.objects.filter(subscriber=writer).count() == 0
    assert choose_writer() == writer
    assert choose_writer(writer.email.upper()) == writer


def test_it_speaks_smtp(filled, db, monkeypatch, settings):
    taken = []

    class Listener:
        def __init__(self, host: str, port: int, timeout: float) -> None:
            self.address = (host, port)

        def __enter__(self) -> "Listener":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def send_message(self, mail: EmailMessage) -> None:
            taken.append((self.address, email.message_from_bytes(bytes(mail))))

    monkeypatch.setattr(smtplib, "SMTP", Listener)
    out = io.StringIO()
    call_command("demo_mail", "damaged", stdout=out)

    [(address, mail)] = taken
    assert address == (settings.SMTP_HOST, settings.SMTP_PORT)
    assert mail["To"] == "support@demo.example"
    assert mail["From"] in out.getvalue()
    assert mail["Subject"] in out.getvalue()
    assert settings.BASE_URL in out.getvalue()


def test_without_a_listener_it_says_so(filled, db, settings):
    settings.SMTP_PORT = 1
    with pytest.raises(CommandError, match="Nothing listens for mail at"):
        call_command("demo_mail", "late")
    assert InboundMail.objects.count() == 0


def test_without_a_store_or_a_writer_it_says_so(filled, db):
    Store.objects.update(key="another")
    with pytest.raises(CommandError, match="no demo store"):
        call_command("demo_mail", "late")
    Store.objects.update(key="demo")
    with pytest.raises(CommandError, match="no subscriber with the address"):
        call_command("demo_mail", "late", "--subscriber", "nobody@mail.example")
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("demo_mail", "lovely")
