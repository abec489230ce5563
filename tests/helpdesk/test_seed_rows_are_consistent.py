"""Seeded rows are those that the services would have written."""

import pytest
from django.db import connection
from django.utils import timezone

from subscribers.enums import ChargeState, CycleStatus
from subscribers.models import Charge, Cycle
from subscribers.selectors import cycle_index
from success import reconcile
from success.enums import FactKind
from success.models import Alert, Evidence, FlowOffer, Run, RunStep, Task, Touch
from tests.helpdesk.seeding import NOW
from tickets.enums import OPEN_CLOCK, UNRESOLVED, ClockState, OutboundState
from tickets.models import Clock, DetectionRule, Message, OutboundMail, Ticket, TicketTopic
from tickets.services.topics import rules_of
from tickets.sla import ledger
from tickets.sla.sweep import SweepResult, sweep_clocks
from tickets.topics.detect import detect

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(filled, db, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_every_constraint_holds(store):
    connection.check_constraints()


def test_cycles_of_tickets_are_those_that_the_selector_counts(store):
    tickets = Ticket.objects.select_related("subscriber")
    told = {ticket.pk: ticket.cycle_index for ticket in tickets}
    assert told == {ticket.pk: cycle_index(ticket.subscriber, ticket.opened_at) for ticket in tickets}


def test_clocks_are_what_their_ledgers_add_up_to(store):
    for clock in Clock.objects.prefetch_related("events"):
        standing = ledger.replay(sorted(clock.events.all(), key=lambda line: line.pk))
        for name in ("state", "target_seconds", "running_since", "due_at", "warned_at", "breached_at", "met_at"):
            assert getattr(standing, name) == getattr(clock, name), (clock.pk, name)
        assert standing.consumed_seconds == pytest.approx(clock.consumed_seconds)


def test_tickets_keep_the_earliest_due_time_and_resolved_ones_owe_nothing(store):
    for ticket in Ticket.objects.prefetch_related("clocks"):
        dues = [clock.due_at for clock in ticket.clocks.all() if clock.state in OPEN_CLOCK and clock.due_at]
        assert ticket.next_due_at == min(dues, default=None)
    assert Clock.objects.filter(ticket__status="resolved", state__in=OPEN_CLOCK).count() == 0
    assert Clock.objects.filter(ticket__status__in=UNRESOLVED, state=ClockState.RUNNING).count() > 0


def test_every_refused_payment_is_tried_again(store):
    refused = Cycle.objects.filter(status=CycleStatus.FAILED)
    tried = Charge.objects.filter(state=ChargeState.REFUSED, next_attempt_at__gt=NOW)
    assert set(tried.values_list("cycle", flat=True)) == set(refused.values_list("pk", flat=True)) != set()


def test_sweeps_find_nothing_to_do(store):
    assert sweep_clocks(now=NOW) == SweepResult()
    assert reconcile.reconcile_alerts() == reconcile.Repairs()
    assert RunStep.objects.filter(due_at__lte=NOW).count() == 0
    assert OutboundMail.objects.exclude(state=OutboundState.SENT).count() == 0


def test_topics_rest_on_words_that_stand_in_the_text(store):
    topics = TicketTopic.objects.select_related("ticket", "message", "reason")
    assert topics.count() > 50
    for topic in topics:
        text = f"{topic.ticket.subject}\n\n{topic.message.visible_text or topic.message.text}"
        assert topic.evidence
        assert all(words in text for words in topic.evidence)


def test_first_messages_are_recognised_as_the_rules_would(store):
    ticket = Ticket.objects.order_by("pk").first()
    rules, reasons = rules_of(ticket.store)
    for message in Message.objects.filter(author_kind="subscriber").select_related("ticket")[:40]:
        text = f"{message.ticket.subject}\n\n{message.visible_text or message.text}"
        found = {reasons[hit.topic] for hit in detect(text, rules)}
        assert found <= set(message.ticket.topics.values_list("reason_id", flat=True))
    assert DetectionRule.objects.count() == len(rules)


def test_every_call_for_success_is_on_an_alert(store):
    cycle_one = Ticket.objects.filter(cycle_index=1)
    assert cycle_one.count() > 5
    assert Evidence.objects.filter(kind=FactKind.CYCLE_ONE_TICKET).count() == cycle_one.count()
    damaged = TicketTopic.objects.filter(reason__key="damaged")
    assert Evidence.objects.filter(kind=FactKind.DAMAGED_BOX).count() == damaged.count() > 0
    for alert in Alert.objects.prefetch_related("evidence"):
        assert alert.score == sum(one.weight for one in alert.evidence.all() if one.retracted_at is None)


def test_runs_stand_on_their_open_step_and_their_mails_are_touches(store):
    for run in Run.objects.live().prefetch_related("steps"):
        assert [step.state in ("due", "waiting") for step in run.steps.all()].count(True) == 1
    mails = RunStep.objects.filter(step__kind="mail", state="done")
    in_threads, alone = mails.exclude(run__ticket=None), mails.filter(run__ticket=None)
    told = Touch.objects.filter(run_step__in=in_threads, outbound_mail__message__author_kind="system")
    assert told.count() == in_threads.count() > 0
    touches = Touch.objects.filter(run_step__in=alone)
    assert touches.count() == alone.count() > 0
    assert not touches.filter(decision="sent", outbound_mail=None).exists()
    assert {"sent", "capped", "opted_out"} <= set(touches.values_list("decision", flat=True))
    assert {"made", "declined", "expired", "failed"} & set(FlowOffer.objects.values_list("state", flat=True))
    assert (
        Task.objects.filter(done_at=None, run_step__run__ended_at__isnull=False, run_step__state="skipped").count() == 0
    )


def test_nothing_happens_after_now(store):
    for model, field in ((Message, "created_at"), (Ticket, "opened_at"), (Ticket, "updated_at"), (Run, "updated_at")):
        assert model.objects.filter(**{f"{field}__gt": NOW}).count() == 0
    late = Message.objects.raw(
        "SELECT m.* FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id WHERE m.created_at < t.opened_at"
    )
    assert list(late) == []
