"""Hears facts of service and subscriptions; `success.sources` words them, `success.services.facts` acts.

Each receiver is a savepoint of its own, or asks nothing of the database outside of `record`, which is one: its fault
is logged, leaves what happened saved, and is repaired by `success.reconcile`.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from subscribers.cancellation.enums import SessionEventKind, SessionState
from subscribers.enums import BoxStatus, CycleStatus, SubscriptionEventKind, SubscriptionStatus
from subscribers.gathering import together
from subscribers.models import Box, CancellationSession, CardExpiry, Cycle, Subscriber, Subscription, SubscriptionEvent
from subscribers.selectors import skips_in_a_row
from success import receivers_gone, sources
from success.enums import LIVE_ALERT, AlertOutcome, FactKind
from success.flows.runs import look_again
from success.models import Alert, Evidence
from success.services import people
from success.services.alerts import close_alert
from success.services.facts import record, record_all, retract_fact
from tickets import signals as service
from tickets.enums import DAMAGED
from tickets.models import Clock, Ticket, TicketTopic

# An older fact that becomes known now, from an import, is history and asks nobody to act.
NEWS = timedelta(days=7)
# From which number of stars on somebody is content, whatever rules ask: what was bad and became so is taken back.
CONTENT = 4
LIVE_SUBSCRIPTION = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
ENDS = (SubscriptionEventKind.EXPIRED, SubscriptionEventKind.FAILED)


def on_ticket_opened(*, ticket: Ticket, **_: Any) -> None:
    if ticket.is_cycle_one:
        together(record_all, sources.cycle_one(ticket))


def on_box_reported_damaged(*, topic: TicketTopic, **_: Any) -> None:
    together(record_all, sources.damage(topic))


@transaction.atomic
def on_topic_rejected(*, ticket: Ticket, topic: TicketTopic, actor: AbstractBaseUser, **_: Any) -> None:
    if topic.reason.key == DAMAGED:
        retract_fact(kind=FactKind.DAMAGED_BOX, source_key=f"ticket:{ticket.pk}", actor=actor)


@transaction.atomic
def on_sla_breached(*, clock: Clock, ticket: Ticket, **_: Any) -> None:
    record(sources.breach(clock))


@transaction.atomic
def on_satisfaction_rated(*, ticket: Ticket, score: int, comment: str = "", **_: Any) -> None:
    """A score that was changed to a good one takes the bad one back."""
    if score >= CONTENT:
        settle_rating(ticket, score)
        return
    record(sources.rating(ticket, score, comment, timezone.now()))


def settle_rating(ticket: Ticket, score: int = CONTENT) -> bool:
    """Whoever was not content is content now."""
    key, settled = f"ticket:{ticket.pk}", f"Now {score} of 5"
    return retract_fact(kind=FactKind.LOW_SATISFACTION, source_key=key, actor=None, settled=settled)


@transaction.atomic
def on_ticket_changed(*, ticket: Ticket, **_: Any) -> None:
    """A run that waits for the customer, or for the resolution, looks again."""
    together(_look_again_all, ticket.subscriber_id)


def _look_again_all(subscriber_ids: list[int]) -> None:
    look_again(*subscriber_ids)


@transaction.atomic
def on_box_delivered(*, box: Box, **_: Any) -> None:
    if box.expected_on is not None and box.delivered_at and box.delivered_at.date() > box.expected_on:
        settle_box(box)
    look_again(box.cycle.subscription.subscriber_id)


def settle_box(box: Box) -> bool:
    """A box that was late is there, or is not sent after all."""
    settled = "Not sent after all" if box.status == BoxStatus.CANCELLED else "It arrived"
    return retract_fact(kind=FactKind.BOX_LATE, source_key=f"box:{box.pk}", actor=None, settled=settled)


@transaction.atomic
def on_billing_failed(*, cycle: Cycle, **_: Any) -> None:
    if event := _event(cycle, SubscriptionEventKind.BILLING_FAILED):
        record(sources.failed_payment(event))


@transaction.atomic
def on_cycle_billed(*, cycle: Cycle, **_: Any) -> None:
    if cycle.status == CycleStatus.RECOVERED:
        settle_payment(cycle)


def settle_payment(cycle: Cycle) -> bool:
    key = f"cycle:{cycle.pk}"
    return retract_fact(kind=FactKind.PAYMENT_FAILED, source_key=key, actor=None, settled="It was paid")


@transaction.atomic
def on_cycle_skipped(*, cycle: Cycle, in_a_row: int, **_: Any) -> None:
    if in_a_row < 2:
        return
    if event := _event(cycle, SubscriptionEventKind.SKIPPED):
        record(sources.second_skip(event))


def _event(cycle: Cycle, kind: SubscriptionEventKind) -> SubscriptionEvent | None:
    """The newest of its kind, unless it is history."""
    events = cycle.events.filter(kind=kind, occurred_at__gte=timezone.now() - NEWS).select_related("reason")
    event = events.order_by("-occurred_at", "-pk").first()
    if event is not None:
        event.cycle = cycle
    return event


@transaction.atomic
def on_card_expiring(*, expiry: CardExpiry, **_: Any) -> None:
    record(sources.expiring_card(expiry))


@transaction.atomic
def on_card_replaced(*, expiry: CardExpiry, **_: Any) -> None:
    settle_card(expiry)


def settle_card(expiry: CardExpiry) -> bool:
    key = f"card:{expiry.pk}"
    return retract_fact(kind=FactKind.CARD_EXPIRING, source_key=key, actor=None, settled="The card was replaced")


@transaction.atomic
def on_subscription_changed(*, subscription: Subscription, event: SubscriptionEvent, **_: Any) -> None:
    if event.kind == SubscriptionEventKind.UNSKIPPED:
        settle_skips(subscription)
    elif event.kind in ENDS and event.occurred_at >= timezone.now() - NEWS:
        lose(subscription, event.get_kind_display())


def settle_skips(subscription: Subscription) -> int:
    """A skip was taken back: rows that it broke are none any more."""
    known = Evidence.objects.filter(
        kind=FactKind.SKIPPED_TWICE, subscriber=subscription.subscriber_id, retracted_at=None
    )
    cycles = {f"cycle:{cycle.pk}": cycle for cycle in subscription.cycles.all()}
    settled = 0
    for key in known.values_list("source_key", flat=True):
        if key in cycles and skips_in_a_row(subscription, cycles[key]) < 2:
            settled += retract_fact(
                kind=FactKind.SKIPPED_TWICE, source_key=key, actor=None, settled="A skip was taken back"
            )
    return settled


@transaction.atomic
def on_subscription_cancelled(*, subscription: Subscription, **_: Any) -> None:
    if subscription.ended_at is None or subscription.ended_at >= timezone.now() - NEWS:
        lose(subscription, "Cancelled")


def lose(subscription: Subscription, why: str) -> bool:
    """With their last subscription their open alert ends, as lost."""
    theirs = Subscription.objects.filter(subscriber=subscription.subscriber_id, status__in=LIVE_SUBSCRIPTION)
    if theirs.exclude(pk=subscription.pk).exists():
        return False
    alert = Alert.objects.filter(subscriber=subscription.subscriber_id, status__in=LIVE_ALERT).first()
    if alert is None:
        return False
    close_alert(alert, actor=None, outcome=AlertOutcome.LOST, note=f"Their subscription ended: {why.lower()}")
    return True


@transaction.atomic
def on_cancellation_started(*, session: CancellationSession, **_: Any) -> None:
    if session.subscriber_id is not None:
        record(sources.leaving(session))


@transaction.atomic
def on_cancellation_ended(*, session: CancellationSession, **_: Any) -> None:
    settle_cancellation(session)


def settle_cancellation(session: CancellationSession) -> bool:
    """Lost, saved, or nothing: as it ended. Whoever left without a word either way is still about to go."""
    settled, outcome = "", AlertOutcome.AUTO_RESOLVED
    match session.state:
        case SessionState.CANCELLED:
            settled, outcome = "They cancelled", AlertOutcome.LOST
            if session.subscription is not None and lose(session.subscription, "they cancelled"):
                return True
        case SessionState.ACCEPTED:
            settled, outcome = f"They took an offer: {session.accepted_offer}", AlertOutcome.SAVED
        case SessionState.BOUNCED:
            settled = "They only looked"
        case SessionState.ABANDONED if session.events.filter(kind=SessionEventKind.DISMISSED).exists():
            settled = ""
        case _:
            return False
    key = f"cancellation:{session.pk}"
    return retract_fact(
        kind=FactKind.CANCELLATION_STARTED, source_key=key, actor=None, settled=settled, outcome=outcome
    )


@transaction.atomic
def on_subscribers_merged(*, former: Subscriber, subscriber: Subscriber, **_: Any) -> None:
    people.move_everything(former, subscriber)


def connect() -> None:
    from subscribers import signals as facts

    heard = (
        (service.box_reported_damaged, on_box_reported_damaged),
        (service.ticket_opened, on_ticket_opened),
        (service.topic_rejected, on_topic_rejected),
        (service.sla_breached, on_sla_breached),
        (service.satisfaction_rated, on_satisfaction_rated),
        (facts.billing_failed, on_billing_failed),
        (facts.cycle_billed, on_cycle_billed),
        (facts.cycle_skipped, on_cycle_skipped),
        (facts.card_expiring, on_card_expiring),
        (facts.card_replaced, on_card_replaced),
        (facts.subscription_changed, on_subscription_changed),
        (facts.subscription_cancelled, on_subscription_cancelled),
        (facts.cancellation_started, on_cancellation_started),
        (facts.cancellation_ended, on_cancellation_ended),
        (facts.box_delivered, on_box_delivered),
        (facts.subscribers_merged, on_subscribers_merged),
    )
    for signal, receiver in heard:
        signal.connect(receiver, dispatch_uid=f"success.{receiver.__name__}")
    service.customer_replied.connect(on_ticket_changed, dispatch_uid="success.customer_replied")
    service.ticket_resolved.connect(on_ticket_changed, dispatch_uid="success.ticket_resolved")
    receivers_gone.connect()
