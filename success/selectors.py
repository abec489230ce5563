"""Reads for the pages of success. Every function has a fixed number of queries, whatever the number of rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, Prefetch, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from subscribers.enums import TeamMode
from subscribers.models import Membership, Store, Subscriber
from subscribers.models.stores import Viewer
from success.enums import OPEN_STEP, AlertStatus, FactKind
from success.models import Alert, Evidence, Run, RunStep, Task
from success.permissions import SUCCESS_TEAM, stores_to_work
from success.rules.people import Person, people_of
from success.wording import rank_words, step_title, step_words
from tickets.enums import UNRESOLVED, TicketStatus
from tickets.models import Ticket

TO_DO = (AlertStatus.OPEN, AlertStatus.IN_PROGRESS)
OURS = (TicketStatus.NEW, TicketStatus.OPEN)
# Facts about money, which are settled sooner by a call than by a mail.
CALLED_ABOUT = (FactKind.PAYMENT_FAILED, FactKind.CANCELLATION_STARTED)


def for_row(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """With all that a row, or a panel, shows: the reasons that stand, the latest run, its open step and task."""
    standing = Evidence.objects.filter(retracted_at=None).order_by("-weight", "observed_at", "pk")
    runs = Run.objects.select_related("flow").order_by("-started_at", "-pk")
    open_steps = RunStep.objects.filter(state__in=OPEN_STEP).select_related("step", "task")
    return rows.select_related("subscriber__health", "owner", "store").prefetch_related(
        Prefetch("evidence", standing, to_attr="standing"),
        Prefetch("runs", runs, to_attr="latest_runs"),
        Prefetch("latest_runs__steps", open_steps, to_attr="open_steps"),
    )


@dataclass(frozen=True)
class Next:
    """What to do next on an alert. `kind`: task, reply, call, write, close, or flow where a machine has its turn."""

    kind: str
    label: str
    icon: str
    words: str
    url: str = ""
    at: datetime | None = None


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
    ticket: Ticket | None = None
    person: Person | None = None
    next: Next | None = None

    @property
    def kind(self) -> str:
        return "alert"

    @property
    def why_here(self) -> str:
        """Why it stands where it does in the queue."""
        return gettext("Stands here: ") + ", ".join(map(str, rank_words(self.alert)))

    @property
    def health(self) -> str:
        """The word of the subscriber's health, "" where none is known yet."""
        known = getattr(self.alert.subscriber, "health", None)
        return "" if known is None or known.word == "none" else str(known.word)


def rows_of(alerts: Sequence[Alert], user: Viewer) -> list[AlertRow]:
    """Alerts from `for_row` as rows, with the open ticket of each subscriber and who they are. Three queries."""
    workable = set(stores_to_work(user).values_list("pk", flat=True))
    ids = [alert.subscriber_id for alert in alerts if alert.subscriber_id]
    people, tickets = people_of(ids), open_tickets(ids, user)
    return [
        row_of(
            alert,
            workable,
            ticket=next(iter(tickets.get(alert.subscriber_id or 0, ())), None),
            person=people.get(alert.subscriber_id or 0),
        )
        for alert in alerts
    ]


def open_tickets(subscribers: Iterable[int], user: Viewer) -> dict[int, list[Ticket]]:
    """Unresolved tickets that the person sees, by subscriber: those that wait for us first, then the newest."""
    found: dict[int, list[Ticket]] = defaultdict(list)
    rows = Ticket.objects.visible_to(user).filter(subscriber__in=list(subscribers), status__in=UNRESOLVED)
    for ticket in rows.order_by("-opened_at", "-pk"):
        found[ticket.subscriber_id].append(ticket)
    for tickets in found.values():
        tickets.sort(key=lambda ticket: ticket.status not in OURS)
    return found


def row_of(
    alert: Alert, workable: Collection[int], *, ticket: Ticket | None = None, person: Person | None = None
) -> AlertRow:
    """`alert` comes from `for_row`; `workable` are the stores whose alerts the person may work."""
    reasons = list(dict.fromkeys(one.kind for one in getattr(alert, "standing", ())))
    may_work = alert.store_id in workable
    run = next(iter(getattr(alert, "latest_runs", ())), None)
    current = next(iter(getattr(run, "open_steps", ())), None)
    task = getattr(current, "task", None)
    task = task if task is not None and task.done_at is None else None
    words, at = "", None
    if task is not None:
        words, at = task.title, task.due_at
    elif current is not None:
        words, at = f"{step_title(current.step)}: {step_words(current.step).lower()}", current.due_at
    todo = next_action(alert, reasons, task, ticket, words, at) if alert.is_live else None
    return AlertRow(alert, reasons, run, words, at, task, may_work, ticket, person, todo)


def next_action(
    alert: Alert, reasons: Sequence[str], task: Task | None, ticket: Ticket | None, words: str, at: datetime | None
) -> Next:
    """The task of its flow; else their ticket; else, unless a flow is at it, a call or a mail; else to close it."""
    if task is not None:
        return Next("task", gettext("Done"), "check", task.title, reverse("task-done", args=[task.pk]), task.due_at)
    if ticket is not None and ticket.status in OURS:
        return Next(
            "reply",
            gettext("Reply"),
            "reply",
            gettext("Answer %(number)s: %(subject)s") % {"number": ticket.number, "subject": ticket.subject},
            ticket.get_absolute_url(),
        )
    if words:
        return Next("flow", "", "route", words, at=at)
    person = alert.subscriber
    if not reasons or person is None or person.redacted_at is not None:
        said = gettext("Look at it, then close it") if reasons else gettext("Nothing speaks for it any more: close it")
        return Next("close", gettext("Close"), "check", said, reverse("alert-close", args=[alert.pk]))
    if ticket is not None:
        said = gettext("%(number)s waits for their answer") % {"number": ticket.number}
        return Next("reply", gettext("Open"), "message-square", said, ticket.get_absolute_url())
    if person.phone and any(reason in CALLED_ABOUT for reason in reasons):
        return Next(
            "call",
            gettext("Call"),
            "phone",
            gettext("Call %(phone)s") % {"phone": person.phone},
            f"tel:{person.phone.replace(' ', '')}",
        )
    to = urlencode({"email": person.email, "name": person.name})
    return Next(
        "write", gettext("Write"), "mail", gettext("Nobody has written to them yet"), f"{reverse('ticket-new')}?{to}"
    )


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
    numbers: list[str] = field(default_factory=list)
