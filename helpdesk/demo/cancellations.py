"""Cancellations as they were lived: why people went, what they were shown, and who stayed."""

from datetime import datetime, timedelta
from typing import Any

from helpdesk.demo.chance import Chance
from helpdesk.demo.world import Setting
from subscribers.cancellation.enums import Arm, Outcome, SessionChannel, SessionEventKind, SessionState
from subscribers.cancellation.policies import policy_at
from subscribers.cancellation.sessions import ALPHABET, FLOW_VERSION, WATCHED_FOR
from subscribers.cancellation.speech import language_of
from subscribers.enums import PAID_CYCLE, Actor, SubscriptionEventKind, SubscriptionStatus
from subscribers.models import (
    CancellationEvent,
    CancellationPolicyVersion,
    CancellationSession,
    Offer,
    OfferShown,
    Reason,
    Subscription,
    SubscriptionEvent,
)

TRIED = 0.09  # of those who are still there
STAYED = {SessionState.ACCEPTED: 0.45, SessionState.ABANDONED: 0.4, SessionState.BOUNCED: 0.15}
CHANNELS = {SessionChannel.PORTAL: 0.78, SessionChannel.AGENT: 0.17, SessionChannel.API: 0.05}
SAID = 0.3
WORDS: dict[str, tuple[str, ...]] = {
    "too_expensive": ("Rent went up, tea has to wait.", "I love it, but not at this price.", "Cheaper at the market."),
    "too_much_product": (
        "Three boxes unopened in the cupboard.",
        "I cannot drink that much!",
        "Every two months would do.",
    ),
    "did_not_like": ("Too many fruit teas for me.", "The smoky one was not for me."),
    "no_longer_need": ("The doctor took me off caffeine.", "My partner moved out, and the tea drinker with him."),
    "moving": ("Moving abroad in spring.", "New flat, no letter box that fits the box."),
    "damaged": ("Second tin that came dented.", "The sachets were torn again."),
    "late": ("Always after the weekend it was meant for.",),
    "quality": ("The last green tea tasted of nothing.",),
    "customer_service": ("Nobody answered for four days.",),
    "billing": ("Charged before I expected it, again.",),
    "alternative": ("Found a shop round the corner.",),
    "other": ("Just tidying up my subscriptions.",),
}
OFFER_TITLES = {
    "skip": "Skip the next box",
    "frequency": "Get a box every 2 months",
    "pause": "Pause for 60 days",
    "discount": "20% off your next 2 boxes",
    "contact": "Talk to us",
}


def write_cancellations(setting: Setting) -> int:
    """Sessions of those who went, and of some who stayed; how many."""
    chance = Chance(setting.seed, "cancellations")
    told = _Telling(setting, chance)
    reasons = dict(
        SubscriptionEvent.objects.filter(
            subscription__store=setting.store, kind=SubscriptionEventKind.CANCELLED
        ).values_list("subscription", "reason__key")
    )
    rows = (
        Subscription.objects.filter(store=setting.store)
        .select_related("subscriber__store")
        .prefetch_related("cycles")
        .order_by("subscriber__email", "started_at", "external_id")
    )
    for subscription in rows:
        if subscription.status == SubscriptionStatus.CANCELLED and subscription.ended_at is not None:
            told.went(subscription, reasons.get(subscription.pk) or "")
        elif subscription.status == SubscriptionStatus.ACTIVE and chance.happens(TRIED):
            told.stayed(subscription)
    return told.write()


