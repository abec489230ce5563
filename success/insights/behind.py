"""What is behind a figure: the filter `figure=` of the lists of tickets and of subscribers."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from subscribers.filters import SubscriberFilter
from subscribers.models import Subscriber
from success.insights.definitions import BY_KEY, DIMENSIONS, Unit
from success.models import Measurement
from tickets.filters import TicketFilter
from tickets.models import Ticket

COLUMNS = {"queue": "queue", "agent": "agent", "cycle": "cycle_index", "product": "product"}


def measured(metric: str, first: date, last: date, dimension: str = "", value: int = 0) -> QuerySet[Measurement]:
    """What was measured from a day to a day; of what lasts, what was not over at the end of the last day."""
    rows = Measurement.objects.filter(metric=metric)
    if BY_KEY[metric].unit == Unit.STANDING:
        rows = rows.filter(Q(until=None) | Q(until__gt=last), day__lte=last)
    else:
        rows = rows.filter(day__gte=first, day__lte=last)
    if dimension == "topic":
        return rows.filter(topics__contains=[value]) if value else rows.filter(topics=[])
    return rows.filter(**{COLUMNS[dimension]: value or None}) if dimension else rows


def words_of(metric: str, first: date, last: date, dimension: str = "", value: int = 0) -> str:
    """As the filter reads it: `first_response~2026-03-01~2026-03-31~queue~3`."""
    return "~".join([metric, first.isoformat(), last.isoformat(), *([dimension, str(value)] if dimension else [])])


class FigureField(forms.CharField):
    about = "ticket"
    default_error_messages = {"figure": _("There is no such figure.")}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        metric, *rest = text.split("~")
        try:
            first, last = map(date.fromisoformat, rest[:2])
            dimension, number = (rest[2], int(rest[3])) if rest[2:] else ("", 0)
        except (ValueError, IndexError):
            raise forms.ValidationError(self.error_messages["figure"]) from None
        known = metric in BY_KEY and BY_KEY[metric].about == self.about
        known = known and (not dimension or dimension in DIMENSIONS) and 0 <= number < 2**31
        if not known:
            raise forms.ValidationError(self.error_messages["figure"])
        return metric, first, last, dimension, number


class FigureFilter(django_filters.CharFilter):
    field_class = FigureField

    def filter(self, qs: QuerySet[Ticket], value: Any) -> QuerySet[Ticket]:
        return qs.filter(pk__in=measured(*value).values("ticket")) if value else qs


class SubscribersFigureField(FigureField):
    about = "subscription"


class SubscribersFigureFilter(django_filters.CharFilter):
    field_class = SubscribersFigureField

    def filter(self, qs: QuerySet[Subscriber], value: Any) -> QuerySet[Subscriber]:
        return qs.filter(pk__in=measured(*value).values("subscription__subscriber")) if value else qs


def connect() -> None:
    """From then on, the lists of tickets and subscribers and their REST interfaces have the filter."""
    SubscriberFilter.base_filters["figure"] = SubscribersFigureFilter(
        help_text="Behind a figure of insights, as churn_voluntary~2026-03-01~2026-03-31, then perhaps ~cycle~3."
    )
    TicketFilter.base_filters["figure"] = FigureFilter(
        help_text="Behind a figure of insights, as first_response~2026-03-01~2026-03-31, then perhaps ~queue~3."
    )
