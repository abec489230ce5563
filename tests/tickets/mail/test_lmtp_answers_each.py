"""LMTP: an answer for each recipient, after the mail."""

import smtplib

import pytest
from django.db import OperationalError

from tests.tickets.mail.listening import serving
from tests.tickets.mail.plumbing import letter, make_world
from tickets.mail import smtp
from tickets.models import InboundMail

STORED, LATER = (250, b"2.0.0 OK, stored"), (451, b"4.3.0 Cannot store this now; please try again later")


@pytest.fixture
def client(transactional_db):
    make_world()
    make_world("other", "help@other.example")
    with serving(smtp.Listener("127.0.0.1", 0, speaks_lmtp=True)) as port:
        wire = smtplib.LMTP("127.0.0.1", port)
        assert wire.ehlo()[0] == 250
        yield wire
        wire.close()


def post(client: smtplib.LMTP, *recipients: str, raw: bytes = b"") -> list[tuple[int, bytes]]:
    client.mail("bea@mail.test")
    taken = [address for address in recipients if client.rcpt(address)[0] == 250]
    answers = [client.data(raw or letter().replace(b"\n", b"\r\n"))]
    return answers + [client.getreply() for _ in taken[1:]]


def test_each_mailbox_by_itself(client, monkeypatch):
    everybody = ("support@demo.example", "help@other.example", "support+t1-x@demo.example")
    assert post(client, *everybody, "who@else.test") == [STORED] * 3
    rows = InboundMail.objects.order_by("pk")
    assert [row.envelope_to for row in rows] == [[everybody[0], everybody[2]], [everybody[1]]]

    def fails_for_one(*, mailbox, **more):
        if mailbox.address == "help@other.example":
            raise OperationalError("gone")
        return store(mailbox=mailbox, **more)

    store = smtp.store_raw
    monkeypatch.setattr(smtp, "store_raw", fails_for_one)
    assert post(client, *everybody) == [STORED, LATER, STORED]
    assert InboundMail.objects.count() == 3


def test_what_is_said_of_the_whole_mail_is_said_to_each(client, settings):
    settings.MAIL_MAX_BYTES = 5_000
    client.close()
    with serving(smtp.Listener("127.0.0.1", 0, speaks_lmtp=True)) as port:
        client = smtplib.LMTP("127.0.0.1", port)
        client.ehlo()
        answers = post(client, "support@demo.example", "help@other.example", raw=b"x\r\n" * 9_000)
        assert [code for code, _ in answers] == [552, 552]
        assert post(client, "support@demo.example", "help@other.example") == [STORED] * 2
        client.close()


def test_it_is_no_smtp(client):
    assert client.docmd("EHLO", "x")[0] == 500
