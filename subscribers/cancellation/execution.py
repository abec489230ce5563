"""Has the provider do what was declared, until it is confirmed, or a person knows that it will not be."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from subscribers import signals
from subscribers.cancellation.enums import NoticeKind, SessionChannel, SessionEventKind, SessionState
from subscribers.cancellation.history import locked, locked_alone, log
from subscribers.cancellation.notices import want_of_session
from subscribers.cancellation.one_by_one import each
from subscribers.enums import ENDED_SUBSCRIPTION, ActionKind, ActionState, Actor
from subscribers.errors import Refused
from subscribers.models import ProviderAction, Subscription
from subscribers.models.cancellation import CancellationNotice, CancellationSession
from subscribers.services.actions import request_action

FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS = 10


def execute(session: CancellationSession) -> None:
    """Ask the provider to cancel, for a locked session that is cancelled and matched. What cannot be is asked again."""
    subscription = Subscription.objects.get(pk=session.subscription_id or 0)
    if subscription.status in ENDED_SUBSCRIPTION:
        _confirm(session)
        return
    try:
        with transaction.atomic():
            action = request_action(
                subscriber=subscription.subscriber,
                subscription=subscription,
                kind=ActionKind.CANCEL,
                params={"comment": session.words[:500]} if session.words else {},
                key=f"cancellation:{session.pk}:{session.attempts}",
                actor_kind=Actor.AGENT if session.channel == SessionChannel.AGENT else Actor.SUBSCRIBER,
                actor=session.actor,
                reason=session.reason,
            )
    except Refused as refused:
        _ask_later(session, refused.message)
        return
    # A provider of our own has settled it meanwhile, and whoever hears of that wrote to the row.
    session.refresh_from_db()
    session.cancel_action, session.execute_at = action, None
    session.save(update_fields=["cancel_action", "execute_at"])
    log(session, SessionEventKind.ACTION_REQUESTED, actor_kind=Actor.SYSTEM, action=action.pk)
    _settle(session, action)


def _ask_later(session: CancellationSession, error: str) -> None:
    session.attempts += 1
    session.error = error
    if session.attempts >= MOST_ATTEMPTS:
        session.execute_at = None
        _refuse(session, error)
        return
    session.execute_at = timezone.now() + min(FIRST_WAIT * 2 ** (session.attempts - 1), LONGEST_WAIT)
    session.save(update_fields=["attempts", "error", "execute_at"])
    log(session, SessionEventKind.RETRIED, actor_kind=Actor.SYSTEM, error=error, attempt=session.attempts)


def _settle(session: CancellationSession, action: ProviderAction) -> None:
    if action.state == ActionState.DONE:
        _confirm(session)
    elif action.is_settled and session.confirmed_at is None and session.refused_at is None:
        _refuse(session, action.error or action.get_state_display())


def _confirm(session: CancellationSession) -> None:
    if session.confirmed_at is not None:
        return
    session.confirmed_at, session.refused_at, session.error, session.execute_at = timezone.now(), None, "", None
    session.save(update_fields=["confirmed_at", "refused_at", "error", "execute_at"])
    log(session, SessionEventKind.CONFIRMED, actor_kind=Actor.PROVIDER)
    # Where the receipt went out first, it said that this would follow.
    if CancellationNotice.objects.filter(session=session, kind=NoticeKind.RECEIPT).exists():
        want_of_session(NoticeKind.CONFIRMATION, session)
    signals.cancellation_confirmed.send_robust(sender=CancellationSession, session=session)


def _refuse(session: CancellationSession, error: str) -> None:
    session.refused_at, session.error = timezone.now(), error
    session.save(update_fields=["refused_at", "error", "execute_at", "attempts"])
    log(session, SessionEventKind.REFUSED, actor_kind=Actor.PROVIDER, error=error)
    signals.cancellation_refused.send_robust(sender=CancellationSession, session=session)


@transaction.atomic
def retry(session: CancellationSession, *, actor: object) -> CancellationSession:
    """Ask the provider again, for a person who has looked at why it said no."""
    session = locked(session)
    if session.state != SessionState.CANCELLED or session.confirmed_at or session.subscription_id is None:
        raise Refused(gettext("There is nothing to send to the provider again."), "state")
    session.refused_at, session.attempts, session.execute_at = None, session.attempts + 1, timezone.now()
    session.save(update_fields=["refused_at", "attempts", "execute_at"])
    log(session, SessionEventKind.RETRIED, actor=actor, attempt=session.attempts)  # type: ignore[arg-type]
    execute(session)
    return session


@transaction.atomic
def on_action_settled(*, action: ProviderAction, **_: object) -> None:
    """The provider answered, after the session had ended: a cancellation, or what was taken instead of one."""
    if action.kind == ActionKind.CANCEL:
        for pk in CancellationSession.objects.filter(cancel_action=action).values_list("pk", flat=True):
            _settle(locked_alone(pk), action)
        return
    if action.state in (ActionState.REFUSED, ActionState.FAILED):
        for pk in CancellationSession.objects.filter(offer_action=action).values_list("pk", flat=True):
            session = locked_alone(pk)
            if session.refused_at is None:
                _refuse(session, action.error or action.get_state_display())


@transaction.atomic
def on_subscription_cancelled(*, subscription: Subscription, **_: object) -> None:
    """It ended at the provider, whoever did it there: what was declared here is confirmed."""
    waiting = CancellationSession.objects.filter(
        subscription=subscription, state=SessionState.CANCELLED, confirmed_at=None
    )
    for pk in waiting.values_list("pk", flat=True):
        _confirm(locked(pk))


def sweep_executions() -> int:
    """Ask of the provider what is due: days that were wished, and what could not be asked before."""
    due = CancellationSession.objects.filter(execute_at__lte=timezone.now()).order_by("execute_at")

    def ask(session: CancellationSession) -> bool:
        execute(session)
        return True

    return each(due, ask)
