"""Ends pauses by themselves where the provider knows only such without an end."""

from datetime import datetime

from django.utils import timezone

from subscribers.enums import ActionKind, Actor, SubscriptionStatus
from subscribers.models import ProviderAction, Subscription
from subscribers.services.actions import request_action

BY_ITSELF = ":resumes"


def resume_later(pause: ProviderAction, at: datetime) -> None:
    """Ask now for what is to be done then: a row with its time, like everything that leaves."""
    subscription = _now(pause)
    if subscription is None or subscription.status != SubscriptionStatus.PAUSED:
        return
    action = request_action(
        subscriber=pause.subscriber,
        subscription=subscription,
        kind=ActionKind.RESUME,
        params={},
        key=f"{pause.key[:180]}{BY_ITSELF}",
        actor_kind=Actor.SYSTEM,
    )
    ProviderAction.objects.filter(pk=action.pk, attempts=0).update(next_attempt_at=at)


def is_overtaken(action: ProviderAction) -> bool:
    """Whether the pause that this would end has ended already, or was made longer."""
    if action.kind != ActionKind.RESUME or not action.key.endswith(BY_ITSELF):
        return False
    subscription = _now(action)
    if subscription is None or subscription.status != SubscriptionStatus.PAUSED:
        return True
    # A later pause without an end is somebody's to end.
    return subscription.resumes_at is None or subscription.resumes_at > timezone.now()


def _now(action: ProviderAction) -> Subscription | None:
    return Subscription.objects.filter(actions=action).first()
