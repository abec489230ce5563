"""Where tickets wait, and who may see them there."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscribers.enums import Role
from subscribers.models import Membership, Store
from subscribers.models.stores import Viewer
from tickets.enums import AssignMode


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
    # How its tickets are given out; tickets.assignment reads these.
    assign_by = models.CharField(_("who gets a ticket"), max_length=20, choices=AssignMode, default=AssignMode.HAND)
    most_open = models.PositiveSmallIntegerField(
        _("most open tickets"),
        null=True,
        blank=True,
        help_text=_("Nobody is given another while they have so many open ones, in all queues. Empty: no limit."),
    )
    give_back_minutes = models.PositiveSmallIntegerField(
        _("give back after"),
        null=True,
        blank=True,
        help_text=_(
            "Minutes. Tickets whose customer waits, of a person who has been away or offline for so long, go to "
            "somebody else. Empty: they keep them."
        ),
    )

    objects = QueueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], name="queue_key_unique_in_store"),
            models.UniqueConstraint(fields=["store"], condition=Q(is_default=True), name="queue_one_default_in_store"),
            models.CheckConstraint(condition=Q(assign_by__in=AssignMode.values), name="queue_assign_by_known"),
            models.CheckConstraint(condition=Q(most_open=None) | Q(most_open__gte=1), name="queue_most_open_positive"),
            models.CheckConstraint(
                condition=Q(give_back_minutes=None) | Q(give_back_minutes__gte=1), name="queue_give_back_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name
