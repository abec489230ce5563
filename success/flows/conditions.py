"""What a wait waits for, a branch asks, and an entry or a segment needs: questions about one person, or about many.

A condition is the name of one of CONDITIONS; `{"field", "op", "value"}` (success.flows.fields); or `{"not": …}`,
`{"all": […]}`, `{"any": […]}` of such. Each becomes an expression of the database, so that a batch of runs, or a
segment of 50,000, is asked in one statement.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from subscribers.enums import (
    ENDED_SUBSCRIPTION,
    PAID_CYCLE,
    BoxStatus,
    Channel,
    SubscriptionEventKind,
    SubscriptionStatus,
)
from subscribers.lazy import lazily as _
from subscribers.models import Box, Consent, Cycle, Subscriber, Subscription, SubscriptionEvent
from success.enums import StepKind, StepState, TouchCategory
from success.flows import fields
from success.models import Run, RunStep, Task
from success.offers import selectors as offers
from tickets.enums import UNRESOLVED, Author, TicketStatus
from tickets.models import Message, Ticket

Condition = str | Mapping[str, Any]


@dataclass(frozen=True)
class Subject:
    """Of whom something is asked: values of one person, or references to the rows of a query (OuterRef).

    `since`: when the wait began, for a branch when the run did (`began`). `subscription`: None for any of theirs.
    """

    subscriber: Any
    subscription: Any = None
    box: Any = None
    ticket: Any = None
    run: Any = None
    category: Any = TouchCategory.MARKETING
    began: Any = None
    since: Any = None

    def subscriptions(self) -> "QuerySet[Subscription]":
        rows = Subscription.objects.filter(subscriber=self.subscriber)
        return rows if self.subscription is None else rows.filter(pk=self.subscription)

    def cycles(self) -> "QuerySet[Cycle]":
        rows = Cycle.objects.filter(subscription__subscriber=self.subscriber)
        return rows if self.subscription is None else rows.filter(subscription=self.subscription)


def subject_of(run: Run, *, since: datetime | None = None) -> Subject:
    """One run, stored or (before it begins) not."""
    return Subject(
        subscriber=run.subscriber_id,
        subscription=run.subscription_id,
        box=run.box_id,
        ticket=run.ticket_id,
        run=run.pk,
        category=run.flow.category,
        began=run.started_at,
        since=since or run.started_at,
    )


def subject_of_rows(path: str = "", *, since: str = "") -> Subject:
    """The rows of a query over runs, or over what leads to a run by `path` (such as "run__")."""
    return Subject(
        subscriber=OuterRef(f"{path}subscriber"),
        subscription=OuterRef(f"{path}subscription"),
        box=OuterRef(f"{path}box"),
        ticket=OuterRef(f"{path}ticket"),
        run=OuterRef("run" if path else "pk"),
        category=OuterRef(f"{path}flow__category"),
        began=OuterRef(f"{path}started_at"),
        since=OuterRef(since or f"{path}started_at"),
    )


def _customer_replied(of: Subject) -> "QuerySet[Any]":
    return Message.objects.filter(
        ticket__subscriber=of.subscriber, author_kind=Author.SUBSCRIBER, automatic="", created_at__gt=of.since
    )


def _ticket_resolved(of: Subject) -> "QuerySet[Any]":
    return Ticket.objects.filter(pk=of.ticket, status=TicketStatus.RESOLVED)


def _box_delivered(of: Subject) -> "QuerySet[Any]":
    """The run's own box; where that had come before, or there is none, any of theirs: the replacement first of all."""
    inner = OuterRef(of.box) if isinstance(of.box, OuterRef) else of.box
    began = OuterRef(of.began) if isinstance(of.began, OuterRef) else of.began
    under_way = Box.objects.filter(Q(delivered_at=None) | Q(delivered_at__gt=began), pk=inner)
    return Box.objects.filter(
        Q(pk=of.box) | ~Exists(under_way.exclude(status=BoxStatus.CANCELLED)),
        cycle__subscription__subscriber=of.subscriber,
        status=BoxStatus.DELIVERED,
        delivered_at__gt=of.began,
    )


def _task_done(of: Subject) -> "QuerySet[Any]":
    """A person did the run's latest task; one that nobody did in time does not count."""
    return Task.objects.filter(run_step__run=of.run, run_step__state=StepState.DONE, done_by__isnull=False)


