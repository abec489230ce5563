"""Cancelling itself: declared for a session, at once, or by somebody who is not matched yet.

What somebody declared counts from that moment and is never undone by a provider that does not answer: telling the
provider is a due time on the session, tried again and shown until it is confirmed.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from subscribers import signals
from subscribers.cancellation.enums import (
    Arm,
    Effect,
    NoticeKind,
    Outcome,
    SessionChannel,
    SessionEventKind,
    SessionKind,
    SessionState,
)
from subscribers.cancellation.execution import execute
from subscribers.cancellation.history import locked, log, move
from subscribers.cancellation.notices import want_of_session
from subscribers.cancellation.policies import rules_in
from subscribers.cancellation.sessions import FLOW_VERSION, give_reason, new_reference, open_session
from subscribers.enums import ENDED_SUBSCRIPTION, PAID_CYCLE, Actor
from subscribers.errors import Refused
from subscribers.models import Reason, Store, Subscriber, Subscription
from subscribers.models.cancellation import CancellationSession
from subscribers.models.cancellation_rules import CancellationPolicyVersion


@transaction.atomic
def cancel(
    session: CancellationSession,
    *,
    actor: AbstractBaseUser | None = None,
    actor_kind: Actor = Actor.SUBSCRIBER,
    kind: SessionKind = SessionKind.ORDINARY,
    effect: Effect | None = None,
    wished_at: datetime | None = None,
    detail: str = "",
) -> CancellationSession:
    """Cancel, from any open state; it counts at once. Twice is once, unless the second is to end it sooner.

    `effect`: against the policy's, as an agent may; `wished_at`: not before that time.
    """
    session, now = locked(session), timezone.now()
    is_again = session.state == SessionState.CANCELLED
    if is_again and not _is_sooner(session, wished_at, now):
        return session
    subscription = session.subscription
    if subscription is None or subscription.status in ENDED_SUBSCRIPTION:
        raise Refused(gettext_noop("This subscription has ended already."), "subscription")
    before = session.state if is_again else move(session, SessionState.CANCELLED, now=now)
    session.kind = kind
    session.detail = detail.strip()[:500] or session.detail
    session.actor_id = actor.pk if actor else session.actor_id
    declare(session, effect=effect, wished_at=wished_at, now=now)
    session.save()
    _declared(session, before, actor, actor_kind, now)
    if session.execute_at is not None and session.execute_at <= now:
        execute(session)
    # After it, so that the receipt can say what is confirmed already.
    want_of_session(NoticeKind.RECEIPT, session)
    return session


def _is_sooner(session: CancellationSession, wished_at: datetime | None, now: datetime) -> bool:
    """Whether it waits for a day that was wished, and an earlier one is wished now."""
    if session.execute_at is None or session.execute_at <= now or session.attempts:
        return False
    return wished_at is None or wished_at < session.execute_at


@transaction.atomic
def cancel_at_once(
    subscription: Subscription,
    *,
    channel: SessionChannel,
    actor: AbstractBaseUser | None = None,
    source: str = "",
    reason: Reason | None = None,
    words: str = "",
    effect: Effect | None = None,
    kind: SessionKind = SessionKind.ORDINARY,
) -> CancellationSession:
    """All of it in one transaction, for who knows already: an agent on the phone, a program."""
    session = open_session(subscription, channel=channel, actor=actor, source=source)
    if reason is not None or words.strip():
        session = give_reason(session, reason=reason, words=words, actor=actor)
    return cancel(session, actor=actor, effect=effect, kind=kind)


def declare(session: CancellationSession, *, effect: Effect | None, wished_at: datetime | None, now: datetime) -> None:
    """When the contract ends, and when the provider is to be told: at once, unless a later day was wished.

    Paid boxes still come; nothing more is billed. So the provider is told now even where the contract runs on until
    the end of what was paid.
    """
    subscription = session.subscription
    end = now
    if subscription is not None and session.kind == SessionKind.ORDINARY:
        chosen = effect or Effect(rules_in(session.policy_version).effect)
        if chosen == Effect.PERIOD_END:
            end = paid_until(subscription, now)
    is_later = wished_at is not None and wished_at > end and session.kind == SessionKind.ORDINARY
    session.effective_at = wished_at if is_later else end
    session.execute_at = wished_at if is_later else now
    session.outcome, session.decided_at = Outcome.LOST, now


def paid_until(subscription: Subscription, now: datetime) -> datetime:
    """The end of the newest paid cycle; now, where that has passed."""
    paid = subscription.cycles.filter(status__in=PAID_CYCLE).order_by("-ends_at").values_list("ends_at", flat=True)
    return max(paid.first() or now, now)


def _declared(
    session: CancellationSession, before: str, actor: AbstractBaseUser | None, actor_kind: Actor, now: datetime
) -> None:
    log(
        session,
        SessionEventKind.DECLARED,
        before=before,
        actor=actor,
        actor_kind=actor_kind,
        at=now,
        declared=session.kind,
        effective_at=session.effective_at.isoformat() if session.effective_at else "",
        reference=session.reference,
    )
    signals.cancellation_declared.send_robust(sender=CancellationSession, session=session)
    signals.cancellation_ended.send_robust(sender=CancellationSession, session=session)


@transaction.atomic
def declare_unmatched(
    *,
    store: Store,
    policy_version: CancellationPolicyVersion,
    statement: dict[str, Any],
    kind: SessionKind,
    language: str,
    key: str,
    detail: str = "",
    subscriber: Subscriber | None = None,
) -> CancellationSession:
    """A declaration that counts although nobody could be matched to it yet; a person will. Twice is once."""
    if known := CancellationSession.objects.filter(store=store, key=key).first():
        return known
    now = timezone.now()
    session = CancellationSession.objects.create(
        store=store,
        subscriber=subscriber,
        reference=new_reference(),
        key=key,
        channel=SessionChannel.PORTAL,
        kind=kind,
        state=SessionState.CANCELLED,
        policy_version=policy_version,
        flow_version=FLOW_VERSION,
        arm=Arm.NO_OFFERS,
        language=language,
        statement=statement,
        detail=detail[:500],
        started_at=now,
        ended_at=now,
        effective_at=now,
        outcome=Outcome.LOST,
        decided_at=now,
    )
    _declared(session, "", None, Actor.SUBSCRIBER, now)
    want_of_session(NoticeKind.RECEIPT, session)
    return session


@transaction.atomic
def match(session: CancellationSession, subscription: Subscription, *, actor: AbstractBaseUser) -> CancellationSession:
    """A person says which subscription a declaration was about; it ends as of when it was declared."""
    session, now = locked(session), timezone.now()
    if subscription.store_id != session.store_id:
        raise Refused(gettext("This subscription belongs to another store."), "subscription")
    if session.subscription_id is not None:
        raise Refused(gettext("It was matched before."), "subscription")
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    session.subscription, session.subscriber = subscription, subscription.subscriber
    session.execute_at = now
    session.save(update_fields=["subscription", "subscriber", "execute_at"])
    log(session, SessionEventKind.MATCHED, actor=actor, at=now, subscription=subscription.pk)
    execute(session)
    want_of_session(NoticeKind.RECEIPT, session)
    return session
