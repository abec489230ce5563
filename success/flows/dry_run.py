"""What a version would have done with the facts of past days: nobody enters, nothing is sent.

Facts are those that are stored: evidence of alerts, boxes, cycles, subscriptions, milestones. Conditions on fields
are asked as they stand today, for the past of a field is not kept; the result says so.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet
from django.utils import timezone

from subscribers.later import soon
from subscribers.models import Box, Consent, Cycle, Subscription
from success.enums import Arm, DryRunState, FactKind, FlowKind, StepKind, StepState, TouchCategory, Trigger
from success.flows import conditions
from success.flows.drafts import as_drafted
from success.flows.drawing import links_of
from success.flows.holdout import hashed_arm
from success.models import (
    ContactPolicy,
    DryRun,
    Evidence,
    Flow,
    FlowStep,
    FlowVersion,
    MilestoneProgress,
    Run,
    RunStep,
)

logger = logging.getLogger(__name__)

DAYS = (30, 90)
LOCK = 640_231  # the first key of the sessions' locks
BATCH = 500  # facts a query
MOST_FACTS = 50_000  # then the result says that it stopped there
EXAMPLES = 5

CONDITIONS_FAILED = "Its conditions do not hold"
IN_IT_BEFORE = "They were in it before"
TOO_SOON = "They were in it not long ago"
TOO_OFTEN = "They were in it as often as it may be"
OTHER_FLOW = "A more urgent recovery flow was under way"
GONE = "They are not there any more"


@dataclass(frozen=True)
class Source:
    """Where the facts of a trigger are: rows, when they happened, and the ways to whom and what they are about."""

    rows: "QuerySet[Any]"
    at: str
    subscriber: str
    subscription: str = ""
    box: str = ""
    ticket: str = ""


@dataclass
class Tally:
    """What a dry run finds. People are counted by their numbers; examples are numbers of subscribers."""

    facts: int = 0
    entered: int = 0
    held_out: int = 0
    opted_out: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=dict)
    # By subscriber: how often they entered, and when last.
    people: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    answers: dict[str, list[int]] = field(default_factory=dict)  # key of a branch: yes, asked

    def leave_out(self, person: int, why: str) -> None:
        self.excluded[why] += 1
        self._example(why, person)

    def enter(self, person: int, at: datetime) -> None:
        self.entered += 1
        self.people[person] = (self.people.get(person, (0, at))[0] + 1, at)
        self._example("", person)

    def _example(self, why: str, person: int) -> None:
        known = self.examples.setdefault(why, [])
        if len(known) < EXAMPLES and person not in known:
            known.append(person)


def source_of(flow: Flow) -> Source | None:
    """The past facts of a flow's trigger; None where it has none (by hand, by segment)."""
    store, trigger = flow.store_id, flow.trigger
    if trigger in FactKind.values:
        found = Evidence.objects.filter(alert__store=store, kind=trigger, subscriber__isnull=False, retracted_at=None)
        return Source(found, "observed_at", "subscriber", box="box", ticket="ticket")
    boxes, cycles = (
        Box.objects.filter(cycle__subscription__store=store),
        Cycle.objects.filter(subscription__store=store),
    )
    orders = Subscription.objects.filter(store=store)
    of_box = {"subscriber": "cycle__subscription__subscriber", "subscription": "cycle__subscription", "box": "pk"}
    match trigger:
        case Trigger.BOX_UPCOMING:
            return Source(boxes, "cycle__starts_at", **of_box)
        case Trigger.BOX_SHIPPED:
            return Source(boxes, "shipped_at", **of_box)
        case Trigger.BOX_DELIVERED:
            return Source(boxes, "delivered_at", **of_box)
        case Trigger.CYCLE_RENEWED:
            return Source(cycles.filter(index__gt=1), "billed_at", "subscription__subscriber", "subscription")
        case Trigger.SUBSCRIPTION_STARTED:
            return Source(orders, "started_at", "subscriber", "pk")
        case Trigger.SUBSCRIPTION_CANCELLED:
            return Source(orders.filter(status="cancelled"), "ended_at", "subscriber", "pk")
        case Trigger.MILESTONE_ACHIEVED:
            return Source(MilestoneProgress.objects.filter(store=store), "achieved_at", "subscriber", "subscription")
    return None