class _Telling:
    def __init__(self, setting: Setting, chance: Chance) -> None:
        self.setting, self.chance = setting, chance
        self.reasons = {reason.key: reason for reason in Reason.objects.filter(store=None, for_cancellations=True)}
        self.offers = list(
            Offer.objects.filter(store=setting.store).prefetch_related("reasons").order_by("position", "pk")
        )
        self.policies: dict[tuple[str, str], CancellationPolicyVersion] = {}
        self.agents = [user for _, user in sorted(setting.users.items())]
        self.sessions: list[CancellationSession] = []
        self.shown: list[tuple[CancellationSession, list[Offer]]] = []

    def went(self, subscription: Subscription, key: str) -> None:
        ended_at = subscription.ended_at
        if ended_at is None:
            return
        session = self._session(subscription, key, ended_at - timedelta(minutes=self.chance.randrange(1, 6)))
        session.state, session.ended_at, session.confirmed_at = SessionState.CANCELLED, ended_at, ended_at
        session.effective_at = ended_at
        session.outcome, session.decided_at = Outcome.LOST, ended_at

    def stayed(self, subscription: Subscription) -> None:
        span = self.setting.now - subscription.started_at
        if span < timedelta(days=3):
            return
        at = subscription.started_at + span * self.chance.uniform(0.2, 0.98)
        session = self._session(subscription, self.chance.one(sorted(self.reasons)), at)
        state = self.chance.weighed(STAYED)
        offers = dict(self.shown_of(session))
        if state == SessionState.ACCEPTED and not offers:
            state = SessionState.ABANDONED
        session.state = state
        if state == SessionState.ACCEPTED:
            session.accepted_offer = self.chance.one(list(offers.values()))
        if state == SessionState.BOUNCED:
            session.reason, session.words, session.reasoned_at, session.offered_at = None, "", None, None
            self.shown = [one for one in self.shown if one[0] is not session]
        wait = timedelta(minutes=2) if state == SessionState.ACCEPTED else timedelta(hours=24)
        session.ended_at = min(at + wait, self.setting.now)
        session.watch_until = session.ended_at + WATCHED_FOR
        if session.watch_until < self.setting.now:
            session.outcome, session.decided_at = Outcome.SAVED, session.watch_until

    def shown_of(self, session: CancellationSession) -> list[tuple[int, Offer]]:
        return [(offer.pk, offer) for one, offers in self.shown if one is session for offer in offers]

    def _session(self, subscription: Subscription, key: str, at: datetime) -> CancellationSession:
        chance, person = self.chance, subscription.subscriber
        place = (person.country or self.setting.store.country, person.region)
        if place not in self.policies:
            self.policies[place] = policy_at(self.setting.store, *place)
        policy = self.policies[place]
        channel = chance.weighed(CHANNELS)
        arm = Arm.NO_OFFERS if chance.happens(0.1) else Arm.OFFERS
        reason = self.reasons.get(key)
        words = chance.one(WORDS[key]) if key in WORDS and chance.happens(SAID) else ""
        session = CancellationSession(
            store=self.setting.store,
            subscriber=person,
            subscription=subscription,
            reference="C-" + "".join(chance.one(ALPHABET) for _ in range(8)),
            channel=channel,
            actor=chance.one(self.agents) if channel == SessionChannel.AGENT else None,
            policy_version=policy,
            flow_version=FLOW_VERSION,
            arm=arm,
            language=language_of(person),
            reason=reason,
            words=words,
            cycle_index=max(1, sum(cycle.status in PAID_CYCLE for cycle in subscription.cycles.all())),
            price=subscription.price,
            currency=subscription.currency,
            started_at=at,
            reasoned_at=at + timedelta(seconds=40) if reason else None,
        )
        self.sessions.append(session)
        fitting = [offer for offer in self.offers if reason and reason.pk in {one.pk for one in offer.reasons.all()}][
            :3
        ]
        is_shown = policy.rules["offer_pages"] and arm == Arm.OFFERS and channel == SessionChannel.PORTAL
        if fitting and is_shown and chance.happens(0.7):
            session.offered_at = at + timedelta(seconds=45)
            self.shown.append((session, fitting))
        return session

    def write(self) -> int:
        CancellationSession.objects.bulk_create(self.sessions, batch_size=500)
        OfferShown.objects.bulk_create(
            OfferShown(
                session=session,
                offer=offer,
                position=number,
                title=OFFER_TITLES[offer.kind],
                shown_at=session.offered_at or session.started_at,
            )
            for session, offers in self.shown
            for number, offer in enumerate(offers, 1)
        )
        CancellationEvent.objects.bulk_create(
            [event for session in self.sessions for event in _events(session)], batch_size=1000
        )
        return len(self.sessions)


ENDS = {
    SessionState.CANCELLED: SessionEventKind.DECLARED,
    SessionState.ACCEPTED: SessionEventKind.OFFER_CHOSEN,
    SessionState.ABANDONED: SessionEventKind.ABANDONED,
    SessionState.BOUNCED: SessionEventKind.BOUNCED,
}


def _events(session: CancellationSession) -> list[CancellationEvent]:
    def event(kind: SessionEventKind, at: datetime, to: str, **data: Any) -> CancellationEvent:
        return CancellationEvent(
            session=session,
            kind=kind,
            to_state=to,
            actor_kind=Actor.AGENT if session.actor else Actor.SUBSCRIBER,
            actor=session.actor,
            data=data,
            occurred_at=at,
        )

    told = [event(SessionEventKind.STARTED, session.started_at, SessionState.STARTED, channel=session.channel)]
    if session.reasoned_at and session.reason:
        key = session.reason.key
        told.append(event(SessionEventKind.REASON_GIVEN, session.reasoned_at, SessionState.REASON, reason=key))
    if session.offered_at:
        told.append(event(SessionEventKind.OFFERS_SHOWN, session.offered_at, SessionState.OFFER))
    if session.ended_at:
        told.append(event(ENDS[SessionState(session.state)], session.ended_at, session.state))
    return told
