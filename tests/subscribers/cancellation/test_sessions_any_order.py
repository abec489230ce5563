"""Whatever is done to a session in whatever order: its state, its history and the subscription never contradict."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from subscribers.cancellation.declarations import cancel
from subscribers.cancellation.enums import OPEN_SESSION, Arm, SessionChannel, SessionState
from subscribers.cancellation.history import TRANSITIONS
from subscribers.cancellation.reasons import reason_of_key
from subscribers.cancellation.sessions import accept, dismiss, give_reason, keep, open_session, show_offers
from subscribers.cancellation.sweeps import sweep_left
from subscribers.cancellation.watch import sweep_watches
from subscribers.enums import ENDED_SUBSCRIPTION
from subscribers.errors import Refused
from subscribers.models import CancellationSession, Store, Subscription
from tests.factories.people import UserFactory
from tests.subscribers.cancellation.conftest import subscribe
from tests.thorough import examples

pytestmark = pytest.mark.django_db


class Cancelling(RuleBasedStateMachine):
    store: Store

    @initialize(by_mail=st.booleans())
    def somebody_subscribes(self, by_mail):
        self.subscription = subscribe(self.store)
        self.agent = UserFactory()
        channel = SessionChannel.MAIL if by_mail else SessionChannel.PORTAL
        state = SessionState.REQUESTED if by_mail else SessionState.STARTED
        self.session = open_session(self.subscription, channel=channel, state=state)

    def act(self, service, *arguments, **options):
        try:
            service(self.session, *arguments, **options)
        except Refused:
            self.refused = True

    @rule(key=st.sampled_from(["money", "too_expensive", "too_much_product", "late", "other", "damaged"]))
    def tell_why(self, key):
        self.act(give_reason, reason=reason_of_key(self.store, key), words=f"because of {key}")

    @rule()
    def see_offers(self):
        self.act(show_offers)

    @rule(number=st.integers(0, 3))
    def take_an_offer(self, number):
        shown = list(self.session.offers_shown.order_by("position"))
        self.act(accept, shown[number].offer_id if number < len(shown) else 0)

    @rule()
    def cancel_it(self):
        self.act(cancel)

    @rule()
    def keep_it(self):
        self.act(keep)

    @rule()
    def an_agent_says_they_stay(self):
        self.act(dismiss, actor=self.agent)

    @rule()
    def a_day_goes_by(self):
        CancellationSession.objects.exclude(abandons_at=None).update(abandons_at=timezone.now() - timedelta(seconds=1))
        sweep_left()

    @rule()
    def a_month_goes_by(self):
        CancellationSession.objects.exclude(watch_until=None).update(watch_until=timezone.now() - timedelta(seconds=1))
        sweep_watches()

    @rule()
    def they_come_back(self):
        try:
            self.session = open_session(self.subscription_now, channel=SessionChannel.PORTAL)
        except Refused:
            assert self.subscription_now.status in ENDED_SUBSCRIPTION

    @property
    def subscription_now(self) -> Subscription:
        rows = Subscription.objects.select_related("subscriber__store", "store", "product")
        return rows.get(pk=self.subscription.pk)

    @invariant()
    def nothing_contradicts(self):
        sessions = list(CancellationSession.objects.filter(subscription=self.subscription).order_by("pk"))
        assert sum(session.is_open for session in sessions) <= 1
        for session in sessions:
            events = list(session.events.order_by("pk"))
            moves = [(event.from_state, event.to_state) for event in events if event.from_state != event.to_state]
            for before, after in moves:
                assert SessionState(after) in TRANSITIONS[SessionState(before)]
            assert events[-1].to_state == session.state or not moves
            assert (session.ended_at is None) == (session.state in OPEN_SESSION)
            assert (session.offered_at is not None) == session.offers_shown.exists()
            assert session.arm == Arm.OFFERS
            if session.channel == SessionChannel.MAIL:
                assert session.state not in (SessionState.BOUNCED,)
        is_cancelled = any(session.state == SessionState.CANCELLED for session in sessions)
        assert is_cancelled == (self.subscription_now.status == "cancelled")


def test_sessions_in_any_order(store):
    Cancelling.store = store
    run_state_machine_as_test(
        Cancelling, settings=settings(max_examples=examples(6), stateful_step_count=8, deadline=None, database=None)
    )
