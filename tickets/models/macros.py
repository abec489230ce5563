"""Texts and deeds that are used again and again: macros, and how often each is used."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.models import Store
from subscribers.models.stores import Viewer
from tickets.enums import MacroAudience
from tickets.models.queues import Queue


class MacroQuerySet(models.QuerySet["Macro"]):
    def usable_by(self, user: Viewer) -> "MacroQuerySet":
        """Active ones of the person's stores: everyone's, those of queues that they see, and their own."""
        return self.filter(is_active=True, store__in=Store.objects.visible_to(user)).filter(
            Q(audience=MacroAudience.EVERYONE)
            | Q(audience=MacroAudience.QUEUE, queue__in=Queue.objects.visible_to(user))
            | Q(audience=MacroAudience.OWN, owner_id=user.pk)
        )


class Macro(models.Model):
    """An answer ready to be sent, what is done with it, or both."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="macros")
    name = models.CharField(max_length=120)
    folder = models.CharField(max_length=80, blank=True, help_text=_("Macros of one folder stand together."))
    audience = models.CharField(
        _("who may use it"), max_length=10, choices=MacroAudience, default=MacroAudience.EVERYONE
    )
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, null=True, blank=True, related_name="macros")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="macros"
    )
    actions: Any = models.JSONField(default=list, blank=True, help_text=_("What is done when it is sent."))
    shown_when: Any = models.JSONField(
        default=dict, blank=True, help_text=_("What is true of a ticket for which it is offered.")
    )
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    objects = MacroQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience=MacroAudience.EVERYONE, queue=None, owner=None)
                | Q(audience=MacroAudience.QUEUE, queue__isnull=False, owner=None)
                | Q(audience=MacroAudience.OWN, queue=None, owner__isnull=False),
                name="macro_audience_names_whom",
            ),
            models.UniqueConstraint(
                fields=["store", "folder", "name"],
                condition=~Q(audience=MacroAudience.OWN),
                name="macro_name_unique_in_folder",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MacroText(models.Model):
    """What a macro says in one language."""

    macro = models.ForeignKey(Macro, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10, default="en", help_text=_("Such as en, de or pt-br."))
    text = models.TextField(help_text=_("{{ first_name|there }}: the customer’s first name, else “there”."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["macro", "language"], name="macro_text_one_a_language")]

    def __str__(self) -> str:
        return self.language


class MacroUse(models.Model):
    """How often one person sent something that was made with a macro. One row a person: nobody waits for another."""

    macro = models.ForeignKey(Macro, on_delete=models.CASCADE, related_name="uses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["macro", "user"], name="macro_use_one_a_person")]

    def __str__(self) -> str:
        return f"{self.macro} · {self.user}"
