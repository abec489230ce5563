"""Tags around content: `{% panel title="Box" %}…{% endpanel %}`, dropdown, dialog, notice. `{% load ui_blocks %}`."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()


@register.simple_block_tag
def panel(
    content: str,
    title: str = "",
    icon: str = "",
    count: int | None = None,
    href: str = "",
    href_label: str = "",
    flush: bool = False,
    classes: str = "",
    id: str = "",
    level: int = 2,
    fold: str = "",
) -> SafeString:
    """A box with a head. `flush` for content with rows of its own; `href` puts a link into the head.

    `fold` makes it one that closes, and names it: the browser remembers by that name whether it is open.
    """
    return render_to_string("partials/panel.html", {**locals(), "href_label": href_label or gettext("View all")})


@register.simple_block_tag
def dropdown(
    content: str,
    label: str,
    icon: str = "",
    align: str = "",
    style: str = "btn btn-sm",
    only_icon: bool = False,
    key: str = "",
    chevron: bool = True,
    command: str = "",
    classes: str = "",
) -> SafeString:
    """A button that opens a menu; the content is `.menu-item` links and buttons. `align` end, up, or both.

    `command` names it for the palette, the list of keys and screen readers, before its label.
    """
    return render_to_string("partials/dropdown.html", dict(locals()))


@register.simple_block_tag
def dialog(content: str, id: str, title: str, wide: bool = False, open: bool = False) -> SafeString:
    """A `<dialog>` opened by any element with `data-opens="<id>"`. A `.dialog-foot` may end the content."""
    return render_to_string("partials/dialog.html", dict(locals()))


@register.simple_block_tag
def notice(content: str, tone: str = "plain", icon: str = "info", title: str = "") -> SafeString:
    """Something to know before working on: `tone` plain, link, good, warn, bad."""
    context: dict[str, Any] = dict(locals())
    return render_to_string("partials/notice.html", context)
