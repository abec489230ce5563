"""Mail of somebody who was forgotten is a new person's; mail to an unsubscribe address is no ticket."""

from subscribers.models import Consent, Subscriber
from subscribers.privacy.erasure import do_erasure, erase
from subscribers.privacy.links import unsubscribe_tag
from tests.tickets.mail.plumbing import letter
from tickets.mail.tokens import reply_address
from tickets.models import InboundMail, Message, Ticket
from tickets.services.conversation import reply


def test_an_old_answer_begins_anew(world):
    old = world.open(Message_ID="<first@mail.test>")
    said = reply(old, author=world.alice, text="Dear Bea Buyer", key="1")
    person = old.subscriber
    job = erase(person, world.alice, "asked")
    between = world.open(Subject="Meanwhile")
    assert do_erasure(job.pk)

    outcome = world.take(
        letter("It is me again.", To=reply_address(world.mailbox.address, old.pk), In_Reply_To=f"<{said.rfc822_id}>")
    )

    new = outcome.message.ticket
    between.refresh_from_db()
    assert (between.subject, between.subscriber, between.messages.get().text.strip()) == (
        "Meanwhile",
        new.subscriber,
        "My box has not come.",
    )
    assert (new.pk != old.pk, new.subscriber.email) == (True, "bea@mail.test")
    assert Subscriber.objects.get(email="bea@mail.test").pk != person.pk
    assert list(Message.objects.filter(ticket=old).values_list("text", flat=True).distinct()) == [""]
    assert bytes(InboundMail.objects.order_by("pk").first().raw) == b""


def test_others_no_longer_hold_the_address(world):
    bea = world.open().subscriber
    other = world.open(From="Carl <carl@mail.test>").messages.get()
    text = 'Ask "Bea Buyer" <BEA@mail.test> or bea@mail.test, she knows.'
    Message.objects.filter(pk=other.pk).update(text=text)
    job = erase(bea, world.alice, "asked")
    assert do_erasure(job.pk)
    other.refresh_from_db()
    assert other.text == "Ask [erased] or [erased], she knows."


def test_a_mail_to_its_address_unsubscribes(world):
    person = world.open().subscriber
    tag = unsubscribe_tag(person.pk, "success")
    outcome = world.take(letter("", To=f"support+{tag}@demo.example", Subject="unsubscribe"))
    assert (outcome.note, outcome.message) == ("Unsubscribed from help with the subscription.", None)
    assert list(Consent.objects.values_list("subscriber", "category", "granted")) == [(person.pk, "success", False)]
    assert Ticket.objects.count() == 1
