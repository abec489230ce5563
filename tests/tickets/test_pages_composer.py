"""The composer: people in copy, an undo, a later time; and what became of each mail, with what can be done."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.tickets.conftest import HTMX, signed_in
from tickets.forms import moment_of
from tickets.mail.sending import sweep
from tickets.models import OutboundMail, Participant, Suppression
from tickets.services.conversation import receive_message
from tickets.services.leaving import let_go
from tickets.services.messages import NewMessage


@pytest.fixture
def ticket(desk):
    return desk.ticket()


@pytest.fixture
def undo(settings):
    settings.UNDO_SEND_SECONDS = 10


def send(client, ticket, headers=HTMX, **data):
    return client.post(f"/tickets/{ticket.pk}/reply/", {"key": "k1", "text": "", **data}, headers=headers)


def make_due():
    OutboundMail.objects.filter(state="planned").update(not_before=timezone.now() - timedelta(seconds=1))


def toast(response):
    return json.loads(response.headers["HX-Trigger"])["toast"]


def page(client, ticket) -> str:
    return client.get(f"/tickets/{ticket.pk}/").content.decode()


def test_undo_brings_the_text_and_the_files_back(ticket, alice, undo):
    files = {"attachments": SimpleUploadedFile("a.txt", b"x")}
    sent = send(alice, ticket, text="On its way.", then="resolved", **files)
    assert toast(sent)["undo"]["seconds"] == 10
    assert "Leaves in a few seconds." in sent.content.decode()

    back = alice.post(toast(sent)["undo"]["url"], headers=HTMX)
    composer = back.content.decode()
    assert 'id="composer" hx-swap-oob="true"' in composer
    assert ">On its way.</textarea>" in composer
    assert composer.count('name="kept"') == 1
    assert "Leaves in a few seconds." not in composer
    ticket.refresh_from_db()
    assert (ticket.status, let_go(), sweep(), mail.outbox) == ("new", 0, 0, [])

    form = back.context["form"]
    token = form.files_kept[0].token
    send(alice, ticket, text="On its way!", key="k2", resumes=form.initial["resumes"], kept=[token])
    make_due()
    assert (let_go(), sweep(), len(mail.outbox[0].attachments)) == (1, 1, 1)
    assert "On its way." not in page(alice, ticket)
    late = alice.post(f"/tickets/{ticket.pk}/messages/{ticket.messages.last().pk}/take-back/", headers=HTMX)
    assert (late.status_code, toast(late)["text"]) == (422, "It has left already.")


def test_undo_without_scripts_leads_to_the_composer_with_the_text(ticket, alice, undo):
    send(alice, ticket, text="On its way.", headers={})
    message = ticket.messages.last()
    back = alice.post(f"/tickets/{ticket.pk}/messages/{message.pk}/take-back/")
    assert back.headers["Location"] == f"/tickets/{ticket.pk}/?resumes={message.pk}"
    assert ">On its way.</textarea>" in alice.get(back.headers["Location"]).content.decode()


def test_scheduled_it_waits_and_the_customer_holds_it(ticket, alice, undo):
    said = toast(send(alice, ticket, text="Then.", later="tomorrow"))
    assert said["text"].startswith("Leaves ")
    assert "unless the customer writes before" in page(alice, ticket)
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="Never mind"))
    shown = page(alice, ticket)
    assert "The customer wrote before this left." in shown
    assert "The scheduled answer waits" in shown
    message = ticket.messages.get(text="Then.")
    assert alice.post(f"/tickets/{ticket.pk}/messages/{message.pk}/send-now/", headers=HTMX).status_code == 200
    assert (sweep(), mail.outbox[0].body) == (1, "Then.")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"later": "at"}, "Choose the time at which it leaves."),
        ({"later": "at", "send_at": "2020-01-01T09:00"}, "Choose a time in the future"),
        ({"later": "at", "send_at": "soon"}, "Enter a valid date/time."),
        ({"later": "never"}, "Select a valid choice."),
        ({"cc": "dan@mail.test, nobody"}, "“nobody” is not a mail address."),
        ({"cc": ", ".join(f"p{n}@mail.test" for n in range(21))}, "At most 20 people may be in copy."),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_stored(ticket, alice, data, words):
    response = send(alice, ticket, text="Hello", **data)
    assert (response.status_code, words in response.content.decode()) == (422, True)
    assert ticket.messages.count() == 1


@pytest.mark.parametrize(
    ("choice", "moment"),
    [("hour", "2026-03-06T18:30+01:00"), ("tomorrow", "2026-03-07T09:00+01:00"), ("monday", "2026-03-09T09:00+01:00")],
)
def test_moments_are_by_the_agents_clock(choice, moment):
    friday = datetime(2026, 3, 6, 17, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert moment_of(choice, friday) == datetime.fromisoformat(moment)
    monday = datetime(2026, 3, 9, 8, tzinfo=ZoneInfo("Europe/Berlin"))
    assert moment_of("monday", monday).date().isoformat() == "2026-03-16"


def test_people_in_copy_are_chosen_and_take_part(ticket, alice):
    Participant.objects.create(ticket=ticket, address="eve@mail.test", role="writer", is_verified=False)
    assert "wrote unasked" in page(alice, ticket)
    send(alice, ticket, text="Hello", copy=["eve@mail.test"], cc="Dan Doe <Dan@mail.test>; ")
    assert set(OutboundMail.objects.values_list("recipient", "role")) == {
        ("Dan@mail.test", "cc"),
        (ticket.subscriber.email, "to"),
        ("eve@mail.test", "cc"),
    }
    joined = ticket.participants.exclude(role="requester").order_by("address")
    assert list(joined.values_list("address", "name", "is_verified")) == [
        ("dan@mail.test", "Dan Doe", True),
        ("eve@mail.test", "", True),
    ]
    assert "Copy to" in page(alice, ticket)


def test_a_mail_that_failed_is_sent_again_or_elsewhere_and_the_address_works_again(desk, ticket, alice):
    send(alice, ticket, text="Hello")
    failed = OutboundMail.objects.get()
    OutboundMail.objects.update(state="failed", error="Refused: 550 User unknown")
    Suppression.objects.create(store=desk.store, address=failed.recipient.lower(), kind="bounced")
    shown = page(alice, ticket)
    assert "Refused: 550 User unknown" in shown
    assert "Mail works again" in shown

    where = f"/tickets/{ticket.pk}/mails/{failed.pk}"
    assert alice.post(f"{where}/elsewhere/", {"address": "no"}, headers=HTMX).status_code == 422
    assert alice.post(f"{where}/elsewhere/", {"address": "ana@home.test"}, headers=HTMX).status_code == 200
    assert alice.post(f"{where}/again/", headers=HTMX).status_code == 200
    assert (
        alice.post(f"/tickets/{ticket.pk}/mail-works/", {"address": failed.recipient}, headers=HTMX).status_code == 200
    )
    assert alice.post(f"/tickets/{ticket.pk}/mail-works/", {"address": "x@y.test"}, headers=HTMX).status_code == 404
    sweep()
    assert sorted(one.to[0] for one in mail.outbox) == sorted(["ana@home.test", failed.recipient])
    shown = page(alice, ticket)
    assert ("Refused: 550" in shown.split("thread")[-1], "Mail works again" in shown) == (False, False)


def test_nobody_else_touches_them(desk, ticket, alice, undo):
    send(alice, ticket, text="Hello")
    message, outbound = ticket.messages.last(), OutboundMail.objects.get()
    charlie = signed_in(desk.charlie)
    for address in (
        f"messages/{message.pk}/take-back/",
        f"messages/{message.pk}/send-now/",
        f"mails/{outbound.pk}/again/",
        f"mails/{outbound.pk}/elsewhere/",
        "mail-works/",
    ):
        assert charlie.post(f"/tickets/{ticket.pk}/{address}", headers=HTMX).status_code == 404
        assert alice.get(f"/tickets/{ticket.pk}/{address}").status_code == 405
    other = desk.ticket()
    assert alice.post(f"/tickets/{other.pk}/messages/{message.pk}/take-back/", headers=HTMX).status_code == 404
