"""The pages of insights: what changed, and each figure with its days, its parts and what is behind it."""

import csv
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from subscribers.requests import SignedInRequest
from success.insights.chart import HEIGHT, WIDTH, line_of
from success.insights.definitions import BY_KEY, EVERY, Unit
from success.insights.selectors import Figure, Period, behind, by_day, cohorts, figures, names_of, subjects_behind
from success.insights.wording import Shown, shown

RANGES = (7, 28, 90, 365)
OUTCOME_GROUPS = (
    (_("Renewals"), "repeat", ("renewal_rate", "skip_rate", "cycle_retention", "milestone_completion")),
    (_("Churn"), "ban", ("active_subscriptions", "subscribers_lost", "churn_voluntary", "churn_involuntary")),
    (_("Cancellations"), "scale", ("save_durable", "save_not_cancelled", "save_offer_accepted")),
)
GROUPS = (
    (_("Answers"), "message-square", ("first_response", "next_response", "one_touch", "unanswered")),
    (_("Resolutions"), "circle-check", ("full_resolution", "requester_wait", "agent_work", "reopen_rate")),
    (_("Promises"), "clock", ("sla_first", "sla_next", "sla_resolution", "backlog")),
    (_("Customers"), "users", ("csat", "csat_response", "contacts", "first_resolution")),
)
MOST = 20  # rows of a breakdown


def asked_period(request: SignedInRequest) -> Period:
    """`?from=&to=`, or the last `?days=` (28) until yesterday: today is not over."""
    last = timezone.localdate() - timedelta(days=1)
    try:
        first, end = (date.fromisoformat(request.GET[name]) for name in ("from", "to"))
        if first <= end and (end - first).days < 1100 and first.year > 1970:
            return Period(first, end)
    except (KeyError, ValueError):
        pass
    days = request.GET.get("days", "")
    span = int(days) if days.isdecimal() and int(days) in RANGES else 28
    return Period(last - timedelta(days=span - 1), last)


def compared(request: SignedInRequest, metrics: list[str], period: Period, by: str = "") -> list[Shown]:
    now, then = (figures(request.user, metrics, one, by) for one in (period, period.before))
    names = names_of(by, [value for _, value in now]) if by else {}
    made = []
    for metric, value in now if by else [(metric, 0) for metric in metrics]:
        missing = Figure(BY_KEY[metric])
        figure, before = now.get((metric, value), missing), then.get((metric, value), missing)
        name = names.get(value, _("None")) if by else ""
        made.append(shown(figure, before, name, behind(metric, period, by, value)))
    return made


@require_safe
def start(request: SignedInRequest) -> HttpResponse:
    """What changed against the period before, and every figure."""
    period = asked_period(request)
    found = {one.definition.key: one for one in compared(request, [one.key for one in EVERY], period)}
    changed = sorted((one for one in found.values() if one.tone != "plain"), key=lambda one: one.tone)
    context = {
        **_dates(request, period),
        "groups": [(name, icon, [found[key] for key in keys]) for name, icon, keys in OUTCOME_GROUPS + GROUPS],
        "changed": changed,
        "is_empty": not any(one.figure.number for one in found.values()),
    }
    return render(request, "insights/start.html", context)


@require_safe
def metric(request: SignedInRequest, key: str) -> HttpResponse:
    """One figure; `?by=` a dimension; `?format=csv` its days."""
    if key not in BY_KEY:
        raise Http404
    period, definition = asked_period(request), BY_KEY[key]
    days = by_day(request.user, key, period)
    if request.GET.get("format") == "csv":
        return _csv(key, period, days)
    by = request.GET.get("by", "")
    by = by if by in definition.dimensions else next(iter(definition.dimensions))
    rows = sorted(compared(request, [key], period, by), key=lambda row: -row.figure.number)
    (all_of_it,) = compared(request, [key], period)
    context = {
        **_dates(request, period),
        "definition": definition,
        "all": all_of_it,
        "subjects": subjects_behind(request.user, key, period),
        "days": days,
        "table": [(day, shown(figure, Figure(definition))) for day, figure in reversed(days)],
        "line": line_of(days),
        "size": (WIDTH, HEIGHT),
        "cohorts": [
            (month, [shown(one, Figure(definition)) for one in row])
            for month, row in (cohorts(request.user, key, period) if key == "cycle_retention" else ())
        ],
        "by": by,
        "dimensions": definition.dimensions.items(),
        "list_url": reverse("ticket-list" if definition.about == "ticket" else "subscriber-list"),
        "subjects_label": _("Tickets behind it") if definition.about == "ticket" else _("Subscribers behind it"),
        "rows": rows[:MOST],
        "more": max(0, len(rows) - MOST),
        "is_time": definition.unit == Unit.TIME,
        "settles": timezone.localdate() - timedelta(days=definition.settles_days) <= period.last,
    }
    return render(request, "insights/metric.html", context)


def _dates(request: SignedInRequest, period: Period) -> dict[str, Any]:
    return {"period": period, "ranges": RANGES, "chosen_days": None if "from" in request.GET else period.days} | {
        "nav": "insights"
    }


def _csv(key: str, period: Period, days: list[tuple[date, Figure]]) -> HttpResponse:
    name = f"{key}-{period.first}-{period.last}.csv"
    response = HttpResponse(content_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})
    columns = ("number", "hits", "median", "p90", "business_median", "business_p90")
    writer = csv.writer(response)
    writer.writerow(["day", *columns])
    for day, figure in days:
        writer.writerow([day, *(getattr(figure, column) for column in columns)])
    return response
