"""Pages of lists by keyset: a page begins after the last row of the one before, whatever was inserted meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Field, Model, OrderBy, Q, QuerySet
from django.db.models.expressions import F
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

PAGE_SIZE, LARGEST_PAGE = 50, 200
SALT = "helpdesk.api.cursor"


@dataclass(frozen=True)
class Key:
    """One column of the order. Rows without a value come last, in both directions."""

    field: "Field[Any, Any]"
    descending: bool

    @property
    def word(self) -> str:
        return f"-{self.field.name}" if self.descending else self.field.name

    def order(self, *, reverse: bool) -> OrderBy:
        column = F(self.field.name)
        descending = self.descending != reverse
        nulls = {"nulls_first" if reverse else "nulls_last": True} if self.field.null else {}
        return column.desc(**nulls) if descending else column.asc(**nulls)

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.field.name}__isnull": True}) if value is None else Q(**{self.field.name: value})

    def beyond(self, value: Any, *, reverse: bool) -> Q | None:
        """Rows on the far side of `value`; None where there can be none."""
        name = self.field.name
        if value is None:
            return Q(**{f"{name}__isnull": False}) if reverse else None
        found = Q(**{f"{name}__{'lt' if self.descending != reverse else 'gt'}": value})
        return found | Q(**{f"{name}__isnull": True}) if self.field.null and not reverse else found


def keys_of(queryset: QuerySet[Any]) -> list[Key]:
    """The queryset's order as keys, made total by the primary key."""
    keys: list[Key] = []
    for part in queryset.query.order_by:
        descending = part.descending if isinstance(part, OrderBy) else str(part).startswith("-")
        name = getattr(part.expression, "name", "") if isinstance(part, OrderBy) else str(part).lstrip("-")
        keys.append(Key(queryset.model._meta.pk if name == "pk" else _field(queryset, name), descending))
    pk = queryset.model._meta.pk
    if not any(key.field is pk for key in keys):
        keys.append(Key(pk, keys[0].descending if keys else False))
    return keys


def _field(queryset: QuerySet[Any], name: str) -> Any:
    return queryset.model._meta.get_field(name)


def after(keys: Sequence[Key], values: Sequence[Any], *, reverse: bool) -> Q:
    """Rows after the one with these values, in the order of the keys (before it, where `reverse`)."""
    found, prefix = Q(pk__in=()), Q()
    for key, value in zip(keys, values, strict=True):
        step = key.beyond(value, reverse=reverse)
        if step is not None:
            found |= prefix & step
        prefix &= key.same(value)
    first = keys[0].beyond(values[0], reverse=reverse)
    # The same again for the first column alone: the bound that the index scan starts from.
    return found & (keys[0].same(values[0]) if first is None else first | keys[0].same(values[0]))


class Pagination(BasePagination):
    """`{"count", "next", "previous", "results"}`; `?page_size=` to 200, `?cursor=` from the links."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.url = request.build_absolute_uri()
        size = page_size(request)
        keys = keys_of(queryset)
        reverse, values = read_cursor(request.query_params.get("cursor", ""), keys)
        self.count = queryset.count()
        rows_found = queryset.order_by(*(key.order(reverse=reverse) for key in keys))
        if values is not None:
            rows_found = rows_found.filter(after(keys, values, reverse=reverse))
        rows = list(rows_found[: size + 1])
        more, rows = len(rows) > size, rows[:size]
        if reverse:
            rows.reverse()
        self.next = self._link(keys, rows[-1], reverse=False) if rows and (reverse or more) else None
        back = more if reverse else values is not None
        self.previous = self._link(keys, rows[0], reverse=True) if rows and back else None
        if not rows and values is not None:
            self.previous = remove_query_param(self.url, "cursor")
        return rows

    def _link(self, keys: Sequence[Key], row: Model, *, reverse: bool) -> str:
        return replace_query_param(self.url, "cursor", write_cursor(keys, row, reverse=reverse))

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"count": self.count, "next": self.next, "previous": self.previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "Of all pages."},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": "Where the page begins: taken from `next` and `previous`.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "description": "Rows a page; a larger number gives the largest page.",
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
            },
        ]


def page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        raise ValidationError({"page_size": [f"A number from 1 to {LARGEST_PAGE}."]})
    return min(int(text), LARGEST_PAGE)


def write_cursor(keys: Sequence[Key], row: Model, *, reverse: bool) -> str:
    values = [None if getattr(row, key.field.attname) is None else key.field.value_to_string(row) for key in keys]
    # Signed, so that only values that came from a row are ever compared with columns.
    return signing.dumps([[key.word for key in keys], reverse, values], salt=SALT)


def read_cursor(text: str, keys: Sequence[Key]) -> tuple[bool, list[Any] | None]:
    """Which way, and the values of the row that the page lies beyond; None without a cursor."""
    if not text:
        return False, None
    try:
        words, reverse, values = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        raise ValidationError({"cursor": ["This is no cursor of ours: follow `next` and `previous`."]}) from None
    if words != [key.word for key in keys]:
        raise ValidationError({"cursor": ["This cursor belongs to another order."]})
    return reverse, [
        None if value is None else key.field.to_python(value) for key, value in zip(keys, values, strict=True)
    ]
