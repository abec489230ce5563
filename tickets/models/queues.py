"""Where tickets wait, and who may see them there."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from subscribers.enums import Role
from subscribers.models import Membership, Store
from subscribers.models.stores import Viewer


def _queues_of(user_id: int) -> models.QuerySet[Any]:
    return Queue.members.through.objects.filter(user_id=user_id).values("queue")


class QueueQuerySet(models.QuerySet["Queue"]):
    def visible_to(self, user: Viewer) -> "QueueQuerySet":
        """Open queues of the person's stores; restricted ones to their members, leads and administrators."""
        if getattr(user, "is_superuser", False):
            return self
        if not user.is_authenticated:
            return self.none()
        mine = Membership.objects.filter(user_id=user.pk)
        leading = mine.filter(role__in=(Role.LEAD, Role.ADMIN))
        return self.filter(
            Q(store__in=leading.values("store"))
            | Q(is_restricted=False, store__in=mine.values("store"))
            | Q(is_restricted=True, store__in=mine.values("store"), pk__in=_queues_of(user.pk))
        )


class Queue(models.Model):
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="queues")
    key = models.SlugField(max_length=60, help_text="Short name for addresses and the API; stays.")
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=100)
    is_default = models.BooleanField(default=False, help_text="Takes what no mailbox assigns.")
    is_restricted = models.BooleanField(default=False, help_text="Only its members (and leads) see its tickets.")
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="queues", blank=True)

    objects = QueueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], name="queue_key_unique_in_store"),
            models.UniqueConstraint(fields=["store"], condition=Q(is_default=True), name="queue_one_default_in_store"),
        ]

    def __str__(self) -> str:
        return self.name
