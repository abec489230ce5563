"""The list of cancellations for colleagues: what it shows, and by what it is filtered."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from subscribers.cancellation.enums import OPEN_SESSION, Outcome, SessionChannel, SessionKind, SessionState
from subscribers.cancellation.watch import SAVE_RULES, save_rate
from subscribers.lazy import lazily as _
from subscribers.models import Reason
from subscribers.models.cancellation import CancellationSession
from subscribers.models.stores import Viewer

Sessions = QuerySet[CancellationSession]


@dataclass(frozen=True)
class View:
    key: str
    label: str
    icon: str


VIEWS = (
    View("all", _("All"), "list"),
    View("waiting", _("To work off"), "hourglass"),
    View("open", _("Open"), "door-open"),
    View("cancelled", _("Cancelled"), "ban"),
    View("kept", _("Not cancelled"), "heart"),
    View("words", _("In their words"), "message-square-text"),
)


def of_view(key: str, user: Viewer) -> Sessions:
    rows = CancellationSession.objects.visible_to(user)
    conditions = {
        "all": Q(),
        "waiting": waiting(),
        "open": Q(state__in=OPEN_SESSION),
        "cancelled": Q(state=SessionState.CANCELLED),
        "kept": Q(state__in=(SessionState.ACCEPTED, SessionState.ABANDONED, SessionState.BOUNCED)),
        "words": ~Q(words="") | ~Q(detail=""),
    }
    return rows.filter(conditions[key]).order_by("-started_at", "-pk")


def waiting() -> Q:
    """What a person has to do: mails that cancel, declarations to match, and what a provider does not do."""
    return (
        Q(state=SessionState.REQUESTED)
        | Q(state=SessionState.CANCELLED, subscription=None)
        | Q(state=SessionState.CANCELLED, confirmed_at=None, refused_at__isnull=False)
        | Q(state=SessionState.CANCELLED, confirmed_at=None, attempts__gt=0)
        | Q(state=SessionState.ACCEPTED, refused_at__isnull=False)
    )


class SessionFilter(django_filters.FilterSet):
    channel = django_filters.ChoiceFilter(choices=SessionChannel.choices)
    kind = django_filters.ChoiceFilter(choices=SessionKind.choices)
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices)
    reason = django_filters.CharFilter(method="with_reason")
    policy = django_filters.NumberFilter(field_name="policy_version__policy")
    since = django_filters.DateFilter(field_name="started_at__date", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="started_at__date", lookup_expr="lte")
    subscriber = django_filters.NumberFilter(field_name="subscriber")

    class Meta:
        model = CancellationSession
        fields: list[str] = []

    def with_reason(self, queryset: Sessions, name: str, value: str) -> Sessions:
        return queryset.filter(Q(reason__key=value) | Q(reason__parent__key=value))


def for_list(rows: Sessions) -> Sessions:
    return rows.select_related(
        "store",
        "subscriber",
        "subscription__product",
        "reason__parent",
        "accepted_offer",
        "actor",
        "policy_version__policy",
    )


def rates(rows: Sessions) -> list[dict[str, Any]]:
    """The three named rules over these sessions."""
    found = []
    for rule in SAVE_RULES:
        saved, of = save_rate(rule, rows)
        percent = f"{100 * saved / of:.0f} %" if of else "–"
        found.append(
            {"rule": rule, "percent": percent, "hint": gettext("%(saved)s of %(of)s") % {"saved": saved, "of": of}}
        )
    return found


def reason_choices() -> QuerySet[Reason]:
    return Reason.objects.filter(for_cancellations=True, store=None).order_by("position", "label")
