"""Rules of tickets: edited without a line of code, tried on the past, every change kept, every firing told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from subscribers.admin_base import PlainForm, ReadOnlyAdmin, ReadOnlyInline, StoreAdmin
from subscribers.models import Store
from tickets.actions.vocabulary import Vocabulary
from tickets.admin.histories import TicketHistoryAdmin
from tickets.admin.rule_fields import ActionFields, ConditionFields
from tickets.enums import RuleEvent
from tickets.models import RuleFiring, RuleTask, TicketRule, TicketRuleVersion
from tickets.rules.replies import VARIABLES
from tickets.rules.saving import check_rule, save_rule
from tickets.rules.trials import try_rule
from tickets.rules.words import asks_words, does_words, done_words, reason_words, when_words


class TicketRuleForm(ConditionFields, ActionFields, PlainForm):
    constraint_words: ClassVar[Mapping[str, Any]] = {
        "ticket_rule_name_unique": ("name", gettext_lazy("There is a rule with that name.")),
    }

    class Meta:
        model = TicketRule
        fields = (
            "store",
            "name",
            "event",
            "status",
            "hours",
            "reply",
            "position",
            "stops",
            "most_a_day",
            "is_active",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        stores = [self.instance.store] if self.instance.pk else self.fields["store"].queryset  # type: ignore[attr-defined]
        self.set_condition_choices(stores, self.instance.conditions or {})
        self.set_action_choices(stores, self.instance.actions or [])
        self.fields["reply"].help_text = ", ".join(
            map(str, (f"{{{{ {name} }}}}: {words}" for name, (words, _say) in VARIABLES.items()))
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("event") != RuleEvent.IN_STATUS:
            data["status"], data["hours"] = "", None
        else:
            for name in ("status", "hours"):
                if not data.get(name):
                    self.add_error(name, _("Say which status, and for how long."))
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        rule: TicketRule = self.instance
        rule.conditions, rule.actions = self.read_conditions(), self.read_actions()
        try:
            check_rule(rule)
        except ValueError as wrong:
            self.add_error(None, str(wrong))


class RuleVersionInline(ReadOnlyInline):
    model = TicketRuleVersion
    fields = ("number", "created_at", "actor", "said_words")
    readonly_fields = fields
    verbose_name_plural = gettext_lazy("versions: what it said when")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("actor", "rule__store").order_by("-number")

    @admin.display(description=gettext_lazy("what it said"))
    def said_words(self, version: TicketRuleVersion) -> str:
        said = version.said
        rule = TicketRule(**{name: said.get(name) for name in ("event", "status", "hours")})
        does = does_words(said.get("actions", []), bool(said.get("reply")), _known(version.rule.store))
        off = "" if said.get("is_active", True) else f" · {_('off')}"
        return f"{when_words(rule)} · {asks_words(said.get('conditions', {}))} → {does}{off}"


def _known(store: Store) -> Vocabulary:
    """One for all rows of a store on a page."""
    known = getattr(store, "_known_to_rules", None)
    if known is None:
        known = store._known_to_rules = Vocabulary(store)  # type: ignore[attr-defined]
    return known


@admin.register(TicketRule)
class TicketRuleAdmin(StoreAdmin):
    form = TicketRuleForm
    list_display = ("name", "position", "when", "asks", "fired", "last_fired", "is_active", "store")
    list_select_related = ("store",)
    list_filter = ("is_active", "event", "store")
    search_fields = ("name",)
    ordering = ("store", "position", "pk")
    inlines = (RuleVersionInline,)
    change_form_after_template = "admin/tickets/try_ticket_rule.html"
    fieldsets = (
        (None, {"fields": ("store", "name", ("position", "is_active"))}),
        (gettext_lazy("When"), {"fields": ("event", ("status", "hours"))}),
        (
            gettext_lazy("Only if"),
            {
                "fields": (
                    ("only_words_any", "only_words_all", "only_words_none"),
                    ("only_sender", "only_is_automatic"),
                    ("only_queue", "only_assignee", "only_topic"),
                    ("only_priority", "only_status", "only_channel"),
                    ("only_tags_any", "only_tags_none"),
                    "only_fields",
                    ("only_language", "only_country"),
                    ("only_subscription", "only_product"),
                    ("only_cycle", "only_billing_within_hours", "only_box_within_hours"),
                    "only_business_hours",
                    ("only_rating", "only_metric"),
                ),
                "description": gettext_lazy("All that is given must be true; what is left empty asks for nothing."),
            },
        ),
        (
            gettext_lazy("Then"),
            {
                "fields": (
                    ("do_queue", "do_assign"),
                    ("do_status", "do_priority"),
                    ("do_add_tag", "do_remove_tag"),
                    ("do_add_topic", "do_follow"),
                    "do_set_field",
                    ("do_snooze", "do_end"),
                    "do_note",
                    "reply",
                ),
                "description": gettext_lazy(
                    "What is left empty stays as it is. The answer counts as automatic mail: machines get none, nobody "
                    "gets many, and it fulfils no promise."
                ),
            },
        ),
        (gettext_lazy("Bounds"), {"fields": (("stops", "most_a_day"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        lately = timezone.now() - timedelta(days=30)
        counted = Count("firings", filter=Q(firings__fired_at__gt=lately))
        return super().get_queryset(request).annotate(fired_count=counted, fired_last=Max("firings__fired_at"))

    @admin.display(description=gettext_lazy("when"))
    def when(self, rule: TicketRule) -> str:
        return when_words(rule)

    @admin.display(description=gettext_lazy("only if"))
    def asks(self, rule: TicketRule) -> str:
        return asks_words(rule.conditions)

    @admin.display(description=gettext_lazy("worked in 30 days"), ordering="fired_count")
    def fired(self, rule: Any) -> int:
        return rule.fired_count

    @admin.display(description=gettext_lazy("last"), ordering="fired_last")
    def last_fired(self, rule: Any) -> Any:
        return rule.fired_last

    def save_model(self, request: HttpRequest, obj: TicketRule, form: Any, change: bool) -> None:
        saved = save_rule(obj, actor=request.user)  # type: ignore[arg-type]
        if saved.waiting:
            words = ngettext(
                "%(number)d ticket waits for it already.", "%(number)d tickets wait for it already.", saved.waiting
            )
            self.message_user(request, words % {"number": saved.waiting}, messages.INFO)

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view(self.try_page), "tickets_ticketrule_try"
        own = [path("try/", view, name=name), path("<int:object_id>/try/", view, name=f"{name}_saved")]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row, name = context.get("original"), "admin:tickets_ticketrule_try"
        context["try_url"] = reverse(f"{name}_saved", args=[row.pk]) if row else reverse(name)
        return super().render_change_form(request, context, *args, **options)

    def try_page(self, request: HttpRequest, object_id: int | None = None) -> HttpResponse:
        """What the rule on the page would have matched in the last three months; of it nothing is stored."""
        row = self.get_object(request, str(object_id)) if object_id is not None else None
        if object_id is not None and row is None:
            return HttpResponse(status=404)
        if request.method != "POST":
            return HttpResponse(status=405)
        form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)
        context: dict[str, Any] = {"faults": [], "trial": None}
        if form.is_valid():
            context["trial"] = try_rule(form.instance)
        else:
            context["faults"] = [
                f"{form.fields[name].label}: {text}" if name in form.fields else text
                for name, texts in form.errors.items()
                for text in texts
            ]
        return TemplateResponse(request, "admin/tickets/try_ticket_rule_result.html", context)


@admin.register(RuleFiring)
class RuleFiringAdmin(TicketHistoryAdmin):
    """What rules did, and why."""

    store_path = "ticket__store"
    list_display = ("fired_at", "rule", "ticket", "because_words", "did", "refused_words")
    list_select_related = ("rule", "ticket", "rule__store")
    list_filter = (("rule", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("=ticket__id",)
    ordering = ("-pk",)

    @admin.display(description=gettext_lazy("because"))
    def because_words(self, firing: RuleFiring) -> str:
        return "; ".join(map(str, (reason_words(one) for one in firing.because))) or _("always")

    @admin.display(description=gettext_lazy("did"))
    def did(self, firing: RuleFiring) -> str:
        return done_words(firing.done, _known(firing.rule.store)) if firing.done or not firing.refused else "—"

    @admin.display(description=gettext_lazy("not done"))
    def refused_words(self, firing: RuleFiring) -> str:
        return " ".join(map(str, firing.refused))


@admin.register(RuleTask)
class RuleTaskAdmin(ReadOnlyAdmin):
    """What rules are still to be asked about, and what failed."""

    fixed = ()
    store_path = "ticket__store"
    list_display = ("due_at", "ticket", "event", "rule", "attempts", "failed_at", "error")
    list_select_related = ("ticket", "event", "rule")
    list_filter = (("failed_at", admin.EmptyFieldListFilter),)
    search_fields = ("=ticket__id",)
    ordering = ("due_at", "pk")
