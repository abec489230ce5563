"""What figures are made of: one row for everything measured, sums by day, and marks of what has to be done again."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from subscribers.models import Product, Store, Subscription
from tickets.models import Queue, Ticket


class Measurement(models.Model):
    """One thing measured: an answer, a resolution, a broken promise, a billing. Made by success.insights.keeping alone.

    It follows from the events of its ticket or subscription, and is made again whenever they change. `hit`: whether
    it counts above the line of a rate. Seconds are whole, elapsed and in the business hours that were promised.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    metric = models.CharField(max_length=30)
    day = models.DateField(help_text="In the store's time zone.")
    at = models.DateTimeField()
    until = models.DateField(null=True, blank=True, help_text="Of what lasts: the first day on which it was over.")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    product = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    cycle_index = models.PositiveIntegerField(null=True, blank=True)
    topics = ArrayField(models.BigIntegerField(), default=list, blank=True)
    hit = models.BooleanField(null=True, blank=True)
    seconds = models.BigIntegerField(null=True, blank=True)
    business_seconds = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ticket=None, subscription__isnull=False) | Q(ticket__isnull=False, subscription=None),
                name="measurement_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("day")), name="measurement_lasts_no_less_than_nothing"
            ),
        ]
        indexes = [
            # Readers: sums of a day, and the lists behind figures.
            models.Index(fields=["store", "metric", "day"], name="measurement_of_day"),
            # Reader: the other end of what lasts.
            models.Index(
                fields=["store", "metric", "until"], condition=Q(until__isnull=False), name="measurement_over_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"


class DailyFigure(models.Model):
    """What was measured on one day in one queue, in all (`dimension` empty) and by each value of each dimension.

    Of what lasts, `number` is what began less what ended. Seconds are all values, so that medians stay exact.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+", db_index=False)
    metric = models.CharField(max_length=30)
    day = models.DateField()
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    dimension = models.CharField(max_length=10, blank=True)
    value = models.BigIntegerField(default=0, help_text="Id or number; 0: none.")
    number = models.IntegerField()
    hits = models.IntegerField()
    seconds = ArrayField(models.BigIntegerField(), default=list, blank=True)
    business_seconds = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        constraints = [
            # Its index serves every page: metrics of a store, one dimension, a range of days.
            models.UniqueConstraint(
                fields=["store", "metric", "dimension", "day", "queue", "value"],
                nulls_distinct=False,
                name="daily_figure_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"


class MeasureMark(models.Model):
    """Something changed: it is to be measured again. Written by triggers, in the transaction of the change.

    Append-only until it is worked off, so a change never waits for the sweep, nor the sweep for a change.
    """

    kind = models.CharField(max_length=12, choices=[("ticket", "Ticket"), ("subscription", "Subscription")])
    subject = models.BigIntegerField()
    made_in = models.BigIntegerField(help_text="The transaction: many changes in one leave one mark.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject", "made_in"], name="measure_mark_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class DayMark(models.Model):
    """What was measured on a day changed: its sums are to be made again. Written by triggers."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+", db_index=False)
    metric = models.CharField(max_length=30)
    day = models.DateField()
    made_in = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "metric", "day", "made_in"], name="day_mark_once")]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"