def _still_subscribed(of: Subject) -> "QuerySet[Any]":
    return Subscription.objects.filter(
        subscriber=of.subscriber, status__in=(SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    )


def _paid(of: Subject) -> "QuerySet[Any]":
    return of.cycles().filter(status__in=PAID_CYCLE, billed_at__gt=of.began)


def _cancelled(of: Subject) -> "QuerySet[Any]":
    ended = Q(status__in=ENDED_SUBSCRIPTION, ended_at__gt=of.began)
    return of.subscriptions().filter(ended | Q(cancels_at__isnull=False))


def _opted_out(of: Subject) -> "QuerySet[Any]":
    return Consent.objects.filter(subscriber=of.subscriber, channel=Channel.MAIL, category=of.category, granted=False)


def _consented(of: Subject) -> "QuerySet[Any]":
    """They said yes themselves: not to have said no is not enough for what advertises."""
    return Consent.objects.filter(subscriber=of.subscriber, channel=Channel.MAIL, category=of.category, granted=True)


def _replaced(of: Subject) -> "QuerySet[Any]":
    return Box.objects.filter(replaces=of.box).exclude(status=BoxStatus.CANCELLED)


def _refused(of: Subject) -> "QuerySet[Any]":
    """An action or an offer of the run could not be."""
    return RunStep.objects.filter(run=of.run, step__kind=StepKind.ACTION, result__has_key="refused")


def _refunded(of: Subject) -> "QuerySet[Any]":
    return SubscriptionEvent.objects.filter(
        subscription__in=of.subscriptions().values("pk"),
        kind=SubscriptionEventKind.REFUNDED,
        occurred_at__gt=of.began,
    )


def _renewed(of: Subject) -> "QuerySet[Any]":
    return _paid(of).filter(index__gt=1)


def _ticket_open(of: Subject) -> "QuerySet[Any]":
    return Ticket.objects.filter(subscriber=of.subscriber, status__in=UNRESOLVED, deleted_at=None)


# name: (what an editor reads, the rows that make it true).
CONDITIONS: dict[str, tuple[str, Callable[[Subject], "QuerySet[Any]"]]] = {
    "customer_replied": (_("the customer wrote"), _customer_replied),
    "ticket_resolved": (_("the ticket is resolved"), _ticket_resolved),
    "box_delivered": (_("a box was delivered"), _box_delivered),
    "task_done": (_("the task was done"), _task_done),
    "still_subscribed": (_("they are still subscribed"), _still_subscribed),
    "paid": (_("they paid"), _paid),
    "renewed": (_("they renewed"), _renewed),
    "cancelled": (_("they cancelled"), _cancelled),
    "refunded": (_("they got money back"), _refunded),
    "opted_out": (_("they opted out"), _opted_out),
    "replaced": (_("the box is replaced already"), _replaced),
    "refused": (_("what was to be done or offered was refused"), _refused),
    "consented": (_("they agreed to such mail"), _consented),
    "offer_accepted": (_("they accepted the offer"), offers.accepted_by),
    "offer_declined": (_("they declined the offer"), offers.declined_by),
    "ticket_open": (_("a ticket of theirs is open"), _ticket_open),
}

# Of a person alone: what a segment and an entry may ask, when no run is there yet.
BEFORE_A_RUN = frozenset(("still_subscribed", "ticket_open", "opted_out", "consented", "ticket_resolved"))


def check(condition: Any, *, before_a_run: bool = False) -> None:
    """Raises ValueError, in words, for what is no condition. `before_a_run`: for entries and segments."""
    if isinstance(condition, str):
        known = [name for name in CONDITIONS if not before_a_run or name in BEFORE_A_RUN]
        if condition not in known:
            raise ValueError(gettext("is one of: %(join)s.") % {"join": ", ".join(known)})
        return
    if not isinstance(condition, Mapping):
        raise ValueError(gettext("is the name of a condition, or a field with what it is compared with."))
    if "field" in condition:
        fields.check(condition)
        return
    for word in ("all", "any"):
        if isinstance(condition.get(word), list) and len(condition) == 1:
            for one in condition[word]:
                check(one, before_a_run=before_a_run)
            return
    if "not" in condition and len(condition) == 1:
        check(condition["not"], before_a_run=before_a_run)
        return
    raise ValueError(gettext("is a field with what it is compared with, or “not”, “all” or “any” of conditions."))


def expression(condition: Condition, of: Subject) -> Q:
    """The condition as a filter of the rows that `of` refers to."""
    if isinstance(condition, str):
        return Q(Exists(CONDITIONS[condition][1](of)))
    if "field" in condition:
        return Q(Exists(fields.rows(condition, of)))
    if "not" in condition:
        return ~expression(condition["not"], of)
    if "any" in condition:
        either = Q(pk__in=[])
        for one in condition["any"]:
            either |= expression(one, of)
        return either
    return every(condition["all"], of)


def every(conditions: Iterable[Condition], of: Subject) -> Q:
    """All of them. Fields of a subscription, of a box, of a ticket hold of one and the same."""
    every_one, of_one = Q(), []
    for condition in conditions:
        if not isinstance(condition, str) and "field" in condition:
            of_one.append(condition)
        else:
            every_one &= expression(condition, of)
    for together in fields.by_table(of_one):
        every_one &= Q(Exists(fields.rows_of_all(together, of)))
    return every_one


def all_hold(conditions: Iterable[Condition], run: Run) -> bool:
    """Whether an entry's conditions hold for a run that is not stored yet."""
    wanted = list(conditions)
    if not wanted:
        return True
    return Subscriber.objects.filter(every(wanted, subject_of(run)), pk=run.subscriber_id).exists()


def segment(store_id: int, conditions: Iterable[Condition]) -> "QuerySet[Subscriber]":
    """Whoever of a store these conditions hold for, and can be reached at all."""
    of = Subject(subscriber=OuterRef("pk"), began=fields.Clock(), since=fields.Clock())
    people = Subscriber.objects.filter(store=store_id, merged_into=None, redacted_at=None)
    return people.filter(every(conditions, of))


def holds(condition: Condition, run: Run, *, since: datetime) -> bool:
    return Subscriber.objects.filter(expression(condition, subject_of(run, since=since)), pk=run.subscriber_id).exists()


def label(condition: Condition) -> str:
    """A condition in words, to follow "until" or "whether"."""
    if isinstance(condition, str):
        return str(CONDITIONS[condition][0]) if condition in CONDITIONS else condition.replace("_", " ")
    if "field" in condition:
        return fields.words(condition)
    if "not" in condition:
        return gettext("not: %(label)s") % {"label": label(condition["not"])}
    word = "any" if "any" in condition else "all"
    joint = gettext(" or ") if word == "any" else gettext(" and ")
    return joint.join(label(one) for one in condition.get(word, ())) or gettext("anything")
