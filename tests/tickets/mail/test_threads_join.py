"""Which ticket a mail joins, and which it never does."""

import pytest

from subscribers.models import Subscriber
from tests.tickets.mail.plumbing import letter, make_world
from tickets.enums import Author
from tickets.mail.tokens import is_own_id, new_message_id, reply_address, reply_tag, ticket_of_id, ticket_of_tag
from tickets.models import Message, ThreadReference, Ticket
from tickets.services.conversation import reply


def joined(outcome) -> int:
    return outcome.message.ticket.pk


def test_reply_address_joins_whatever_the_headers_say(world):
    ticket = world.open()
    address = reply_address(world.mailbox.address, ticket.pk)
    outcome = world.take(letter(To=address.upper(), Subject="Something else"))
    assert joined(outcome) == ticket.pk
    assert outcome.note == f"Joined {ticket.number} by reply address."


def test_reply_address_in_the_envelope_joins(world):
    ticket = world.open()
    address = reply_address(world.mailbox.address, ticket.pk)
    assert joined(world.take(letter(), envelope_to=[address])) == ticket.pk


def test_forged_or_moved_reply_address_opens_a_ticket(world):
    first, second = world.open(), world.open()
    moved = reply_tag(first.pk).replace(str(first.pk), str(second.pk))
    assert joined(world.take(letter(To=f"support+{moved}@demo.example"))) not in (first.pk, second.pk)


def test_answer_to_our_mail_joins_by_its_signed_id_even_if_the_row_is_gone(world):
    ticket = world.open()
    message = reply(ticket, author=world.alice, text="Hello", key="1")
    ThreadReference.objects.all().delete()
    outcome = world.take(letter(In_Reply_To=f"<{message.rfc822_id}>"))
    assert (joined(outcome), outcome.note) == (ticket.pk, f"Joined {ticket.number} by our Message-ID.")


def test_in_reply_to_joins(world):
    ticket = world.open(Message_ID="<first@mail.test>")
    assert joined(world.take(letter(In_Reply_To="<first@mail.test>"))) == ticket.pk


def test_references_join_newest_first(world):
    older = world.open(Message_ID="<older@mail.test>")
    newer = world.open(Message_ID="<newer@mail.test>")
    assert joined(world.take(letter(References="<older@mail.test> <newer@mail.test>"))) == newer.pk
    assert joined(world.take(letter(References="<newer@mail.test> <older@mail.test>"))) == older.pk
    assert joined(world.take(letter(References="<older@mail.test> <unknown@mail.test>"))) == older.pk


def test_in_reply_to_comes_before_references(world):
    first = world.open(Message_ID="<first@mail.test>")
    world.open(Message_ID="<second@mail.test>")
    raw = letter(In_Reply_To="<first@mail.test>", References="<second@mail.test>")
    assert joined(world.take(raw)) == first.pk


def test_an_id_that_two_tickets_know_leads_to_the_newer(world):
    world.open(References="<shared@mail.test>")
    other = world.open()
    ThreadReference.objects.create(message=other.messages.get(), store=world.store, reference="shared@mail.test")
    assert joined(world.take(letter(In_Reply_To="<shared@mail.test>"))) == other.pk


def test_a_mail_that_arrives_after_its_answer_joins_it(world):
    answer = world.open(In_Reply_To="<late@mail.test>", References="<late@mail.test>")
    outcome = world.take(letter(Message_ID="<late@mail.test>"))
    assert joined(outcome) == answer.pk


def test_a_reference_longer_than_an_index_row_is_found(world):
    identifier = "<" + "x" * 800 + "@mail.test>"
    raw = letter(Message_ID="").replace(b"\n\n", b"\nMessage-ID: " + identifier.encode() + b"\n\n", 1)
    ticket = world.take(raw).message.ticket
    answer = letter().replace(b"\n\n", b"\nIn-Reply-To: " + identifier.encode() + b"\n\n", 1)
    assert joined(world.take(answer)) == ticket.pk


def test_subject_tag_joins_for_the_tickets_subscriber_alone(world):
    ticket = world.open()
    subject = f"Re: [T-{ticket.pk}] news?"
    assert joined(world.take(letter(Subject=subject, From="BEA@mail.test"))) == ticket.pk
    assert joined(world.take(letter(Subject=subject, From="eve@mail.test"))) != ticket.pk


def test_the_same_subject_never_joins(world):
    first = world.open(Subject="Help")
    assert joined(world.take(letter(Subject="Re: Help"))) != first.pk


def test_an_unknown_sender_joins_unverified_and_brings_nobody_along(world):
    ticket = world.open(Message_ID="<first@mail.test>")
    message = world.take(
        letter(In_Reply_To="<first@mail.test>", From="Eve <Eve@mail.test>", Cc="mallory@mail.test")
    ).message
    assert (message.ticket.pk, message.subscriber) == (ticket.pk, None)
    people = ticket.participants.order_by("pk").values_list("address", "role", "is_verified")
    assert list(people) == [("bea@mail.test", "requester", True), ("eve@mail.test", "writer", False)]
    assert list(Subscriber.objects.values_list("email", flat=True)) == ["bea@mail.test"]


def test_subject_tag_joins_for_who_was_in_copy_and_not_for_who_is_unverified(world):
    ticket = world.open(Message_ID="<first@mail.test>", Cc="cleo@mail.test")
    world.take(letter(In_Reply_To="<first@mail.test>", From="eve@mail.test"))
    subject = f"Re: [T-{ticket.pk}] news?"
    assert joined(world.take(letter(Subject=subject, From="CLEO@mail.test"))) == ticket.pk
    assert joined(world.take(letter(Subject=subject, From="eve@mail.test"))) != ticket.pk


