"""What a session may become, and its history: every change goes through here under the row's lock."""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.cancellation.enums import OPEN_SESSION, SessionEventKind, SessionState
from subscribers.enums import Actor
from subscribers.errors import Refused
from subscribers.live import announce
from subscribers.models import Subscription
from subscribers.models.cancellation import CancellationEvent, CancellationSession

_LEFT = frozenset({SessionState.ABANDONED, SessionState.CANCELLED})
# Cancelling is reachable from every open state: nothing stands before it.
TRANSITIONS: dict[SessionState, frozenset[SessionState]] = {
    SessionState.REQUESTED: frozenset({SessionState.REASON, SessionState.OFFER}) | _LEFT,
    SessionState.STARTED: frozenset({SessionState.REASON, SessionState.OFFER, SessionState.BOUNCED}) | _LEFT,
    SessionState.REASON: frozenset({SessionState.OFFER}) | _LEFT,
    SessionState.OFFER: frozenset({SessionState.ACCEPTED}) | _LEFT,
    SessionState.ACCEPTED: frozenset(),
    SessionState.ABANDONED: frozenset(),
    SessionState.CANCELLED: frozenset(),
    SessionState.BOUNCED: frozenset(),
}


def locked(session: CancellationSession | int) -> CancellationSession:
    """The session's row, held until the transaction ends; its subscription's first, as everywhere."""
    pk = session if isinstance(session, int) else session.pk
    subscription = CancellationSession.objects.values_list("subscription", flat=True).get(pk=pk)
    if subscription is not None:
        Subscription.objects.select_for_update(no_key=True).get(pk=subscription)
    return locked_alone(pk)


def locked_alone(pk: int) -> CancellationSession:
    """Without its subscription, for who holds a row that comes after it, and changes the session only."""
    return (
        CancellationSession.objects.select_for_update(of=("self",), no_key=True)
        .select_related("store", "subscriber__store", "subscription__product", "policy_version__policy", "reason")
        .get(pk=pk)
    )


def move(session: CancellationSession, state: SessionState, *, now: datetime) -> str:
    """Set the state of a locked session (the caller saves it); the state before. Refused where it cannot be."""
    before = SessionState(session.state)
    if state not in TRANSITIONS[before]:
        raise Refused(
            gettext("What is %(label)s cannot become %(label2)s.")
            % {"label": before.label.lower(), "label2": state.label.lower()},
            "state",
        )
    session.state = state
    if state not in OPEN_SESSION:
        session.ended_at = now
        session.abandons_at = None
    return before


def log(
    session: CancellationSession,
    kind: SessionEventKind,
    *,
    before: str = "",
    actor_kind: Actor = Actor.SUBSCRIBER,
    actor: AbstractBaseUser | None = None,
    at: datetime | None = None,
    **data: Any,
) -> CancellationEvent:
    if session.subscriber_id:
        announce("subscriber", session.subscriber_id)
    return CancellationEvent.objects.create(
        session=session,
        kind=kind,
        from_state=before or session.state,
        to_state=session.state,
        actor_kind=Actor.AGENT if actor else actor_kind,
        actor_id=actor.pk if actor else None,
        data=data,
        occurred_at=at or timezone.now(),
    )
