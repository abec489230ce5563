"""Whoever is asked how content they are is asked once, when it is due, and only where nothing speaks against it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.models import Consent
from tests.factories.people import SubscriberFactory
from tests.factories.tickets import ReasonFactory
from tests.thorough import examples
from tests.tickets.satisfaction.conftest import asked, hurry, resolved
from tickets.enums import ASKED_SATISFACTION, LIVE_SATISFACTION, TicketStatus
from tickets.models import Message, OutboundMail, SatisfactionRequest, SatisfactionSettings, Ticket
from tickets.satisfaction.asking import ask_due
from tickets.satisfaction.verdict import sending_begins
from tickets.services.conversation import receive_message
from tickets.services.messages import NewMessage
from tickets.services.tickets import change_status
from tickets.services.topics import add_topic

START = datetime(2026, 3, 27, 12, tzinfo=UTC)


@pytest.mark.django_db
@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 1),
            st.sampled_from(["resolve", "reopen", "write", "sweep", "sweep", "exclude", "refuse"]),
            st.integers(0, 60),
        ),
        max_size=14,
    ),
    rest=st.sampled_from([0, 30]),
)
def test_of_any_course_of_tickets_each_is_asked_about_at_most_once_and_none_that_is_left_out(desk, chosen, steps, rest):
    with transaction.atomic():
        chosen.rest_days = rest
        chosen.save()
        chosen.skips_topics.add(ReasonFactory(key="left-out"))
        tickets = live(desk, SubscriberFactory(store=desk.store), steps)
        for ticket in tickets:
            standing = SatisfactionRequest.objects.filter(ticket=ticket, state__in=LIVE_SATISFACTION)
            assert standing.count() <= 1
            due = standing.exclude(state__in=ASKED_SATISFACTION)
            assert not due.exists() or Ticket.objects.get(pk=ticket.pk).is_resolved
            assert Message.objects.filter(ticket=ticket, automatic="question").count() <= 1
        times = [one.asked_at for one in SatisfactionRequest.objects.exclude(asked_at=None).order_by("asked_at")]
        assert OutboundMail.objects.filter(key__startswith="satisfaction:").count() == len(times)
        assert all(b - a >= timedelta(days=rest) for a, b in pairwise(times))
        transaction.set_rollback(True)  # the next example begins with nothing


def live(desk, person, steps):
    """Two tickets of one person, and what is done with them and to whom, hour by hour."""
    now = START
    with mock.patch.object(timezone, "now") as clock:
        clock.side_effect = lambda: now
        tickets = [resolved(desk, subscriber=person) for _ in range(2)]
        for number, act, hours in steps:
            now += timedelta(hours=hours, minutes=1)
            ticket = Ticket.objects.get(pk=tickets[number].pk)
            before = set(SatisfactionRequest.objects.exclude(asked_at=None).values_list("pk", flat=True))
            do(act, desk, ticket)
            for request in SatisfactionRequest.objects.exclude(asked_at=None).exclude(pk__in=before):
                assert now - request.ticket.resolved_at >= timedelta(hours=24)
                assert not request.ticket.topics.filter(reason__key="left-out").exists()
                assert not Consent.objects.filter(subscriber=person).exists()
                assert all(other.is_resolved for other in Ticket.objects.filter(subscriber=person))
    return tickets


def do(act, desk, ticket):
    if act == "resolve":
        change_status(ticket, actor=desk.alice, status=TicketStatus.RESOLVED)
    elif act == "reopen" and ticket.is_resolved:
        change_status(ticket, actor=desk.alice, status=TicketStatus.OPEN)
    elif act == "write":
        receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="And now?"))
    elif act == "exclude":
        add_topic(ticket, reason=ReasonFactory(key="left-out"), actor=desk.alice)
    elif act == "refuse":
        refused = {"defaults": {"granted": False}}
        Consent.objects.get_or_create(subscriber=ticket.subscriber, category="success", **refused)
    else:
        ask_due()


def test_one_mail_in_the_thread_and_in_the_language_of_the_subscriber(desk, chosen):
    person = SubscriberFactory(store=desk.store, name="Ana Souza", language="de")
    request = asked(desk, subscriber=person)
    ask_due()
    mail = OutboundMail.objects.get(key=f"satisfaction:{request.pk}")
    assert (mail.recipient, mail.ticket, mail.subject) == (person.email, request.ticket, "Re: A question")
    assert mail.headers["In-Reply-To"] in mail.headers["References"]
    assert mail.text.startswith("Hallo Ana,")
    assert mail.text.count("/rate/") == mail.html.count("/rate/") == 5
    said = Message.objects.get(pk=request.message_id)
    assert "/rate/" not in said.text + said.html, "nobody but the customer answers"
    assert (request.agent, request.queue) == (desk.alice, desk.support)


def _other_ticket(desk, ticket):
    desk.ticket(subscriber=ticket.subscriber)


def _topic(desk, ticket):
    reason = ReasonFactory(key="late")
    SatisfactionSettings.objects.get().skips_topics.add(reason)
    add_topic(ticket, reason=reason, actor=desk.alice)


def _undeliverable(desk, ticket):
    type(ticket.subscriber).objects.filter(pk=ticket.subscriber_id).update(undeliverable_at=timezone.now())


def _forgotten(desk, ticket):
    type(ticket.subscriber).objects.filter(pk=ticket.subscriber_id).update(redacted_at=timezone.now())


def _opted_out(desk, ticket):
    Consent.objects.create(subscriber=ticket.subscriber, category="marketing", granted=False)


def _merged(desk, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=desk.ticket())


def _automatic(desk, ticket):
    Message.objects.filter(ticket=ticket, author_kind="subscriber").update(automatic="auto_reply")
    Message.objects.filter(ticket=ticket, author_kind="agent").delete()


@pytest.mark.parametrize(
    ("change", "state", "why"),
    [
        (_topic, "skipped", "topic"),
        (lambda desk, ticket: SatisfactionSettings.objects.update(skips_channels=["mail"]), "skipped", "channel"),
        (lambda desk, ticket: SatisfactionSettings.objects.update(is_on=False), "skipped", "off"),
        (_merged, "skipped", "merged"),
        (_automatic, "skipped", "automatic"),
        (
            lambda desk, ticket: Ticket.objects.filter(pk=ticket.pk).update(
                deleted_at=timezone.now(), deleted_as="deleted"
            ),
            "skipped",
            "deleted",
        ),
        (lambda desk, ticket: Message.objects.filter(author_kind="agent").delete(), "skipped", "unanswered"),
        (_undeliverable, "skipped", "undeliverable"),
        (_forgotten, "skipped", "gone"),
        (_opted_out, "skipped", "opted_out"),
        (lambda desk, ticket: resolved(desk, subscriber=ticket.subscriber), "skipped", "asked_lately"),
        (_other_ticket, "due", "other_open"),
    ],
)
def test_who_is_left_out_is_not_asked_and_it_says_why(desk, chosen, change, state, why):
    ticket = resolved(desk)
    change(desk, ticket)
    hurry()
    ask_due()
    request = SatisfactionRequest.objects.get(ticket=ticket)
    if why == "asked_lately":
        assert sorted(SatisfactionRequest.objects.values_list("state", flat=True)) == ["asked", "skipped"]
    else:
        assert (request.state, request.why_not or request.wait_reason) == (state, why)
        assert not OutboundMail.objects.filter(key__startswith="satisfaction:").exists()


def test_nobody_is_asked_about_what_is_forgotten_already(desk, chosen):
    ticket = resolved(desk)
    SatisfactionRequest.objects.update(resolved_at=timezone.now() - timedelta(days=9))
    hurry()
    ask_due()
    assert SatisfactionRequest.objects.get(ticket=ticket).why_not == "too_late"


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    at=st.integers(0, 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)),
    opens=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    closes=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
)
@settings(max_examples=examples(30), deadline=None)
def test_sending_begins_within_the_hours_and_within_a_day(zone, at, opens, closes):
    begins = sending_begins(ZoneInfo(zone), opens, closes, at)
    assert at <= begins <= at + timedelta(hours=25)
    if begins == at and opens != closes:
        clock = at.astimezone(ZoneInfo(zone)).time()
        assert opens <= clock < closes if opens < closes else clock >= opens or clock < closes


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Thank you so much Alice!", "resolved"),
        ("Danke, alles gut\n\nLiebe Grüße\nAna", "resolved"),
        ("Muchas gracias por su ayuda", "resolved"),
        ("👍", "resolved"),
        ("Thanks, but where is my box", "open"),
        ("Thanks for nothing", "open"),
        ("Danke, die Box ist kaputt", "open"),
        ("Thanks?", "open"),
        ("2", "open"),
    ],
)
def test_a_mere_thanks_joins_the_ticket_and_opens_nothing(desk, chosen, text, status):
    request = asked(desk)
    message = receive_message(request.ticket, subscriber=request.subscriber, message=NewMessage(text=text))
    ticket = Ticket.objects.get(pk=request.ticket_id)
    assert (message.ticket, ticket.status, ticket.waiting_since is None) == (ticket, status, status == "resolved")
    assert SatisfactionRequest.objects.get().state == "asked"


def test_thanks_before_we_asked_opens_a_ticket_as_ever(desk, chosen):
    ticket = resolved(desk)
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="Thanks!"))
    assert Ticket.objects.get(pk=ticket.pk).status == "open"
    assert SatisfactionRequest.objects.get().why_not == "reopened"


def test_queue_without_settings_asks_nobody(desk):
    resolved(desk)
    assert not SatisfactionRequest.objects.exists()
