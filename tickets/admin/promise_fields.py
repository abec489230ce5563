"""Fields for the times that a policy promises: one a metric and priority, such as `4 h` in business hours."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from tickets.enums import Metric, Priority
from tickets.sla.lengths import length_words, read_length
from tickets.sla.policies import Target

Key = tuple[Metric, Priority | None]


class PromiseWidget(forms.MultiWidget):
    def __init__(self) -> None:
        super().__init__([UnfoldAdminTextInputWidget(attrs={"placeholder": "—", "size": 10}), UnfoldBooleanWidget()])

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        length, in_business_time = value if isinstance(value, list) else self.decompress(value)
        box = {"id": f"id_{name}_1"}
        return format_html(
            '<div class="flex items-center gap-3">{}<label class="flex shrink-0 items-center gap-2">{} business hours'
            "</label></div>",
            self.widgets[0].render(f"{name}_0", length, {**self.widgets[0].attrs, **(attrs or {})}, renderer),
            self.widgets[1].render(f"{name}_1", in_business_time, box, renderer),
        )

    def decompress(self, value: Target | None) -> list[Any]:
        return [length_words(value.seconds), value.in_business_time] if value else ["", True]


class PromiseField(forms.MultiValueField):
    widget = PromiseWidget

    def __init__(self, **options: Any) -> None:
        fields = (forms.CharField(required=False, max_length=40), forms.BooleanField(required=False))
        super().__init__(fields, required=False, require_all_fields=False, **options)

    def compress(self, data_list: list[Any]) -> Target | None:
        text, in_business_time = (*data_list, "", False)[:2] if data_list else ("", False)
        if not text:
            return None
        try:
            return Target(read_length(text), bool(in_business_time))
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from wrong


def field_name(metric: Metric, priority: Priority | None) -> str:
    return f"{metric}_{priority.name.lower() if priority else 'others'}"


KEYS: dict[str, Key] = {
    field_name(metric, priority): (metric, priority) for metric in Metric for priority in (*Priority, None)
}
TARGET_FIELDS: tuple[Any, ...] = tuple(
    (metric.label, {"fields": tuple(name for name, key in KEYS.items() if key[0] == metric)}) for metric in Metric
)


def add_target_fields(form: Any) -> None:
    for name, (_, priority) in KEYS.items():
        label = priority.label if priority else gettext("Other priorities")
        form.base_fields[name] = form.declared_fields[name] = PromiseField(label=label)


def target_initial(targets: Mapping[Key, Target]) -> dict[str, Target]:
    return {name: targets[key] for name, key in KEYS.items() if key in targets}


def read_targets(data: Mapping[str, Any]) -> dict[Key, Target]:
    return {key: data[name] for name, key in KEYS.items() if data.get(name)}
