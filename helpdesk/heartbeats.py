"""The pulse of the processes that have no address to be asked at: they sign in the database."""

import logging
import time
from typing import Any

from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import Error
from django.utils import timezone
from kombu.exceptions import KombuError

from helpdesk.models import Heartbeat

logger = logging.getLogger(__name__)
EVERY = 5  # seconds


def stamp(name: str) -> None:
    """Write down that this part of the product works now."""
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})


class Scheduler(PersistentScheduler):
    """Beat's own scheduler, which signs as `beat`. Without a database it goes on sending, unsigned."""

    max_interval = EVERY
    _stamped_at: float | None = None

    def setup_schedule(self) -> None:
        settings.INSTANCE.prepare()  # its file is in DATA, which nobody has made where beat is alone
        super().setup_schedule()

    def pulse(self) -> None:
        """The worker's first, which need not wait for its turn in the schedule."""
        try:
            self.app.send_task("helpdesk.tasks.pulse", expires=2 * EVERY)
        except KombuError as error:
            logger.warning("the first pulse was not sent: %s", str(error).strip())

    def tick(self, *arguments: Any, **named: Any) -> float:
        now = time.monotonic()
        if self._stamped_at is None:
            self.pulse()
        if self._stamped_at is None or now - self._stamped_at >= EVERY:
            self._stamped_at = now
            try:
                stamp("beat")
            except Error as error:
                logger.warning("the pulse of beat was not written: %s", str(error).strip())
        return super().tick(*arguments, **named)
