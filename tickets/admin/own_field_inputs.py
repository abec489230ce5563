"""A store's own fields within one field of a form: for each, how it is meant, and a value where that needs one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from subscribers.errors import Refused
from tickets.enums import FieldKind
from tickets.fields.asking import ANY, EMPTY
from tickets.fields.kinds import YES, canonical
from tickets.fields.selectors import OwnField

LISTED = (FieldKind.CHOICE, FieldKind.CHECKBOX)
# How a field is meant; "=" stands before a value that is chosen.
IS, FILLED, EMPTIED = "=", "*", "-"


class OwnFieldsInput(forms.Widget):
    """`asks`: whether “filled in” can be meant, as conditions may."""

    def __init__(self, *, asks: bool) -> None:
        super().__init__()
        self.asks, self.own = asks, list[OwnField]()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, tuple[str, str]]:
        """By key: how it is meant, and what was typed."""
        found = {
            field.key: (data.get(f"{name}-{field.key}", ""), data.get(_typed(name, field), "")) for field in self.own
        }
        return {key: (how, typed) for key, (how, typed) in found.items() if how}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def use_required_attribute(self, initial: Any) -> bool:
        return False

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if not self.own:
            return format_html("<p class='text-sm'>{}</p>", _("No field is defined yet."))
        given = value if isinstance(value, Mapping) else {}
        rows = (
            (f"id_{name}-{field.key}", field.label, self._inputs(name, field, *given.get(field.key, ("", ""))))
            for field in self.own
        )
        row = "<div class='flex flex-col gap-1'><label class='text-sm' for='{}'>{}</label>{}</div>"
        return format_html("<div class='grid gap-3 max-w-2xl'>{}</div>", format_html_join("", row, rows))

    def _inputs(self, name: str, field: OwnField, how: str, typed: str) -> SafeString:
        select = UnfoldAdminSelectWidget(choices=self._ways(field))
        known = {value for value, _words in self._ways(field)}
        chosen = how if how in known else ""
        shown = select.render(f"{name}-{field.key}", chosen, {"id": f"id_{name}-{field.key}"})
        if field.kind in LISTED:
            return shown
        label = _("%(field)s: value") % {"field": field.label}
        entry = UnfoldAdminTextInputWidget(attrs={"aria-label": label, "maxlength": "500"})
        text = entry.render(_typed(name, field), typed, {"id": f"id_{_typed(name, field)}"})
        return format_html("<div class='flex gap-2'>{}{}</div>", shown, text)

    def _ways(self, field: OwnField) -> list[tuple[str, str]]:
        if field.kind == FieldKind.CHECKBOX:
            values = [(f"{IS}{YES}", _("Yes")), (EMPTIED, _("No"))]
        elif field.kind == FieldKind.CHOICE:
            values = [(f"{IS}{choice}", choice) for choice in field.choices]
        else:
            values = [(IS, _("is") if self.asks else _("set to"))]
        if field.kind != FieldKind.CHECKBOX:
            values += [(FILLED, _("filled in"))] if self.asks else []
            values.append((EMPTIED, _("empty") if self.asks else _("empty it")))
        return [("", _("any") if self.asks else "—"), *values]


def _typed(name: str, field: OwnField) -> str:
    return f"{name}-{field.key}-value"


class OwnFields(forms.Field):
    """By key: a value in its one writing, `*` for anything, "" for nothing."""

    widget: OwnFieldsInput

    def __init__(self, *, asks: bool, **options: Any) -> None:
        super().__init__(widget=OwnFieldsInput(asks=asks), required=False, **options)

    def offer(self, own: Sequence[OwnField], chosen: Mapping[str, str]) -> None:
        """Which fields there are; of those that are gone, what is asked for stays."""
        there = {field.key for field in own}
        gone = [OwnField(key, key, FieldKind.TEXT, ()) for key in chosen if key not in there]
        self.widget.own = [*own, *gone]

    def prepare_value(self, value: Any) -> Any:
        """A form's `initial` as the widget takes it."""
        if not isinstance(value, Mapping):
            return {}
        kinds = {field.key: field.kind for field in self.widget.own}
        return {
            key: held if isinstance(held, tuple) else _way(str(held), kinds.get(key, "")) for key, held in value.items()
        }

    def clean(self, value: Any) -> dict[str, str]:
        found, wrong = {}, []
        own = {field.key: field for field in self.widget.own}
        for key, (how, typed) in (value or {}).items():
            if how in (FILLED, EMPTIED):
                found[key] = ANY if how == FILLED else EMPTY
                continue
            text = how.removeprefix(IS) if own[key].kind in LISTED else typed
            try:
                written = canonical(own[key].kind, text, own[key].choices)
            except Refused as refused:
                wrong.append(f"{own[key].label}: {refused.message}")
                continue
            if not written or written == ANY:
                wrong.append(_("%(field)s: say what it holds.") % {"field": own[key].label})
            found[key] = written
        if wrong:
            raise ValidationError(wrong)
        return found


def _way(held: str, kind: str) -> tuple[str, str]:
    if held in (ANY, EMPTY):
        return (FILLED if held == ANY else EMPTIED), ""
    return (f"{IS}{held}", "") if kind in LISTED else (IS, held)
