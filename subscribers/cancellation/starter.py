"""What a new store starts with to cancel well: policies, offers, and reasons in its subscribers' languages."""

from django.db import transaction

from subscribers.cancellation.offers import install_offers
from subscribers.cancellation.policies import install_policies
from subscribers.cancellation.reasons import install_labels
from subscribers.models import CancellationSettings, Store


@transaction.atomic
def install_cancellation(store: Store) -> None:
    """After the reasons. What is there already stays as somebody edited it."""
    install_policies()
    install_labels()
    install_offers(store)
    CancellationSettings.objects.get_or_create(store=store)
