"""The one way towards cancelling, for every channel: starts sessions, takes reasons, shows and grants offers.

The cancelling itself is in subscribers.cancellation.declarations.
"""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from subscribers import signals
from subscribers.cancellation.arms import arm_of
from subscribers.cancellation.enums import (
    Arm,
    NoticeKind,
    SessionChannel,
    SessionEventKind,
    SessionState,
)
from subscribers.cancellation.history import locked, log, move
from subscribers.cancellation.notices import want_of_session
from subscribers.cancellation.offers import Candidate, candidates, take
from subscribers.cancellation.policies import policy_for, rules_in, settings_of
from subscribers.cancellation.reasons import may_give
from subscribers.cancellation.speech import language_of
from subscribers.enums import ENDED_SUBSCRIPTION, PAID_CYCLE
from subscribers.errors import Refused
from subscribers.models import Reason, Subscription
from subscribers.models.cancellation import CancellationSession, OfferShown
from subscribers.models.cancellation_rules import Offer

FLOW_VERSION = 1
WATCHED_FOR = timedelta(days=30)
# Without letters and digits that look alike.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"


def new_reference() -> str:
    return "C-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def open_session(
    subscription: Subscription,
    *,
    channel: SessionChannel,
    actor: AbstractBaseUser | None = None,
    source: str = "",
    key: str = "",
    state: SessionState = SessionState.STARTED,
    at: datetime | None = None,
) -> CancellationSession:
    """The subscription's open session, made where there is none; the one that cancelled it, where that is on its way.

    It counts from `at`, when it was asked for. Refused where it has ended already.
    """
    if key and (known := CancellationSession.objects.filter(store=subscription.store_id, key=key).first()):
        if known.subscription_id != subscription.pk:
            raise Refused(gettext("That key was used for another subscription."), "key")
        return known
    if subscription.status in ENDED_SUBSCRIPTION:
        raise Refused(gettext_noop("This subscription has ended already."), "subscription")
    if done := declared_before(subscription):
        return done
    there = CancellationSession.objects.open().filter(subscription=subscription)
    if known := there.first():
        return known
    try:
        with transaction.atomic():
            return _start(subscription, channel, actor, source, key, state, at or timezone.now())
    except IntegrityError:
        # Two tabs at once: the second gets the first one's session.
        if known := there.first():
            return known
        raise


def declared_before(subscription: Subscription) -> CancellationSession | None:
    """A cancellation that counts and is not through yet: on its way to the provider, or wished for a later day."""
    sessions = CancellationSession.objects.filter(
        subscription=subscription, state=SessionState.CANCELLED, confirmed_at=None
    )
    return sessions.order_by("-ended_at").first()


def _start(
    subscription: Subscription,
    channel: SessionChannel,
    actor: AbstractBaseUser | None,
    source: str,
    key: str,
    state: SessionState,
    now: datetime,
) -> CancellationSession:
    subscriber = subscription.subscriber
    settings = settings_of(subscription.store)
    by_mail = channel == SessionChannel.MAIL
    session = CancellationSession.objects.create(
        store=subscription.store,
        subscriber=subscriber,
        subscription=subscription,
        reference=new_reference(),
        key=key,
        channel=channel,
        state=state,
        policy_version=policy_for(subscriber),
        flow_version=FLOW_VERSION,
        arm=arm_of(subscriber, settings.holdout_percent),
        language=language_of(subscriber),
        actor_id=actor.pk if actor else None,
        source=source[:60],
        cycle_index=subscription.cycles.filter(status__in=PAID_CYCLE).count() or 1,
        price=subscription.price,
        currency=subscription.currency,
        started_at=now,
        abandons_at=None if by_mail else now + timedelta(hours=settings.abandoned_after_hours),
        due_at=now + timedelta(hours=settings.request_due_hours) if by_mail else None,
    )
    kind = SessionEventKind.REQUESTED if state == SessionState.REQUESTED else SessionEventKind.STARTED
    log(session, kind, actor=actor, at=now, channel=channel, source=source)
    signals.cancellation_started.send_robust(sender=CancellationSession, session=session)
    return session


