"""Colleagues answer customers by mail, from an address that is theirs alone; nobody else can."""

import pytest

from subscribers.models import Membership
from tests.tickets.mail.plumbing import letter
from tickets.mail import sending
from tickets.mail.outbox import queue_staff_mail
from tickets.mail.tokens import reply_address, staff_of_tag, staff_reply_address, staff_reply_tag, ticket_of_tag
from tickets.models import OutboundMail
from tickets.services.conversation import reply

SUPPORT = "support@demo.example"
SIGNED = "It is on its way.\n\n-- \nAlice\nFernweh Coffee\n"


@pytest.fixture
def ticket(world):
    return world.open()


def alices(world, ticket, text: str = SIGNED, **headers: str) -> bytes:
    to = staff_reply_address(SUPPORT, ticket.pk, world.alice.pk)
    return letter(text, **{"From": f"Alice <{world.alice.email}>", "To": to, **headers})


def test_what_they_write_is_the_answer(world, ticket, outside):
    queue_staff_mail(ticket, user=world.alice, subject="Due soon", text="T", key="escalation")
    sending.sweep()
    (told,) = outside.mails
    to = told["Reply-To"].addresses[0].addr_spec
    raw = alices(world, ticket, To=to, In_Reply_To=told["Message-ID"])
    for _ in range(2):
        outcome = world.take(raw)
    assert outcome is None or outcome.message is None  # a second delivery
    sending.sweep()
    answer = outside.mails[1]
    assert (str(answer["To"]), answer.get_body(("plain",)).get_content().strip()) == (
        "bea@mail.test",
        "It is on its way.",
    )
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee, len(outside.mails)) == ("pending", world.alice, 2)
    # The customer sees nobody's own address of ours.
    assert ticket_of_tag(answer["Reply-To"].addresses[0].username.partition("+")[2]) == ticket.pk


def test_a_first_line_makes_it_a_note(world, ticket, outside):
    world.take(alices(world, ticket, "#note ask the warehouse\nbefore Friday"))
    note = ticket.messages.last()
    assert (note.kind, note.author, note.text) == ("note", world.alice, "ask the warehouse\nbefore Friday")
    assert (sending.sweep(), outside.mails) == (0, [])


def refused(world, ticket, raw: bytes) -> str:
    """Why a mail was kept as a note; nothing of it went to the customer."""
    world.take(raw)
    note = ticket.messages.last()
    assert (note.kind, note.author_kind) == ("note", "system")
    assert "It is on its way." in note.text
    assert not OutboundMail.objects.filter(recipient="bea@mail.test").exists()
    ticket.refresh_from_db()
    assert ticket.status == "new"
    return note.text


@pytest.mark.parametrize("tagged", [True, False], ids=["the customer's address", "no tag"])
def test_their_name_alone_is_no_proof(world, ticket, tagged):
    """Anybody can write it, and the customer knows the ticket's own reply address."""
    to = reply_address(SUPPORT, ticket.pk) if tagged else SUPPORT
    raw = alices(world, ticket, To=to, In_Reply_To=f"<{ticket.messages.first().rfc822_id}>")
    assert "It did not come to the address for your answers" in refused(world, ticket, raw)
    told = OutboundMail.objects.get()
    assert (told.recipient, told.is_automatic) == (world.alice.email, True)
    assert staff_of_tag(told.reply_to.partition("+")[2].partition("@")[0]) == (ticket.pk, world.alice.pk)


def test_a_forged_sender_is_refused_and_not_told(world, ticket):
    world.mailbox.authserv_ids = "mx.demo.example"
    world.mailbox.save()
    failed = b"Authentication-Results: mx.demo.example; dmarc=fail header.from=demo.example\r\n"
    assert "could not be confirmed" in refused(world, ticket, failed + alices(world, ticket))
    assert not OutboundMail.objects.exists()


def test_another_colleague_cannot_use_it(world, ticket, django_user_model):
    bob = django_user_model.objects.create_user("bob@demo.example", name="Bob")
    Membership.objects.create(store=world.store, user=bob, role="agent")
    assert "your answers" in refused(world, ticket, alices(world, ticket, From="Bob <bob@demo.example>"))


def test_who_left_the_store_answers_nobody(world, ticket):
    raw = alices(world, ticket)
    Membership.objects.all().delete()
    world.take(raw)
    assert not OutboundMail.objects.exists()


def test_a_machine_in_their_place_is_no_answer(world, ticket):
    raw = alices(world, ticket, Auto_Submitted="auto-replied", Subject="Out of office")
    assert "A machine wrote it." in refused(world, ticket, raw)
    assert not OutboundMail.objects.exists()


def test_a_stranger_at_their_address_is_a_customers_voice(world, ticket):
    """As when a colleague forwards what we wrote to them: it is heard, and sent to nobody."""
    world.take(alices(world, ticket, From="Bea <bea@mail.test>"))
    said = ticket.messages.last()
    assert (said.kind, said.author_kind) == ("public", "subscriber")
    assert not OutboundMail.objects.exists()


def test_the_marks_are_worth_nothing_elsewhere(world, ticket):
    tag = staff_reply_tag(ticket.pk, world.alice.pk)
    assert staff_of_tag(tag.upper()) == (ticket.pk, world.alice.pk)
    assert ticket_of_tag(tag) is None
    for forged in (tag.replace(f"s{ticket.pk}-", f"s{ticket.pk + 1}-"), tag[:-1], f"t{ticket.pk}-{tag[-16:]}", ""):
        assert staff_of_tag(forged) is None
    assert staff_reply_address(f"{'x' * 60}@demo.example", ticket.pk, 1) == ""


def test_signatures_and_quotes_stand_below_what_a_person_writes(world, ticket, outside):
    world.mailbox.signature = "{{ agent }}\n{{ store }} GmbH, Berlin"
    world.mailbox.quotes_history = True
    world.mailbox.save()
    reply(ticket, author=world.alice, text="Hello", key="1")
    world.alice.signature = "Alice A.\nMo–Fr"
    world.alice.save()
    reply(ticket, author=world.alice, text="Again", key="2")
    sending.sweep()
    first, second = (mail.get_body(("plain",)).get_content().replace("\r\n", "\n") for mail in outside.mails)
    assert first.strip() == (
        "Hello\n\n-- \nAlice Agent\nStore demo GmbH, Berlin\n\n"
        "On 2026-03-02 09:00, Bea Buyer wrote:\n> My box has not come."
    )
    assert "-- \nAlice A.\nMo–Fr\nStore demo GmbH, Berlin" in second
    assert '<blockquote type="cite">' in outside.mails[0].get_body(("html",)).get_content()
    assert ticket.messages.filter(author_kind="agent").first().text == "Hello"


def test_what_we_wrote_to_them_is_no_answer(world, ticket):
    """Sent back without a word: what stands below is ours, and not for the customer."""
    raw = alices(world, ticket, "On Mon, 2 Mar 2026, Support wrote:\n> It is on its way.\n> Between us: late.\n")
    assert "It says nothing but what it quotes." in refused(world, ticket, raw)
