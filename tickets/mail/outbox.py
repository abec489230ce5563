"""Mail out: a row in the transaction that made it true; `tickets.mail.sending` sends it from there."""

from django.db.models import Case, Value, When
from django.utils import timezone

from subscribers.errors import Refused
from subscribers.later import soon
from subscribers.models import Store, Subscriber
from tickets.enums import Author, OutboundState
from tickets.mail.compose import answer_subject, automatic_headers, html_of, thread_headers
from tickets.mail.tokens import new_message_id, reply_address
from tickets.models import Mailbox, Message, OutboundMail, Ticket
from tickets.services.messages import refer


def queue_reply(message: Message, *, key: str, subject: str = "") -> OutboundMail:
    """Write the mail that brings a public message to the ticket's subscriber; sent after the transaction.

    `key` is made once per intent: asked again, the row of the first time is answered. The message takes the mail's
    Message-ID, so that an answer finds it. Refused where there is no mailbox to send from, or no address.
    """
    if sent := OutboundMail.objects.filter(key=key).first():
        return sent
    ticket = message.ticket
    is_automatic = message.author_kind == Author.SYSTEM
    mailbox = mailbox_of(ticket)
    rfc822_id = new_message_id(ticket.pk, _domain(mailbox))
    has_written = Message.objects.filter(ticket=ticket, author_kind=Author.SUBSCRIBER).exists()
    outbound = _write(
        store=ticket.store,
        mailbox=mailbox,
        subscriber=ticket.subscriber,
        is_automatic=is_automatic,
        message=message,
        key=key,
        from_name=_sender_name(message, mailbox),
        reply_to=reply_address(mailbox.address, ticket.pk),
        subject=subject or answer_subject(ticket, answers=has_written),
        text=message.text,
        html=message.html or html_of(message.text),
        rfc822_id=rfc822_id,
        headers=thread_headers(ticket),
    )
    message.rfc822_id = rfc822_id
    message.save(update_fields=["rfc822_id"])
    refer(message, [rfc822_id])
    return outbound


def queue_mail(
    *,
    store: Store,
    subscriber: Subscriber,
    subject: str,
    text: str,
    html: str = "",
    key: str,
    automatic: bool = True,
) -> OutboundMail:
    """Write a mail that belongs to no ticket, such as outreach; an answer to it opens one."""
    if sent := OutboundMail.objects.filter(key=key).first():
        return sent
    mailbox = Mailbox.objects.filter(store=store, is_active=True).order_by("pk").first()
    if mailbox is None:
        raise Refused("This store has no active mailbox to send from.")
    return _write(
        store=store,
        mailbox=mailbox,
        subscriber=subscriber,
        is_automatic=automatic,
        message=None,
        key=key,
        from_name=mailbox.name,
        reply_to=mailbox.address,
        subject=" ".join(subject.split()),
        text=text,
        html=html or html_of(text),
        rfc822_id=new_message_id(None, _domain(mailbox)),
        headers={},
    )


def queue_staff_mail(ticket: Ticket, *, recipient: str, subject: str, text: str, key: str) -> OutboundMail:
    """Write an automatic mail about a ticket to somebody who works here; the customer has no part in it."""
    if sent := OutboundMail.objects.filter(key=key[:200]).first():
        return sent
    mailbox = mailbox_of(ticket)
    return _write(
        store=ticket.store,
        mailbox=mailbox,
        subscriber=None,
        recipient=recipient,
        is_automatic=True,
        message=None,
        key=key,
        from_name=mailbox.name,
        reply_to="",
        subject=" ".join(subject.split()),
        text=text,
        html=html_of(text),
        rfc822_id=new_message_id(None, _domain(mailbox)),
        headers={},
    )


def mailbox_of(ticket: Ticket) -> Mailbox:
    """The address that the customer wrote to last, else the queue's, else the store's oldest."""
    written_to = Mailbox.objects.filter(is_active=True, inbound__message__ticket=ticket)
    mailbox = written_to.order_by("-inbound__pk").first()
    if mailbox is None:
        of_queue = Case(When(queue=ticket.queue_id, then=Value(0)), default=Value(1))
        mailbox = Mailbox.objects.filter(store=ticket.store_id, is_active=True).order_by(of_queue, "pk").first()
    if mailbox is None:
        raise Refused("This store has no active mailbox to send from.")
    return mailbox


def held(subscriber: Subscriber | None) -> str:
    """Why automatic mail may not go to this person now; "" where it may."""
    if subscriber is None:
        return ""
    if subscriber.undeliverable_at is not None:
        return "Held back: earlier mail to this address was returned."
    if subscriber.suppressed_until is not None and subscriber.suppressed_until > timezone.now():
        return f"Held back until {subscriber.suppressed_until:%Y-%m-%d %H:%M} UTC."
    return ""


def _write(
    *,
    store: Store,
    mailbox: Mailbox,
    subscriber: Subscriber | None,
    is_automatic: bool,
    message: Message | None,
    key: str,
    from_name: str,
    reply_to: str,
    subject: str,
    text: str,
    html: str,
    rfc822_id: str,
    headers: dict[str, str],
    recipient: str = "",
) -> OutboundMail:
    recipient = recipient or (subscriber.email if subscriber else "")
    if not recipient:
        raise Refused("This person has no mail address.")
    reason = held(subscriber) if is_automatic else ""
    outbound = OutboundMail.objects.create(
        store=store,
        mailbox=mailbox,
        message=message,
        subscriber=subscriber,
        key=key[:200],
        recipient=recipient,
        from_name=" ".join(from_name.split())[:200],
        reply_to=reply_to,
        subject=subject[:500],
        text=text,
        html=html,
        rfc822_id=rfc822_id,
        # X-Loop: the mail's way back to us, through whatever machine, ends here.
        headers={**headers, "X-Loop": mailbox.address, **(automatic_headers() if is_automatic else {})},
        state=OutboundState.CANCELLED if reason else OutboundState.QUEUED,
        error=reason,
    )
    if not reason:
        soon("tickets.tasks.send_outbound_mail", outbound.pk)
    return outbound


def _sender_name(message: Message, mailbox: Mailbox) -> str:
    name = message.from_name or (message.author.get_full_name() if message.author else "")
    return f"{name} ({mailbox.name})" if name else mailbox.name


def _domain(mailbox: Mailbox) -> str:
    return mailbox.address.rpartition("@")[2]
