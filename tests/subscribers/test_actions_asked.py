"""What colleagues ask of a provider from a panel: previewed, once a form, over a limit by a lead alone."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.asking.forms import FORMS
from subscribers.enums import ActionKind, ActionState, BoxStatus, CycleStatus, Provider, Role, SubscriptionStatus
from subscribers.models import ApprovalLimit, CancellationSession, Product, ProviderAction, Subscription
from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def colleague(store, role=Role.AGENT) -> Client:
    client = Client()
    client.user = MembershipFactory(store=store, role=role).user
    client.force_login(client.user)
    return client


class Panel:
    """A subscriber of the built-in store, and an agent who stands at their ticket."""

    def __init__(self) -> None:
        self.store = StoreFactory(currency="EUR", time_zone="Europe/Berlin")
        self.person = SubscriberFactory(store=self.store)
        self.subscription = SubscriptionFactory(
            subscriber=self.person,
            store=self.store,
            price=Decimal("24.00"),
            currency="EUR",
            next_billing_at=timezone.now() + timedelta(days=9),
        )
        self.paid = CycleFactory(subscription=self.subscription, index=1, amount=Decimal("24.00"))
        self.box = BoxFactory(cycle=self.paid, order_number="#5001", status=BoxStatus.DELIVERED)
        Product.objects.create(store=self.store, name="Herbal tea", data={"price": "30.00"})
        self.agent = colleague(self.store)

    def url(self, kind: str) -> str:
        return f"/subscribers/subscription/{self.subscription.pk}/{kind}/"

    def fill(self, kind: str, **said: object) -> dict[str, object]:
        return (
            {"key": "one-form", "source": "T-1042"} | FORMS[ActionKind(kind)](self.subscription).first_values() | said
        )

    def seen(self, client: Client, kind: str, **said: object) -> str:
        shown = client.post(f"{self.url(kind)}?part=preview", self.fill(kind, **said), headers=HTMX)
        return shown.context["preview"].mark

    def ask(self, client: Client, kind: str, **said: object):
        said = self.fill(kind, **said)
        seen = {"seen": self.seen(client, kind, **said)}
        return client.post(self.url(kind), {**said, **seen}, headers=HTMX)


@pytest.fixture
def panel() -> Panel:
    return Panel()


def test_a_refund_is_previewed_asked_for_once_and_kept(panel):
    opened = panel.agent.get(panel.url("refund"), headers=HTMX)
    assert opened.context["preview"].lines == ("24.00 EUR of cycle 1 go back.",)
    assert (opened.context["preview"].amount, opened.context["preview"].waits) == (Decimal("24.00"), True)
    ApprovalLimit.objects.update_or_create(
        store=panel.store, role=Role.AGENT, kind=ActionKind.REFUND, defaults={"amount": Decimal(50)}
    )
    assert ProviderAction.objects.count() == 0, "a preview writes nothing"
    first = panel.ask(panel.agent, "refund", amount="5.00", note="The lid was loose")
    assert (first.status_code, "changed:subscriber" in first.headers["HX-Trigger"]) == (204, True)
    again = panel.agent.post(panel.url("refund"), panel.fill("refund", amount="5.00", seen="gone"), headers=HTMX)
    assert again.status_code == 204
    (action,) = ProviderAction.objects.all()
    assert (action.state, action.amount, action.actor) == (ActionState.DONE, Decimal("5.00"), panel.agent.user)
    assert next(event.text for event in action.events.order_by("pk")) == "The lid was loose From T-1042."
    panel.paid.refresh_from_db()
    assert panel.paid.refunded == Decimal("5.00")


def test_what_was_not_seen_is_not_done(panel):
    said = panel.fill("skip") | {"seen": panel.seen(panel.agent, "skip")}
    Subscription.objects.update(next_billing_at=timezone.now() + timedelta(days=20))
    looked = panel.agent.post(panel.url("skip"), said, headers=HTMX)
    assert (looked.status_code, looked.context["is_new"], ProviderAction.objects.count()) == (422, True, 0)
    unseen = panel.agent.post(panel.url("skip"), panel.fill("skip"))  # without JavaScript: shown first
    assert (unseen.status_code, unseen.context["is_new"], ProviderAction.objects.count()) == (422, False, 0)
    done = panel.agent.post(panel.url("skip"), panel.fill("skip", seen=unseen.context["preview"].mark))
    assert (done.status_code, done.url) == (302, f"/subscribers/{panel.person.pk}/")
    assert ProviderAction.objects.get().state == ActionState.DONE


@pytest.mark.parametrize(
    ("kind", "said", "field", "after"),
    [
        ("pause", {"lasts": "30"}, "status", SubscriptionStatus.PAUSED),
        ("set_frequency", {"interval": "month", "count": "3"}, "billing_interval_count", 3),
        ("swap", {"price": ""}, "price", Decimal("30.00")),
        ("set_next_billing", {"day": "later"}, "next_billing_at", "later"),
        ("cancel", {"effect": "now", "note": "Too much tea"}, "status", SubscriptionStatus.CANCELLED),
    ],
)
def test_each_kind_does_what_it_says(panel, kind, said, field, after):
    later = timezone.localdate() + timedelta(days=30)
    said = {name: later.isoformat() if value == "later" else value for name, value in said.items()}
    assert panel.ask(panel.agent, kind, **said).status_code == 204
    panel.subscription.refresh_from_db()
    found = getattr(panel.subscription, field)
    day = found.astimezone(ZoneInfo("Europe/Berlin")).date() if after == "later" else found
    assert day == (later if after == "later" else after)
    if kind == "cancel":
        session = CancellationSession.objects.get()
        assert (session.words, session.source, session.actor) == ("Too much tea", "T-1042", panel.agent.user)


def test_over_a_limit_a_lead_decides_with_a_word(panel):
    lead, other = colleague(panel.store, Role.LEAD), colleague(panel.store)
    ApprovalLimit.objects.create(store=panel.store, role=Role.AGENT, kind=ActionKind.DISCOUNT, amount=Decimal(2))
    for key in ("a", "b", "c"):
        assert panel.ask(panel.agent, "discount", off="50", key=key, note="Loyal for years").status_code == 204
    denied, approved, taken_back = ProviderAction.objects.order_by("pk")
    assert {action.state for action in (denied, approved, taken_back)} == {ActionState.AWAITING_APPROVAL}
    waiting = lead.get("/subscribers/requests/").context["rows"]
    told = [client.get(page).context["to_decide"] for client in (lead, panel.agent) for page in ("/", "/subscribers/")]
    assert told == [3, 3, 0, 0], "the lead's own pages say so"
    assert [(row.note, row.may_decide, row.may_withdraw) for row in waiting] == [
        ("Over the limit: a lead has to approve it. Loyal for years From T-1042.", True, True)
    ] * 3
    assert [row.may_decide for row in panel.agent.get("/subscribers/requests/").context["rows"]] == [False] * 3
    for client in (panel.agent, other):
        client.post(f"/subscribers/requests/{approved.pk}/approve/")
        client.post(f"/subscribers/requests/{denied.pk}/deny/", {"why": "Mine"})
    other.post(f"/subscribers/requests/{taken_back.pk}/withdraw/")
    assert ProviderAction.objects.filter(state=ActionState.AWAITING_APPROVAL).count() == 3
    lead.post(f"/subscribers/requests/{denied.pk}/deny/", {"why": "They had one in May."})
    lead.post(f"/subscribers/requests/{approved.pk}/approve/")
    panel.agent.post(f"/subscribers/requests/{taken_back.pk}/withdraw/")
    states = list(ProviderAction.objects.order_by("pk").values_list("state", "error", "approved_by"))
    assert states == [
        (ActionState.CANCELLED, "They had one in May.", None),
        (ActionState.DONE, "", lead.user.pk),
        (ActionState.CANCELLED, "Taken back.", None),
    ]


def test_menu_offers_what_makes_sense_and_the_provider_can(panel):
    def kinds() -> set[str]:
        (card,) = panel.agent.get(f"/subscribers/{panel.person.pk}/card/").context["cards"]
        return {entry.kind for entry in card.entries} - {""}

    rests = {"set_next_billing", "set_frequency", "swap", "replacement", "refund", "discount", "cancel"}
    assert kinds() == rests | {"skip", "pause", "gift"}
    CycleFactory(
        subscription=panel.subscription,
        index=2,
        status=CycleStatus.SKIPPED,
        billed_at=None,
        starts_at=timezone.now() + timedelta(days=9),
    )
    Subscription.objects.update(status=SubscriptionStatus.PAUSED)
    assert kinds() == rests | {"unskip", "resume"}
    Subscription.objects.update(provider=Provider.RECHARGE)
    (card,) = panel.agent.get(f"/subscribers/{panel.person.pk}/card/").context["cards"]
    assert not set(card.missing) & {entry.label for entry in card.entries}


def test_another_store_finds_nothing(panel):
    stranger = colleague(StoreFactory())
    panel.ask(panel.agent, "pause", lasts="30")
    action = ProviderAction.objects.get()
    looked = [panel.url("refund"), f"/subscribers/{panel.person.pk}/card/", f"/subscribers/{panel.person.pk}/requests/"]
    assert [stranger.get(address).status_code for address in looked] == [404] * 3
    assert stranger.post(panel.url("refund"), panel.fill("refund")).status_code == 404
    assert stranger.post(f"/subscribers/requests/{action.pk}/retry/").status_code == 404
    assert stranger.get("/subscribers/requests/?view=all").context["rows"] == []


@pytest.mark.parametrize(
    "address", ["/subscribers/requests/?view=all", "/subscribers/{}/requests/", "/subscribers/{}/card/"]
)
def test_lists_ask_the_same_for_one_row_and_for_three(panel, address):
    address = address.format(panel.person.pk)
    counts = []
    for wanted in (1, 3):
        while ProviderAction.objects.count() < wanted:
            number = ProviderAction.objects.count()
            panel.ask(panel.agent, "refund", amount="1.00", key=str(number))
            CycleFactory(subscription=SubscriptionFactory(subscriber=panel.person, store=panel.store))
        with CaptureQueriesContext(connection) as asked:
            assert panel.agent.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_form_keeps_its_key_to_itself(panel):
    """The key goes with the form, and is neither shown nor bound to the keyboard."""
    shown = panel.agent.get(panel.url("refund"), headers=HTMX)
    key = shown.context["form_key"]
    assert shown.content.decode().count(key) == 1