def start(version: FlowVersion, *, days: int, actor: AbstractBaseUser | None) -> DryRun:
    """Writes the dry run; the worker does it."""
    run = DryRun.objects.create(version=version, days=days, requested_by_id=actor.pk if actor else None)
    soon("success.tasks.dry_run_flow", run.pk)
    return run


def sweep() -> None:
    """Takes up what is queued, or what a dead worker left."""
    for pk in DryRun.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True):
        work(pk)


def work(pk: int) -> None:
    """Does a dry run from its beginning, whoever left it; nothing where another worker is at it, or it is over.

    The claim is a lock of the session, not of a row: progress is written, and seen, while it is held.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, pk % 2**31])
        if not cursor.fetchone()[0]:
            return
        try:
            _work(pk)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, pk % 2**31])


def _work(pk: int) -> None:
    rows = DryRun.objects.filter(pk=pk, finished_at=None)
    run = rows.select_related("version__flow").first()
    if run is None:
        return
    rows.update(state=DryRunState.RUNNING, total=how_many(run.version, days=run.days))
    try:
        result = dry_run(run.version, days=run.days, told=lambda done: rows.update(done=done))
    except Exception as error:
        logger.exception("dry run %s", pk)
        words = f"{type(error).__name__}: {error}".replace("\x00", "")[:2000]
        rows.update(state=DryRunState.FAILED, finished_at=timezone.now(), error=words)
        return
    rows.update(state=DryRunState.DONE, finished_at=timezone.now(), result=result, done=result["facts"])


def how_many(version: FlowVersion, *, days: int, now: datetime | None = None) -> int:
    """How many facts there are to look at, at most MOST_FACTS."""
    now = now or timezone.now()
    flow = as_drafted(version)
    source = source_of(flow)
    if flow.trigger == Trigger.SEGMENT:
        return conditions.segment(flow.store_id, flow.segment)[:MOST_FACTS].count()
    return _within(source, now - timedelta(days=days), now)[:MOST_FACTS].count() if source else 0


def _within(source: Source, since: datetime, until: datetime) -> "QuerySet[Any]":
    return source.rows.filter(**{f"{source.at}__gte": since, f"{source.at}__lt": until})


def dry_run(
    version: FlowVersion, *, days: int, now: datetime | None = None, told: Callable[[int], Any] = lambda done: None
) -> dict[str, Any]:
    """What would have been, as JSON: of at most MOST_FACTS facts, a batch in memory at a time, five queries each.

    `told` hears how many facts were looked at.
    """
    now = now or timezone.now()
    flow = as_drafted(version)
    steps = list(version.steps.order_by("position"))
    tally, source = Tally(), source_of(flow)
    if flow.trigger == Trigger.SEGMENT:
        _segment(flow, tally, now)
    elif source is not None:
        for batch in _batches(source, now - timedelta(days=days), now):
            tally.facts += len(batch)
            _judge(flow, source, batch, tally)
            told(tally.facts)
    _draw_arms(flow, tally)
    shares = _shares(flow, steps, source, list(tally.people)[:BATCH])
    return {
        "facts": tally.facts,
        "entered": tally.entered,
        "people": len(tally.people),
        "held_out": tally.held_out,
        "opted_out": tally.opted_out,
        "excluded": dict(tally.excluded.most_common()),
        "examples": tally.examples,
        "branches": shares,
        "steps": expected(steps, tally.entered, shares),
        "is_limited": tally.facts >= MOST_FACTS,
        "is_known": source is not None or flow.trigger == Trigger.SEGMENT,
        "asks_today": bool(flow.entry),
    }


def _batches(source: Source, since: datetime, until: datetime) -> Iterator[list[tuple[Any, ...]]]:
    """(pk, when, whom, gone, merged) in the order in which they happened."""
    who = source.subscriber
    rows = _within(source, since, until)
    columns = ("pk", source.at, who, f"{who}__redacted_at", f"{who}__merged_into")
    after: tuple[Any, int] | None = None
    seen = 0
    while seen < MOST_FACTS:
        page = rows
        if after is not None:
            beyond = Q(**{f"{source.at}__gt": after[0]}) | Q(**{source.at: after[0], "pk__gt": after[1]})
            page = rows.filter(beyond)
        batch = list(page.order_by(source.at, "pk").values_list(*columns)[:BATCH])
        if not batch:
            return
        yield batch
        seen, after = seen + len(batch), (batch[-1][1], batch[-1][0])


def _judge(flow: Flow, source: Source, batch: Sequence[tuple[Any, ...]], tally: Tally) -> None:
    let_in = _let_in(flow, source, [row[0] for row in batch])
    people = {row[2] for row in batch}
    busy = _busy(flow, people)
    unwilling = _unwilling(flow, people)
    for pk, at, person, redacted, merged in batch:
        if redacted or merged:
            tally.leave_out(person, GONE)
        elif pk not in let_in:
            tally.leave_out(person, CONDITIONS_FAILED)
        elif why := _again(flow, tally.people.get(person), at):
            tally.leave_out(person, why)
        elif any(begin <= at and (end is None or at < end) for begin, end in busy.get(person, ())):
            tally.leave_out(person, OTHER_FLOW)
        else:
            tally.enter(person, at)
            tally.opted_out += person in unwilling


def _let_in(flow: Flow, source: Source, pks: Sequence[Any]) -> set[Any]:
    rows = source.rows.filter(pk__in=pks)
    if flow.entry:
        rows = rows.filter(conditions.every(flow.entry, _subject(flow, source)))
    return set(rows.values_list("pk", flat=True))


def _subject(flow: Flow, source: Source) -> conditions.Subject:
    def way(path: str) -> Any:
        return OuterRef(path) if path else None

    return conditions.Subject(
        subscriber=OuterRef(source.subscriber),
        subscription=way(source.subscription),
        box=way(source.box),
        ticket=way(source.ticket),
        category=flow.category,
        began=OuterRef(source.at),
        since=OuterRef(source.at),
    )


def _again(flow: Flow, before: tuple[int, datetime] | None, at: datetime) -> str:
    """Why somebody who entered before does not enter again, as `success.flows.entry` judges it; empty if they do."""
    if before is None:
        return ""
    times, last = before
    if flow.most_entries is not None and times >= flow.most_entries:
        return TOO_OFTEN
    if flow.reenter_after is None:
        return IN_IT_BEFORE if flow.kind == FlowKind.OUTREACH else ""
    return TOO_SOON if last + flow.reenter_after > at else ""


def _busy(flow: Flow, people: set[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """When others' recovery runs that are as urgent were under way."""
    if flow.kind != FlowKind.RECOVERY:
        return {}
    spans: dict[int, list[tuple[datetime, datetime | None]]] = {}
    others = Run.objects.filter(subscriber__in=people, is_recovery=True, flow__rank__lte=flow.rank).exclude(
        flow=flow.pk
    )
    for person, begin, end in others.values_list("subscriber", "started_at", "ended_at"):
        spans.setdefault(person, []).append((begin, end))
    return spans


