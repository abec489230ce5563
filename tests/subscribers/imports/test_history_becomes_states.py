"""People, their subscriptions and what they were billed and sent, from three files: the states are right afterwards."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from subscribers import signals
from subscribers.enums import Provider
from subscribers.models import Box, Cycle, Subscriber, Subscription, SubscriptionEvent
from subscribers.selectors import cycle_index, skips_in_a_row
from tests.subscribers.imports.conftest import csv_of, refused, take

PEOPLE = ["First Name", "Last Name", "Email", "Accepts Email Marketing", "Customer ID", "Favourite colour"]
CONTRACTS = [
    *("purchase_item_id", "customer_email", "status", "product_title", "recurring_price", "quantity", "created_at"),
    *("charge_interval_frequency", "shipping_interval_unit_type", "next_charge_date", "cancelled_at"),
]
BOXES = [
    *("subscription_id", "expected_at", "status", "billed_at", "amount", "order_number", "shipped_at", "delivered_at"),
]
NOW = timezone.now().replace(microsecond=0)
DAY = timedelta(days=1)


def day(days):
    return (NOW - days * DAY).strftime("%Y-%m-%d %H:%M:%S +0000")


def rows_of_boxes():
    """Two paid with boxes, then two skipped; told in no order."""
    return [
        ["s1", day(30), "skipped", "", "", "", "", ""],
        ["s1", day(120), "SUCCESS", day(120), "19.90", "#1001", day(118), day(115)],
        ["s1", day(60), "skipped", "", "", "", "", ""],
        ["s1", day(90), "success", day(89), "19.90", "#1002", day(88), ""],
        ["s9", day(90), "success", day(89), "19.90", "#1003", "", ""],
        ["s1", day(10), "success", "", "19.90", "#1004", "", ""],
    ]


def history_of(store, **options):
    people = [["Ann", "Ames", "ann@shop.example", "yes", "71", "red"], ["Bo", "", "bo@shop.example", "no", "", ""]]
    contracts = [
        ["s1", "ANN@shop.example", "ACTIVE", "Tea box", "9.95", "2", day(121), "1", "month", day(-9), ""],
        ["s2", "cy@shop.example", "CANCELLED", "Tea box", "9.95", "1", day(300), "1", "month", "", day(200)],
    ]
    return (
        take(store, csv_of(PEOPLE, people), **options),
        take(store, csv_of(CONTRACTS, contracts), **options),
        take(store, csv_of(BOXES, rows_of_boxes()), **options),
    )


def test_three_files_make_the_states(store):
    heard = []
    every = [one for one in vars(signals).values() if isinstance(one, signals.Signal)]
    for signal in every:
        signal.connect(lambda **facts: heard.append(facts), weak=False, dispatch_uid="heard")
    try:
        people, contracts, boxes = history_of(store)
    finally:
        for signal in every:
            signal.disconnect(dispatch_uid="heard")
    assert heard == []  # no alert, flow or mail comes of what was

    assert (people.format, contracts.format, boxes.format) == ("shopify-customers", "recharge-subscriptions", "")
    assert people.mapping[-1] == ""
    ann = Subscriber.objects.get(email="ann@shop.example")
    assert (ann.name, [one.external_id for one in ann.identities.all()]) == ("Ann Ames", ["71"])
    assert list(ann.consents.all()) == []  # a yes without its proof is nobody's consent
    assert [one.granted for one in Subscriber.objects.get(email="bo@shop.example").consents.all()] == [False]

    first, second = Subscription.objects.order_by("external_id")
    assert (first.subscriber, first.provider, str(first.price), first.status) == (
        ann,
        Provider.RECHARGE,
        "19.90",
        "active",
    )
    assert (first.quantity, first.next_billing_at, first.product.name) == (2, NOW + 9 * DAY, "Tea box")
    assert (second.status, second.ended_at, second.subscriber.email) == (
        "cancelled",
        NOW - 200 * DAY,
        "cy@shop.example",
    )

    cycles = list(Cycle.objects.order_by("index").values_list("index", "status"))
    assert cycles == [(1, "billed"), (2, "billed"), (3, "skipped"), (4, "skipped")]
    assert skips_in_a_row(first) == 2
    assert cycle_index(ann, NOW) == 2
    sent = list(Box.objects.order_by("cycle__index").values_list("order_number", "status"))
    assert sent == [("#1001", "delivered"), ("#1002", "in_transit")]
    assert refused(boxes) == {6: ["subscription_id"], 7: ["billed_at"]}
    told = SubscriptionEvent.objects.filter(subscription=first).order_by("occurred_at", "pk")
    assert [event.kind for event in told] == ["started", "billed", "billed", "skipped", "skipped"]
    assert {event.data["import"] for event in told} == {contracts.pk, boxes.pk}


def test_again_changes_nothing(store):
    history_of(store)
    before = [list(model.objects.order_by("pk").values()) for model in (Subscriber, Subscription, Cycle, Box)]
    again = history_of(store)
    assert [list(model.objects.order_by("pk").values()) for model in (Subscriber, Subscription, Cycle, Box)] == before
    assert [job.counts for job in again] == [{"unchanged": 2}, {"unchanged": 2}, {"unchanged": 4, "refused": 2}]


def test_older_export_leaves_what_is_newer(store):
    history_of(store)
    row = ["s1", "ann@shop.example", "PAUSED", "Tea box", "7.00", "1", day(121), "1", "month", day(-9), ""]
    old = take(store, csv_of(CONTRACTS, [row]), as_of=NOW - 2 * DAY)
    assert old.counts == {"kept": 1}
    assert Subscription.objects.get(external_id="s1").status == "active"
    new = take(store, csv_of(CONTRACTS, [row]))
    assert new.counts == {"changed": 1}
    changed = Subscription.objects.get(external_id="s1")
    assert (changed.status, str(changed.price), changed.triggered_at) == ("paused", "7.00", new.as_of)
    kinds = changed.events.filter(data__import=new.pk).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["observed", "paused", "price_changed", "quantity_changed"]


def test_orders_of_several_lines_find_their_subscription(store):
    history_of(store)
    header = [
        *("Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Currency", "Total"),
        *("Created at", "Lineitem name", "Id"),
    ]
    orders = [
        ["#2001", "ann@shop.example", "paid", day(5), "fulfilled", day(4), "EUR", "19.90", day(5), "Tea", "900"],
        ["#2001", "ann@shop.example", "", "", "", "", "", "", "", "Cup", ""],
        ["#2002", "cy@shop.example", "paid", day(5), "fulfilled", day(4), "EUR", "9.95", day(5), "Tea", "901"],
    ]
    job = take(store, csv_of(header, orders))
    assert (job.format, job.total, refused(job)) == ("shopify-orders", 2, {4: ["email"]})
    cycle = Cycle.objects.get(order_id="900")
    assert (cycle.index, cycle.order_number, [box.status for box in cycle.boxes.all()]) == (5, "#2001", ["in_transit"])


def test_contract_of_several_lines_is_one_subscription(store):
    people = [["Ann", "Ames", "ann@shop.example", "no", "71", ""]]
    take(store, csv_of(PEOPLE, people))
    header = [
        *("handle", "upcoming_billing_date", "customer_id", "currency_code", "status", "cadence_interval"),
        *("cadence_interval_count", "line_variant_id", "line_quantity", "line_current_price", "started_at"),
    ]
    lines = [
        ["k1", day(-5), "71", "EUR", "ACTIVE", "WEEK", "2", "501", "1", "12,50", "2026-01-05"],
        ["k1", "", "", "", "", "", "", "502", "2", "3,00", ""],
        ["k2", day(-5), "72", "EUR", "ACTIVE", "WEEK", "2", "501", "1", "12,50", "2026-01-05"],
    ]
    job = take(store, csv_of(header, lines, delimiter=";"))
    assert refused(job) == {4: ["customer_id"]}
    contract = Subscription.objects.get()
    assert (str(contract.price), contract.quantity, contract.billing_interval) == ("18.50", 3, "week")
    assert contract.started_at == datetime(2026, 1, 4, 23, tzinfo=UTC)
    assert [line["product"] for line in contract.lines] == ["501", "502"]
    assert date(2026, 1, 5) < timezone.now().date()
