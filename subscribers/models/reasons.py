"""The one taxonomy of reasons, shared by ticket topics, skips and cancellations."""

from django.db import models

from subscribers.models.stores import Store


class ReasonQuerySet(models.QuerySet["Reason"]):
    def of_store(self, store: Store | int) -> "ReasonQuerySet":
        """The store's own reasons and those that every store shares."""
        return self.filter(models.Q(store=store) | models.Q(store=None), is_active=True)


class Reason(models.Model):
    """One node. Its key never changes its meaning or its spelling; its label may.

    The database refuses a changed key (migration 0002): numbers of past years are grouped by it.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: shared by every store."
    )
    key = models.SlugField(max_length=60, help_text="Never changes: numbers of past years are grouped by it.")
    label = models.CharField(max_length=120, help_text="What people read; may be edited.")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    for_tickets = models.BooleanField("a ticket's topic", default=True)
    for_skips = models.BooleanField("why somebody skips", default=False)
    for_cancellations = models.BooleanField("why somebody cancels", default=False)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    objects = ReasonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], nulls_distinct=False, name="reason_key_unique_in_store"),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")),
                name="reason_not_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.label
