"""Who is shown offers: by chance, and for good."""

import hashlib

from subscribers.cancellation.enums import Arm
from subscribers.models import Subscriber


def arm_of(subscriber: Subscriber, holdout_percent: int) -> Arm:
    """The same for a person as long as the share stands; a larger share keeps those who were held out before."""
    digest = hashlib.sha256(f"cancellation offers {subscriber.store_id} {subscriber.pk}".encode()).digest()
    return Arm.NO_OFFERS if int.from_bytes(digest[:8], "big") % 100 < holdout_percent else Arm.OFFERS
