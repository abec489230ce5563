"""A card that will have expired opens an alert; its replacement, told or read again, closes it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.models import CardExpiry, PaymentMethod
from subscribers.services.cards import sweep_cards
from subscribers.services.reconciliation import reconcile, request_reconciliation
from success.enums import AlertOutcome, AlertStatus, FactKind
from success.models import Alert
from success.starter import install_alert_rules
from tests.subscribers.conftest import shopify  # noqa: F401  a fixture

EXPIRED = timezone.now() - timedelta(days=60)
YEAR = timezone.now().year


@pytest.mark.parametrize("is_told", [True, False], ids=["by its webhook", "webhook lost"])
def test_an_alert_stands_from_the_sweep_until_the_card_is_replaced(shopify, is_told):  # noqa: F811
    install_alert_rules()
    shop = shopify.service
    contract = shop.add_contract(shop.add_customer("robin@mail.example"))
    shop.set_card(contract, "a1", "4242", EXPIRED.year, EXPIRED.month)
    shop.set_next(contract, timezone.now().replace(microsecond=0) + timedelta(days=5))
    shopify.tell()
    assert [sweep_cards(), sweep_cards()] == [1, 0]
    alert = Alert.objects.get()
    assert (alert.status, alert.evidence.get().kind) == (AlertStatus.OPEN, FactKind.CARD_EXPIRING)

    shop.outbox.clear()
    shop.now = timezone.now()
    shop.set_card(contract, "b2", "1881", YEAR + 3, 1)
    if is_told:
        shopify.tell()
    else:
        asked = request_reconciliation(shopify.connection)
        assert reconcile(asked.pk)
        assert list(asked.differences.values_list("object_kind", "external_id", "state")) == [
            ("card", "b2", "repaired")
        ]
    alert.refresh_from_db()
    assert (alert.status, alert.outcome) == (AlertStatus.CLOSED, AlertOutcome.AUTO_RESOLVED)
    assert alert.evidence.get().settled == "The card was replaced"
    assert CardExpiry.objects.get().settled_at is not None
    assert list(PaymentMethod.objects.order_by("pk").values_list("last4", flat=True)) == ["4242", "1881"]
