"""Who is there, and who takes tickets of which queue."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from tickets.models.queues import Queue

# Open pages tell every 30 seconds that somebody is there, hidden ones once a minute: browsers hold them back.
ONLINE_FOR = timedelta(seconds=150)


class PresenceQuerySet(models.QuerySet["Presence"]):
    def online(self, now: datetime | None = None) -> "PresenceQuerySet":
        return self.filter(seen_at__gt=(now or timezone.now()) - ONLINE_FOR)

    def available(self, now: datetime | None = None) -> "PresenceQuerySet":
        """Online, and not away by their own word."""
        now = now or timezone.now()
        return self.online(now).filter(Q(away_since=None) | Q(away_until__lte=now))


class Presence(models.Model):
    """When a colleague's pages were last heard of, and whether they take tickets. No row: never seen."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="presence"
    )
    seen_at = models.DateTimeField(default=timezone.now)
    away_since = models.DateTimeField(null=True, blank=True)
    # Available again from then on, without another word; empty: until they say so.
    away_until = models.DateTimeField(null=True, blank=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(away_until=None) | Q(away_since__isnull=False, away_until__gt=F("away_since")),
                name="presence_away_until_after_since",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def is_online(self, now: datetime | None = None) -> bool:
        return self.seen_at > (now or timezone.now()) - ONLINE_FOR

    def is_away(self, now: datetime | None = None) -> bool:
        return self.away_since is not None and (self.away_until is None or self.away_until > (now or timezone.now()))

    def is_available(self, now: datetime | None = None) -> bool:
        return self.is_online(now) and not self.is_away(now)


class Taker(models.Model):
    """A colleague in a queue that gives its tickets out: their own cap there, and when it was last their turn."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="takers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="takers")
    most_open = models.PositiveSmallIntegerField(
        "most open tickets",
        null=True,
        blank=True,
        help_text="Is given none of this queue while they have so many. Empty: as the queue says; 0: none at all.",
    )
    # The number of the last turn that was theirs; the smallest is next. Written under the store's lock of turns.
    turn = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "user"], name="taker_one_per_queue")]

    def __str__(self) -> str:
        return str(self.user)
