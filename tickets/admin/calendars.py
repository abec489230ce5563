"""Calendars: when a team works, checked by the arithmetic that will use them, and tried before they are saved."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, URLField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from unfold.forms import PaginationInlineFormSet

from subscribers.admin_base import PlainForm, StaffInline, StoreAdmin
from subscribers.lazy import lazily as _
from tickets.admin.promise_trial import TrialForm, Tried, faults_of
from tickets.admin.recalculations import AsksToRecalculate
from tickets.models import BusinessCalendar, CalendarException, OpeningHours
from tickets.sla.business_time_form import read_zone
from tickets.sla.calendars import calendar_form, checked, public_holidays
from tickets.sla.publishing import publish_calendar
from tickets.sla.trials import answer, due_of, placed_of, with_calendar

EVERY_HOUR = [(weekday, "00:00", "24:00") for weekday in range(7)]
# What is shown of a calendar by which no policy counts yet.
EXAMPLE_SECONDS = 4 * 3600


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
        for day, opens, _closes in rows:
            if not opens and sum(other == day for other, _, _ in rows) > 1:
                raise ValidationError(gettext("%(day)s is closed in one row and has hours in another.") % {"day": day})
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
            self.add_error("holidays_country", gettext("A region needs its country."))
        elif country:
            try:
                public_holidays(country, region, datetime.now(UTC).year)
            except ValueError as wrong:
                self.add_error("holidays_region" if region else "holidays_country", str(wrong))
        return data


@admin.register(BusinessCalendar)
class CalendarAdmin(Tried, AsksToRecalculate, StoreAdmin):
    form = CalendarForm
    list_display = ("name", "time_zone", "holidays_country", "holidays_region", "intervals", "store")
    list_select_related = ("store",)
    list_filter = ("store",)
    search_fields = ("name",)
    ordering = ("store", "name")
    inlines = (HoursInline, ExceptionInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(interval_count=Count("hours"))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if isinstance(db_field, URLField):
            options["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **options)

    @admin.display(description=_("intervals a week"), ordering="interval_count")
    def intervals(self, calendar: Any) -> int:
        return calendar.interval_count

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        published = publish_calendar(form.instance)
        if published:
            self.message_user(
                request,
                gettext("New versions of %(published)s policies count by it from now on.")
                % {"published": len(published)},
            )
        self.note_changed(request, [version.policy for version in published])

    def tried(self, request: HttpRequest, row: Any, trial: TrialForm) -> dict[str, Any]:
        is_change = row is not None
        form = self.get_form(request, row, change=is_change)(request.POST, instance=row)
        is_right = form.is_valid()
        formsets, _ = self._create_formsets(request, form.instance, change=is_change)
        are_right = [formset.is_valid() for formset in formsets]
        if not (is_right and all(are_right)):
            return {"faults": faults_of(form, *formsets)}
        hours, exceptions = formsets
        zone, store = form.cleaned_data["time_zone"], form.instance.store
        question = trial.question(zone)
        days = [(day.isoformat(), opens, closes) for day, opens, closes in exceptions.rows("date", "opens", "closes")]
        calendar = checked(
            calendar_form(
                time_zone=zone,
                country=form.cleaned_data["holidays_country"],
                region=form.cleaned_data["holidays_region"],
                hours=hours.rows("weekday"),
                exceptions=days,
                year=timezone.now().year,
            )
        )
        placed = with_calendar(placed_of(store), row.pk, calendar) if is_change else placed_of(store)
        found = answer(placed, question, store)
        counts_here = is_change and found.winner is not None and found.winner.version.calendar_id == row.pk
        if counts_here:
            return {"found": found, "question": question}
        example = due_of("Four hours of this calendar", EXAMPLE_SECONDS, None, calendar, question.at, zone)
        return {"found": found, "question": question, "other_calendar": True, "example": [example], "zone": zone}
