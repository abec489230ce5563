"""Alerts of the demo store: gathered from the tickets as the receivers would, worked by the success managers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from helpdesk.demo.alert_facts import Fact, breach_of, facts_of, facts_of_person
from helpdesk.demo.chance import Chance
from helpdesk.demo.runs import Book, Case, Journey, Told, Walker, read_books
from helpdesk.demo.threads import Thread
from helpdesk.demo.tickets import office_hours
from helpdesk.demo.world import Parcel, Person, Setting
from helpdesk.models import User
from subscribers.lazy import in_english
from success.enums import (
    AlertEventKind,
    AlertOutcome,
    AlertStatus,
    ExitReason,
    FactKind,
    RunStatus,
    StepKind,
    StepState,
)
from success.models import AlertRule
from tickets.enums import Author

# The sweep of alerts looks back so long: what it would find is there.
LATELY = timedelta(days=8)
CLOSED_BY_HAND = {AlertOutcome.NO_ACTION: 0.5, AlertOutcome.SAVED: 0.42, AlertOutcome.LOST: 0.08}
BY_HAND = 0.4
STOPPED = 0.04
BROKEN = 0.012
SNOOZED = 3  # of so many that somebody works on, one
MANAGERS = {"success@demo.example": 0.66, "ines@demo.example": 0.34}
SNOOZE_REASONS = (
    "Replacement is on its way, asking again once it is there",
    "They are on holiday until next week",
    "Waiting for the carrier's answer",
    "Asked to be left alone until the next box",
)
CLOSE_NOTES = {
    AlertOutcome.NO_ACTION: (
        "Only a question, all is well.",
        "Solved by the agent already, nothing to add.",
        "Happy on the phone.",
    ),
    AlertOutcome.SAVED: (
        "Called, was glad about it and stays.",
        "Changed to every two months, stays.",
        "New box arrived well, thanked us.",
    ),
    AlertOutcome.LOST: ("Cancelled anyway.", "Does not want to be called."),
}


@dataclass
class Change:
    at: datetime
    kind: AlertEventKind
    by: User | None = None
    before: str = ""
    after: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Watch:
    """An alert while it is told."""

    person: Person
    opened_at: datetime
    due_at: datetime
    owner: User
    value: float
    facts: list[Fact] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    journeys: list[Journey] = field(default_factory=list)
    status: AlertStatus = AlertStatus.OPEN
    outcome: str = ""
    is_taken: bool = False
    snoozed_until: datetime | None = None
    snooze_reason: str = ""
    closed_at: datetime | None = None
    by_hand: tuple[datetime, AlertOutcome] | None = None
    pk: int = 0

    def is_live(self, at: datetime) -> bool:
        ends = [one.ended_at for one in self.journeys if one.close_alert and one.ended_at]
        ends += [self.by_hand[0]] if self.by_hand else []
        ends += [self.closed_at] if self.closed_at else []
        return not ends or min(ends) > at


class Watching:
    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.chance = Chance(setting.seed, "alerts")
        self.books: dict[str, Book] = read_books(setting)
        self.rules = {rule.kind: rule for rule in AlertRule.objects.filter(store=None, is_active=True)}
        self.walker = Walker(setting, self.chance, office_hours(setting))
        self.begun: set[tuple[str, str]] = set()

    def watch(self, people: Iterable[Person], threads: list[Thread], parcels: dict[int, list[Parcel]]) -> list[Watch]:
        """All alerts, by subscriber and time. `parcels` by subscriber, replacements among them."""
        by_person: dict[int, list[Thread]] = defaultdict(list)
        for thread in threads:
            by_person[thread.person.pk].append(thread)
        found: list[Watch] = []
        for person in people:
            found += self._of_person(Case(person, by_person[person.pk], parcels[person.pk]))
        return sorted(found, key=lambda one: one.opened_at)

    def _of_person(self, case: Case) -> list[Watch]:
        told = [fact for thread in case.threads for fact in facts_of(thread)]
        told += facts_of_person(case.person, case.parcels, self.setting.now)
        told += [fact for thread in case.threads if (fact := breach_of(thread, self.setting.now))]
        facts = [fact for fact in told if fact.kind in self.rules]
        watches: list[Watch] = []
        for fact in sorted(facts, key=lambda one: one.at):
            current = watches[-1] if watches and watches[-1].is_live(fact.at) else None
            if current is None and not self._is_asked(fact):
                continue
            if current is None:
                current = self._open(case.person, fact)
                watches.append(current)
            self._gather(current, fact, case)
        for watch in watches:
            self._finish(watch)
        return watches

    def _is_asked(self, fact: Fact) -> bool:
        """Whether it may open an alert: a broken promise of somebody at risk alone, of late whoever they are."""
        if fact.kind != FactKind.SLA_BREACHED or fact.thread is None:
            return True
        return fact.thread.cycle_index == 1 or fact.at > self.setting.now - LATELY

    def _open(self, person: Person, fact: Fact) -> Watch:
        rule = self.rules[fact.kind]
        owner = self.setting.users[self.chance.weighed(MANAGERS)]
        watch = Watch(person, fact.at, fact.at + rule.due_within, owner, person.yearly_value_at(fact.at))
        watch.changes.append(Change(fact.at, AlertEventKind.OPENED, after=in_english(fact.kind.label)))
        return watch

    def _gather(self, watch: Watch, fact: Fact, case: Case) -> None:
        rule = self.rules[fact.kind]
        fact.weight = rule.weight
        watch.facts.append(fact)
        watch.due_at = min(watch.due_at, fact.at + rule.due_within)
        watch.changes.append(
            Change(
                fact.at,
                AlertEventKind.EVIDENCE_ADDED,
                after=in_english(fact.kind.label),
                data={"source": fact.key},
            )
        )
        watch.by_hand = None
        journey = self._begin(watch, fact, case)
        if journey and fact.retracted_at:
            journey.leave(
                fact.retracted_at, ExitReason.RETRACTED, f"{fact.kind.label} was taken back", fact.retracted_by
            )
        self._plan(watch)

    def _begin(self, watch: Watch, fact: Fact, case: Case) -> Journey | None:
        book = self.books.get(fact.kind)
        if book is None or fact.thread is None:
            return None
        key = fact.key
        if fact.kind == FactKind.DAMAGED_BOX and fact.parcel:
            key = f"box:{fact.parcel.pk}"
        elif fact.kind == FactKind.CYCLE_ONE_TICKET:
            key = f"subscriber:{watch.person.pk}"
        if (book.flow.key, key) in self.begun:
            return None
        current = next((one for one in watch.journeys if one.is_live(fact.at)), None)
        if current and book.flow.rank >= current.book.flow.rank:
            text = f"Also: {fact.kind.label.lower()}"
            current.told.append(Told(fact.at, "fact_noted", text, data={"source": fact.key}))
            return None
        journey = Journey(book, fact.thread, fact.parcel, fact.kind, key, fact.at)
        if current:
            why = f"“{book.flow.name}” is more urgent and took over"
            current.leave(fact.at, ExitReason.SUPERSEDED, why)
            current.close_alert, current.superseded_by = "", journey
        self.begun.add((book.flow.key, key))
        self.walker.walk(journey, case, watch.owner)
        watch.journeys.append(journey)
        return journey

    def _plan(self, watch: Watch) -> None:
        """Some alerts are closed by their owner before the flow ends."""
        journey = watch.journeys[-1] if watch.journeys else None
        done_at = journey.first_task_at() if journey else None
        if done_at is None:
            done_at = self.walker.calendar.add(watch.facts[-1].at, self.chance.uniform(1, 14) * 3600)
        elif not self.chance.happens(BY_HAND):
            return
        at = self.walker.calendar.add(done_at, self.chance.uniform(0.1, 12) * 3600)
        if at < self.setting.now and at > watch.facts[-1].at:
            watch.by_hand = (at, self.chance.weighed(CLOSED_BY_HAND))

    def _finish(self, watch: Watch) -> None:
        """What the owner did, and how it ended."""
        now = self.setting.now
        for fact in watch.facts:
            if fact.retracted_at:
                kind = AlertEventKind.EVIDENCE_SETTLED if fact.settled else AlertEventKind.EVIDENCE_RETRACTED
                change = Change(fact.retracted_at, kind, fact.retracted_by, in_english(fact.kind.label), fact.settled)
                change.data = {"source": fact.key}
                watch.changes.append(change)
        if all(fact.retracted_at for fact in watch.facts):
            last = max(fact.retracted_at for fact in watch.facts if fact.retracted_at)
            was_closed = watch.by_hand is not None and watch.by_hand[0] < last and watch.facts[-1].settled
            if was_closed:
                self._close_by_hand(watch)
                return
            watch.by_hand = None
            note = next((fact.settled for fact in watch.facts if fact.settled), "Its only reason was taken back")
            self._close(watch, last, AlertOutcome.AUTO_RESOLVED, None, note)
            return
        ending = next((one for one in watch.journeys if one.close_alert and one.ended_at), None)
        if watch.by_hand and (ending is None or ending.ended_at is None or watch.by_hand[0] < ending.ended_at):
            self._close_by_hand(watch)
        elif ending and ending.ended_at:
            done_at = next((one.first_task_at() for one in watch.journeys), None)
            if done_at:
                self._start(watch, done_at - timedelta(minutes=self.chance.randrange(3, 40)))
            note = f"{ending.book.flow.name} ended"
            self._close(watch, ending.ended_at, AlertOutcome(ending.close_alert), None, note)
        else:
            self._live(watch, now)

    def _close_by_hand(self, watch: Watch) -> None:
        if watch.by_hand is not None:
            at, outcome = watch.by_hand
            self._start(watch, at - timedelta(minutes=self.chance.randrange(4, 50)))
            self._close(watch, at, outcome, watch.owner, self.chance.one(CLOSE_NOTES[outcome]))

    def _start(self, watch: Watch, at: datetime) -> None:
        at = max(at, watch.opened_at + timedelta(minutes=2))
        watch.is_taken, watch.status = True, AlertStatus.IN_PROGRESS
        watch.changes.append(Change(at, AlertEventKind.ASSIGNED, watch.owner, after=watch.owner.name))
        watch.changes.append(Change(at, AlertEventKind.STARTED, watch.owner, AlertStatus.OPEN, AlertStatus.IN_PROGRESS))

    def _close(self, watch: Watch, at: datetime, outcome: AlertOutcome, by: User | None, note: str) -> None:
        before = watch.status
        watch.status, watch.outcome, watch.closed_at = AlertStatus.CLOSED, outcome, at
        watch.changes = [one for one in watch.changes if one.at <= at]
        watch.changes.append(Change(at, AlertEventKind.CLOSED, by, before, outcome, {"note": note}))
        goal = outcome in (AlertOutcome.SAVED, AlertOutcome.AUTO_RESOLVED)
        reason = ExitReason.GOAL if goal else ExitReason.CANCELLED
        for journey in watch.journeys:
            if journey.is_live(at):
                journey.leave(at, reason, f"The alert was closed: {outcome.label.lower()}", by)
                if by and self.chance.happens(BROKEN * 3):
                    self._break(journey)

    def _break(self, journey: Journey) -> None:
        """A flow that met an outage: its step was tried six times, and a person took over."""
        mail = next((one for one in journey.steps if one.step.kind == StepKind.MAIL), None)
        if mail is None:
            return
        at = mail.created_at + timedelta(minutes=5)
        journey.steps = [one for one in journey.steps if one.created_at <= mail.created_at]
        journey.told = [one for one in journey.told if one.at <= mail.created_at]
        mail.state, mail.finished_at, mail.attempts = StepState.FAILED, at, 6
        mail.error, mail.text, mail.result = "OperationalError: the connection to the database was lost", "", {}
        journey.status, journey.exit_reason, journey.ended_at = RunStatus.FAILED, "", at
        journey.told.append(Told(at, "failed", f"“{mail.step.key}” failed 6 times: {mail.error}"))

    at_work = 0

    def _live(self, watch: Watch, now: datetime) -> None:
        chance = self.chance
        done_at = next((at for one in watch.journeys if (at := one.first_task_at())), None)
        if done_at and done_at < now:
            self._start(watch, done_at - timedelta(minutes=chance.randrange(3, 40)))
        elif chance.happens(0.3):
            self._start(watch, watch.opened_at + (now - watch.opened_at) * chance.uniform(0.1, 0.9))
        elif chance.happens(0.4):
            at = watch.opened_at + (now - watch.opened_at) * chance.uniform(0.1, 0.9)
            watch.is_taken = True
            lead = self.setting.users["lead@demo.example"]
            watch.changes.append(Change(at, AlertEventKind.ASSIGNED, lead, after=watch.owner.name))
        self.at_work += watch.status == AlertStatus.IN_PROGRESS
        if watch.status == AlertStatus.IN_PROGRESS and self.at_work % SNOOZED == 0:
            at = min(now - timedelta(minutes=5), max(one.at for one in watch.changes) + timedelta(minutes=9))
            before, watch.status = watch.status, AlertStatus.SNOOZED
            watch.snoozed_until = now + timedelta(hours=chance.randrange(14, 90))
            watch.snooze_reason = chance.one(SNOOZE_REASONS)
            change = Change(at, AlertEventKind.SNOOZED, watch.owner, before, watch.snoozed_until.isoformat())
            change.data = {"reason": watch.snooze_reason}
            watch.changes.append(change)
        for journey in watch.journeys:
            if journey.status == RunStatus.WAITING and chance.happens(STOPPED):
                at = max(one.created_at for one in journey.steps)
                journey.leave(at + (now - at) * 0.5, ExitReason.CANCELLED, "Stopped by hand", watch.owner)
            elif journey.status == RunStatus.WAITING and chance.happens(0.06):
                journey.status = RunStatus.PAUSED
                journey.told.append(Told(now - timedelta(minutes=40), "paused", "Paused by hand", watch.owner))


def answered_at(thread: Thread) -> datetime | None:
    """When an agent first answered in public."""
    return next((said.at for said in thread.messages if said.author == Author.AGENT and said.kind == "public"), None)
