"""Who works alerts: who is there, whose turn it is, and who looks after which subscribers."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from subscribers.models import Store


class Duty(models.Model):
    """Whether a colleague is given alerts, how many at most, and when it was their turn. Absent: as by default."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="duties")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="duties")
    is_on_duty = models.BooleanField("on duty", default=True)
    away_until = models.DateTimeField(null=True, blank=True, help_text="Off duty until then, whatever is said above.")
    most_alerts = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Is given none while they have so many to do. Empty: no limit."
    )
    # The number of the last turn that was theirs; the smallest is next. Written under the lock of the store's rows.
    turn = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "user"], name="duty_one_per_store"),
            models.CheckConstraint(
                condition=Q(most_alerts=None) | Q(most_alerts__gte=1), name="duty_most_alerts_positive"
            ),
        ]
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return str(self.user)


class Portfolio(models.Model):
    """Subscribers whom certain people look after: the first by position whose conditions hold."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="portfolios")
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=100, help_text="The lowest is asked first.")
    # As a rule's; success.rules.conditions reads it.
    conditions: Any = models.JSONField(default=dict, blank=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="portfolios")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "name"], name="portfolio_name_once")]

    def __str__(self) -> str:
        return self.name
