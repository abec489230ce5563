"""Machines that answer each other stop, whatever they say of themselves; people are told once."""

from email.message import EmailMessage

import pytest

from subscribers.models import Subscriber
from tests.tickets.mail.plumbing import letter, make_world
from tickets.enums import AnswerKind
from tickets.mail import intake, sending
from tickets.mail.acknowledge import tell_limits
from tickets.mail.outbox import queue_mail
from tickets.mail.starter_answers import install_answers
from tickets.models import AutomaticAnswer, OutboundMail, Ticket
from tickets.services.conversation import post_system_message

MOST_ROUNDS = 30


@pytest.fixture
def answering(world):
    install_answers(world.queue)
    return world


def robots_answer(mail: EmailMessage, number: int, *, in_thread: bool, to_tagged: bool) -> bytes:
    """What a machine without manners says to a mail: no header tells what it is."""
    answer = EmailMessage()
    answer["From"], answer["Subject"] = "Robo <robo@mail.test>", f"Ticket {number} has been received"
    answer["To"] = mail["Reply-To"].addresses[0].addr_spec if to_tagged else "support@demo.example"
    answer["Message-ID"] = f"<robo-{number}@mail.test>"
    if in_thread:
        answer["In-Reply-To"] = mail["Message-ID"]
    answer.set_content(f"Your request {number} is important to us.")
    return answer.as_bytes()


@pytest.mark.parametrize(
    ("in_thread", "to_tagged", "most"), [(True, True, 1), (False, True, 1), (True, False, 1), (False, False, 3)]
)
def test_a_robot_that_answers_everything_hears_no_more_after_a_few(answering, outside, in_thread, to_tagged, most):
    answering.take(letter("Hello", From="Robo <robo@mail.test>"))
    rounds = 0
    while sending.sweep():
        rounds += 1
        assert rounds < MOST_ROUNDS
        heard = outside.mails[rounds - 1]
        answering.take(robots_answer(heard, rounds, in_thread=in_thread, to_tagged=to_tagged))
    assert len(outside.mails) == most
    held = OutboundMail.objects.filter(state="cancelled")
    assert held.count() == (1 if most == 3 else 0)
    assert all(mail.error.startswith("Held back: 3 automatic mails within 24 hours") for mail in held)
    # Nothing of what the robot said is lost.
    assert Ticket.objects.count() == (4 if most == 3 else 1)


def test_two_of_our_own_desks_answer_each_other_once(answering, outside):
    other = make_world("tea", "help@tea.example")
    install_answers(other.queue)
    desks = {"support@demo.example": answering, "help@tea.example": other}
    Subscriber.objects.create(store=other.store, email="support@demo.example")
    other.take(letter("Hello", From="Fernweh <support@demo.example>", To="help@tea.example"))
    answering.take(letter("Hello", From="Tea <help@tea.example>", To="support@demo.example"))
    for _ in range(MOST_ROUNDS):
        before = len(outside.mails)
        sending.sweep()
        for mail, recipient in list(zip(outside.mails, outside.recipients, strict=True))[before:]:
            desks[recipient].take(mail.as_bytes())
    assert len(outside.mails) == 0


def test_another_installation_like_ours_answers_once(answering, outside, settings):
    """Its machine says that it is one: that is not answered, and a ticket is opened once."""
    answering.take(letter("Hello", From="Desk <desk@mail.test>"))
    sending.sweep()
    heard = outside.mails[0]
    assert (heard["Auto-Submitted"], heard["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    polite = letter("We have it", From="Desk <desk@mail.test>", Auto_Submitted="auto-replied", X_Loop="desk@mail.test")
    answering.take(polite)
    assert (sending.sweep(), len(outside.mails)) == (0, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "no-reply@shop.test"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.shop.test>"},
        {"Auto_Submitted": "auto-generated"},
        {"X_Auto_Response_Suppress": "All"},
        {"Return_Path": "<>"},
        {"Subject": "Out of office: back on Monday"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_machine_is_answered(answering, headers):
    answering.take(letter(**headers))
    assert not OutboundMail.objects.exists()


def test_a_sender_who_is_not_confirmed_is_not_answered(answering, outside):
    """What is forged would be answered to somebody else."""
    answering.mailbox.authserv_ids = "mx.demo.example"
    answering.mailbox.save()
    failed = b"Authentication-Results: mx.demo.example; dmarc=fail header.from=mail.test\r\n"
    answering.take(failed + letter())
    assert (Ticket.objects.count(), OutboundMail.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("language", "words"), [("de", "ein Mensch"), ("pt-BR", "uma pessoa"), ("ja", "a person"), ("", "a person")]
)
def test_in_the_customers_language_else_the_stores(answering, outside, language, words):
    Subscriber.objects.create(store=answering.store, email="bea@mail.test", name="Bea Buyer", language=language)
    ticket = answering.open()
    (said,) = ticket.messages.filter(author_kind="system")
    assert (words in said.text, ticket.number in said.text, "Bea" in said.text) == (True, True, True)
    assert ticket.clocks.filter(met_at__isnull=False).count() == 0
    sending.sweep()
    (mail,) = outside.mails
    assert (mail["In-Reply-To"], mail["References"]) == (ticket.messages.first().rfc822_id.join("<>"),) * 2


def test_a_queue_without_words_says_nothing(answering):
    AutomaticAnswer.objects.filter(kind=AnswerKind.ACKNOWLEDGEMENT).update(is_active=False)
    answering.open()
    assert not OutboundMail.objects.exists()


def test_files_that_were_not_taken_are_named_once(answering, outside):
    ticket = answering.open()
    message = ticket.messages.filter(author_kind="subscriber").get()
    names = [f"photo {number}.jpg" for number in range(25)]
    assert tell_limits(ticket, message, []) is None
    first, second = tell_limits(ticket, message, names), tell_limits(ticket, message, names)
    assert first == second
    assert ("- photo 19.jpg\n- …" in first.text, "photo 20" in first.text) == (True, False)


def test_answers_give_way_before_what_we_send_of_ourselves(answering):
    ticket = answering.open()
    for number in range(7):
        post_system_message(ticket, text="Soon", key=f"flow:{number}")
    states = list(OutboundMail.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["queued"] * 6 + ["cancelled"] * 2
    receipt = queue_mail(
        store=answering.store, subscriber=ticket.subscriber, subject="Receipt", text="R", key="r", essential=True
    )
    assert receipt.state == "queued"


def test_where_nothing_can_be_sent_the_mail_is_taken_in_all_the_same(answering):
    stored = answering.store_raw(letter())
    answering.mailbox.is_active = False
    answering.mailbox.save()
    assert intake.process(stored.pk).message is not None
    assert not OutboundMail.objects.exists()
