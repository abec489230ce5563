"""What is promised: calendars, and policies of which every change is a new version."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
)

from subscribers.admin_base import PlainForm, ReadOnlyInline, StaffInline, StoreAdmin
from subscribers.enums import Channel
from tickets.admin.promise_fields import TARGET_FIELDS, add_target_fields, read_targets, target_initial
from tickets.enums import Priority
from tickets.models import BusinessCalendar, CalendarException, OpeningHours, SlaPolicy, SlaPolicyVersion
from tickets.sla.business_time_form import read_zone
from tickets.sla.calendars import calendar_form, checked, public_holidays
from tickets.sla.lengths import length_words
from tickets.sla.publishing import latest_version, publish_version, targets_of

# A policy's conditions beside its queue (tickets.sla.policies reads them), each as a field.
CONDITION_FIELDS = {"cycle": "only_cycle", "channel": "only_channels", "priority": "only_priorities"}
EVERY_HOUR = [(weekday, "00:00", "24:00") for weekday in range(7)]


def check_calendar(hours: list[Any], exceptions: list[Any]) -> None:
    """Through the arithmetic that will use it: refuses in its words."""
    try:
        checked(
            calendar_form(
                time_zone="UTC",
                country="",
                region="",
                hours=hours,
                exceptions=exceptions,
                year=datetime.now(UTC).year,
            )
        )
    except ValueError as wrong:
        raise ValidationError(str(wrong)) from wrong


class RowsFormSet(PaginationInlineFormSet):
    def rows(self, *fields: str) -> list[tuple[Any, ...]]:
        """What is left when this is saved; only of forms that are right by themselves."""
        return [
            tuple(form.cleaned_data.get(field) or "" for field in fields)
            if fields[0] != "weekday"
            else (form.cleaned_data["weekday"], form.cleaned_data["opens"], form.cleaned_data["closes"])
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]


class HoursFormSet(RowsFormSet):
    def clean(self) -> None:
        super().clean()
        if not any(self.errors):
            check_calendar(self.rows("weekday"), [])


class ExceptionsFormSet(RowsFormSet):
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows = [(day.isoformat(), opens, closes) for day, opens, closes in self.rows("date", "opens", "closes")]
        for day, opens, _ in rows:
            if not opens and sum(other == day for other, _, _ in rows) > 1:
                raise ValidationError(f"{day} is closed in one row and has hours in another.")
        check_calendar(EVERY_HOUR, rows)


class HoursInline(StaffInline):
    model = OpeningHours
    formset = HoursFormSet
    ordering = ("weekday", "opens")
    verbose_name = "interval"


class ExceptionForm(PlainForm):
    constraint_words = {
        "calendar_exception_closed_or_times": ("closes", "Give both times, or neither where it is closed.")
    }


class ExceptionInline(StaffInline):
    model = CalendarException
    form = ExceptionForm
    formset = ExceptionsFormSet
    ordering = ("date", "opens")
    verbose_name_plural = "dates with hours of their own (no times: closed)"


class CalendarForm(PlainForm):
    def clean_time_zone(self) -> str:
        try:
            return read_zone(self.cleaned_data["time_zone"])
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from wrong

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        country = data["holidays_country"] = str(data.get("holidays_country") or "").upper()
        region = data["holidays_region"] = str(data.get("holidays_region") or "").upper()
        if region and not country:
            self.add_error("holidays_country", "A region needs its country.")
        elif country:
            try:
                public_holidays(country, region, datetime.now(UTC).year)
            except ValueError as wrong:
                self.add_error("holidays_region" if region else "holidays_country", str(wrong))
        return data


@admin.register(BusinessCalendar)
class CalendarAdmin(StoreAdmin):
    form = CalendarForm
    list_display = ("name", "time_zone", "holidays_country", "holidays_region", "intervals", "store")
    list_select_related = ("store",)
    list_filter = ("store",)
    search_fields = ("name",)
    ordering = ("store", "name")
    inlines = (HoursInline, ExceptionInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(interval_count=Count("hours"))

    @admin.display(description="intervals a week", ordering="interval_count")
    def intervals(self, calendar: Any) -> int:
        return calendar.interval_count


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
        help_text="None: any.",
    )
    only_priorities = forms.TypedMultipleChoiceField(
        choices=Priority.choices,
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text="None: any.",
    )
    calendar = forms.ModelChoiceField(
        BusinessCalendar.objects.none(), widget=UnfoldAdminSelectWidget(), help_text="Whose open hours are counted."
    )
    warn_percent = forms.IntegerField(
        min_value=1,
        max_value=99,
        initial=75,
        label="Warn at",
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text="Per cent of the time used up.",
    )

    class Meta:
        model = SlaPolicy
        fields = ("store", "name", "position", "is_active", "queue")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        conditions = self.instance.conditions or {}
        for name, field in CONDITION_FIELDS.items():
            self.initial.setdefault(field, conditions.get(name))
        latest = latest_version(self.instance) if self.instance.pk else None
        if latest is not None:
            self.initial.setdefault("calendar", latest.calendar_id)
            self.initial.setdefault("warn_percent", round(latest.warn_at_share * 100))
            self.initial.update(target_initial(targets_of(latest)))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.instance.conditions = {name: data[field] for name, field in CONDITION_FIELDS.items() if data.get(field)}
        if not self.errors and not read_targets(data):
            raise ValidationError("A policy promises something: give at least one time.")
        return data


add_target_fields(PolicyForm)


class VersionInline(ReadOnlyInline):
    model = SlaPolicyVersion
    fields = ("number", "created_at", "calendar", "warn_at_share", "promises")
    readonly_fields = fields
    verbose_name_plural = "versions: what was promised when"

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
class SlaPolicyAdmin(StoreAdmin):
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
                "description": "The first active policy that matches a ticket, by position, is its promise.",
            },
        ),
        (
            "Counting",
            {
                "fields": ("calendar", "warn_percent"),
                "description": "A change of these or of the times below is a new version: clocks that run keep the "
                "version that they were started under.",
            },
        ),
        *TARGET_FIELDS,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(latest_number=Max("versions__number"))

    @admin.display(description="version", ordering="latest_number")
    def version(self, policy: Any) -> str:
        return f"v{policy.latest_number}" if policy.latest_number else "—"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change=change, **options)
        calendars = BusinessCalendar.objects.order_by("name")
        if obj is not None:
            calendars = calendars.filter(store=obj.store)
        else:
            stores = form.base_fields["store"].queryset
            calendars = calendars.filter(store__in=stores)
        form.base_fields["calendar"].queryset = calendars
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        before = latest_version(form.instance)
        version = publish_version(
            form.instance,
            calendar=form.cleaned_data["calendar"],
            warn_at_share=form.cleaned_data["warn_percent"] / 100,
            targets=read_targets(form.cleaned_data),
        )
        if before is None or version.pk != before.pk:
            self.message_user(request, f"Version {version.number} holds from now on.", messages.SUCCESS)
