"""Hears what the provider made of an accepted offer."""

from typing import Any

from django.db import transaction

from subscribers.models import ProviderAction
from success.offers import services


@transaction.atomic
def on_action_settled(*, action: ProviderAction, **_: Any) -> None:
    services.settle(action)


def connect() -> None:
    from subscribers.signals import action_settled

    action_settled.connect(on_action_settled, dispatch_uid="success.offers.action_settled")
