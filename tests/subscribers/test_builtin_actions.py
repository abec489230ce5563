"""What is asked of the built-in store is done at once, once a key, and its calendar of cycles and boxes agrees."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from subscribers import signals
from subscribers.enums import (
    ActionKind,
    ActionState,
    Actor,
    BoxKind,
    BoxStatus,
    ChargeState,
    CycleStatus,
    Interval,
    Role,
    SubscriptionStatus,
)
from subscribers.errors import Refused
from subscribers.models import ApprovalLimit, Box, Charge, ProviderAction, Subscription
from subscribers.providers.builtin.billing import mark_paid, mark_refused, sweep_billing
from subscribers.providers.builtin.start import start_subscription
from subscribers.services import actions
from subscribers.services.actions import preview, request_action
from subscribers.services.boxes import record_box_status
from subscribers.services.limits import install_limits, limit_of
from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.subscriptions import ProductFactory, SubscriptionFactory

SOON = timedelta(minutes=1)


@pytest.fixture
def subscription(db) -> Subscription:
    """Begun and paid a moment ago: cycle 1 is billed, cycle 2 comes in a month."""
    store = StoreFactory(currency="EUR")
    started = start_subscription(
        store=store,
        subscriber=SubscriberFactory(store=store),
        product=ProductFactory(store=store, name="Coffee", data={"price": "30.00"}),
        price=Decimal("30.00"),
        interval=Interval.MONTH,
        count=1,
    )
    sweep_billing()
    mark_paid(Charge.objects.get())
    started.refresh_from_db()
    return started


def ask(subscription, kind, *, key="", actor=None, **given) -> ProviderAction:
    rows = {name: given.pop(name) for name in ("cycle", "box", "reason") if name in given}
    return request_action(
        subscriber=subscription.subscriber,
        subscription=subscription,
        kind=kind,
        params=given,
        key=key or f"{kind}:{timezone.now().timestamp()}",
        actor_kind=Actor.AGENT if actor else Actor.SUBSCRIBER,
        actor=actor,
        **rows,
    )


def calendar(subscription) -> list[tuple[int, str, list[str]]]:
    """Each cycle with the states of its boxes."""
    return [
        (cycle.index, cycle.status, [box.status for box in cycle.boxes.order_by("pk")])
        for cycle in subscription.cycles.order_by("index")
    ]


def test_a_new_subscription_is_billed_and_its_boxes_planned(subscription):
    assert calendar(subscription) == [(1, CycleStatus.BILLED, [BoxStatus.PLANNED]), (2, CycleStatus.SCHEDULED, [])]
    assert subscription.next_billing_at == subscription.cycles.get(index=2).starts_at
    charge = Charge.objects.get()
    assert (charge.amount, charge.currency, charge.state) == (Decimal("30.00"), "EUR", "paid")


def test_a_skip_moves_the_next_billing_and_can_be_taken_back(subscription):
    first = subscription.next_billing_at
    shown = preview(kind=ActionKind.SKIP, params={}, subscription=subscription)
    skipped = ask(subscription, ActionKind.SKIP, key="once")
    assert ask(subscription, ActionKind.SKIP, key="once").pk == skipped.pk
    subscription.refresh_from_db()
    assert shown.after["next_billing_at"] == subscription.next_billing_at.isoformat() > first.isoformat()
    assert [one[1] for one in calendar(subscription)] == ["billed", "skipped", "scheduled"]
    ask(subscription, ActionKind.UNSKIP)
    subscription.refresh_from_db()
    assert subscription.next_billing_at == first
    assert [one[1] for one in calendar(subscription)] == ["billed", "scheduled", "scheduled"]
    assert list(skipped.events.order_by("pk").values_list("to_state", flat=True)) == ["queued", "done"]


def test_a_pause_ends_by_itself(subscription):
    ask(subscription, ActionKind.PAUSE, days=60)
    subscription.refresh_from_db()
    assert (subscription.status, subscription.resumes_at - subscription.paused_at > timedelta(days=59)) == (
        SubscriptionStatus.PAUSED,
        True,
    )
    Subscription.objects.filter(pk=subscription.pk).update(
        paused_at=timezone.now() - 2 * SOON, resumes_at=timezone.now() - SOON
    )
    assert sweep_billing() == 1
    subscription.refresh_from_db()
    assert (subscription.status, subscription.resumes_at) == (SubscriptionStatus.ACTIVE, None)


def test_frequency_product_discount_and_gift_change_what_comes(subscription):
    started = subscription.cycles.get(index=1).starts_at
    ask(subscription, ActionKind.SET_FREQUENCY, interval="week", count=6)
    tea = ProductFactory(store=subscription.store, name="Tea", data={"price": "40.00"})
    ask(subscription, ActionKind.SWAP, product=tea.pk)
    ask(subscription, ActionKind.DISCOUNT, percent=25, billings=1)
    gift = ask(subscription, ActionKind.GIFT, title="A mug")
    subscription.refresh_from_db()
    assert (subscription.next_billing_at, subscription.price, subscription.product) == (
        started + timedelta(weeks=6),
        Decimal("40.00"),
        tea,
    )
    assert gift.cycle.boxes.get(kind=BoxKind.GIFT).status == BoxStatus.PLANNED
    bill_now(subscription)
    assert Charge.objects.get(cycle__index=2).amount == Decimal("30.00")
    change = subscription.events.get(kind="frequency_changed").data
    assert (change["from"], change["to"], change["monthly_change"]) == (["month", 1], ["week", 6], "-8.33")


def bill_now(subscription) -> None:
    """Its day comes."""
    ask(subscription, ActionKind.SET_NEXT_BILLING, at=(timezone.now() + timedelta(seconds=30)).isoformat())
    Subscription.objects.filter(pk=subscription.pk).update(next_billing_at=timezone.now())
    sweep_billing()


def test_a_payment_that_is_refused_again_and_again_ends_the_subscription(subscription):
    bill_now(subscription)
    charge = Charge.objects.get(cycle__index=2)
    for _ in range(4):
        mark_refused(charge, error="insufficient funds")
        Charge.objects.filter(pk=charge.pk).update(attempts=charge.attempts + 1)
        charge.refresh_from_db()
    subscription.refresh_from_db()
    assert (charge.state, subscription.status, charge.cycle.status) == ("lost", "failed", "lost")
    kinds = list(subscription.events.filter(cycle__index=2).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["billing_failed"] * 4 + ["billing_lost"]


def test_a_refused_payment_that_comes_later_is_recovered(subscription):
    bill_now(subscription)
    charge = Charge.objects.get(cycle__index=2)
    mark_refused(charge, error="card declined")
    mark_paid(charge)
    assert subscription.cycles.get(index=2).status == CycleStatus.RECOVERED
    assert subscription.cycles.get(index=2).boxes.get().status == BoxStatus.PLANNED


def test_a_cancellation_is_at_once_and_calls_off_what_is_not_paid(subscription):
    heard = []
    signals.action_settled.connect(lambda action, **_: heard.append(action), weak=False, dispatch_uid="test")
    bill_now(subscription)
    action = ask(subscription, ActionKind.CANCEL, comment="Too much tea")
    signals.action_settled.disconnect(dispatch_uid="test")
    subscription.refresh_from_db()
    assert (action.state, subscription.status, subscription.next_billing_at) == ("done", "cancelled", None)
    assert heard[-1] == action
    assert Charge.objects.get(cycle__index=2).state == "void"
    paid = Box.objects.get(cycle__index=1)
    assert paid.status == BoxStatus.PLANNED
    with pytest.raises(Refused) as refused:
        ask(subscription, ActionKind.CANCEL)
    assert refused.value.message == "The subscription is cancelled, not active or paused."
    ask(subscription, ActionKind.REACTIVATE)
    subscription.refresh_from_db()
    assert (subscription.status, subscription.ended_at) == ("active", None)


def test_a_cancellation_at_the_end_of_the_period(subscription):
    ask(subscription, ActionKind.CANCEL, when="period_end")
    subscription.refresh_from_db()
    assert (subscription.status, subscription.cancels_at) == ("active", subscription.next_billing_at)
    Subscription.objects.filter(pk=subscription.pk).update(
        cancels_at=timezone.now() - SOON, next_billing_at=timezone.now() - SOON
    )
    sweep_billing()
    subscription.refresh_from_db()
    assert (subscription.status, Charge.objects.count()) == ("cancelled", 1)
    assert subscription.events.get(kind="cancelled").actor_kind == Actor.SUBSCRIBER


def test_a_broken_box_is_replaced_once_and_money_given_back_within_what_was_paid(subscription):
    box = Box.objects.get()
    with pytest.raises(Refused):
        ask(subscription, ActionKind.REPLACEMENT, box=box)
    record_box_status(box, status=BoxStatus.DELIVERED, at=timezone.now())
    action = ask(subscription, ActionKind.REPLACEMENT, box=box)
    assert Box.objects.get(pk=action.result["box"]).replaces == box
    with pytest.raises(Refused):
        ask(subscription, ActionKind.REPLACEMENT, box=box)
    ask(subscription, ActionKind.REFUND, amount="10.00")
    with pytest.raises(Refused):
        ask(subscription, ActionKind.REFUND, amount="20.01")
    assert subscription.cycles.get(index=1).refunded == Decimal("10.00")


@pytest.mark.parametrize(
    ("kind", "params", "field"),
    [
        (ActionKind.PAUSE, {"days": 0}, "days"),
        (ActionKind.PAUSE, {"days": "∞"}, "days"),
        (ActionKind.PAUSE, {"resumes_at": "2020-01-01T00:00:00Z"}, "resumes_at"),
        (ActionKind.PAUSE, {"resumes_at": "tomorrow"}, "resumes_at"),
        (ActionKind.SET_FREQUENCY, {"interval": "fortnight", "count": 1}, "interval"),
        (ActionKind.SET_FREQUENCY, {"interval": "month", "count": 25}, "count"),
        (ActionKind.SET_FREQUENCY, {"interval": "month", "count": 1}, "interval"),
        (ActionKind.SET_NEXT_BILLING, {"at": "2099-01-01T00:00:00Z"}, "at"),
        (ActionKind.SWAP, {"product": 0}, "product"),
        (ActionKind.SWAP, {"product": "9" * 40}, "product"),
        (ActionKind.DISCOUNT, {"percent": 101}, "percent"),
        (ActionKind.DISCOUNT, {"amount": "30.01"}, "amount"),
        (ActionKind.DISCOUNT, {"percent": 10, "billings": True}, "billings"),
        (ActionKind.REFUND, {"amount": "-1"}, "amount"),
        (ActionKind.REFUND, {"amount": "NaN"}, "amount"),
        (ActionKind.REFUND, {}, "amount"),
        (ActionKind.GIFT, {}, "product"),
        (ActionKind.RESUME, {}, "subscription"),
        (ActionKind.REACTIVATE, {}, "subscription"),
        (ActionKind.UNSKIP, {}, "cycle"),
        (ActionKind.CANCEL, {"when": "never"}, "when"),
        ("dance", {}, "kind"),
    ],
)
def test_what_cannot_be_is_refused_in_words(subscription, kind, params, field):
    with pytest.raises(Refused) as refused:
        ask(subscription, kind, **params)
    assert refused.value.field == field
    assert not ProviderAction.objects.exists()


def test_over_the_limit_a_lead_approves(subscription):
    agent = MembershipFactory(store=subscription.store, role=Role.AGENT).user
    lead = MembershipFactory(store=subscription.store, role=Role.LEAD).user
    ApprovalLimit.objects.create(role=Role.AGENT, kind=ActionKind.REFUND, amount=5)
    assert ask(subscription, ActionKind.REFUND, actor=agent, amount="5.00").state == ActionState.DONE
    waiting = ask(subscription, ActionKind.REFUND, actor=agent, amount="5.01")
    assert waiting.state == ActionState.AWAITING_APPROVAL
    with pytest.raises(Refused):
        actions.approve(waiting, by=agent)
    approved = actions.approve(waiting, by=lead)
    assert (approved.approved_by, subscription.cycles.get(index=1).refunded) == (lead, Decimal("10.01"))
    rejected = actions.withdraw(ask(subscription, ActionKind.REFUND, actor=agent, amount="6.00"), by=lead, why="No.")
    assert (rejected.state, rejected.error) == (ActionState.CANCELLED, "No.")


def test_a_store_begins_with_the_usual_limits_beside_the_shared_ones(subscription):
    ApprovalLimit.objects.create(role=Role.AGENT, kind=ActionKind.GIFT, amount=7)
    for _ in range(2):
        install_limits(subscription.store)
    limits = ApprovalLimit.objects.filter(store=subscription.store, role=Role.AGENT)
    assert dict(limits.values_list("kind", "amount")) == {"refund": 50, "replacement": 100, "discount": 25}
    assert [limit_of(subscription.store_id, role, "gift") for role in (Role.AGENT, Role.SUCCESS, None)] == [7, 50, 0]


def test_where_nobody_set_a_limit_a_lead_approves_all(subscription):
    agent = MembershipFactory(store=subscription.store, role=Role.AGENT).user
    waiting = ask(subscription, ActionKind.REFUND, actor=agent, amount="0.01")
    box = Box.objects.get()
    record_box_status(box, status=BoxStatus.DELIVERED, at=timezone.now())
    again = ask(subscription, ActionKind.REPLACEMENT, actor=agent, box=box)
    assert {waiting.state, again.state} == {ActionState.AWAITING_APPROVAL}
    assert again.amount == subscription.price
    assert not ApprovalLimit.objects.exists()


@pytest.fixture
def agent(subscription):
    for kind in (ActionKind.REFUND, ActionKind.GIFT, ActionKind.DISCOUNT):
        ApprovalLimit.objects.create(role=Role.AGENT, kind=kind, amount=5)
    return MembershipFactory(store=subscription.store, role=Role.AGENT).user


@pytest.fixture
def lead(subscription):
    return MembershipFactory(store=subscription.store, role=Role.LEAD).user


def test_money_that_waits_for_approval_is_spoken_for(subscription, agent, lead):
    waiting = ask(subscription, ActionKind.REFUND, key="1", actor=agent, amount="20.00")
    with pytest.raises(Refused) as refused:
        ask(subscription, ActionKind.REFUND, key="2", actor=agent, amount="10.01")
    assert (waiting.state, refused.value.field) == (ActionState.AWAITING_APPROVAL, "amount")
    actions.withdraw(waiting, by=lead, why="No.")
    assert ask(subscription, ActionKind.REFUND, key="3", actor=lead, amount="30.00").state == ActionState.DONE


def test_what_cannot_be_any_more_is_not_approved(subscription, agent, lead):
    waiting = ask(subscription, ActionKind.DISCOUNT, actor=agent, percent=50, billings=2)
    ask(subscription, ActionKind.CANCEL)
    with pytest.raises(Refused):
        actions.approve(waiting, by=lead)
    waiting.refresh_from_db()
    assert waiting.state == ActionState.AWAITING_APPROVAL


def test_a_gift_costs_what_the_store_sells_it_for(subscription, agent):
    tea = ProductFactory(store=subscription.store, name="Tea", data={"price": "40.00"})
    for number, said in enumerate(({}, {"amount": "0.01"})):
        gift = ask(subscription, ActionKind.GIFT, key=str(number), actor=agent, product=tea.pk, **said)
        assert (gift.state, gift.amount) == (ActionState.AWAITING_APPROVAL, Decimal("40.00"))


def test_a_skip_leaves_out_the_next_box_and_not_the_open_invoice(subscription):
    bill_now(subscription)
    subscription.refresh_from_db()
    open_invoice, coming = Charge.objects.get(cycle__index=2), subscription.next_billing_at
    ask(subscription, ActionKind.SKIP)
    subscription.refresh_from_db()
    states = dict(subscription.cycles.values_list("index", "status"))
    assert (states[2], states[3], subscription.next_billing_at > coming) == ("scheduled", "skipped", True)
    with pytest.raises(Refused):
        ask(subscription, ActionKind.SKIP, cycle=open_invoice.cycle)
    mark_paid(open_invoice)
    assert subscription.cycles.get(index=2).status == "billed"


def test_what_is_to_end_is_never_billed_however_many_end_at_once(subscription):
    past = timezone.now() - SOON
    for _ in range(2):
        SubscriptionFactory(subscriber=subscription.subscriber, cancels_at=past, next_billing_at=past)
    assert [sweep_billing(limit=1) for _ in range(3)] == [1, 1, 0]
    assert Charge.objects.exclude(state=ChargeState.PAID).count() == 0
