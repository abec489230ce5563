"""Tags of presentation that every page shares: `{% load ui %}`. /styleguide/ shows each of them.

Tags that render more than a line render a file of templates/partials/, whose top names its variables.
"""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, widgets
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from helpdesk import wording
from helpdesk.looks import look_of

register = template.Library()
ICONS = Path(__file__).resolve().parent.parent / "icons" / "lucide.json"


@cache
def _icons() -> dict[str, str]:
    return json.loads(ICONS.read_text())


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "", size: int = 0) -> SafeString:
    """An icon of Lucide. Hidden from screen readers unless it has a `label`. KeyError names one not vendored.

    `size`, in pixels, is needed inside of a drawing alone: style sheets do not reach the size of an SVG in an SVG.
    """
    return _drawn(str(name), str(classes), str(label), size)


@lru_cache(maxsize=4096)
def _drawn(name: str, classes: str, label: str, size: int) -> SafeString:
    """A page has hundreds of icons, and the product some hundred different ones."""
    if name not in _icons():
        raise KeyError(f"No icon {name!r} in {ICONS.name}; its names are Lucide's")
    told = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round"'
        ' stroke-linejoin="round" {}{}>{}</svg>',
        classes,
        told,
        format_html(' width="{0}" height="{0}"', size) if size else "",
        mark_safe(_icons()[name]),  # noqa: S308 - from our own file
    )


def _in_own_words(label: str) -> str:
    return gettext(label) if label else ""


@register.simple_tag
def badge(kind: str, value: Any, label: str = "", shape: str = "pill", classes: str = "") -> SafeString:
    """A state as a pill, or with shape="mark" as icon and word without a ground. See helpdesk/looks.py."""
    look = look_of(kind, str(value))
    words = str(label or _in_own_words(look.label))
    return _pill(look.tone, look.icon, words, str(shape), str(classes))


@lru_cache(maxsize=4096)
def _pill(tone: str, icon: str, label: str, shape: str, classes: str) -> SafeString:
    look = {"tone": tone, "icon": icon}
    return render_to_string("partials/badge.html", {"look": look, "label": label, "shape": shape, "classes": classes})


@register.simple_tag
def avatar(name: str = "", size: str = "", alone: bool = False) -> SafeString:
    """A round mark of a person. `size` xs, lg; `alone=True` where the name does not stand beside it."""
    context = {"name": name, "size": size, "alone": alone}
    if name:
        context |= {"initials": wording.initials_of(name), "hue": wording.hue_of(name)}
    return render_to_string("partials/avatar.html", context)


@register.simple_tag
def relative_time(moment: datetime | None, classes: str = "", missing: str = "–") -> SafeString:
    """ "3 h ago" with the exact time on hover; times.js keeps it true. `missing` is shown for None."""
    if moment is None:
        return format_html('<span class="{}">{}</span>', classes, missing)
    return format_html(
        '<time class="{}" datetime="{}" title="{}" data-relative>{}</time>',
        classes,
        moment.isoformat(timespec="seconds"),
        wording.exact_words(moment),
        wording.relative_words(moment, timezone.now()),
    )


@register.simple_tag
def due(
    at: datetime | None = None,
    met_at: datetime | None = None,
    paused: bool = False,
    soon_minutes: int = 60,
    label: str = "",
) -> SafeString:
    """The time until a promise: ok, soon, overdue, met, missed (met too late), paused, or a dash for none.

    `label` names the promise ("First reply") before the time.
    """
    if at is None and not paused:
        return mark_safe('<span class="text-muted">–</span>')
    now = timezone.now()
    context: dict[str, Any] = {"label": label, "at": at, "soon_seconds": soon_minutes * 60, "counts": False}
    if met_at is not None and at is not None:
        late = met_at > at
        context |= {"state": "missed" if late else "met", "words": gettext("Missed") if late else gettext("Met")}
        context["exact"] = wording.exact_words(met_at)
    elif paused or at is None:
        context |= {"state": "paused", "words": gettext("Paused"), "exact": gettext("The clock is paused")}
    else:
        context["state"] = wording.due_state(at, now, soon=timedelta(minutes=soon_minutes))
        context |= {"words": wording.due_words(at, now), "exact": wording.exact_words(at), "counts": True}
    return render_to_string("partials/due.html", context)


@register.filter
def duration(value: timedelta | float | None) -> str:
    """Seconds or a timedelta as "1 h 20 min"; a dash for None."""
    if value is None:
        return "–"
    return wording.duration_words(value.total_seconds() if isinstance(value, timedelta) else value)


@register.filter
def money(amount: Decimal | int | float | str | None, currency: str = "USD") -> str:
    """`{{ order.total|money:order.currency }}`; whole units, not cents. A dash for None."""
    return "–" if amount is None else wording.money_words(amount, currency or "USD")


@register.filter
def within(label: str) -> str:
    """A label within a sentence: in lower case, save in German, whose nouns keep their capitals."""
    return str(label) if get_language() == "de" else str(label).lower()


@register.filter
def initials(name: str) -> str:
    return wording.initials_of(name)


CONTROL_CLASSES: list[tuple[type[widgets.Widget], str]] = [
    (widgets.CheckboxSelectMultiple, "checkbox"),
    (widgets.RadioSelect, "radio"),
    (widgets.CheckboxInput, "checkbox"),
    (widgets.Select, "select"),
    (widgets.Textarea, "textarea"),
    (widgets.FileInput, "file-input"),
    (widgets.Input, "input"),
]


@register.simple_tag
def field(bound: BoundField, label: str = "", classes: str = "", **attrs: Any) -> SafeString:
    """A form field with label, help and errors, in our look. Other keywords become attributes: data_key="r"."""
    widget = bound.field.widget
    css = next((css for kind, css in CONTROL_CLASSES if isinstance(widget, kind)), "")
    given = {name.replace("_", "-"): value for name, value in attrs.items()}
    given["class"] = f"{css} {widget.attrs.get('class', '')}".strip()
    is_group = isinstance(widget, widgets.RadioSelect)
    if is_group:
        # The template writes the options itself: Django would put the class on the group too. The widget is
        # this form's own copy.
        widget.attrs |= given
    return render_to_string(
        "partials/field.html",
        {
            "field": bound,
            "control": "" if is_group else bound.as_widget(attrs=given),
            "label": label or bound.label,
            "classes": classes,
            "is_check": isinstance(widget, widgets.CheckboxInput),
            "is_group": is_group,
            "is_hidden": bound.is_hidden,
        },
    )


@register.simple_tag
def form_fields(form: BaseForm) -> SafeString:
    """Every field of a form, after the errors that belong to none of them."""
    return render_to_string("partials/form.html", {"form": form})
