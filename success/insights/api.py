"""Figures in the REST interface: each with its days, its parts, and the period before."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from success.insights.definitions import BY_KEY, Definition
from success.insights.selectors import Figure, Period, behind, by_day, figures, names_of, subjects_behind

MOST_DAYS = 1100
USUAL_DAYS = 28


class FigureSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="How much was measured, or how many there are.")
    hits = serializers.IntegerField(help_text="Of a share: what counts above the line.")
    amount = serializers.FloatField(
        allow_null=True, help_text="What the page shows: seconds (median), a share from 0 to 1, or a count."
    )
    low = serializers.FloatField(allow_null=True, help_text="Of a share: Wilson’s 95 % interval.")
    high = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True, help_text="Seconds.")
    business_median = serializers.FloatField(allow_null=True, help_text="Seconds.")
    business_p90 = serializers.FloatField(allow_null=True, help_text="Seconds.")
    is_small = serializers.BooleanField(help_text="Too little: chance weighs.")


class DayFigureSerializer(FigureSerializer):
    day = serializers.DateField()


class PartFigureSerializer(FigureSerializer):
    value = serializers.IntegerField(help_text="Id or number; 0: none.")
    name = serializers.CharField(allow_blank=True)
    list = serializers.CharField(help_text="For `figure=` of the list behind it.")


class InsightSerializer(serializers.Serializer[Any]):
    metric = serializers.CharField()
    name = serializers.CharField()
    definition = serializers.CharField()
    about = serializers.CharField(help_text="ticket or subscription: whose list `list` asks for.")
    unit = serializers.CharField(help_text="time, share, count or standing.")
    first = serializers.DateField()
    last = serializers.DateField()
    figure = FigureSerializer()
    before = FigureSerializer(help_text="Of as many days before.")
    subjects = serializers.IntegerField(help_text="Tickets or subscribers behind it.")
    list = serializers.CharField(help_text="For `figure=` of the list behind it.")
    days = DayFigureSerializer(many=True)
    parts = PartFigureSerializer(many=True)


class InsightView(APIView):
    @extend_schema(
        operation_id="insights_retrieve",
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, description="The first day; else 28 days until yesterday."),
            OpenApiParameter("to", OpenApiTypes.DATE, description="The last day; needs `from`."),
            OpenApiParameter("by", str, description="In parts by queue, agent, topic, cycle or product."),
        ],
        responses=InsightSerializer,
    )
    def get(self, request: Request, metric: str) -> Response:
        """One figure, of what you see; docs/metrics.md says which there are."""
        if metric not in BY_KEY:
            raise NotFound
        definition, period = BY_KEY[metric], _asked(request)
        by = request.query_params.get("by", "")
        if by and by not in definition.dimensions:
            raise ValidationError({"by": [_("One of: %(names)s.") % {"names": ", ".join(definition.dimensions)}]})
        return Response(InsightSerializer(_insight(request, definition, period, by)).data)


def _insight(request: Request, definition: Definition, period: Period, by: str) -> dict[str, Any]:
    user, key, none = request.user, definition.key, Figure(definition)
    now, then = (figures(user, [key], one).get((key, 0), none) for one in (period, period.before))
    parts = figures(user, [key], period, by) if by else {}
    names = names_of(by, [value for _key, value in parts]) if by else {}
    return {
        "metric": key,
        "name": str(definition.name),
        "definition": str(definition.words),
        "about": definition.about,
        "unit": definition.unit.value,
        "first": period.first,
        "last": period.last,
        "figure": _told(now),
        "before": _told(then),
        "subjects": subjects_behind(user, key, period),
        "list": behind(key, period),
        "days": [{"day": day, **_told(figure)} for day, figure in by_day(user, key, period)],
        "parts": [
            {"value": value, "name": names.get(value, ""), "list": behind(key, period, by, value), **_told(figure)}
            for (_key, value), figure in parts.items()
        ],
    }


def _told(figure: Figure) -> dict[str, Any]:
    low, high = figure.interval or (None, None)
    columns = ("number", "hits", "amount", "p90", "business_median", "business_p90", "is_small")
    return {**{column: getattr(figure, column) for column in columns}, "low": low, "high": high}


def _asked(request: Request) -> Period:
    asked = {name: request.query_params.get(name) for name in ("from", "to")}
    if not any(asked.values()):
        last = timezone.localdate() - timedelta(days=1)
        return Period(last - timedelta(days=USUAL_DAYS - 1), last)
    days = {}
    for name, text in asked.items():
        try:
            days[name] = date.fromisoformat(text or "")
        except ValueError:
            raise ValidationError({name: [_("A day as 2026-03-31; from and to go together.")]}) from None
    if not 0 <= (days["to"] - days["from"]).days < MOST_DAYS or days["from"].year <= 1970:
        raise ValidationError({"to": [_("From 1971 on, not before the first day, and within three years.")]})
    return Period(days["from"], days["to"])
