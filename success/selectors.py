"""Reads for the pages of success. Every function has a fixed number of queries, whatever the number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, F, Prefetch, Q, QuerySet

from subscribers.enums import TeamMode
from subscribers.models import Membership, Store, Subscriber
from subscribers.models.stores import Viewer
from success.enums import OPEN_STEP, AlertStatus
from success.models import Alert, Evidence, Run, RunStep, Task
from success.permissions import SUCCESS_TEAM
from success.wording import step_title, step_words


@dataclass(frozen=True)
class View:
    """A list of alerts that people come back to: `?view=key`."""

    key: str
    label: str
    icon: str
    counted: bool = True


VIEWS = (
    View("open", "Open", "bell-ring"),
    View("mine", "Mine", "user"),
    View("unassigned", "Unassigned", "user-x"),
    View("in-progress", "In progress", "circle-play"),
    View("snoozed", "Snoozed", "alarm-clock"),
    View("closed", "Closed", "circle-check", counted=False),
)
TO_DO = (AlertStatus.OPEN, AlertStatus.IN_PROGRESS)


def _condition(key: str, user: Viewer) -> Q:
    return {
        "open": Q(status=AlertStatus.OPEN),
        "mine": Q(status__in=TO_DO, owner=user.pk),
        "unassigned": Q(status__in=TO_DO, owner=None),
        "in-progress": Q(status=AlertStatus.IN_PROGRESS),
        "snoozed": Q(status=AlertStatus.SNOOZED),
        "closed": Q(status=AlertStatus.CLOSED),
    }[key]


ORDERS = {"snoozed": ("snoozed_until", "pk"), "closed": ("-closed_at", "-pk")}


def alerts_of_view(key: str, user: Viewer) -> QuerySet[Alert]:
    """The alerts of a view that this person may see, the most pressing first."""
    rows = Alert.objects.visible_to(user).filter(_condition(key, user))
    return rows.order_by(*ORDERS.get(key, ("priority", "due_at", "pk")))


def view_counts(user: Viewer) -> dict[str, int]:
    """How many alerts each counted view holds, in one statement that touches live alerts only."""
    counts = {
        view.key.replace("-", "_"): Count("pk", filter=_condition(view.key, user)) for view in VIEWS if view.counted
    }
    found = Alert.objects.visible_to(user).live().aggregate(**counts)
    return {key.replace("_", "-"): number for key, number in found.items()}


def for_row(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """With all that a row, or a panel, shows: the reasons that stand, the latest run, its open step and task."""
    standing = Evidence.objects.filter(retracted_at=None).order_by("-weight", "observed_at", "pk")
    runs = Run.objects.select_related("flow").order_by("-started_at", "-pk")
    open_steps = RunStep.objects.filter(state__in=OPEN_STEP).select_related("step", "task")
    return rows.select_related("subscriber", "owner", "store").prefetch_related(
        Prefetch("evidence", standing, to_attr="standing"),
        Prefetch("runs", runs, to_attr="latest_runs"),
        Prefetch("latest_runs__steps", open_steps, to_attr="open_steps"),
    )


@dataclass(frozen=True)
class AlertRow:
    """An alert as lists and panels show it."""

    alert: Alert
    reasons: Sequence[str]
    run: Run | None
    next_words: str = ""
    next_at: datetime | None = None
    task: Task | None = None
    may_work: bool = False


def row_of(alert: Alert, workable: set[int]) -> AlertRow:
    """`alert` comes from `for_row`; `workable` are the stores whose alerts the person may work."""
    reasons = list(dict.fromkeys(one.kind for one in getattr(alert, "standing", ())))
    may_work = alert.store_id in workable
    run = next(iter(getattr(alert, "latest_runs", ())), None)
    current = next(iter(getattr(run, "open_steps", ())), None)
    if current is None:
        return AlertRow(alert, reasons, run, may_work=may_work)
    task = getattr(current, "task", None)
    if task is not None and task.done_at is None:
        return AlertRow(alert, reasons, run, task.title, task.due_at, task, may_work)
    words = f"{step_title(current.step)}: {step_words(current.step).lower()}"
    return AlertRow(alert, reasons, run, words, current.due_at, None, may_work)


def alerts_of_subscriber(subscriber: Subscriber, user: Viewer, *, limit: int) -> list[Alert]:
    """Their live alert first, then the closed ones, the latest first."""
    rows = Alert.objects.visible_to(user).filter(subscriber=subscriber)
    return list(for_row(rows.order_by(F("closed_at").desc(nulls_first=True), "-opened_at", "-pk"))[:limit])


def owners(store: Store) -> QuerySet[AbstractBaseUser]:
    """Whom an alert may be given to: the success team, or everybody where there is one team."""
    members = Membership.objects.filter(store=store)
    if store.team_mode == TeamMode.TWO:
        members = members.filter(role__in=SUCCESS_TEAM)
    people = get_user_model().objects.filter(pk__in=members.values("user"), is_active=True)
    return people.order_by("name", "pk")


@dataclass
class Fact:
    """One evidence as the page shows it: without its ticket and words for whom the ticket is not."""

    evidence: Evidence
    is_seen: bool
    words: list[str] = field(default_factory=list)
    subject: str = ""
