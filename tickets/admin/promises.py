"""What is promised: policies, of which every change is a new version, tried before they are saved."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from subscribers.admin_base import PlainForm, ReadOnlyInline, StoreAdmin
from subscribers.enums import Channel
from subscribers.lazy import lazily as _
from subscribers.models import Reason
from tickets.admin.escalation_fields import (
    ESCALATION_FIELDS,
    add_escalation_fields,
    escalation_initial,
    read_escalations,
    set_people,
)
from tickets.admin.promise_fields import TARGET_FIELDS, add_target_fields, read_targets, target_initial
from tickets.admin.promise_trial import TrialForm, Tried, faults_of
from tickets.admin.recalculations import AsksToRecalculate
from tickets.enums import Priority
from tickets.models import BusinessCalendar, SlaPolicy, SlaPolicyVersion
from tickets.sla.calendars import checked, form_of
from tickets.sla.conditions import MOST_HOURS
from tickets.sla.lengths import length_words, read_length
from tickets.sla.policies import Version
from tickets.sla.publishing import escalations_of, latest_version, publish_version, targets_of
from tickets.sla.trials import Placed, answer, placed_of, with_policy

# A policy's conditions beside its queue (tickets.sla.conditions reads them), each as a field.
CONDITION_FIELDS = {
    "cycle": "only_cycle",
    "channel": "only_channels",
    "priority": "only_priorities",
    "topic": "only_topics",
    "billing_within_hours": "only_billing_within",
    "box_within_hours": "only_box_within",
}


class PolicyForm(PlainForm):
    """The policy, and what its latest version promises."""

    only_cycle = forms.IntegerField(
        min_value=1,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text="Only tickets that were opened in this cycle of their subscriber; 1: before the second billing.",
    )
    only_channels = forms.MultipleChoiceField(
        choices=Channel.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("None: any."),
    )
    only_priorities = forms.TypedMultipleChoiceField(
        choices=Priority.choices,
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("None: any."),
    )
    only_topics = forms.MultipleChoiceField(
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("One of these is enough. None: any."),
    )
    only_billing_within = forms.IntegerField(
        label=_("Only when the next billing is within"),
        min_value=1,
        max_value=MOST_HOURS,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Hours."),
    )
    only_box_within = forms.IntegerField(
        label=_("Only when the next box ships within"),
        min_value=1,
        max_value=MOST_HOURS,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Hours until the box can no longer be changed."),
    )
    calendar = forms.ModelChoiceField(
        BusinessCalendar.objects.none(), widget=UnfoldAdminSelectWidget(), help_text=_("Whose open hours are counted.")
    )
    warn_percent = forms.IntegerField(
        min_value=1,
        max_value=99,
        initial=75,
        required=False,
        label=_("Warn at"),
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Per cent of the time used up."),
    )
    warn_before = forms.CharField(
        max_length=40,
        required=False,
        label=_("Or warn before the end"),
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": _("30 min")}),
        help_text=_("So much counted time before it is due, instead of a share."),
    )

    class Meta:
        model = SlaPolicy
        fields = ("store", "name", "position", "is_active", "queue")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        conditions = self.instance.conditions or {}
        stores = [self.instance.store] if self.instance.pk else self.fields["store"].queryset  # type: ignore[attr-defined]
        self.fields["calendar"].queryset = BusinessCalendar.objects.filter(store__in=stores).order_by("name")  # type: ignore[attr-defined]
        set_people(self.fields, stores)
        reasons = Reason.objects.filter(Q(store__in=stores) | Q(store=None), for_tickets=True)
        topics = dict(reasons.order_by("position", "label").values_list("key", "label"))
        # What a policy asks for stays to be chosen, whatever became of it.
        topics |= {key: key for key in conditions.get("topic") or () if key not in topics}
        self.fields["only_topics"].choices = list(topics.items())  # type: ignore[attr-defined]
        for name, field in CONDITION_FIELDS.items():
            self.initial.setdefault(field, conditions.get(name))
        latest = latest_version(self.instance) if self.instance.pk else None
        if latest is not None:
            self.initial.setdefault("calendar", latest.calendar_id)
            share, before = latest.warn_at_share, latest.warn_before_seconds
            self.initial.setdefault("warn_percent", None if share is None else round(share * 100))
            self.initial.setdefault("warn_before", "" if before is None else length_words(before))
            self.initial.update(target_initial(targets_of(latest)))
            self.initial.update(escalation_initial(escalations_of(latest)))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.instance.conditions = {name: data[field] for name, field in CONDITION_FIELDS.items() if data.get(field)}
        if not self.errors and not read_targets(data):
            raise ValidationError(gettext("A policy promises something: give at least one time."))
        if not data.get("warn_before") and not data.get("warn_percent") and not self.errors:
            self.add_error("warn_percent", gettext("Say when to warn: at a share, or so long before the end."))
        return data

    def clean_warn_before(self) -> str:
        if text := self.cleaned_data["warn_before"].strip():
            try:
                read_length(text)
            except ValueError as wrong:
                raise ValidationError(str(wrong)) from wrong
        return text

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        before, targets = self.warning["warn_before_seconds"], read_targets(self.cleaned_data)
        if before and targets and before >= min(target.seconds for target in targets.values()):
            self.add_error("warn_before", gettext("The shortest time would be over before its warning."))

    @property
    def warning(self) -> dict[str, Any]:
        """When it warns, as a version keeps it: at a share, or so many seconds before the end."""
        data = self.cleaned_data
        if data.get("warn_before"):
            return {"warn_at_share": None, "warn_before_seconds": read_length(data["warn_before"])}
        percent = data.get("warn_percent")
        return {"warn_at_share": percent / 100 if percent else None, "warn_before_seconds": None}


add_target_fields(PolicyForm)
add_escalation_fields(PolicyForm)


class VersionInline(ReadOnlyInline):
    model = SlaPolicyVersion
    fields = ("number", "created_at", "calendar", "warn_at_share", "promises")
    readonly_fields = fields
    verbose_name_plural = _("versions: what was promised when")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("calendar", "policy").prefetch_related("targets")
        return rows.order_by("-number")

    @admin.display(description="promises")
    def promises(self, version: SlaPolicyVersion) -> str:
        rows = sorted(version.targets.all(), key=lambda row: (row.metric, row.priority or 9))
        return "; ".join(
            f"{row.get_metric_display()} {(row.get_priority_display() or 'others').lower()} {length_words(row.seconds)}"
            for row in rows
        )


@admin.register(SlaPolicy)
class SlaPolicyAdmin(Tried, AsksToRecalculate, StoreAdmin):
    form = PolicyForm
    list_display = ("name", "position", "queue", "is_active", "version", "store")
    list_select_related = ("queue", "store")
    list_filter = ("store", "is_active")
    search_fields = ("name",)
    ordering = ("store", "position", "name")
    inlines = (VersionInline,)
    fieldsets = (
        (
            None,
            {
                "fields": ("store", "name", "position", "is_active", "queue", *CONDITION_FIELDS.values()),
                "description": _("The first active policy that matches a ticket, by position, is its promise."),
            },
        ),
        (
            _("Counting"),
            {
                "fields": ("calendar", "warn_percent", "warn_before"),
                "description": _(
                    "A change of these or of the times below is a new version: clocks that run keep the "
                    "version that they were started under."
                ),
            },
        ),
        *TARGET_FIELDS,
        *ESCALATION_FIELDS,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(latest_number=Max("versions__number"))

    @admin.display(description="version", ordering="latest_number")
    def version(self, policy: Any) -> str:
        return f"v{policy.latest_number}" if policy.latest_number else "—"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        before = latest_version(form.instance)
        version = publish_version(
            form.instance,
            calendar=form.cleaned_data["calendar"],
            targets=read_targets(form.cleaned_data),
            escalations=read_escalations(form.cleaned_data, escalations_of(before) if before else ()),
            **form.warning,
        )
        if before is None or version.pk != before.pk:
            self.message_user(
                request, gettext("Version %(number)s holds from now on.") % {"number": version.number}, messages.SUCCESS
            )
        if form.has_changed():
            self.note_changed(request, [form.instance])

    def tried(self, request: HttpRequest, row: Any, trial: TrialForm) -> dict[str, Any]:
        form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)
        if not form.is_valid():
            return {"faults": faults_of(form)}
        policy, given = form.instance, form.cleaned_data
        try:
            calendar = checked(form_of(given["calendar"]))
        except ValueError as wrong:
            return {"faults": [str(wrong)]}
        question = trial.question(calendar.tz)
        version = Version(
            id=0,
            policy_id=policy.pk or 0,
            queue_id=policy.queue_id,
            conditions=policy.conditions,
            calendar_id=given["calendar"].pk,
            calendar=calendar,
            targets=read_targets(given),
            **form.warning,
        )
        tried = Placed(policy.pk, policy.name, policy.position, version)
        placed = with_policy(placed_of(policy.store), tried, is_active=policy.is_active)
        found = answer(placed, question, policy.store)
        context = {"found": found, "question": question, "tried": tried, "is_active": policy.is_active}
        if found.winner is not tried:
            # What it would promise if it were asked: beside what wins.
            context["own"] = answer([tried], question, policy.store) if policy.is_active else None
        return context
