"""Pages by keyset: a page begins after the last row of the one before, whatever was inserted meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Field, Model, OrderBy, Q, QuerySet
from django.db.models.expressions import F
from django.http import HttpRequest
from django.utils.translation import gettext

from subscribers.errors import Refused

SALT = "helpdesk.api.cursor"
PAGE = 50
Row = TypeVar("Row", bound=Model)


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


def write_cursor(keys: Sequence[Key], row: Model, *, reverse: bool) -> str:
    values = [None if getattr(row, key.field.attname) is None else key.field.value_to_string(row) for key in keys]
    # Signed, so that only values that came from a row are ever compared with columns.
    return signing.dumps([[key.word for key in keys], reverse, values], salt=SALT)


def read_cursor(text: str, keys: Sequence[Key]) -> tuple[bool, list[Any] | None]:
    """Which way, and the values of the row that the page lies beyond; None without a cursor. Refused: it is none."""
    if not text:
        return False, None
    try:
        words, reverse, values = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        raise Refused(gettext("This is no cursor of ours: follow `next` and `previous`."), "cursor") from None
    if words != [key.word for key in keys]:
        raise Refused(gettext("This cursor belongs to another order."), "cursor")
    return reverse, [
        None if value is None else key.field.to_python(value) for key, value in zip(keys, values, strict=True)
    ]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, with the cursors of its neighbours; "" where there is none."""

    rows: Sequence[Row]
    next: str = ""
    previous: str = ""


def keyset_page(rows: QuerySet[Row, Any], request: HttpRequest, *, size: int = PAGE) -> Page[Row]:
    """The page that `?cursor=` asks for; the first one where that is none of this order's."""
    keys = keys_of(rows)
    try:
        reverse, values = read_cursor(request.GET.get("cursor", ""), keys)
    except Refused:
        reverse, values = False, None
    found = rows.order_by(*(key.order(reverse=reverse) for key in keys))
    if values is not None:
        found = found.filter(after(keys, values, reverse=reverse))
    some = list(found[: size + 1])
    more, some = len(some) > size, some[:size]
    if reverse:
        some.reverse()
    if not some:
        return Page(some)
    has_next, has_previous = (True, more) if reverse else (more, values is not None)
    return Page(
        some,
        write_cursor(keys, some[-1], reverse=False) if has_next else "",
        write_cursor(keys, some[0], reverse=True) if has_previous else "",
    )
