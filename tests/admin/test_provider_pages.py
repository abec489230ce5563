"""Connections, webhooks, actions, payments and new subscriptions in the admin."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from subscribers.enums import ActionKind, ActionState, Actor, BoxStatus, Provider, Role
from subscribers.models import (
    ApprovalLimit,
    Box,
    Charge,
    Connection,
    Membership,
    Product,
    ProviderAction,
    Reconciliation,
    Store,
    Subscription,
    WebhookDelivery,
)
from subscribers.providers.builtin.billing import sweep_billing
from subscribers.services.actions import request_action
from tests.admin.conftest import Desk
from tests.factories.people import MembershipFactory


@pytest.fixture
def shop(tea: Store) -> Connection:
    return Connection.objects.create(
        store=tea,
        provider=Provider.SHOPIFY,
        domain="tea.myshopify.com",
        webhook_secret="old-secret",
        access_token="t0k",
    )


def connection_fields(**changes: object) -> dict[str, object]:
    return {"domain": "tea.myshopify.com", "api_version": "", "api_url": "", "is_active": "on", **changes}


def test_secrets_go_in_and_never_come_out(ada: Desk, shop: Connection) -> None:
    page = ada.get("subscribers_connection_change", shop.pk).content.decode()
    assert ("old-secret" in page, "t0k" in page, "Set; leave empty to keep it" in page) == (False, False, True)
    ada.save("subscribers_connection_change", shop.pk, **connection_fields())
    shop.refresh_from_db()
    assert (shop.webhook_secret, shop.access_token, shop.former_webhook_secret) == ("old-secret", "t0k", "")
    changed = connection_fields(new_webhook_secret="new-secret", keep_former_hours=2)
    ada.save("subscribers_connection_change", shop.pk, **changed)
    shop.refresh_from_db()
    assert (shop.webhook_secret, shop.former_webhook_secret) == ("new-secret", "old-secret")
    assert timedelta(hours=1) < shop.former_secret_until - timezone.now() <= timedelta(hours=2)
    page = ada.get("subscribers_connection_change", shop.pk).content.decode()
    assert "Two are good; the former one until" in page
    assert "new-secret" not in page


def test_a_shop_is_connected_once(ada: Desk, tea: Store, shop: Connection) -> None:
    fields = connection_fields(store=tea.pk, provider="shopify", domain="https://TEA.myshopify.com/")
    assert ada.refused("subscribers_connection_add", **fields) == ["That shop is connected already."]


def test_reconciliation_is_begun_from_the_list(ada: Desk, shop: Connection) -> None:
    ada.post("subscribers_connection_changelist", action="reconcile", _selected_action=[shop.pk])
    assert Reconciliation.objects.get().requested_by == ada.user


def test_webhooks_are_found_downloaded_and_replayed(ada: Desk, shop: Connection, soap: Store) -> None:
    theirs = Connection.objects.create(store=soap, provider=Provider.SHOPIFY, domain="soap.myshopify.com")
    rows = [
        WebhookDelivery.objects.create(
            connection=connection,
            topic="a/b",
            webhook_id="w",
            body=b'{"a": 1}',
            headers={"x-shopify-topic": "<a/b>"},
            state="quarantined",
            processed_at=timezone.now(),
            error="no id",
        )
        for connection in (shop, theirs)
    ]
    answer = ada.get("subscribers_webhookdelivery_body", rows[0].pk)
    assert (answer.content, answer.headers["Content-Type"]) == (b'{"a": 1}', "application/octet-stream")
    assert ada.get("subscribers_webhookdelivery_body", rows[1].pk).status_code == 404
    assert "&lt;a/b&gt;" in ada.get("subscribers_webhookdelivery_change", rows[0].pk).content.decode()
    chosen = [row.pk for row in rows]
    ada.post("subscribers_webhookdelivery_changelist", action="replay", _selected_action=chosen)
    assert list(WebhookDelivery.objects.order_by("pk").values_list("state", flat=True)) == ["stored", "quarantined"]


@pytest.fixture
def subscription(ada: Desk, tea: Store) -> Subscription:
    product = Product.objects.create(store=tea, name="Tea box")
    ada.save(
        "subscribers_subscription_add",
        store=tea.pk,
        product=product.pk,
        email="Zoe@example.com",
        name="Zoë",
        price="24.00",
        billing_interval="month",
        billing_interval_count=1,
        max_cycles="",
        first_billing_on="",
    )
    return Subscription.objects.get()


def test_a_subscription_is_started_paid_and_shipped(ada: Desk, subscription: Subscription) -> None:
    assert (subscription.subscriber.email, subscription.price) == ("Zoe@example.com", Decimal("24.00"))
    assert subscription.events.get(kind="started").actor == ada.user
    sweep_billing()
    charge = Charge.objects.get()
    ada.post("subscribers_charge_changelist", action="paid", _selected_action=[charge.pk])
    assert subscription.cycles.get(index=1).status == "billed"
    box = Box.objects.get()
    ada.post("subscribers_box_changelist", action="shipped", _selected_action=[box.pk])
    ada.post("subscribers_box_changelist", action="delivered", _selected_action=[box.pk])
    box.refresh_from_db()
    assert (box.status, box.delivered_at >= box.shipped_at) == (BoxStatus.DELIVERED, True)


def test_a_subscription_that_cannot_be_is_refused_in_words(ada: Desk, tea: Store, soap: Store) -> None:
    product = Product.objects.create(store=tea, name="Tea box")
    fields = {
        "store": tea.pk,
        "product": product.pk,
        "email": "zoe@example.com",
        "price": "24.00",
        "billing_interval": "month",
        "billing_interval_count": 99,
    }
    assert ada.refused("subscribers_subscription_add", **fields) == ["From 1 to 24."]
    assert not Subscription.objects.exists()


def test_actions_are_approved_and_asked_again(ada: Desk, subscription: Subscription) -> None:
    agent = MembershipFactory(store=subscription.store, role=Role.AGENT).user
    ApprovalLimit.objects.create(store=subscription.store, role=Role.AGENT, kind=ActionKind.GIFT, amount=1)
    waiting = [
        request_action(
            subscriber=subscription.subscriber,
            subscription=subscription,
            kind=ActionKind.GIFT,
            params={"title": "A mug", "amount": "8.00"},
            key=f"k{number}",
            actor_kind=Actor.AGENT,
            actor=agent,
        )
        for number in range(2)
    ]
    assert {row.state for row in waiting} == {ActionState.AWAITING_APPROVAL}
    assert Membership.objects.get(user=ada.user).role == Role.ADMIN
    ada.post("subscribers_provideraction_changelist", action="approve", _selected_action=[waiting[0].pk])
    ada.post("subscribers_provideraction_changelist", action="withdraw", _selected_action=[waiting[1].pk])
    assert list(ProviderAction.objects.order_by("pk").values_list("state", flat=True)) == ["done", "cancelled"]
    ProviderAction.objects.filter(key="k1").update(state="failed")
    ada.post("subscribers_provideraction_changelist", action="ask_again", _selected_action=[waiting[1].pk])
    assert ProviderAction.objects.get(key="k1").state == ActionState.DONE
    page = ada.get("subscribers_provideraction_change", waiting[1].pk)
    assert page.status_code == 200
