"""Pages of lists by keyset: a page begins after the last row of the one before, whatever was inserted meanwhile."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from subscribers.errors import Refused
from subscribers.keyset import Key, after, keys_of, read_cursor, write_cursor

PAGE_SIZE, LARGEST_PAGE = 50, 200


class Pagination(BasePagination):
    """`{"count", "next", "previous", "results"}`; `?page_size=` to 200, `?cursor=` from the links."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.url = request.build_absolute_uri()
        size = page_size(request)
        keys = keys_of(queryset)
        try:
            reverse, values = read_cursor(request.query_params.get("cursor", ""), keys)
        except Refused as refused:
            raise ValidationError({"cursor": [refused.message]}) from None
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