@transaction.atomic
def give_reason(
    session: CancellationSession,
    *,
    reason: Reason | None = None,
    words: str = "",
    detail: str = "",
    actor: AbstractBaseUser | None = None,
) -> CancellationSession:
    """Why, as far as they say: before cancelling, or once after it. Everything is optional."""
    session, now = locked(session), timezone.now()
    if reason is not None and not may_give(reason, session.store):
        raise Refused(gettext("This is none of the reasons for cancelling."), "reason")
    if session.state == SessionState.CANCELLED:
        if session.reasoned_at is not None and (session.reason_id or session.words):
            return session
        before = session.state
    elif session.is_open:
        before = session.state
        if session.state in (SessionState.STARTED, SessionState.REQUESTED):
            before = move(session, SessionState.REASON, now=now)
    else:
        raise Refused(gettext("This was ended before."), "state")
    session.reason = reason or session.reason
    session.words = words.replace("\x00", "").strip()[:5000] or session.words
    session.detail = detail.replace("\x00", "").strip()[:500] or session.detail
    session.reasoned_at = now
    session.save(update_fields=["state", "reason", "words", "detail", "reasoned_at"])
    log(
        session,
        SessionEventKind.REASON_GIVEN,
        before=before,
        actor=actor,
        at=now,
        reason=session.reason.key if session.reason else "",
        has_words=bool(session.words),
    )
    return session


@transaction.atomic
def show_offers(session: CancellationSession) -> list[OfferShown]:
    """The session's one page of offers; empty where none may or can be shown, and its history says why.

    Asked again, the same page comes.
    """
    session, now = locked(session), timezone.now()
    shown = list(session.offers_shown.select_related("offer").order_by("position"))
    if shown or not session.is_open:
        return shown
    found, why = offers_for(session)
    if not found:
        log(session, SessionEventKind.NO_OFFERS, at=now, why=why)
        return []
    before = move(session, SessionState.OFFER, now=now)
    session.offered_at = now
    session.save(update_fields=["state", "offered_at"])
    shown = OfferShown.objects.bulk_create(
        OfferShown(
            session=session,
            offer=candidate.offer,
            position=number,
            title=candidate.title[:200],
            lines=list(candidate.lines),
            shown_at=now,
        )
        for number, candidate in enumerate(found, 1)
    )
    offers = [{"offer": one.offer_id, "title": one.title, "lines": one.lines} for one in shown]
    log(session, SessionEventKind.OFFERS_SHOWN, before=before, at=now, offers=offers)
    return shown


def offers_for(session: CancellationSession) -> tuple[list[Candidate], str]:
    """What could be offered now, the best first, else why nothing is."""
    if not rules_in(session.policy_version).offer_pages:
        return [], "policy"
    if session.arm == Arm.NO_OFFERS:
        return [], "holdout"
    with translation.override(session.language):
        found = candidates(session)
    return found, "" if found else "none fits"


@transaction.atomic
def accept(session: CancellationSession, offer: Offer | int) -> CancellationSession:
    """Take one of the offers that were shown, instead of cancelling. Twice is once.

    Refused, with nothing changed, where it is not to be had any more: its month is spent, or things moved on.
    """
    session, now = locked(session), timezone.now()
    pk = offer if isinstance(offer, int) else offer.pk
    if session.state == SessionState.ACCEPTED:
        return session
    if not session.offers_shown.filter(offer=pk).exists():
        raise Refused(gettext_noop("This was not offered."), "offer")
    taken = take(session, pk)
    before = move(session, SessionState.ACCEPTED, now=now)
    session.accepted_offer, session.offer_cost, session.offer_action = taken.offer, taken.cost, taken.action
    session.watch_until = now + WATCHED_FOR
    session.save()
    log(
        session,
        SessionEventKind.OFFER_CHOSEN,
        before=before,
        at=now,
        offer=pk,
        offer_kind=taken.offer.kind,
        cost=str(taken.cost),
        action=taken.action.pk if taken.action else None,
    )
    want_of_session(NoticeKind.OFFER, session)
    signals.cancellation_ended.send_robust(sender=CancellationSession, session=session)
    return session


@transaction.atomic
def dismiss(session: CancellationSession, *, actor: AbstractBaseUser, words: str = "") -> CancellationSession:
    """An agent says that a mail was no cancellation, or that the subscriber took it back."""
    session, now = locked(session), timezone.now()
    if not session.is_open:
        return session
    before = move(session, SessionState.ABANDONED, now=now)
    session.watch_until = now + WATCHED_FOR
    session.save()
    log(session, SessionEventKind.DISMISSED, before=before, actor=actor, at=now, words=words[:500])
    signals.cancellation_ended.send_robust(sender=CancellationSession, session=session)
    return session


@transaction.atomic
def keep(session: CancellationSession) -> CancellationSession:
    """The subscriber says themselves that everything stays as it is. Not of a wish by mail, which a person settles."""
    session, now = locked(session), timezone.now()
    if not session.is_open:
        return session
    before = move(session, SessionState.ABANDONED, now=now)
    session.watch_until = now + WATCHED_FOR
    session.save()
    log(session, SessionEventKind.ABANDONED, before=before, at=now, said=True)
    signals.cancellation_ended.send_robust(sender=CancellationSession, session=session)
    return session