def _unwilling(flow: Flow, people: set[int]) -> set[int]:
    """Who would enter, but gets none of its mails."""
    if flow.category == TouchCategory.TRANSACTIONAL:
        return set()
    refused = Consent.objects.filter(subscriber__in=people, category=flow.category, granted=False)
    return set(refused.values_list("subscriber", flat=True))


def _segment(flow: Flow, tally: Tally, now: datetime) -> None:
    """Whom the segment holds today: they would all enter at once."""
    people = list(
        conditions.segment(flow.store_id, flow.segment).order_by("pk").values_list("pk", flat=True)[:MOST_FACTS]
    )
    tally.facts = len(people)
    for begin in range(0, len(people), BATCH):
        chunk = set(people[begin : begin + BATCH])
        unwilling = _unwilling(flow, chunk)
        for person in sorted(chunk):
            tally.enter(person, now)
            tally.opted_out += person in unwilling


def _draw_arms(flow: Flow, tally: Tally) -> None:
    policy = ContactPolicy.objects.filter(store=flow.store_id).first()
    if not flow.holdout_share or policy is None:
        return
    key, share = policy.holdout_key, flow.holdout_share
    tally.held_out = sum(hashed_arm(key, flow.pk, person, share) == Arm.HOLDOUT for person in tally.people)


