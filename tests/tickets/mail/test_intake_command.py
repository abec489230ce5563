"""`manage.py receive_mail`: a line for each file, and a failure only where a mail could not be kept."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.tickets.mail.plumbing import letter, make_world
from tickets.models import InboundMail, Mailbox, Ticket


@pytest.fixture
def files(tmp_path):
    def write(**contents: bytes) -> list[str]:
        paths = []
        for name, content in contents.items():
            path = tmp_path / name
            path.write_bytes(content)
            paths.append(str(path))
        return paths

    return write


def lines(*arguments: str) -> list[str]:
    out = io.StringIO()
    call_command("receive_mail", *arguments, stdout=out)
    return [line.partition(": ")[2] for line in out.getvalue().splitlines()]


def test_each_file_says_what_became_of_it(world, files):
    raw = letter(Message_ID="<first@mail.test>")
    said = lines(
        *files(
            a=raw,
            b=letter(In_Reply_To="<first@mail.test>"),
            c=b"Received: x\n" + raw,
            d=b"",
            e=letter(X_Loop="support@demo.example"),
        )
    )
    number = Ticket.objects.get().number
    first = InboundMail.objects.order_by("pk").first()
    assert said == [
        f"processed: Opened {number}.",
        f"processed: Joined {number} by reference.",
        f"duplicate: A copy of mail {first.pk}.",
        "quarantined: The mail is empty.",
        "processed: The mail carries our own X-Loop.",
    ]


def test_the_same_file_again_is_a_duplicate(world, files):
    (path,) = files(a=letter())
    lines(path)
    assert lines(path)[0].startswith("duplicate: A copy of mail ")
    assert Ticket.objects.count() == 1


def test_standard_input(world, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(letter(Subject="Piped"))))
    assert lines("-") == [f"processed: Opened {Ticket.objects.get(subject='Piped').number}."]


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"To": "Help+tag@other.example"}, "other"),
        ({"To": "someone@else.test", "Delivered_To": "help@other.example"}, "other"),
        ({"To": "support@demo.example", "X_Original_To": "help@other.example"}, "other"),
        ({"To": "someone@else.test", "Cc": "help@other.example"}, "other"),
        ({"To": "someone@else.test"}, "demo"),
    ],
)
def test_headers_choose_the_mailbox(world, files, headers, key):
    make_world("other", "help@other.example")
    lines(*files(a=letter(**headers)))
    assert InboundMail.objects.get().mailbox.store.key == key


def test_the_option_chooses_the_mailbox(world, files):
    make_world("other", "help@other.example")
    lines("--mailbox", "HELP@other.example", *files(a=letter()))
    assert InboundMail.objects.get().mailbox.address == "help@other.example"


def test_a_missing_file_fails_and_the_others_are_kept(world, files):
    paths = files(a=letter(), b=letter())
    with pytest.raises(CommandError, match="1 of 3 could not be stored"):
        lines(paths[0], "/nowhere/mail.eml", paths[1])
    assert Ticket.objects.count() == 2


def test_an_unknown_mailbox_is_refused(world, files):
    with pytest.raises(CommandError, match=r"nobody@demo\.example is no active mailbox of ours"):
        lines("--mailbox", "nobody@demo.example", *files(a=letter()))
    assert InboundMail.objects.count() == 0


def test_without_any_mailbox_nothing_is_lost_in_silence(world, files):
    Mailbox.objects.update(is_active=False)
    with pytest.raises(CommandError, match="could not be stored"):
        lines(*files(a=letter()))
