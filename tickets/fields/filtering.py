"""The filter of tickets by a store's own fields."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from tickets.fields.asking import Asked, conditions, read_all
from tickets.models import Ticket


class FieldsWidget(forms.TextInput):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or ()
        return [given] if isinstance(given, str) else list(given)


class FieldsField(forms.Field):
    widget = FieldsWidget

    def clean(self, value: list[str]) -> list[Asked]:
        return read_all(value)


@extend_schema_field(OpenApiTypes.STR)
class FieldsFilter(django_filters.Filter):
    field_class = FieldsField

    def filter(self, qs: "QuerySet[Ticket]", value: list[Asked]) -> "QuerySet[Ticket]":
        return qs.filter(conditions(value)) if value else qs
