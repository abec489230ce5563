"""Detection rules, checked as they are written, and tried on a text before they are saved."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from subscribers.admin_base import PlainForm, StoreAdmin
from subscribers.models import Reason
from tickets.models import DetectionRule
from tickets.topics.detect import LEAST_CONFIDENCE, Rule, detect

LONGEST_SAMPLE = 20_000


def fault(rule: Rule) -> str:
    """What is wrong with a rule, in words; empty where nothing is."""
    try:
        rule.check()
    except ValueError as wrong:
        return str(wrong)
    return ""


class RuleForm(PlainForm):
    constraint_words = {
        "detection_rule_confidence_share": ("confidence", "The confidence lies between 0 and 1."),
    }

    def clean_phrases(self) -> str:
        phrases: str = self.cleaned_data["phrases"]
        if wrong := fault(Rule(topic="", phrases=phrases)):
            raise ValidationError(wrong)
        return phrases

    def clean_unless(self) -> str:
        unless: str = self.cleaned_data["unless"]
        if wrong := fault(Rule(topic="", phrases="word", unless=unless)):
            raise ValidationError(wrong)
        return unless


class SampleForm(forms.Form):
    """What the try-out needs of the page's form; the rule need not be saved for it."""

    sample = forms.CharField(max_length=LONGEST_SAMPLE, strip=False, error_messages={"required": "Write a text first."})
    phrases = forms.CharField(strip=False, error_messages={"required": "Write a phrase first."})
    unless = forms.CharField(required=False, strip=False)
    language = forms.CharField(required=False)
    confidence = forms.FloatField(min_value=0, max_value=1)


def pieces(text: str, spans: tuple[tuple[int, int], ...]) -> list[tuple[str, bool]]:
    """The text in order, in pieces that are hit or not."""
    parts, at = [], 0
    for start, end in sorted(spans):
        parts += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [part for part in (*parts, (text[at:], False)) if part[0]]


@admin.register(DetectionRule)
class DetectionRuleAdmin(StoreAdmin):
    form = RuleForm
    shares = True
    list_display = ("name", "reason", "language", "confidence", "is_active", "updated_at", "store")
    list_select_related = ("reason", "store")
    list_filter = ("is_active", "language", "reason", "store")
    search_fields = ("name", "phrases")
    ordering = ("reason__position", "name")
    change_form_after_template = "admin/tickets/try_rule.html"
    fieldsets = (
        (None, {"fields": ("store", "name", "reason", "language", "confidence", "is_active")}),
        (
            "Words",
            {
                "fields": ("phrases", "unless"),
                "description": "One phrase a line. “leak*”: words that start so. “(box|parcel)”: one of these. "
                "“box … broken”: up to four words between. “only # of”: any number. “thing = box, bag”, then "
                "“[thing]”: a list of words. Capitals and accents do not matter; “not broken” is no hit.",
            },
        ),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if db_field.related_model is Reason and field is not None:
            field.queryset = field.queryset.filter(for_tickets=True).order_by("position", "label")
        return field

    def get_urls(self) -> list[Any]:
        address = path("try/", self.admin_site.admin_view(self.try_rule), name="tickets_detectionrule_try")
        return [address, *super().get_urls()]

    def try_rule(self, request: HttpRequest) -> HttpResponse:
        """What the rule on the page, saved or not, finds in a text, and what all active rules find together."""
        form = SampleForm(request.POST or None)
        context: dict[str, Any] = {"form": form}
        if form.is_valid():
            given = form.cleaned_data
            rule = Rule(
                topic="this rule",
                phrases=given["phrases"],
                unless=given["unless"],
                language=given["language"],
                confidence=given["confidence"] or 1,
            )
            context["fault"] = fault(rule)
            if not context["fault"]:
                hits = detect(given["sample"], [rule], least=0)
                spans = hits[0].spans if hits else ()
                context |= {
                    "tried": True,
                    "hits": hits,
                    "pieces": pieces(given["sample"], spans),
                    "suffices": rule.confidence >= LEAST_CONFIDENCE,
                    "all_hits": detect(given["sample"], self._active(request)),
                }
        return TemplateResponse(request, "admin/tickets/try_rule_result.html", context)

    def _active(self, request: HttpRequest) -> list[Rule]:
        rows = self.get_queryset(request).filter(is_active=True).select_related("reason").order_by("pk")
        rules = [
            Rule(
                topic=row.reason.label,
                phrases=row.phrases,
                unless=row.unless,
                confidence=row.confidence,
                language=row.language,
                name=row.name,
            )
            for row in rows
        ]
        return [rule for rule in rules if not fault(rule)]
