"""Lists of tickets that people keep under a name, and how each person likes a list."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.enums import Role
from subscribers.models import Membership, Store
from subscribers.models.stores import Viewer
from tickets.models.queues import Queue


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Viewer) -> "SavedViewQuerySet":
        """One's own, those of the teams that one is in, those of one's stores; leads see every team's of their store.

        Which tickets a view shows is another question: those that its reader sees.
        """
        if not user.is_authenticated:
            return self.none()
        own = Q(owner_id=user.pk)
        if getattr(user, "is_superuser", False):
            return self.filter(own | Q(owner=None))
        mine = Membership.objects.filter(user_id=user.pk)
        leading = mine.filter(role__in=(Role.LEAD, Role.ADMIN)).values("store")
        teams = Queue.members.through.objects.filter(user_id=user.pk).values("queue")
        return self.filter(
            own
            | Q(store__in=mine.values("store"))
            | Q(queue__store__in=leading)
            | Q(queue__in=teams, queue__store__in=mine.values("store"))
        )

    def in_order(self) -> "SavedViewQuerySet":
        """Mine, the teams', everyone's; in each the order that people gave them."""
        group = models.Case(
            models.When(owner__isnull=False, then=0), models.When(queue__isnull=False, then=1), default=2
        )
        return self.order_by(group, "queue__position", "queue__name", "store", "position", Lower("name"), "pk")


class SavedView(models.Model):
    """A query of the list of tickets under a name: one person's, a team's (the members of a queue), or a store's."""

    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_views"
    )
    queue = models.ForeignKey(
        Queue,
        verbose_name=_("team"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="saved_views",
        help_text=_("Shared with the members of this queue."),
    )
    store = models.ForeignKey(
        Store,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="saved_views",
        help_text=_("Shared with everyone who works for this store."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    query = models.CharField(
        _("query"),
        max_length=2000,
        blank=True,
        help_text=_("As in the address of the list: view, q, filters, ordering, columns."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False, queue=None, store=None)
                | Q(owner=None, queue__isnull=False, store=None)
                | Q(owner=None, queue=None, store__isnull=False),
                name="saved_view_of_one",
                violation_error_message=_("A view belongs to one person, one team or one store."),
            ),
            # Readers beside the constraint: what a person, their teams and their stores have.
            *(
                models.UniqueConstraint(
                    whose,
                    Lower("name"),
                    condition=Q(**{f"{whose}__isnull": False}),
                    name=f"saved_view_once_of_{whose}",
                    violation_error_message=_("There is a view of this name already."),
                )
                for whose in ("owner", "queue", "store")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("saved-view", args=[self.pk])

    @property
    def group(self) -> str:
        """Whose it is: mine, team or everyone."""
        return "mine" if self.owner_id else "team" if self.queue_id else "everyone"


class ListPreference(models.Model):
    """How one person likes one list: its columns, and whether `/tickets/` opens with it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="list_preferences")
    view = models.CharField(max_length=20, blank=True, help_text="Key of a view that everybody has.")
    saved_view = models.ForeignKey(
        SavedView, on_delete=models.CASCADE, null=True, blank=True, related_name="preferences"
    )
    columns = models.CharField(max_length=1000, blank=True, help_text="With commas, in order; empty: the usual ones.")
    is_first = models.BooleanField(default=False, help_text="The list of tickets opens with it.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(view="", saved_view__isnull=False) | (~Q(view="") & Q(saved_view=None)),
                name="list_preference_of_one",
            ),
            models.UniqueConstraint(
                fields=["user", "view"], condition=Q(saved_view=None), name="list_preference_of_view"
            ),
            models.UniqueConstraint(
                fields=["user", "saved_view"],
                condition=Q(saved_view__isnull=False),
                name="list_preference_of_saved_view",
            ),
            models.UniqueConstraint(fields=["user"], condition=Q(is_first=True), name="list_preference_one_first"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.saved_view or self.view}"