def test_our_reply_address_quoted_in_the_text_joins(world):
    ticket = world.open()
    quoted = f"> From: Support <{reply_address('support@demo.example', ticket.pk)}>"
    outcome = world.take(letter(f"Any news?\n\n{quoted}\n> We look into it."))
    assert (joined(outcome), outcome.note) == (ticket.pk, f"Joined {ticket.number} by a reply address in its text.")
    forged = quoted.replace(f"+t{ticket.pk}-", f"+t{ticket.pk + 1}-")
    assert joined(world.take(letter(f"Any news?\n\n{forged}"))) != ticket.pk


def test_one_reference_of_a_long_thread_is_looked_up_in_few_rows(world):
    ticket = world.open(Message_ID="<first@mail.test>")
    for _ in range(12):
        world.take(letter(In_Reply_To="<first@mail.test>"))
    other = world.open()
    ThreadReference.objects.create(message=other.messages.get(), store=world.store, reference="first@mail.test")
    assert joined(world.take(letter(In_Reply_To="<first@mail.test>"))) == ticket.pk


def test_another_stores_thread_is_never_joined(world):
    other = make_world("other", "help@other.example")
    ticket = other.open(Message_ID="<first@mail.test>", To="help@other.example")
    address = reply_address(world.mailbox.address, ticket.pk)
    assert joined(world.take(letter(To=address, In_Reply_To="<first@mail.test>"))) != ticket.pk


def test_mail_of_a_merged_ticket_goes_through_the_chain(world):
    first, second, third = world.open(Message_ID="<first@mail.test>"), world.open(), world.open()
    Ticket.objects.filter(pk=first.pk).update(merged_into=second)
    Ticket.objects.filter(pk=second.pk).update(merged_into=third)
    assert joined(world.take(letter(In_Reply_To="<first@mail.test>"))) == third.pk


def test_a_chain_of_merges_that_bites_its_tail_ends(world):
    first, second = world.open(Message_ID="<first@mail.test>"), world.open()
    Ticket.objects.filter(pk=first.pk).update(merged_into=second)
    Ticket.objects.filter(pk=second.pk).update(merged_into=first)
    assert joined(world.take(letter(In_Reply_To="<first@mail.test>"))) in (first.pk, second.pk)


def test_an_answer_to_a_deleted_ticket_opens_a_new_one(world):
    ticket = world.open(Message_ID="<first@mail.test>")
    Ticket.objects.filter(pk=ticket.pk).update(deleted_at="2026-03-03T00:00Z", deleted_as="deleted")
    assert joined(world.take(letter(In_Reply_To="<first@mail.test>"))) != ticket.pk


def test_an_answer_reopens_and_an_automatic_one_does_not(world):
    ticket = world.open(Message_ID="<first@mail.test>")
    reply(ticket, author=world.alice, text="Done", key="1")
    away = letter(In_Reply_To="<first@mail.test>", Auto_Submitted="auto-replied", Subject="Out of office")
    assert joined(world.take(away)) == ticket.pk
    ticket.refresh_from_db()
    assert ticket.status == "pending"
    world.take(letter(In_Reply_To="<first@mail.test>"))
    ticket.refresh_from_db()
    assert ticket.status == "open"
    kinds = Message.objects.filter(ticket=ticket).order_by("pk").values_list("author_kind", "automatic")
    assert list(kinds) == [
        (Author.SUBSCRIBER, ""),
        (Author.AGENT, ""),
        (Author.SUBSCRIBER, "auto_reply"),
        (Author.SUBSCRIBER, ""),
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "support@demo.example"},
        {"From": "Support+t1-abc@demo.example", "Reply_To": "support@demo.example"},
        {"X_Loop": "support@demo.example"},
        {"Message_ID": "own"},
    ],
)
def test_our_own_mail_coming_back_is_kept_and_opens_nothing(world, headers):
    ticket = world.open(Message_ID="<first@mail.test>")
    if headers.get("Message_ID") == "own":
        headers = {"Message_ID": f"<{new_message_id(ticket.pk, 'demo.example')}>"}
    outcome = world.take(letter(In_Reply_To="<first@mail.test>", **headers))
    assert (outcome.state, outcome.message) == ("processed", None)
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 1)


def test_a_form_that_writes_from_our_address_for_a_customer_is_taken_in(world):
    ticket = world.open(From="support@demo.example", Reply_To="fay@mail.test")
    assert ticket.subscriber.email == "fay@mail.test"


def test_tokens_survive_case_and_key_rotation_and_nothing_else(settings):
    tag, identifier = reply_tag(1042), new_message_id(1042, "demo.example")
    assert (ticket_of_tag(tag.upper()), ticket_of_id(identifier.upper())) == (1042, 1042)
    assert is_own_id(new_message_id(None, "demo.example"))
    assert ticket_of_id(new_message_id(None, "demo.example")) is None
    assert [ticket_of_tag(tag[:-1]), ticket_of_tag("x" + tag), ticket_of_tag(tag.replace("1042", "1043"))] == [None] * 3
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert (ticket_of_tag(tag), ticket_of_id(identifier)) == (1042, 1042)
    settings.SECRET_KEY_FALLBACKS = []
    assert (ticket_of_tag(tag), ticket_of_id(identifier)) == (None, None)


def test_a_mailbox_with_a_long_name_goes_without_a_tag():
    assert reply_address("a" * 60 + "@demo.example", 7) == "a" * 60 + "@demo.example"
