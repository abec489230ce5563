"""Hears what providers did, for the sessions that wait for it."""

from subscribers import signals
from subscribers.cancellation.execution import on_action_settled, on_subscription_cancelled


def connect() -> None:
    signals.action_settled.connect(on_action_settled, dispatch_uid="cancellation.action_settled")
    signals.subscription_cancelled.connect(
        on_subscription_cancelled, dispatch_uid="cancellation.subscription_cancelled"
    )
