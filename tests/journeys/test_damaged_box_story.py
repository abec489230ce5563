"""The main job, end to end: a real mail becomes a ticket with clocks, an alert and a run; the answer goes out and the
customer's next mail joins the same thread."""

from email import message_from_string, policy
from email.message import EmailMessage

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from subscribers.enums import Role
from success.enums import AlertStatus, FactKind
from success.flows.engine import sweep_runs
from success.models import Alert, Run
from tests.factories.people import MembershipFactory
from tickets.mail.intake import process, store_raw
from tickets.mail.sending import sweep
from tickets.models import Mailbox, Message, Ticket
from tickets.sla.starter import install_sla

pytestmark = pytest.mark.django_db


def receive(message: EmailMessage) -> None:
    inbound = store_raw(mailbox=Mailbox.objects.get(), raw=message.as_bytes(), source="file")
    process(inbound.pk)


def complaint(sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = f"Ana Souza <{sender}>", "help@shop.example"
    message["Subject"], message["Message-ID"] = "My first box", "<first@mail.example>"
    message.set_content("Hello,\n\nmy first box arrived crushed and two bags are open.\n\nAna\n")
    return message


def answer_to(sent, sender: str) -> EmailMessage:
    """As a mail program answers: to Reply-To, with the thread's ids."""
    received = message_from_string(sent.message().as_string(), policy=policy.default)
    message = EmailMessage()
    message["From"], message["To"] = sender, received["Reply-To"] or received["From"]
    message["Subject"], message["Message-ID"] = f"Re: {received['Subject']}", "<second@mail.example>"
    message["In-Reply-To"] = received["Message-ID"]
    message["References"] = f"{received['References'] or ''} {received['Message-ID']}"
    message.set_content("Thank you, that is kind.\n")
    return message


def test_a_damaged_first_box_is_answered_and_turned_into_retention(newcomer, store, box, client):
    install_sla(store)
    agent = MembershipFactory(store=store, role=Role.AGENT).user
    receive(complaint(newcomer.email))

    ticket = Ticket.objects.get()
    assert (ticket.subscriber, ticket.subject, ticket.box, ticket.cycle_index) == (newcomer, "My first box", box, 1)
    assert sorted(ticket.clocks.values_list("metric", "state")) == [
        ("first_reply", "running"),
        ("resolution", "running"),
    ]
    alert = Alert.objects.get()
    assert alert.status == AlertStatus.OPEN
    assert sorted(alert.evidence.values_list("kind", flat=True)) == [FactKind.CYCLE_ONE_TICKET, FactKind.DAMAGED_BOX]
    sweep_runs()
    run = Run.objects.get()
    assert (run.flow.key, run.is_live, run.ticket) == ("damaged-box", True, ticket)

    reply_in_browser(client, agent, ticket)
    sweep()
    apology, reply = mail.outbox
    assert apology.body.startswith("Hi Ana,")
    assert reply.to == [newcomer.email]
    assert reply.extra_headers["In-Reply-To"] in ("<first@mail.example>", f"<{message_id(apology)}>")
    assert "<first@mail.example>" in reply.extra_headers["References"]
    assert ticket.clocks.get(metric="first_reply").met_at is not None

    receive(answer_to(reply, newcomer.email))
    assert Ticket.objects.get() == ticket
    assert Message.objects.filter(ticket=ticket, author_kind="subscriber").count() == 2
    ticket.refresh_from_db()
    assert ticket.status == "open"


def message_id(sent) -> str:
    return sent.extra_headers["Message-ID"].strip("<>")


def reply_in_browser(client: Client, agent, ticket: Ticket) -> None:
    client.force_login(agent)
    response = client.post(
        reverse("ticket-reply", args=[ticket.pk]),
        {"text": "I am sorry. A new box is on its way.", "key": "k1", "then": ""},
    )
    assert (response.status_code, response.url) == (302, ticket.get_absolute_url())
