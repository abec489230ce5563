"""A flow's mails carry their own way out, and who took it is written to no more."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from subscribers.models import Consent
from subscribers.privacy.links import read_unsubscribe_tag
from success.enums import StepKind, TouchCategory, TouchDecision
from success.flows.contact import MAY, Desk
from success.flows.engine import sweep_runs
from success.models import Flow, FlowStep, Run
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import make_ticket
from tickets.models import OutboundMail

pytestmark = pytest.mark.django_db


def test_one_click_ends_what_a_flow_sends(newcomer):
    Flow.objects.update(category=TouchCategory.SUCCESS)
    make_ticket("My box arrived crushed.", subscriber=newcomer)
    sweep_runs()
    mail = OutboundMail.objects.get(key__startswith="flow:")
    https, mailto = mail.headers["List-Unsubscribe"].split(", ")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read_unsubscribe_tag(mailto.partition("+")[2].partition("@")[0]) == (newcomer.pk, "success")

    path = urlsplit(https.strip("<>")).path
    assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    run = Run.objects.get()
    assert Desk([newcomer.pk], timezone.now()).decide(run).decision == TouchDecision.OPTED_OUT
    run.flow.category = TouchCategory.TRANSACTIONAL
    assert Desk([newcomer.pk], timezone.now()).decide(run) == MAY


def test_a_transactional_flow_has_no_way_out(store):
    Flow.objects.update(category=TouchCategory.TRANSACTIONAL)
    person = SubscriberFactory(store=store)
    BoxFactory(cycle=CycleFactory(subscription=SubscriptionFactory(subscriber=person)))
    make_ticket("My box arrived crushed.", subscriber=person)
    sweep_runs()
    headers = OutboundMail.objects.get(key__startswith="flow:").headers
    assert [name for name in headers if name.startswith("List-")] == []


def test_what_advertises_says_how_to_end_it(newcomer):
    make_ticket("My box arrived crushed.", subscriber=newcomer)
    Flow.objects.update(category=TouchCategory.MARKETING)
    Run.objects.update(ticket=None)
    FlowStep.objects.filter(kind=StepKind.NOTE).update(kind=StepKind.WAIT, config={"hours": 0})
    sweep_runs()
    sweep_runs()
    mail = OutboundMail.objects.get(key__startswith="flow:")
    link = mail.text.rpartition("\n\nUnsubscribe: ")[2]
    assert Client().post(urlsplit(link).path).status_code == 200
    assert Consent.objects.get(subscriber=newcomer, category="marketing").granted is False
