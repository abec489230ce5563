"""What a policy does at a warning or a breach: once, as the system, and whatever fails, the breach stands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import Actor, Role
from tests.factories.people import MembershipFactory, UserFactory
from tests.factories.sla import at, ticket_under_standard
from tests.factories.tickets import MailboxFactory
from tickets.enums import (
    EscalationAction,
    EscalationOccasion,
    EscalationState,
    Metric,
    Priority,
    TicketEventKind,
    TicketStatus,
)
from tickets.models import ClockEscalation, OutboundMail, SlaEscalation, SlaPolicyVersion
from tickets.sla import escalation
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.escalation import WAITS, escalate
from tickets.sla.sweep import SweepResult, sweep_clocks

pytestmark = pytest.mark.django_db
FIRST, RESOLUTION = Metric.FIRST_REPLY, Metric.RESOLUTION
WARNING, BREACH = EscalationOccasion.WARNING, EscalationOccasion.BREACH
NOTIFY, ASSIGN, RAISE = EscalationAction.NOTIFY, EscalationAction.ASSIGN, EscalationAction.RAISE_PRIORITY


@pytest.fixture
def ticket():
    ticket = ticket_under_standard()
    MailboxFactory(queue=ticket.queue, store=ticket.store)
    apply(ticket, TicketChange.OPENED, at=at("10:00"))
    return ticket


@pytest.fixture
def alice(ticket):
    return MembershipFactory(store=ticket.store, user__name="Alice").user


def promised(ticket, occasion, action, **fields):
    version = SlaPolicyVersion.objects.get(policy__store=ticket.store)
    return SlaEscalation.objects.create(version=version, occasion=occasion, action=action, **fields)


def told(ticket):
    rows = ticket.events.filter(kind=TicketEventKind.ESCALATED).order_by("id")
    return list(rows.values_list("to_value", "actor_kind", "data__metric", "data__occasion"))


def outcome():
    return list(ClockEscalation.objects.order_by("id").values_list("state", "error"))


def test_breach_writes_to_the_assignee_once(ticket, alice):
    ticket.assignee = alice
    ticket.save()
    promised(ticket, BREACH, NOTIFY)
    assert sweep_clocks(now=at("12:25")) == SweepResult(breached=1, escalated=1)
    assert sweep_clocks(now=at("12:26")) == SweepResult()
    mail = OutboundMail.objects.get()
    clock = ticket.clocks.get(metric=FIRST)
    assert (mail.recipient, mail.subscriber, mail.message, mail.key) == (
        alice.email,
        None,
        None,
        f"escalation:{clock.pk}:breach:{alice.pk}",
    )
    assert mail.subject == f"{ticket.number}: first reply is overdue"
    assert "First reply was due Monday 02 March, 12:00." in mail.text
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert told(ticket) == [("Mail to Alice", Actor.SYSTEM, FIRST, BREACH)]
    assert outcome() == [(EscalationState.DONE, "")]


def test_warning_writes_to_every_lead_where_nobody_is_assigned(ticket, alice):
    leads = [MembershipFactory(store=ticket.store, role=Role.LEAD).user for _ in range(2)]
    MembershipFactory(role=Role.LEAD)
    MembershipFactory(store=ticket.store, role=Role.LEAD, user__is_active=False)
    promised(ticket, WARNING, NOTIFY, metric=FIRST)
    assert sweep_clocks(now=at("11:45")) == SweepResult(warned=1, escalated=1)
    mails = OutboundMail.objects.order_by("pk")
    assert [mail.recipient for mail in mails] == [lead.email for lead in leads]
    assert mails[0].subject == f"{ticket.number}: first reply is due soon"


def test_mail_to_staff_is_no_mail_to_a_subscriber_of_that_address(ticket, alice):
    ticket.assignee = alice
    ticket.save()
    ticket.subscriber.email, ticket.subscriber.undeliverable_at = alice.email, timezone.now()
    ticket.subscriber.save()
    promised(ticket, BREACH, NOTIFY)
    sweep_clocks(now=at("12:25"))
    assert OutboundMail.objects.get().state == "queued"


def test_assigns_a_person(ticket, alice):
    promised(ticket, BREACH, ASSIGN, assignee=alice)
    sweep_clocks(now=at("12:25"))
    ticket.refresh_from_db()
    assert ticket.assignee == alice
    assert told(ticket) == [("Assigned to Alice", Actor.SYSTEM, FIRST, BREACH)]


def test_raises_the_priority_to_at_least_and_its_clocks_follow(ticket):
    promised(ticket, WARNING, RAISE, priority=Priority.URGENT)
    sweep_clocks(now=at("11:45"))
    ticket.refresh_from_db()
    assert ticket.priority == Priority.URGENT
    assert ticket.clocks.get(metric=RESOLUTION).target_seconds == 8 * 3600
    assert told(ticket) == [("Priority urgent", Actor.SYSTEM, FIRST, WARNING)]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"action": RAISE, "priority": Priority.LOW}, "Its priority was normal already."),
        ({"action": NOTIFY}, "Nobody is assigned, and the store has no lead."),
    ],
)
def test_what_is_not_needed_is_skipped_with_its_reason(ticket, fields, why):
    promised(ticket, BREACH, **fields)
    sweep_clocks(now=at("12:25"))
    assert (outcome(), told(ticket)) == ([(EscalationState.SKIPPED, why)], [])


def test_metric_and_occasion_choose(ticket, alice):
    promised(ticket, BREACH, RAISE, metric=RESOLUTION, priority=Priority.HIGH)
    promised(ticket, WARNING, ASSIGN, metric=FIRST, assignee=alice)
    assert sweep_clocks(now=at("12:25")) == SweepResult(breached=1)
    assert ClockEscalation.objects.count() == 0


def test_reply_that_finds_the_breach_first_leaves_nothing_to_escalate(ticket, alice):
    promised(ticket, BREACH, ASSIGN, assignee=alice)
    apply(ticket, TicketChange.AGENT_REPLIED, at=at("12:30"))
    sweep_clocks(now=at("12:31"))
    assert outcome() == [(EscalationState.SKIPPED, "The clock was met by then.")]


def test_change_that_finds_the_breach_first_is_escalated_by_the_next_sweep(ticket, alice):
    promised(ticket, BREACH, ASSIGN, assignee=alice)
    ticket.priority = Priority.URGENT
    apply(ticket, TicketChange.RETARGETED, at=at("12:30"))
    assert sweep_clocks(now=at("12:31")).escalated == 1
    ticket.refresh_from_db()
    assert ticket.assignee == alice


def test_person_who_cannot_see_the_ticket_is_refused_and_the_breach_stands(ticket):
    promised(ticket, BREACH, ASSIGN, assignee=UserFactory(name="Stranger"))
    assert sweep_clocks(now=at("12:25")).breached == 1
    assert outcome() == [(EscalationState.FAILED, "This person cannot see the ticket's queue.")]
    assert told(ticket) == [("Failed: assign to a person", Actor.SYSTEM, FIRST, BREACH)]
    assert ticket.clocks.get(metric=FIRST).breached_at == at("12:00")


def test_failure_is_tried_again_and_stops_no_other(ticket, alice, monkeypatch, caplog):
    ticket.assignee = alice
    ticket.save()
    promised(ticket, BREACH, NOTIFY)
    promised(ticket, BREACH, RAISE, priority=Priority.HIGH)

    def explode(*args, **fields):
        raise RuntimeError("no outbox today")

    with monkeypatch.context() as broken:
        broken.setattr(escalation, "queue_staff_mail", explode)
        assert sweep_clocks(now=at("12:25")) == SweepResult(breached=1, escalated=2)
    ticket.refresh_from_db()
    assert ticket.priority == Priority.HIGH
    assert outcome() == [(EscalationState.DUE, "RuntimeError: no outbox today"), (EscalationState.DONE, "")]
    assert escalate(timezone.now(), 10) == 0
    assert escalate(timezone.now() + timedelta(seconds=WAITS[0]), 10) == 1
    assert outcome() == [(EscalationState.DONE, "")] * 2
    assert OutboundMail.objects.count() == 1


def test_failure_that_stays_is_given_up_and_shown(ticket, alice, monkeypatch, caplog):
    promised(ticket, BREACH, ASSIGN, assignee=alice)

    def explode(*args, **fields):
        raise RuntimeError("never")

    monkeypatch.setattr(escalation.tickets, "assign", explode)
    sweep_clocks(now=at("12:25"))
    for later in range(1, len(WAITS) + 2):
        escalate(timezone.now() + timedelta(days=later), 10)
    assert outcome() == [(EscalationState.FAILED, "RuntimeError: never")]
    assert ClockEscalation.objects.get().attempts == len(WAITS) + 1
    assert told(ticket) == [("Failed: assign to a person", Actor.SYSTEM, FIRST, BREACH)]


def test_paused_clock_is_not_due_soon(ticket, alice):
    promised(ticket, WARNING, ASSIGN, metric=RESOLUTION, assignee=alice)
    clock = ticket.clocks.get(metric=RESOLUTION)
    apply(ticket, TicketChange.WAITING, at=at("11:00"))
    ticket.status = TicketStatus.PENDING
    ClockEscalation.objects.create(clock=clock, escalation=SlaEscalation.objects.get())
    escalate(timezone.now(), 10)
    assert outcome() == [(EscalationState.SKIPPED, "It was paused by then.")]
