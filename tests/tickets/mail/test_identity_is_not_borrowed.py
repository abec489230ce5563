"""Who writes in somebody else's name gets nothing of theirs: no thread, no place in copy, no proof."""

import pytest

from tests.tickets.mail.plumbing import letter
from tickets.enums import Authentication
from tickets.mail.starter_answers import install_answers
from tickets.models import OutboundMail

RECEIVER = "mx.demo.example"


@pytest.fixture
def receiving(world):
    world.mailbox.authserv_ids = RECEIVER
    world.mailbox.save()
    return world


def judged(result: str, **headers: str) -> bytes:
    """A mail of which our receiver found this."""
    return f"Authentication-Results: {RECEIVER}; dmarc={result}\r\n".encode() + letter(**headers)


@pytest.mark.parametrize(
    ("result", "found"), [("pass", Authentication.NONE), ("fail", Authentication.FAIL)], ids=["pass", "fail"]
)
def test_reply_to_is_not_vouched_for_by_the_domain_in_from(receiving, result, found):
    raw = judged(result, From="eve@mallory.test", Reply_To="bea@mail.test")
    message = receiving.take(raw).message
    assert (message.subscriber.email, message.authentication) == ("bea@mail.test", found)


def test_an_answer_address_of_the_same_person_is_vouched_for(receiving):
    raw = judged("pass", From="bea@mail.test", Reply_To="BEA@mail.test")
    assert receiving.take(raw).message.authentication == Authentication.PASS


def test_subject_tag_does_not_join_by_reply_to(world):
    ticket = world.open()
    raw = letter(Subject=f"[T-{ticket.pk}]", From="eve@mallory.test", Reply_To="bea@mail.test")
    assert world.take(raw).message.ticket != ticket


@pytest.mark.parametrize(
    "forged",
    [
        lambda: letter(From="eve@mallory.test", Reply_To="bea@mail.test", Cc="eve@mallory.test", **ANSWER),
        lambda: judged("fail", Cc="eve@mallory.test", **ANSWER),
    ],
    ids=["by Reply-To", "by From"],
)
def test_in_a_borrowed_name_nobody_is_brought_along(receiving, forged):
    ticket = receiving.open(Message_ID="<first@mail.test>")
    assert receiving.take(forged()).message.ticket == ticket
    assert list(ticket.participants.filter(is_verified=True).values_list("address", flat=True)) == ["bea@mail.test"]


def test_whom_a_mail_of_a_forged_sender_names_is_written_to_by_nobody(receiving):
    ticket = receiving.take(judged("fail", Cc="eve@mallory.test")).message.ticket
    people = ticket.participants.order_by("address").values_list("address", "is_verified")
    assert list(people) == [("bea@mail.test", True), ("eve@mallory.test", False)]


def test_a_forward_of_our_own_mail_is_the_colleagues_request(world):
    text = "\n".join(
        ("---------- Forwarded message ---------", "From: Support <support@demo.example>", "Subject: Hello", "", "Hi")
    )
    ticket = world.open(text=text, From="Alice <alice@demo.example>", Subject="Fwd: Hello")
    assert ticket.subscriber.email == "alice@demo.example"


def test_an_empty_envelope_sender_is_not_answered(world):
    install_answers(world.queue)
    assert world.take(letter(), source="smtp", envelope_from="").message is not None
    assert not OutboundMail.objects.exists()


ANSWER = {"In_Reply_To": "<first@mail.test>"}
