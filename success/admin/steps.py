"""The steps of a version, to read."""

from subscribers.admin_base import ReadOnlyInline
from success.flow_pages.words import FIELD_WORDS, value_words
from success.models import FlowStep


class PublishedStepInline(ReadOnlyInline):
    model = FlowStep
    ordering = ("position",)
    fields = ("position", "key", "kind", "says")
    readonly_fields = fields

    def says(self, step: FlowStep) -> str:
        return "; ".join(
            map(
                str,
                (f"{FIELD_WORDS.get(name, name)}: {value_words(name, value)}" for name, value in step.config.items()),
            )
        )
