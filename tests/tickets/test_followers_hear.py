"""Who follows a ticket hears of what its customer writes; what blocked senders write is spam from the first."""

from tests.factories.tickets import MailboxFactory
from tests.tickets.conftest import Desk
from tickets.mail.intake import process, store_raw
from tickets.models import BlockedSender, OutboundMail, Ticket
from tickets.services import following
from tickets.services.conversation import receive_message
from tickets.services.messages import NewMessage


def test_followers_are_told_once_and_the_assignee_knows_anyway(desk: Desk) -> None:
    ticket = desk.ticket(assignee=desk.alice)
    for person in (desk.alice, desk.bob):
        following.follow(ticket, actor=person, user=person)
    OutboundMail.objects.all().delete()
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage("And now?"))
    (mail,) = OutboundMail.objects.all()
    assert mail.recipient == desk.bob.email
    assert "And now?" in mail.text
    assert ticket.get_absolute_url() in mail.text


def test_mail_of_a_blocked_sender_is_spam_without_clock_or_answer(desk: Desk) -> None:
    BlockedSender.objects.create(store=desk.store, address="spam@example.com")
    mailbox = MailboxFactory(store=desk.store, queue=desk.support, address="box@tea.example")
    raw = (
        b"From: Spam <Spam@example.com>\r\nTo: box@tea.example\r\nSubject: Win\r\nMessage-ID: <1@x>\r\n\r\nBuy now\r\n"
    )
    inbound = store_raw(raw=raw, mailbox=mailbox, source="test")
    process(inbound.pk)
    ticket = Ticket.objects.get(subject="Win")
    assert ticket.deleted_as == "spam"
    assert (ticket.clocks.count(), OutboundMail.objects.count()) == (0, 0)
    assert not Ticket.objects.visible_to(desk.alice).filter(pk=ticket.pk).exists()
