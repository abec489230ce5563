"""Answers and notes: sent once, never lost, files kept and bounded, and a note stays inside."""

import hashlib

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.tickets.conftest import HTMX
from tickets import forms
from tickets.mail.sending import sweep
from tickets.models import Attachment, Message, OutboundMail


@pytest.fixture
def ticket(desk):
    return desk.ticket()


def send(client, ticket, action="reply", headers=HTMX, **data):
    return client.post(f"/tickets/{ticket.pk}/{action}/", {"key": "k1", "text": "", **data}, headers=headers)


def written(ticket) -> list[tuple[str, str]]:
    return list(ticket.messages.order_by("pk").values_list("kind", "text"))[1:]


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_reply_is_kept_sent_and_waits_for_the_customer(ticket, alice, headers):
    response = send(alice, ticket, text="On its way.", headers=headers)
    assert response.status_code == (200 if headers else 302)
    assert written(ticket) == [("public", "On its way.")]
    sweep()
    [sent] = mail.outbox
    assert sent.to == [ticket.subscriber.email]
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee.name) == ("pending", "Alice Martin")


def test_answer_brings_an_empty_composer_with_another_key_and_what_changed(ticket, alice):
    response = send(alice, ticket, text="On its way.")
    page = response.content.decode()
    assert page.count("<textarea") == 1
    assert response.context["form"].initial["key"] != "k1"
    assert page.count('hx-swap-oob="true"') == 5
    assert "On its way." in page


def test_sent_twice_with_one_key_answers_once(ticket, alice):
    for _ in range(2):
        assert send(alice, ticket, text="On its way.").status_code == 200
    assert written(ticket) == [("public", "On its way.")]
    assert OutboundMail.objects.count() == 1
    send(alice, ticket, text="On its way.", key="k2")
    assert len(written(ticket)) == 2


@pytest.mark.parametrize(("then", "status"), [("resolved", "resolved"), ("open", "open"), ("", "pending")])
def test_ticket_becomes_what_was_chosen(ticket, alice, then, status):
    send(alice, ticket, text="Done.", then=then)
    ticket.refresh_from_db()
    assert ticket.status == status


@pytest.mark.parametrize(
    ("action", "words"),
    [("reply", "Write something before you send it."), ("note", "A note needs some text.")],
)
@pytest.mark.parametrize("text", ["", "  \n "])
def test_empty_text_is_refused_and_the_page_keeps_what_it_has(ticket, alice, action, words, text):
    response = send(alice, ticket, action, text=text)
    assert response.status_code == 422
    assert words in response.content.decode()
    # Only the errors come: the form in the page, with text and chosen files, stays.
    assert (response.headers["HX-Retarget"], response.headers["HX-Reswap"]) == ("#composer-errors", "innerHTML")
    assert "<textarea" not in response.content.decode()
    assert written(ticket) == []


@pytest.mark.parametrize("action", ["reply", "note"])
def test_plain_form_comes_back_with_what_was_typed(ticket, alice, monkeypatch, action):
    monkeypatch.setattr(forms, "MOST_FILES", 0)
    file = SimpleUploadedFile("a.txt", b"x")
    response = send(alice, ticket, action, headers={}, text="A long <answer>", attachments=[file])
    assert response.status_code == 422
    page = response.content.decode()
    assert "A long &lt;answer&gt;</textarea>" in page
    assert "At most 0 files go with one message." in page
    assert bool(response.context.get("is_note")) == (action == "note")
    assert written(ticket) == []


def test_wrong_status_is_refused(ticket, alice):
    assert send(alice, ticket, text="Hello", then="asleep").status_code == 422
    assert written(ticket) == []


def test_answer_without_a_key_is_refused(ticket, alice):
    assert send(alice, ticket, text="Hello", key="").status_code == 422
    assert written(ticket) == []


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_note_never_leaves(ticket, alice, headers):
    send(alice, ticket, "note", text="He is angry.", headers=headers)
    assert written(ticket) == [("note", "He is angry.")]
    assert OutboundMail.objects.count() == 0
    send(alice, ticket, text="Sorry!")
    sweep()
    [sent] = mail.outbox
    assert "angry" not in sent.message().as_string()


def test_note_changes_neither_status_nor_promises(ticket, alice):
    send(alice, ticket, "note", text="He is angry.")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee, ticket.clocks.filter(state="met").count()) == ("new", None, 0)


@pytest.mark.parametrize("action", ["reply", "note"])
def test_files_are_kept_with_the_message(ticket, alice, action):
    files = [SimpleUploadedFile("a.png", b"one", "image/png"), SimpleUploadedFile("ü.pdf", b"two", "application/pdf")]
    assert send(alice, ticket, action, text="See these.", attachments=files).status_code == 200
    kept = Attachment.objects.order_by("pk")
    assert [(file.name, file.content_type, file.size, file.sha256) for file in kept] == [
        ("a.png", "image/png", 3, hashlib.sha256(b"one").hexdigest()),
        ("ü.pdf", "application/pdf", 3, hashlib.sha256(b"two").hexdigest()),
    ]
    contents = []
    for file in kept:
        with file.file.open() as content:
            contents.append(content.read())
    assert contents == [b"one", b"two"]


def test_files_go_out_with_the_answer(ticket, alice):
    send(alice, ticket, text="", attachments=[SimpleUploadedFile("label.pdf", b"pdf", "application/pdf")])
    sweep()
    [sent] = mail.outbox
    assert [part.get_filename() for part in sent.message().walk() if part.get_filename()] == ["label.pdf"]


def test_too_many_or_too_large_files_are_refused(ticket, alice, monkeypatch):
    many = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(forms.MOST_FILES + 1)]
    response = send(alice, ticket, text="Hello", attachments=many)
    assert response.status_code == 422
    assert "At most 20 files go with one message." in response.content.decode()
    monkeypatch.setattr(forms, "MOST_BYTES", 10)
    large = [SimpleUploadedFile("a.txt", b"x" * 6), SimpleUploadedFile("b.txt", b"x" * 6)]
    response = send(alice, ticket, text="Hello", attachments=large)
    assert response.status_code == 422
    assert "The files are larger than 25 MB together" in response.content.decode()
    assert (written(ticket), Attachment.objects.count()) == ([], 0)


def test_very_long_text_is_refused(ticket, alice):
    assert send(alice, ticket, text="x" * 200_001).status_code == 422
    assert Message.objects.count() == 1


def test_null_character_is_refused(ticket, alice):
    assert send(alice, ticket, text="a\x00b").status_code == 422
