"""A mail that cancels is taken up, shown, warned of and done; never silently dropped."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.cancellation.notices import sweep_notices
from subscribers.cancellation.sweeps import sweep_left, sweep_requests
from subscribers.enums import Role
from subscribers.models import CancellationNotice, CancellationSession, CancellationSettings
from subscribers.signals import mail_wanted
from tests.factories.people import MembershipFactory
from tests.factories.tickets import DetectionRuleFactory, ReasonFactory, make_ticket
from tests.subscribers.cancellation.conftest import subscribe
from tickets.models import OutboundMail, Ticket
from tickets.services.cancellations import sweep_missed, way_to_cancel
from tickets.services.messages import NewMessage
from tickets.services.topics import add_topic, reject_topic
from tickets.topics.intent import declares_cancellation

pytestmark = pytest.mark.django_db

SAID = "Hello, please cancel my subscription. Thanks, Robin"


@pytest.fixture(autouse=True)
def _recognised(store):
    DetectionRuleFactory(reason=ReasonFactory(key="cancel"), phrases="cancel (my|the) subscription")


@pytest.fixture
def agent(store, client):
    user = MembershipFactory(store=store, role=Role.AGENT).user
    client.force_login(user)
    return user


def mail(subscription, text: str = SAID, **fields) -> Ticket:
    return make_ticket(text, subscriber=subscription.subscriber, **fields)


def proved(text: str = SAID) -> NewMessage:
    return NewMessage(text=text, authentication="pass")


def test_a_wish_by_mail_is_a_request_that_nobody_drops(subscription):
    ticket = mail(subscription)
    session = CancellationSession.objects.get()
    assert (session.state, session.channel, session.source) == ("requested", "mail", ticket.number)
    assert session.ticket_link.ticket == ticket
    assert "/cancel/t/" in way_to_cancel(ticket)
    CancellationSession.objects.update(started_at=timezone.now() - timedelta(days=400))
    assert sweep_left() == 0


def test_a_wish_counts_from_when_it_was_written(subscription):
    asked_at = timezone.now() - timedelta(days=3)
    ticket = mail(subscription, opened_at=asked_at)
    session = CancellationSession.objects.get()
    assert (ticket.opened_at, session.started_at) == (asked_at, asked_at)
    assert session.due_at - asked_at == timedelta(hours=24)


def test_an_agent_cancels_with_one_click(client, agent, subscription):
    ticket = mail(subscription)
    panel = client.get(f"/cancellations/panel/{subscription.subscriber_id}/?source={ticket.number}")
    assert "They want to cancel" in panel.content.decode()
    client.post(f"/cancellations/for/{subscription.pk}/", {"back": ticket.get_absolute_url()})
    session = CancellationSession.objects.get()
    subscription.refresh_from_db()
    assert (session.state, session.channel, session.actor, subscription.status) == (
        "cancelled",
        "mail",
        agent,
        "cancelled",
    )
    assert session.events.get(kind="declared").actor == agent
    assert ticket.messages.filter(kind="note", text__contains=session.reference).count() == 1
    assert OutboundMail.objects.filter(key=f"cancellation:{session.pk}:receipt").count() == 1


def test_an_agent_cancels_on_the_phone_in_their_words(client, agent, subscription):
    client.post(
        f"/cancellations/for/{subscription.pk}/",
        {"reason": "too_expensive", "words": "Said it on the phone", "effect": "now", "source": "T-1"},
    )
    session = CancellationSession.objects.get()
    assert (session.channel, session.reason.key, session.words, session.source) == (
        "agent",
        "too_expensive",
        "Said it on the phone",
        "T-1",
    )
    assert session.effective_at == session.ended_at


def test_they_stay_is_noted(client, agent, subscription):
    mail(subscription)
    session = CancellationSession.objects.get()
    client.post(f"/cancellations/{session.pk}/dismiss/")
    session.refresh_from_db()
    assert (session.state, session.events.get(kind="dismissed").actor) == ("abandoned", agent)


def test_another_store_finds_nothing(client, subscription):
    client.force_login(MembershipFactory().user)
    assert client.get(f"/cancellations/panel/{subscription.subscriber_id}/").status_code == 404
    assert client.post(f"/cancellations/for/{subscription.pk}/").status_code == 404


def test_a_rejected_topic_takes_it_back_and_a_given_one_takes_it_up(agent, subscription):
    ticket = mail(subscription)
    reject_topic(ticket, reason=ReasonFactory(key="cancel"), actor=agent)
    assert CancellationSession.objects.get().state == "abandoned"
    add_topic(ticket, reason=ReasonFactory(key="cancel"), actor=agent)
    assert CancellationSession.objects.filter(state="requested").count() == 1


def test_an_overdue_request_warns_once_and_loudly(store, subscription):
    lead = MembershipFactory(store=store, role=Role.LEAD).user
    ticket = mail(subscription)
    CancellationSession.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert (sweep_requests(), sweep_requests()) == (1, 0)
    ticket.refresh_from_db()
    assert ticket.priority == 1
    assert OutboundMail.objects.get(recipient=lead.email).subject == f"Not cancelled in time: {ticket.number}"


@pytest.mark.parametrize(
    ("setting", "country", "message", "state"),
    [
        (True, "DE", proved(), "cancelled"),
        (False, "DE", proved(), "requested"),
        (True, "US", proved(), "requested"),
        (True, "DE", NewMessage(text=SAID), "requested"),
        (True, "DE", proved("How do I cancel my subscription?"), "requested"),
    ],
    ids=["all of it", "the store does not want it", "the place does not ask it", "unproved", "only asks"],
)
def test_a_mail_cancels_by_itself_only_where_all_of_it_holds(store, setting, country, message, state):
    CancellationSettings.objects.filter(store=store).update(executes_mail=setting)
    subscription = subscribe(store, country=country)
    mail(subscription, message=message)
    assert CancellationSession.objects.get().state == state


@pytest.mark.parametrize(
    ("text", "declares"),
    [
        ("Please cancel my subscription.", True),
        ("I'd like to cancel my coffee subscription. Was it expensive? Yes.", True),
        ("Hiermit kündige ich mein Abo zum nächstmöglichen Zeitpunkt.", True),
        ("Ich möchte mein Abo kündigen.", True),
        ("Quiero cancelar mi suscripción.", True),
        ("How can I cancel my subscription?", False),
        ("Please don't cancel my subscription.", False),
        ("If it is late again I cancel my subscription.", False),
        ("I am thinking about it. Please cancel my order.", False),
        ("You cancelled my subscription!", False),
        ("Kann ich mein Abo kündigen?", False),
        ("", False),
    ],
)
def test_a_declaration_is_plain_or_none(text, declares):
    assert declares_cancellation(text) is declares


def test_what_a_fault_swallowed_is_found_again(subscription, monkeypatch, receivers_may_fail):
    def broken(*arguments: object, **facts: object) -> None:
        raise LookupError("on purpose")

    monkeypatch.setattr("tickets.services.cancellations.note_request", broken)
    monkeypatch.setattr("tickets.services.cancellations.deliver", broken)
    ticket = mail(subscription)
    assert CancellationSession.objects.count() == 0
    monkeypatch.undo()
    assert (sweep_missed(), sweep_missed()) == (1, 0)
    assert CancellationSession.objects.get().ticket_link.ticket == ticket


def test_a_mail_that_nobody_took_over_is_told_again(subscription, link, client):
    heard = mail_wanted.receivers
    mail_wanted.receivers = []
    mail_wanted.sender_receivers_cache.clear()
    try:
        client.post(link, {"do": "cancel"})
    finally:
        mail_wanted.receivers = heard
        mail_wanted.sender_receivers_cache.clear()
    assert OutboundMail.objects.count() == 0
    assert (sweep_notices(), sweep_notices()) == (1, 0)
    assert OutboundMail.objects.count() == 1


def test_without_a_mailbox_the_mail_waits_and_says_why(subscription, link, client, store):
    store.mailboxes.update(is_active=False)
    client.post(link, {"do": "cancel"})
    notice = CancellationNotice.objects.get()
    assert (notice.taken_at, notice.error) == (None, "This store has no active mailbox to send from.")
    assert CancellationSession.objects.get().state == "cancelled"


def test_talking_opens_a_ticket(subscription, link, client):
    client.post(link, {"do": "reason", "reason": "delivery", "more-delivery": "damaged", "words": "Three broken jars"})
    session = CancellationSession.objects.get()
    contact = session.offers_shown.get(offer__kind="contact")
    client.post(link, {"do": "accept", "offer": contact.offer_id})
    ticket = Ticket.objects.get()
    assert ticket.subject == "Wants to talk before cancelling (Damaged delivery)"
    assert ticket.messages.get().text == "Three broken jars"
