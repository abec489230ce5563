"""What was learned from agents' corrections, and how much better than the rules it is: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from subscribers.admin_base import ReadOnlyAdmin
from tickets.models import LearnedTopic

SHOWN = 15  # words for, and as many against


@admin.register(LearnedTopic)
class LearnedTopicAdmin(ReadOnlyAdmin):
    fixed = ()
    list_display = ("reason", "store", "learned_at", "is_used", "beside_rules", "compared_on")
    list_select_related = ("reason", "store")
    list_filter = ("is_used", "reason")
    ordering = ("-learned_at", "-pk")
    fields = (
        *("store", "reason", "learned_at", "is_used", "beside_rules", "chance", "learned_from", "compared_on"),
        *("decisions", "speaks_for", "speaks_against", "weight_of_rules"),
    )
    readonly_fields = ("beside_rules", "speaks_for", "speaks_against", "weight_of_rules")

    @admin.display(description=_("mistakes on held-back tickets"))
    def beside_rules(self, row: LearnedTopic) -> str:
        return gettext(
            "%(learned)s instead of the rules' %(rules)s (%(missed)s missed instead of %(rules_missed)s, "
            "%(false)s false alarms instead of %(rules_false)s)"
        ) % {
            "learned": row.false_alarms + row.missed,
            "rules": row.rules_false_alarms + row.rules_missed,
            "missed": row.missed,
            "rules_missed": row.rules_missed,
            "false": row.false_alarms,
            "rules_false": row.rules_false_alarms,
        }

    @admin.display(description=_("words for it"))
    def speaks_for(self, row: LearnedTopic) -> str:
        return _words(row, sign=1)

    @admin.display(description=_("words against it"))
    def speaks_against(self, row: LearnedTopic) -> str:
        return _words(row, sign=-1)

    @admin.display(description=_("weight of the rules' hit"))
    def weight_of_rules(self, row: LearnedTopic) -> float:
        return float(row.weights["rules"])


def _words(row: LearnedTopic, sign: int) -> Any:
    telling = sorted((w for w in row.weights["words"].items() if w[1] * sign > 0), key=lambda word: -abs(word[1]))
    return format_html_join(", ", "{} <small>{}</small>", ((word, f"{w:+.2f}") for word, w in telling[:SHOWN])) or "–"
