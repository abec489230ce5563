"""Reads for lists of tickets: the views that everybody has, their counts, and what a row shows.

Every function has a fixed number of queries, whatever the number of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Aggregate, Count, Exists, IntegerField, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.enums import DAMAGED, UNRESOLVED, TicketStatus
from tickets.models import Draft, Mention, Ticket, TicketTopic

OURS = (TicketStatus.NEW, TicketStatus.OPEN)
DUE_SOON = timedelta(hours=2)


class RowCount(Subquery):
    """How many rows a query has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@dataclass(frozen=True)
class View:
    """A list of tickets that people come back to: `?view=key`."""

    key: str
    label: str | Promise
    icon: str
    counted: bool = True


INBOX_VIEWS = (
    View("mine", _("Mine"), "user"),
    View("unassigned", _("Unassigned"), "user-x"),
    View("due", _("Due soon"), "clock-alert"),
    View("waiting", _("Waiting"), "hourglass"),
)
LIST_VIEWS = (
    View("open", _("Open"), "circle-dot"),
    View("overdue", _("Overdue"), "octagon-alert"),
    View("cycle-one", _("Cycle 1"), "ticket"),
    View("damaged", _("Damaged boxes"), "package-x"),
    View("snoozed", _("Snoozed"), "alarm-clock"),
    View("mentions", _("Mentions"), "at-sign"),
    View("drafts", _("Drafts"), "pencil"),
    View("resolved", _("Resolved"), "circle-check", counted=False),
    View("all", _("All"), "layers", counted=False),
)
# Of tickets in any status: not among what the statement of the other counts reads.
PERSONAL = ("mentions", "drafts")
REMEMBERED = timedelta(days=30)  # a mention, after it was looked at


def condition_of(key: str, user: AbstractBaseUser, now: datetime) -> Q:
    unresolved = Q(status__in=UNRESOLVED)
    damaged = _damaged().filter(ticket=OuterRef("pk"))
    # A mention that nobody has looked at stays, however old it is.
    fresh = Q(seen_at=None) | Q(created_at__gte=now - REMEMBERED)
    return {
        "mine": Q(status__in=OURS, assignee=user.pk),
        "unassigned": Q(status__in=OURS, assignee=None),
        "due": Q(status__in=OURS, next_due_at__lt=now + DUE_SOON),
        "waiting": Q(status__in=(TicketStatus.PENDING, TicketStatus.ON_HOLD), assignee=user.pk),
        "open": unresolved,
        "overdue": unresolved & Q(next_due_at__lt=now),
        "cycle-one": unresolved & Q(cycle_index=1),
        "damaged": unresolved & Q(Exists(damaged)),
        "snoozed": unresolved & Q(snoozed_until__isnull=False),
        "mentions": Q(pk__in=Mention.objects.filter(fresh, user=user.pk).values("ticket")),
        "drafts": Q(pk__in=Draft.objects.filter(author=user.pk).values("ticket")),
        "resolved": Q(status=TicketStatus.RESOLVED),
        "all": Q(),
    }[key]


def tickets_of_view(key: str, user: AbstractBaseUser) -> QuerySet[Ticket]:
    """The tickets of a view that this person may see, the most pressing first (the newest where all is done)."""
    rows = Ticket.objects.visible_to(user).filter(condition_of(key, user, timezone.now()))
    if key == "snoozed":
        return rows.order_by("snoozed_until", "pk")
    if key in ("resolved", "all", *PERSONAL):
        return rows.order_by("-opened_at", "-pk")
    return rows.order_by("next_due_at", "pk")  # PostgreSQL puts those without a due time last


def view_counts(views: Sequence[View], user: AbstractBaseUser) -> dict[str, int]:
    """How many tickets each counted view holds, in one statement that touches unresolved tickets only.

    Of `PERSONAL` views `tickets.saved_views.selectors.personal` tells.
    """
    now = timezone.now()
    counts: dict[str, Aggregate | Coalesce] = {
        view.key.replace("-", "_"): Count("pk", filter=condition_of(view.key, user, now))
        for view in views
        if view.counted and view.key not in (*PERSONAL, "damaged")
    }
    unresolved = Ticket.objects.visible_to(user).unresolved()
    if any(view.key == "damaged" for view in views):
        # From its topics, once: looked up for each ticket it costs more than all other counts together.
        damaged = unresolved.filter(pk__in=_damaged().values("ticket")).order_by().values("pk")
        counts["damaged"] = Coalesce(Max(RowCount(damaged)), 0)
    found = unresolved.aggregate(**counts)
    return {key.replace("_", "-"): number for key, number in found.items()}


def _damaged() -> QuerySet[TicketTopic]:
    return TicketTopic.objects.filter(reason__key=DAMAGED, rejected_at=None)


def for_list(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With all that a row of a list shows."""
    standing = TicketTopic.objects.filter(rejected_at=None).select_related("reason").order_by("created_at")
    return rows.select_related("queue", "subscriber", "assignee").prefetch_related(
        Prefetch("topics", standing, to_attr="standing_topics")
    )