def _shares(
    flow: Flow, steps: Sequence[FlowStep], source: Source | None, people: Sequence[int]
) -> dict[str, dict[str, Any]]:
    """For each branch the share that answers yes: as earlier runs did, else (`people` of a field) as it is today."""
    shares: dict[str, dict[str, Any]] = {}
    for step in steps:
        if step.kind != StepKind.BRANCH:
            continue
        when = step.config.get("when")
        past = RunStep.objects.filter(
            step__version__flow=flow.pk, step__kind=StepKind.BRANCH, step__config__when=when, state=StepState.DONE
        ).aggregate(asked=Count("pk"), yes=Count("pk", filter=Q(result__answer="yes")))
        if past["asked"]:
            shares[step.key] = {"share": past["yes"] / past["asked"], "asked": past["asked"], "from": "past"}
        elif people and _is_of_people(when):
            holds = conditions.segment(flow.store_id, [when]).filter(pk__in=people).count()
            shares[step.key] = {"share": holds / len(people), "asked": len(people), "from": "today"}
        else:
            shares[step.key] = {"share": None, "asked": 0, "from": ""}
    return shares


def _is_of_people(when: Any) -> bool:
    try:
        conditions.check(when, before_a_run=True)
    except ValueError:
        return False
    return True


def expected(steps: Sequence[FlowStep], entered: int, shares: dict[str, dict[str, Any]]) -> dict[str, float | None]:
    """How many would come to each step; None behind a branch of which nothing is known, unless its arms meet again."""
    counts: dict[str, float | None] = {}
    parts: list[dict[str, float]] = [{} for _ in steps]
    if steps:
        parts[0] = {"": float(entered)}
    links = links_of(steps)
    for number, step in enumerate(steps):
        _met_again(parts[number])
        counts[step.key] = None if any(parts[number]) else parts[number].get("", 0.0)
        leading = [link for link in links if link.source == number]
        share = shares.get(step.key, {}).get("share")
        for link in leading:
            for mark, amount in parts[number].items():
                for new, much in _parted(step.key, mark, amount, link.answer, share):
                    into = parts[link.target]
                    into[new] = into.get(new, 0.0) + much
    return counts


def _parted(key: str, mark: str, amount: float, answer: str, share: float | None) -> list[tuple[str, float]]:
    """What goes along one link. Behind an unknown answer it is marked with the branch and the answer."""
    if not answer or answer == "either":
        return [(mark, amount)]
    if share is None:
        return [(f"{mark}/{key}:{answer}", amount)]
    return [(mark, amount * (share if answer == "yes" else 1 - share))]


def _met_again(parts: dict[str, float]) -> None:
    """Where both answers of a branch lead, everybody comes: what was parted is whole again."""
    for mark in sorted(parts, key=len, reverse=True):
        if mark not in parts or not mark:
            continue
        before, _, last = mark.rpartition("/")
        key, _, answer = last.partition(":")
        other = f"{before}/{key}:{'no' if answer == 'yes' else 'yes'}"
        if other in parts and parts[other] == parts[mark]:
            amount = parts.pop(mark)
            parts.pop(other)
            parts[before] = parts.get(before, 0.0) + amount
