"""One team or two: the note that suggests the split, and who has read it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from subscribers.models import Store


class SplitNote(models.Model):
    """A lead has read that two teams may suit the store better; it is not suggested again."""

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="+")
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    dismissed_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return str(self.store)
