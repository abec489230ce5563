"""What was truly saved is decided by what came after; the three rules count it by name."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from subscribers.cancellation.declarations import cancel
from subscribers.cancellation.enums import SessionChannel
from subscribers.cancellation.reasons import reason_of_key
from subscribers.cancellation.sessions import accept, give_reason, keep, open_session, show_offers
from subscribers.cancellation.sweeps import sweep_reminders, sweep_words
from subscribers.cancellation.watch import SAVE_RULES, save_rate, sweep_watches
from subscribers.models import CancellationSession, Cycle, Subscription
from subscribers.services.cycles import record_billing
from subscribers.services.subscriptions import record_cancellation
from tests.subscribers.cancellation.conftest import subscribe
from tickets.models import OutboundMail

pytestmark = pytest.mark.django_db


def kept(store) -> CancellationSession:
    return keep(open_session(subscribe(store), channel=SessionChannel.PORTAL))


def accepted(store) -> CancellationSession:
    session = open_session(subscribe(store), channel=SessionChannel.PORTAL)
    session = give_reason(session, reason=reason_of_key(store, "too_expensive"))
    shown = show_offers(session)
    return accept(session, shown[-1].offer)


def a_month_later() -> None:
    CancellationSession.objects.exclude(watch_until=None).update(watch_until=timezone.now())
    sweep_watches()


def bill(session: CancellationSession) -> None:
    cycle = Cycle.objects.get(subscription=session.subscription, status="scheduled")
    record_billing(cycle, at=timezone.now(), amount=Decimal("30.00"))


def test_saved_is_who_was_billed_lost_is_who_went_and_the_rest_is_watched_on(store, monkeypatch):
    billed, went, waits = kept(store), kept(store), kept(store)
    bill(billed)
    record_cancellation(went.subscription, at=timezone.now())
    a_month_later()
    for session in (billed, went, waits):
        session.refresh_from_db()
    assert [session.outcome for session in (billed, went, waits)] == ["saved", "lost", ""]
    assert waits.watch_until > timezone.now() + timedelta(days=10)
    monkeypatch.setattr("subscribers.cancellation.watch.LONGEST_WATCH", timedelta(0))
    a_month_later()
    waits.refresh_from_db()
    assert waits.outcome == "lost"


def test_the_three_rules_on_the_same_rows(store):
    saved, left, took = kept(store), kept(store), accepted(store)
    cancel(open_session(subscribe(store), channel=SessionChannel.PORTAL))
    open_session(subscribe(store), channel=SessionChannel.PORTAL)
    bill(saved)
    bill(took)
    record_cancellation(left.subscription, at=timezone.now())
    a_month_later()
    rates = {rule.key: save_rate(rule, CancellationSession.objects.all()) for rule in SAVE_RULES}
    assert rates == {"durable": (2, 4), "not_cancelled": (3, 4), "offer_accepted": (1, 1)}


def test_words_go_when_the_years_are_over_and_counts_stay(store):
    session = open_session(subscribe(store), channel=SessionChannel.PORTAL)
    session = cancel(give_reason(session, reason=reason_of_key(store, "money"), words="My secret"))
    assert sweep_words() == 0
    CancellationSession.objects.update(ended_at=timezone.now() - timedelta(days=366 * 3 + 1))
    assert (sweep_words(), sweep_words()) == (1, 0)
    session.refresh_from_db()
    assert (session.words, session.reason.key) == ("", "money")


def test_long_terms_are_reminded_where_the_place_asks_once(store):
    person = {"country": "US"}
    yearly, monthly = subscribe(store, **person), subscribe(store, **person)
    elsewhere = subscribe(store, country="CA")
    Subscription.objects.filter(pk__in=(yearly.pk, elsewhere.pk)).update(billing_interval="year")
    for one in (yearly, monthly, elsewhere):
        one.subscriber.region = "California"
        one.subscriber.save()
    sweep_reminders()
    sweep_reminders()
    mail = OutboundMail.objects.get()
    assert (mail.recipient, "renews on" in mail.subject) == (yearly.subscriber.email, True)
    assert "/cancel/t/" in mail.text
