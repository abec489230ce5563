"""What the list of tickets shows of a row."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from tickets.columns import Column
from tickets.saved_views.selectors import MOST_COUNTED

register = template.Library()


@register.simple_tag(takes_context=True)
def cells(context: template.Context, columns: Iterable[Column]) -> SafeString:
    """The cells of `ticket` in the order of the columns.

    A page has hundreds of them: each column's template is looked up once a page, and all are rendered in the row's own
    context, which costs no more than text of the row's template would.
    """
    kept = context.render_context.get("cells")
    if kept is None:
        found: list[tuple[str, Any]] = [(column.own, get_template(column.template)) for column in columns]
        kept = context.render_context["cells"] = [(own, one.template.nodelist) for own, one in found]
    cells = []
    for own, nodes in kept:
        if own:
            context["value"] = context["ticket"].own_values.get(own, "")
        cells.append(nodes.render(context))
    return mark_safe("".join(cells))  # noqa: S308 - what templates rendered


@register.filter
def count_of(counts: Mapping[int, int] | None, key: int) -> str:
    """How many tickets a kept list holds; empty where that is not counted."""
    number = (counts or {}).get(key)
    if number is None:
        return ""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)
