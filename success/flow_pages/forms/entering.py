"""Whom a person brings into a flow by hand."""

import hashlib
import json
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from success.flow_pages.forms.fields import ConditionForm
from success.flows import conditions
from success.models import Flow

PARTS = 3


class SegmentForm(forms.Form):
    """The segment that the flow is for, or one of up to three conditions that all hold."""

    def __init__(self, flow: Flow, data: Any = None) -> None:
        super().__init__(data)
        stored = flow.segment if isinstance(flow.segment, list) else []
        self.parts = [
            ConditionForm(
                data,
                prefix=f"segment-{number}",
                condition=stored[number] if number < len(stored) else None,
                before_a_run=True,
            )
            for number in range(max(PARTS, len(stored)))
        ]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *[part.is_valid() for part in self.parts]])

    @property
    def segment(self) -> list[Any]:
        found = [part.cleaned_data["condition"] for part in self.parts]
        return [condition for condition in found if condition is not None]

    @property
    def words(self) -> list[str]:
        return [str(conditions.label(condition)) for condition in self.segment]

    @property
    def mark(self) -> str:
        return hashlib.sha256(json.dumps(self.segment, sort_keys=True).encode()).hexdigest()[:12]


class PersonForm(forms.Form):
    flow = forms.ModelChoiceField(
        Flow.objects.none(), label=_("Flow"), widget=forms.RadioSelect, empty_label=None, initial=None
    )

    def __init__(self, flows: "QuerySet[Flow]", data: Any = None) -> None:
        super().__init__(data)
        self.fields["flow"].queryset = flows  # type: ignore[attr-defined]
