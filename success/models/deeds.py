"""What was done on alerts in the queue, one or many at once, kept so that it can be taken back."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from success.enums import DeedKind
from success.models.alerts import Alert


class Deed(models.Model):
    """One act of one person. Its items say how each alert stood before."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=DeedKind)
    count = models.PositiveIntegerField(help_text="So many alerts were changed.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.count}"


class DeedItem(models.Model):
    """How one alert stood before, and the runs that closing it ended. `changed_at`: its `updated_at` after the act."""

    deed = models.ForeignKey(Deed, on_delete=models.CASCADE, related_name="items")
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="+")
    before: Any = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deed", "alert"], name="deed_item_one_per_alert")]

    def __str__(self) -> str:
        return f"Alert {self.alert_id}"
