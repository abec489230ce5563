"""What the composer, macros and notes mark in texts."""

import json
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from subscribers.texts import VARIABLE
from tickets.mentions import spans

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@register.filter
def marked_places(text: str) -> SafeString:
    """The text with the places that no fact has filled marked, to be seen before it is sent."""
    return _marked(text, [found.span() for found in VARIABLE.finditer(text)], "place-open")


@register.filter
def marked_mentions(text: str, people: Iterable[Any]) -> SafeString:
    """A note's text with the colleagues whom it names marked."""
    return _marked(text, [(start, end) for start, end, _people in spans(text, people)], "mention")


def _marked(text: str, places: Iterable[tuple[int, int]], name: str) -> SafeString:
    parts, at = [], 0
    for start, end in places:
        parts.append(format_html('{}<mark class="{}">{}</mark>', text[at:start], name, text[start:end]))
        at = end
    return format_html_join("", "{}", [(part,) for part in (*parts, text[at:])])
