"""Which facts open an alert."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget

from subscribers.admin_base import PlainForm, StoreAdmin
from success.models import AlertRule
from tickets.sla.lengths import length_words, read_length


class AlertRuleForm(PlainForm):
    due_within = forms.CharField(
        max_length=40, widget=UnfoldAdminTextInputWidget(), help_text="An alert is due so long after its first fact."
    )

    class Meta:
        model = AlertRule
        fields = ("store", "kind", "weight", "due_within", "is_active")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if isinstance(within := self.initial.get("due_within"), timedelta):
            self.initial["due_within"] = length_words(round(within.total_seconds()))

    def clean_due_within(self) -> timedelta:
        try:
            return timedelta(seconds=read_length(self.cleaned_data["due_within"]))
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from wrong


@admin.register(AlertRule)
class AlertRuleAdmin(StoreAdmin):
    form = AlertRuleForm
    shares = True
    fixed = ("store", "kind")
    list_display = ("kind", "weight", "due_words", "is_active", "store")
    list_select_related = ("store",)
    list_filter = ("is_active", "store")
    ordering = ("kind", "store")

    @admin.display(description="due within", ordering="due_within")
    def due_words(self, rule: AlertRule) -> str:
        return length_words(round(rule.due_within.total_seconds()))
