"""The kinds of filters that lists share, on pages and in the REST interface."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from subscribers.addresses import is_address

Rows: TypeAlias = QuerySet[Any]
LARGEST_ID = 2**63 - 1


class CommaSeparated(forms.SelectMultiple):
    """`?status=new,open` and `?status=new&status=open` alike."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, ())
        given = [given] if isinstance(given, str) else given or ()
        return [word.strip() for text in given for word in str(text).split(",") if word.strip()]


class WordsField(forms.MultipleChoiceField):
    widget = CommaSeparated

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        words = ", ".join(str(value) for value, _ in options["choices"])
        self.error_messages["invalid_choice"] = f"“%(value)s” is none of {words}."


class WordsFilter(django_filters.MultipleChoiceFilter):
    """One or several words of a vocabulary. `values` maps a word to its column's value where they differ."""

    field_class = WordsField

    def __init__(self, *, values: Mapping[str, Any] | None = None, **options: Any) -> None:
        self.values = values or {}
        super().__init__(**options)

    def filter(self, qs: Rows, value: Iterable[str]) -> Rows:
        wanted = [self.values.get(word, word) for word in value or ()]
        return qs.filter(**{f"{self.field_name}__in": wanted}) if wanted else qs


class KeysField(forms.Field):
    widget = CommaSeparated

    def clean(self, value: list[str]) -> list[str]:
        if any("\x00" in word for word in value):
            raise forms.ValidationError(gettext("A key holds no null character."))
        return value


@extend_schema_field(OpenApiTypes.STR)
class KeysFilter(django_filters.Filter):
    """One or several keys, such as a queue's. A key that nobody has finds nothing."""

    field_class = KeysField

    def filter(self, qs: Rows, value: list[str]) -> Rows:
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class IdField(forms.IntegerField):
    """A number as people write it: `1042`, or with the prefix of its kind, `T-1042`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **options)
        self.error_messages["invalid"] = "A number, such as 1042."

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        return super().to_python(text[2:] if text[:2].upper() == "T-" else text)


@extend_schema_field(OpenApiTypes.INT64)
class IdFilter(django_filters.Filter):
    field_class = IdField


class PersonField(forms.CharField):
    """An id or a mail address."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or "@" in text or text in ("me", "none"):
            return text
        return IdField().clean(text)


@extend_schema_field(OpenApiTypes.STR)
class PersonFilter(django_filters.Filter):
    """A person by id or mail address; `words` of `me` and `none` where those make sense."""

    field_class = PersonField

    def __init__(self, *, words: Sequence[str] = (), **options: Any) -> None:
        self.words = words
        super().__init__(**options)

    def filter(self, qs: Rows, value: str | int | None) -> Rows:
        if value in (None, ""):
            return qs
        if isinstance(value, int):
            return qs.filter(**{f"{self.field_name}_id": value})
        if value == "none" and value in self.words:
            return qs.filter(**{f"{self.field_name}__isnull": True})
        if value == "me" and value in self.words:
            asked: Any = self.parent  # type: ignore[attr-defined]
            person = getattr(asked, "user", None) or getattr(asked.request, "user", None)
            return qs.filter(**{f"{self.field_name}_id": person.pk}) if person else qs.none()
        return qs.filter(is_address(f"{self.field_name}__email", str(value)))


class Order(django_filters.OrderingFilter):
    """`?ordering=-created_at`: public names for columns, the primary key last, so that the order is total."""

    def __init__(self, *, default: str, columns: Mapping[str, str], nullable: Sequence[str] = ()) -> None:
        self.default, self.nullable = default, nullable
        names = ", ".join(sorted(columns))
        super().__init__(
            fields={column: name for name, column in columns.items()},
            error_messages={
                "invalid_choice": f"There is no order “%(value)s”; these are {names}, each also with “-” before it."
            },
            help_text=gettext("%(names)s; with “-” before it the other way round; “%(default)s” where none is given.")
            % {"names": names, "default": default},
        )

    def filter(self, qs: Rows, value: Sequence[str] | None) -> Rows:
        wanted = [self.get_ordering_value(name) for name in value or [self.default] if name]
        order: list[Any] = []
        for column in wanted:
            name = column.lstrip("-")
            order.append(F(name).desc(nulls_last=True) if column in _reversed(self.nullable) else column)
        return qs.order_by(*order, "-pk" if wanted[0].startswith("-") else "pk")


def _reversed(columns: Iterable[str]) -> list[str]:
    return [f"-{column}" for column in columns]


def since(column: str, what: str) -> django_filters.IsoDateTimeFilter:
    return django_filters.IsoDateTimeFilter(
        field_name=column, lookup_expr="gte", help_text=f"{what} at this time or later (ISO 8601)."
    )


def until(column: str, what: str) -> django_filters.IsoDateTimeFilter:
    return django_filters.IsoDateTimeFilter(
        field_name=column, lookup_expr="lt", help_text=f"{what} before this time (ISO 8601)."
    )


def matches(text: str, *columns: str) -> Q:
    """Rows in which any of the columns holds the text, whatever its case."""
    found = Q(pk__in=())
    for column in columns:
        found |= Q(**{f"{column}__icontains": text})
    return found
