"""Due sessions, one transaction each: one that cannot be worked off holds no other up."""

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet

from subscribers.cancellation.history import locked
from subscribers.models.cancellation import CancellationSession

logger = logging.getLogger(__name__)

MOST = 500


def each(due: QuerySet[CancellationSession], deed: Callable[[CancellationSession], bool]) -> int:
    """Do `deed` with each that is due, and still is once its row is locked; how many it was done with."""
    count = 0
    for pk in list(due.values_list("pk", flat=True)[:MOST]):
        try:
            with transaction.atomic():
                session = locked(pk)
                if due.filter(pk=pk).exists():
                    count += deed(session)
        except Exception:  # logged; the others go on, and this one is found again
            logger.exception("cancellation %s could not be worked off", pk)
    return count
