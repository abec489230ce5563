"""The seeded store looks like a shop to somebody who runs one."""

import pytest
from django.db.models import Count

from helpdesk.models import User
from subscribers.models import Cycle, Subscription
from success.models import Alert
from tests.helpdesk.seeding import seeded
from tickets.models import FieldValue, Message, Ticket

pytestmark = pytest.mark.django_db


def test_a_store_of_the_default_kind():
    seeded(300, 250)

    statuses = dict(Ticket.objects.values_list("status").annotate(count=Count("pk")))
    assert set(statuses) == {"new", "open", "pending", "on_hold", "resolved"}
    assert 0.05 < 1 - statuses["resolved"] / 250 < 0.14

    mine = Ticket.objects.unresolved().filter(assignee__email="agent@demo.example").count()
    assert 8 <= mine <= 20

    alerts = dict(Alert.objects.values_list("status").annotate(count=Count("pk")))
    assert set(alerts) == {"open", "in_progress", "snoozed", "closed"}

    paid = Cycle.objects.filter(status__in=("billed", "recovered")).count()
    skipped = Cycle.objects.filter(status="skipped").count()
    assert 0.02 < skipped / paid < 0.1
    ended = Subscription.objects.filter(status__in=("cancelled", "failed")).count()
    assert 0.2 < ended / Subscription.objects.count() < 0.5

    texts = list(Message.objects.filter(author_kind="subscriber").values_list("text", flat=True))
    assert not any(sign in text for text in texts for sign in "[]{}|")
    found = dict(FieldValue.objects.values_list("field__key").annotate(count=Count("pk")))
    assert found["damage-found-in"] >= found["replacement-sent"] >= 5

    languages = set(Ticket.objects.values_list("subscriber__language", flat=True))
    assert languages == {"en", "de", "es"}


def test_colleagues_sign_in_with_the_demo_password(client):
    seeded(10, 3)
    for name in ("agent", "success", "lead", "admin"):
        assert client.login(username=f"{name}@demo.example", password="demo")
    admin = User.objects.get(email="admin@demo.example")
    assert (admin.is_staff, admin.is_superuser) == (True, True)
    agent = User.objects.get(email="agent@demo.example")
    assert Ticket.objects.visible_to(agent).count() == 3
