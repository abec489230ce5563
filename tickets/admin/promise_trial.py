"""Tries a policy or a calendar as it stands on its page: "a ticket of queue X arriving on Friday is due …"."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from subscribers.enums import Channel
from subscribers.lazy import lazily as _
from subscribers.models import Reason, Store
from tickets.enums import Priority
from tickets.models import Queue
from tickets.sla.business_time_table import FIRST_YEAR, LAST_YEAR
from tickets.sla.trials import Question

MARGIN = 2  # years around what calendars know, so that what is due lies inside too


class TrialForm(forms.Form):
    """The ticket that might arrive. Its fields stand on the page's own form, hence the prefix."""

    prefix = "try"

    arriving = forms.DateTimeField(
        label=_("Arriving"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local", "step": "60"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"required": "Say when the ticket arrives.", "invalid": "This is no date and time."},
    )
    queue = forms.ModelChoiceField(Queue.objects.none(), widget=UnfoldAdminSelectWidget(), empty_label=None)
    priority = forms.TypedChoiceField(
        choices=Priority.choices, coerce=int, initial=Priority.NORMAL, widget=UnfoldAdminSelectWidget()
    )
    channel = forms.ChoiceField(choices=Channel.choices, initial=Channel.MAIL, widget=UnfoldAdminSelectWidget())
    cycle = forms.IntegerField(
        required=False,
        min_value=1,
        label=_("Cycle"),
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("1: the first."),
    )
    topic = forms.ModelChoiceField(
        Reason.objects.none(), required=False, widget=UnfoldAdminSelectWidget(), empty_label=_("None")
    )
    billing = forms.FloatField(
        required=False, min_value=0, label=_("Next billing in hours"), widget=UnfoldAdminDecimalFieldWidget()
    )
    box = forms.FloatField(
        required=False, min_value=0, label=_("Next box in hours"), widget=UnfoldAdminDecimalFieldWidget()
    )

    def __init__(self, *args: Any, stores: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        queues = Queue.objects.filter(store__in=stores).order_by("-is_default", "position", "name")
        self.fields["queue"].queryset = queues  # type: ignore[attr-defined]
        reasons = Reason.objects.filter(Q(store__in=stores) | Q(store=None), for_tickets=True)
        self.fields["topic"].queryset = reasons.order_by("position", "label")  # type: ignore[attr-defined]
        self.fields["arriving"].initial = _friday_evening(zone).strftime("%Y-%m-%dT%H:%M")

    def clean_arriving(self) -> datetime:
        """The time as the wall's clock shows it; its zone is the calendar's, which is on the page."""
        at: datetime = self.cleaned_data["arriving"]
        if not FIRST_YEAR + MARGIN <= at.year <= LAST_YEAR - MARGIN:
            raise forms.ValidationError(
                gettext("Years lie between %(first_year)s and %(last_year)s.")
                % {"first_year": FIRST_YEAR + MARGIN, "last_year": LAST_YEAR - MARGIN}
            )
        return timezone.make_naive(at) if timezone.is_aware(at) else at

    def question(self, zone: str) -> Question:
        given = self.cleaned_data
        topic: Reason | None = given["topic"]
        parent = topic.parent if topic else None
        return Question(
            at=given["arriving"].replace(tzinfo=ZoneInfo(zone)),
            queue_id=given["queue"].pk,
            priority=given["priority"],
            channel=given["channel"],
            cycle=given["cycle"],
            topics=frozenset(one.key for one in (topic, parent) if one),
            billing_in_hours=given["billing"],
            box_in_hours=given["box"],
        )


def _friday_evening(zone: str) -> datetime:
    """The next Friday at 17:55, when a promise is hardest to reckon in one's head."""
    now = timezone.now().astimezone(ZoneInfo(zone))
    friday = now.date() + timedelta(days=(4 - now.weekday()) % 7)
    return datetime.combine(friday, datetime.min.time()).replace(hour=17, minute=55)


class Tried:
    """An admin page that can be tried. `tried` answers for the values of the page, of which nothing is stored."""

    change_form_after_template = "admin/tickets/try_promise.html"

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view(self.try_page), f"tickets_{self.opts.model_name}_try"  # type: ignore[attr-defined]
        own = [path("try/", view, name=name), path("<int:object_id>/try/", view, name=f"{name}_saved")]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row = context.get("original")
        name = f"admin:tickets_{self.opts.model_name}_try"  # type: ignore[attr-defined]
        context["trial"] = TrialForm(stores=self._stores(request, row), zone=self._zone(request, row))
        context["try_url"] = reverse(f"{name}_saved", args=[row.pk]) if row else reverse(name)
        return super().render_change_form(request, context, *args, **options)  # type: ignore[misc]

    def try_page(self, request: HttpRequest, object_id: int | None = None) -> HttpResponse:
        row = self.get_object(request, str(object_id)) if object_id is not None else None  # type: ignore[attr-defined]
        if object_id is not None and row is None:
            return HttpResponse(status=404)
        if request.method != "POST":
            return HttpResponse(status=405)
        trial = TrialForm(request.POST, stores=self._stores(request, row), zone="UTC")
        context: dict[str, Any] = {"trial": trial, "faults": []}
        if trial.is_valid():
            context |= self.tried(request, row, trial)
        else:
            context["faults"] = [
                f"{trial.fields[name].label or name.capitalize()}: {text}"
                for name, texts in trial.errors.items()
                for text in texts
            ]
        return TemplateResponse(request, "admin/tickets/try_promise_result.html", context)

    def tried(self, request: HttpRequest, row: Any, trial: TrialForm) -> dict[str, Any]:
        raise NotImplementedError

    def _stores(self, request: HttpRequest, row: Model | None) -> Any:
        return [row.store] if row is not None else Store.objects.visible_to(request.user)  # type: ignore[attr-defined]

    def _zone(self, request: HttpRequest, row: Model | None) -> str:
        store = row.store if row is not None else Store.objects.visible_to(request.user).order_by("pk").first()  # type: ignore[attr-defined]
        return store.time_zone if store else "UTC"


def faults_of(form: Any, *formsets: Any) -> list[str]:
    """What is wrong on the page, in words."""
    told = []
    for name, texts in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        told += [f"{label or name.capitalize()}: {text}" if name != "__all__" else text for text in texts]
    for formset in formsets:
        told += formset.non_form_errors()
        told += [text for one in formset.errors for texts in one.values() for text in texts]
    return told
