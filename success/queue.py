"""The views of the alert queue, what each holds and counts, and who has how much to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from subscribers.enums import TeamMode
from subscribers.lazy import lazily as _
from subscribers.models import Membership, Store
from subscribers.models.stores import Viewer
from success.enums import LIVE_ALERT, AlertPriority, AlertStatus
from success.models import Alert, Evidence
from success.permissions import SUCCESS_TEAM, stores_to_work
from success.selectors import TO_DO
from tickets.enums import TicketStatus
from tickets.models import Ticket

OURS = (TicketStatus.NEW, TicketStatus.OPEN)


@dataclass(frozen=True)
class View:
    """A list of alerts that people come back to: `?view=key`."""

    key: str
    label: str
    icon: str
    counted: bool = True


VIEWS = (
    View("open", _("To do"), "bell-ring"),
    View("mine", _("Mine"), "user"),
    View("unassigned", _("Unassigned"), "user-x"),
    View("urgent", _("Urgent"), "octagon-alert"),
    View("today", _("Due today"), "clock-alert"),
    View("waiting", _("Waiting on the customer"), "hourglass"),
    View("snoozed", _("Snoozed"), "alarm-clock"),
    View("closed", _("Closed"), "circle-check", counted=False),
)
ORDERS = {"snoozed": ("snoozed_until", "pk"), "closed": ("-closed_at", "-pk")}


def midnight(now: datetime) -> datetime:
    """When the reader's day ends."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _condition(key: str, user: Viewer, now: datetime) -> Q:
    to_do = Q(status__in=TO_DO)
    theirs = Ticket.objects.filter(subscriber=OuterRef("subscriber"), deleted_at=None)
    answered = Exists(theirs.filter(status=TicketStatus.PENDING)) & ~Exists(theirs.filter(status__in=OURS))
    return {
        "open": to_do,
        "mine": to_do & Q(owner=user.pk),
        "unassigned": to_do & Q(owner=None),
        "urgent": to_do & Q(priority=AlertPriority.URGENT),
        "today": to_do & Q(due_at__lt=midnight(now)),
        "waiting": to_do & Q(answered),
        "snoozed": Q(status=AlertStatus.SNOOZED),
        "closed": Q(status=AlertStatus.CLOSED),
    }[key]


def alerts_of_view(key: str, user: Viewer) -> QuerySet[Alert]:
    """The alerts of a view that this person may see: of most value at risk and most urgent first."""
    rows = Alert.objects.visible_to(user).filter(_condition(key, user, timezone.now()))
    if key != "closed":
        rows = rows.live()  # in these words, so that the partial indexes serve
    return rows.order_by(*ORDERS.get(key, ("rank", "pk")))


def view_counts(user: Viewer) -> dict[str, int]:
    """How many alerts each counted view holds, in one statement that touches live alerts only."""
    now = timezone.now()
    counts = {view.key: Count("pk", filter=_condition(view.key, user, now)) for view in VIEWS if view.counted}
    return Alert.objects.visible_to(user).live().aggregate(**counts)


def reason_counts(user: Viewer) -> dict[str, int]:
    """How many alerts to do have a reason of each kind; one statement."""
    alerts = Alert.objects.visible_to(user).live().filter(status__in=TO_DO)
    found = Evidence.objects.filter(retracted_at=None, alert__in=alerts).order_by().values("kind")
    return dict(found.annotate(alerts=Count("alert", distinct=True)).values_list("kind", "alerts"))


@dataclass(frozen=True)
class Load:
    """What one colleague (None: nobody) has to do. `share`: of the largest load, in percent."""

    person: AbstractBaseUser | None
    to_do: int
    overdue: int
    value: Decimal
    currency: str
    share: int


def team(user: Viewer) -> QuerySet[Any]:
    """Who may own alerts of the stores that this person works: the success team, or all where there is one team."""
    members = Membership.objects.filter(store__in=stores_to_work(user))
    members = members.filter(Q(store__team_mode=TeamMode.ONE) | Q(role__in=SUCCESS_TEAM))
    return get_user_model().objects.filter(pk__in=members.values("user"), is_active=True).order_by("name", "pk")


def team_load(user: Viewer, *, of_nobody: int) -> list[Load]:
    """What each of the team has, the busiest first, then what nobody has. One statement."""
    theirs = Q(alerts__status__in=TO_DO, alerts__store__in=stores_to_work(user))
    people = team(user).annotate(
        to_do=Count("alerts", filter=theirs),
        overdue=Count("alerts", filter=theirs & Q(alerts__due_at__lt=timezone.now())),
        value=Sum("alerts__value_at_risk", filter=theirs, default=Decimal(0)),
        currency=Max("alerts__store__currency", filter=theirs),
    )
    found = sorted(people, key=lambda one: (-one.to_do, one.name, one.pk))
    most = max([one.to_do for one in found], default=0) or 1
    loads = [
        Load(one, one.to_do, one.overdue, one.value, one.currency or "", round(100 * one.to_do / most)) for one in found
    ]
    nobody = Load(None, of_nobody, 0, Decimal(0), "", min(100, round(100 * of_nobody / most)))
    return [*loads, nobody] if of_nobody else loads


def evened_out(store: Store, people: Sequence[Any]) -> dict[int, Any]:
    """Who should get which alert (by number) so that nobody has more than one more than another.

    What somebody began stays with them; of the rest, what is least pressing moves. One statement.
    """
    by_person: dict[int, list[Alert]] = {person.pk: [] for person in people}
    rows = Alert.objects.filter(store=store, status__in=LIVE_ALERT).filter(status__in=TO_DO, owner__in=by_person)
    for alert in rows.order_by("rank", "pk"):
        by_person[alert.owner_id or 0].append(alert)
    held = {pk: len(alerts) for pk, alerts in by_person.items()}
    named = {person.pk: person for person in people}
    gifts: dict[int, Any] = {}
    while held:
        fullest = max(held, key=lambda pk: (held[pk], -pk))
        emptiest = min(held, key=lambda pk: (held[pk], pk))
        if held[fullest] - held[emptiest] < 2:
            break
        movable = [one for one in by_person[fullest] if one.status == AlertStatus.OPEN and one.pk not in gifts]
        if not movable:
            del held[fullest]  # all of it is begun
            continue
        gifts[movable[-1].pk] = named[emptiest]
        held[fullest] -= 1
        held[emptiest] += 1
    return gifts
