"""`/metrics`: what waits and what is late, to those who may know, at a fixed cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.factories.people import StoreFactory, SubscriberFactory
from tests.factories.tickets import MailboxFactory, make_ticket
from tickets.models import InboundMail, Ticket

pytestmark = pytest.mark.django_db


def told(**headers: str) -> dict[str, float]:
    response = Client().get("/metrics", headers=headers)
    assert response.status_code == 200
    families = text_string_to_metric_families(response.content.decode())
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value for one in families for sample in one.samples
    }


def a_mail(mailbox, key: str, **fields) -> InboundMail:
    return InboundMail.objects.create(mailbox=mailbox, raw=b"x", size=1, source="imap", source_key=key, **fields)


def test_what_waits_is_counted_and_how_long_the_first_has(django_assert_num_queries):
    store = StoreFactory()
    mailbox = MailboxFactory(store=store)
    person = SubscriberFactory(store=store)
    make_ticket("Hello", subscriber=person)
    late = make_ticket("Hello", subscriber=person)
    gone = make_ticket("Hello", subscriber=person)
    Ticket.objects.filter(pk=late.pk).update(next_due_at=timezone.now() - timedelta(hours=1), status="open")
    Ticket.objects.filter(pk=gone.pk).update(status="resolved", resolved_at=timezone.now())
    with CaptureQueriesContext(connection) as counted:
        told()
    for number in range(3):
        a_mail(mailbox, f"w{number}", received_at=timezone.now() - timedelta(minutes=number))
    a_mail(mailbox, "q", state="quarantined", error="broken")
    with django_assert_num_queries(len(counted)):
        found = told()
    assert {name: found[name] for name in found if "tickets" in name} == {
        "helpdesk_tickets_unresolved new": 1,
        "helpdesk_tickets_unresolved open": 1,
        "helpdesk_tickets_overdue": 1,
    }
    assert (found["helpdesk_mail_in_waiting"], found["helpdesk_mail_in_quarantined"]) == (3, 1)
    assert 119 <= found["helpdesk_mail_in_waiting_late_seconds"] <= 300
    assert found["helpdesk_webhooks_waiting_late_seconds"] == 0


def test_only_those_who_may_know_are_told(settings):
    assert Client().get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 403
    settings.METRICS_TOKEN = "s3cret"
    assert Client().get("/metrics").status_code == 403
    assert Client().get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 403
    assert told(authorization="Bearer s3cret", x_forwarded_for="203.0.113.9")["helpdesk_runs_live"] == 0
