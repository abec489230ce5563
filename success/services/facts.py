"""Turns facts into alerts and recovery runs. Safe to call again with the same fact, from receivers and sweeps alike.

The key is the source fact, not "there is no open alert": a fact told twice adds nothing, also after its alert was
closed. Where a rule would open more alerts than its limit an hour, what is beyond gathers on one alert of the store.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from subscribers.later import soon
from subscribers.lazy import in_english
from subscribers.models import Box, Store, Subscriber
from success.enums import AlertEventKind, AlertOutcome, AlertStatus, ExitReason, FactKind, HeldBecause
from success.flows.beginning import begin_all
from success.flows.entry import begin
from success.flows.runs import exit_runs
from success.models import Alert, AlertEvent, Evidence, HeldFact, Run
from success.models.alerts import CROWD
from success.rules.conditions import Rule, Told, asks_of_people, first_match
from success.rules.people import Person, people_of
from success.services.alerts import close_alert, event, locked, log, log_all, priority_of, wake
from success.services.crowds import MOST_SCORE, weigh_crowd
from success.services.looking import Look, insert_unless_there, look, shared
from tickets.models import Ticket
from tickets.sla.conditions import StandingTopics

CHUNK = 500
# What is heard later than this counts its due time from then on: nobody can be late before an alert was there.
HEARD_AT_ONCE = timedelta(minutes=5)


@dataclass(frozen=True)
class NewFact:
    """A fact that asks for attention. `subscriber_id` None: it is `about` something else, under a `title`.

    With both it happened to somebody as one of many, and gathers on the one alert about that.

    `data`: its words and numbers, as pages show them (`success.rules.conditions.MEASURES` names those that rules ask).
    """

    store_id: int
    subscriber_id: int | None
    kind: FactKind
    source_key: str
    observed_at: datetime
    ticket: Ticket | None = None
    box: Box | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    title: str = ""
    value: Decimal = Decimal(0)
    subscriber: Subscriber | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.source_key


@dataclass
class Match:
    """A fact with the rule that asks for it."""

    fact: NewFact
    rule: Rule
    data: dict[str, Any]
    value: Decimal


@transaction.atomic
def record(fact: NewFact) -> Alert | None:
    """Put a fact on the open alert that it belongs to (a new one where there is none) and begin what answers it.

    None where no rule asks for such a fact.
    """
    return _record(fact.store_id, [fact])[0]


@transaction.atomic
def record_all(facts: Sequence[NewFact]) -> None:
    """As `record`, of several at once, in their order."""
    of_stores: dict[int, list[NewFact]] = {}
    for fact in facts:
        of_stores.setdefault(fact.store_id, []).append(fact)
    for store_id in sorted(of_stores):  # one order of locks for all
        _record(store_id, of_stores[store_id])


def record_fact(
    *,
    subscriber: Subscriber,
    kind: FactKind,
    source_key: str,
    observed_at: datetime,
    ticket: Ticket | None = None,
    box: Box | None = None,
    data: dict[str, Any] | None = None,
) -> Alert | None:
    """As `record`, of one subscriber. `source_key` names the fact, such as `ticket:1042`."""
    return record(
        NewFact(
            subscriber.store_id,
            subscriber.pk,
            FactKind(kind),
            source_key,
            observed_at,
            ticket,
            box,
            data or {},
            subscriber=subscriber,
        )
    )


def record_cause(
    *,
    store: Store,
    about: str,
    title: str,
    source_key: str,
    observed_at: datetime,
    data: dict[str, Any] | None = None,
    value_at_risk: Decimal = Decimal(0),
) -> Alert | None:
    """Put a fact about a recurring cause (`about`: such as cause:12) on its open alert, or open one for it."""
    kind = FactKind.RECURRING_CAUSE
    return record(
        NewFact(
            store.pk,
            None,
            kind,
            source_key,
            observed_at,
            data=data or {},
            about=about,
            title=title,
            value=value_at_risk,
        )
    )


def record_facts(facts: Iterable[NewFact], *, chunk: int = CHUNK) -> int:
    """As `record_fact`, of very many; how many are on an alert. Call it outside of a transaction.

    Each chunk is a transaction of its own, so that no lock is held for long; what a failure leaves out, the next call
    with the same facts records.
    """
    recorded = 0
    ordered = sorted(facts, key=lambda one: (one.store_id, one.subscriber_id or 0, one.observed_at))
    for store_id, of_store in groupby(ordered, key=lambda one: one.store_id):
        for some in _chunks(of_store, chunk):
            with transaction.atomic():
                recorded += sum(alert is not None for alert in _record(store_id, some))
    return recorded


def _chunks(facts: Iterator[NewFact], size: int) -> Iterator[list[NewFact]]:
    while some := list(islice(facts, size)):
        yield some


def _record(store_id: int, facts: Sequence[NewFact]) -> list[Alert | None]:
    """The alert of each fact. Facts of one store, inside a transaction."""
    people = {fact.subscriber_id for fact in facts if fact.subscriber_id is not None}
    seen = look(store_id, [fact.key for fact in facts], people, {fact.about for fact in facts if fact.about})
    fresh = {fact.key: fact for fact in facts if fact.key not in seen.known and seen.rules.get(fact.kind)}
    alerts: dict[tuple[str, str], Alert] = {}
    if fresh:
        alerts = Gathering(store_id, seen, list(fresh.values())).gather()
    known = {key: pk for key, pk in seen.known.items() if key not in alerts}
    found = Alert.objects.in_bulk(set(known.values())) if known else {}
    return [alerts.get(fact.key) or found.get(known.get(fact.key, 0)) for fact in facts]


class Gathering:
    """Brings new facts of one store to their alerts."""

    def __init__(self, store_id: int, seen: Look, facts: Sequence[NewFact]) -> None:
        self.store_id, self.seen, self.facts = store_id, seen, facts
        self.now = timezone.now()
        self.people: Mapping[int, Person] = self._people()
        self.opened: list[Alert] = []
        self.opening: dict[int, Match] = {}  # by position in `opened`
        self.held: list[HeldFact] = []

    def gather(self) -> dict[tuple[str, str], Alert]:
        """The alert of each fact that is on one now."""
        placed = self._place(self._cooled(self._matched()))
        rows = [(self._evidence(alert, match), match) for alert, match in placed]
        insert_unless_there([evidence for evidence, _ in rows])
        if self.held:
            HeldFact.objects.bulk_create(
                self.held, update_conflicts=True, unique_fields=["kind", "source_key"], update_fields=["why", "held_at"]
            )
        added = [(evidence, match) for evidence, match in rows if evidence.pk is not None]
        self._weigh(added)
        self._tell(added)
        begin_all([evidence for evidence, match in added if match.fact.kind in self.seen.flows])
        met = [match.fact.key for evidence, match in rows if evidence.pk is None]
        return {match.fact.key: evidence.alert for evidence, match in added} | self._met(met)

    def _people(self) -> dict[int, Person]:
        """Of whom more has to be known: who gets a new alert, and whom a rule asks about."""
        wanted = set()
        for fact in self.facts:
            asks = any(asks_of_people(rule.conditions) for rule in self.seen.rules[fact.kind])
            if fact.subscriber_id is not None and (asks or fact.subscriber_id not in self.seen.of_people):
                wanted.add(fact.subscriber_id)
        return people_of(wanted)

    def _matched(self) -> list[Match]:
        topics = StandingTopics(fact.ticket.pk for fact in self.facts if fact.ticket is not None)
        matches = []
        for fact in self.facts:
            person = self.people.get(fact.subscriber_id or 0, Person()) if fact.subscriber_id is not None else None
            rules = self.seen.rules[fact.kind]
            asks = fact.ticket is not None and any("topics" in rule.conditions for rule in rules)
            standing = topics.keys.get(fact.ticket.pk, ()) if asks and fact.ticket else ()
            rule = first_match(rules, Told(fact.kind, fact.data, person, standing))
            if rule is None:
                self._hold(fact, HeldBecause.CONDITIONS)
                continue
            data = dict(fact.data)
            if person is not None and rule.conditions.get("at_risk"):
                data["at_risk"] = list(person.risks)
            matches.append(Match(fact, rule, data, person.value if person else fact.value))
        return matches

    def _hold(self, fact: NewFact, why: HeldBecause) -> None:
        self.held.append(
            HeldFact(
                store_id=self.store_id,
                subscriber_id=fact.subscriber_id,
                kind=fact.kind,
                source_key=fact.source_key,
                why=why,
                observed_at=fact.observed_at,
            )
        )

    def _cooled(self, matches: list[Match]) -> list[Match]:
        """Without those that come too soon after an alert of their kind was closed. A query where a rule asks so."""
        new = [match for match in matches if match.rule.cool_down and self._live(match.fact) is None]
        if not new:
            return matches
        since = self.now - max(match.rule.cool_down for match in new if match.rule.cool_down)
        closed = Evidence.objects.filter(
            subscriber__in={match.fact.subscriber_id for match in new},
            kind__in={match.fact.kind for match in new},
            alert__closed_at__gte=since,
        ).values_list("subscriber_id", "kind", "alert__closed_at")
        latest: dict[tuple[int | None, str], datetime] = {}
        for subscriber_id, kind, closed_at in closed:
            assert closed_at is not None  # noqa: S101  for the type checker: it is filtered by
            latest[subscriber_id, kind] = max(closed_at, latest.get((subscriber_id, kind), closed_at))
        too_soon = set()
        for match in new:
            at = latest.get((match.fact.subscriber_id, match.fact.kind))
            if at is not None and match.rule.cool_down and at > self.now - match.rule.cool_down:
                too_soon.add(match.fact.key)
                self._hold(match.fact, HeldBecause.COOL_DOWN)
        return [match for match in matches if match.fact.key not in too_soon]

    def _live(self, fact: NewFact) -> Alert | None:
        if fact.subscriber_id is None or fact.about:
            return self.seen.about.get(fact.about)
        return self.seen.of_people.get(fact.subscriber_id)

    def _place(self, matches: Sequence[Match]) -> list[tuple[Alert, Match]]:
        """Each on an alert that is there, a new one, or the crowd's where its rule has opened enough."""
        placed = [(alert, match) for match in matches if (alert := self._live(match.fact)) is not None]
        waiting: dict[tuple[int, str], list[Match]] = {}
        for match in matches:
            if self._live(match.fact) is None:
                whose = 0 if match.fact.about else match.fact.subscriber_id or 0
                waiting.setdefault((whose, match.fact.about), []).append(match)
        # Whoever has most at risk gets an alert of their own first.
        alone, crowds, rooms = [], [], {rule.id: rule.room for of in self.seen.rules.values() for rule in of}
        for group in sorted(waiting.values(), key=lambda group: -group[0].value):
            rule = group[0].rule
            if group[0].fact.subscriber_id is not None and not group[0].fact.about and rooms[rule.id] < 1:
                crowds += group
                continue
            rooms[rule.id] -= 1
            alone.append(group)
        return placed + self._open(alone) + self._crowd(crowds)

    def _open(self, groups: Sequence[list[Match]]) -> list[tuple[Alert, Match]]:
        alerts = [self._alert(group) for group in groups]
        insert_unless_there(alerts)
        placed = []
        for alert, group in zip(alerts, groups, strict=True):
            if alert.pk is None:
                # Opened by another transaction a moment ago: it is joined, and cannot be gone again but by closing.
                fact = group[0].fact
                again = look(self.store_id, [fact.key], [fact.subscriber_id or 0], [fact.about])
                joined = again.about.get(fact.about) if fact.about else again.of_people.get(fact.subscriber_id or 0)
                if joined is None:
                    placed += self._open([group])
                    continue
                placed += [(joined, match) for match in group]
                continue
            self.opened.append(alert)
            placed += [(alert, match) for match in group]
        return placed

    def _alert(self, group: Sequence[Match]) -> Alert:
        first = group[0]
        score = min(MOST_SCORE, sum(match.rule.weight for match in group))
        return Alert(
            store_id=self.store_id,
            subscriber_id=None if first.fact.about else first.fact.subscriber_id,
            about=first.fact.about,
            title=first.fact.title[:200],
            rule_id=first.rule.id,
            to_assign=first.rule.is_assigned,
            value_at_risk=first.value,
            due_at=min(map(self._due_at, group)),
            score=score,
            priority=priority_of(score),
        )

    def _due_at(self, match: Match) -> datetime:
        at = match.fact.observed_at
        return (self.now if self.now - at > HEARD_AT_ONCE else at) + match.rule.due_within

    def _crowd(self, matches: Sequence[Match]) -> list[tuple[Alert, Match]]:
        placed = []
        for kind in dict.fromkeys(match.fact.kind for match in matches):
            some = [match for match in matches if match.fact.kind == kind]
            alert = shared(self.store_id, CROWD + kind)
            while alert is None:
                new = self._alert(some[:1])
                new.subscriber_id, new.about, new.title, new.people = None, CROWD + kind, in_english(kind.label), 0
                insert_unless_there([new])
                if new.pk is not None:
                    self.opened.append(new)
                alert = shared(self.store_id, CROWD + kind)
            placed += [(alert, match) for match in some]
        return placed

    def _evidence(self, alert: Alert, match: Match) -> Evidence:
        fact = match.fact
        subscriber = fact.subscriber or (fact.ticket._state.fields_cache.get("subscriber") if fact.ticket else None)
        evidence = Evidence(
            alert=alert,
            subscriber_id=fact.subscriber_id,
            kind=fact.kind,
            source_key=fact.source_key,
            weight=match.rule.weight,
            ticket=fact.ticket,
            box=fact.box,
            data=match.data,
            observed_at=fact.observed_at,
        )
        if subscriber is not None:
            evidence.subscriber = subscriber
        return evidence

    def _weigh(self, added: Sequence[tuple[Evidence, Match]]) -> None:
        """Score and due time of what was joined; the locked row has the sum of what stood before."""
        new = {alert.pk for alert in self.opened}
        joined: dict[int, Alert] = {}
        for evidence, match in added:
            alert = evidence.alert
            if alert.is_crowd or alert.pk in new:
                continue
            joined[alert.pk] = alert
            alert.score = min(MOST_SCORE, alert.score + match.rule.weight)
            alert.priority = priority_of(alert.score)
            alert.due_at = min(alert.due_at, self._due_at(match))
            alert.updated_at = self.now
        changed = ["score", "priority", "due_at", "updated_at"]
        if len(joined) == 1:
            next(iter(joined.values())).save(update_fields=changed)
        elif joined:
            Alert.objects.bulk_update(joined.values(), changed)
        if len(added) < len(self.facts):
            self._unopen({evidence.alert.pk for evidence, _ in added})
        for alert in self.opened:
            if alert.is_crowd:
                weigh_crowd(alert)

    def _unopen(self, spoken_for: set[int]) -> None:
        """Another transaction recorded the very facts for which alerts were opened here: those stand for nothing."""
        empty = [alert for alert in self.opened if alert.pk not in spoken_for]
        if empty:
            Alert.objects.filter(pk__in=[alert.pk for alert in empty]).delete()
            self.opened = [alert for alert in self.opened if alert.pk in spoken_for]

    def _tell(self, added: Sequence[tuple[Evidence, Match]]) -> None:
        opened = {alert.pk for alert in self.opened}
        crowds: dict[int, tuple[Alert, list[Evidence]]] = {}
        events: list[AlertEvent] = []
        for evidence, _ in added:
            alert, label = evidence.alert, evidence.get_kind_display()
            if alert.pk in opened:
                opened.discard(alert.pk)
                events.append(event(alert, AlertEventKind.OPENED, to_value=label))
            if alert.is_crowd:
                crowds.setdefault(alert.pk, (alert, []))[1].append(evidence)
                continue
            if alert.status == AlertStatus.SNOOZED:
                wake(alert, why=label)
            events.append(event(alert, AlertEventKind.EVIDENCE_ADDED, to_value=label, source=evidence.source_key))
        for alert, several in crowds.values():
            label = several[0].get_kind_display()
            events.append(event(alert, AlertEventKind.EVIDENCE_ADDED, to_value=label, count=len(several)))
        if events:
            log_all(events)
        if any(alert.to_assign for alert in self.opened):
            soon("success.tasks.assign_alerts")

    def _met(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Alert]:
        """Of facts that another transaction recorded meanwhile: where it put them."""
        if not keys:
            return {}
        rows = Evidence.objects.select_related("alert").filter(
            kind__in={kind for kind, _ in keys}, source_key__in={key for _, key in keys}, retracted_at=None
        )
        return {(row.kind, row.source_key): row.alert for row in rows if (row.kind, row.source_key) in keys}


def weigh_again(alert: Alert) -> None:
    """Score and priority from the reasons that stand."""
    standing = alert.evidence.filter(retracted_at=None)
    alert.score = min(MOST_SCORE, standing.aggregate(score=Sum("weight"))["score"] or 0)
    alert.priority = priority_of(alert.score)
    alert.updated_at = timezone.now()
    alert.save(update_fields=["score", "priority", "updated_at"])


@transaction.atomic
def retract_fact(
    *,
    kind: FactKind,
    source_key: str,
    actor: AbstractBaseUser | None,
    settled: str = "",
    outcome: AlertOutcome = AlertOutcome.AUTO_RESOLVED,
) -> bool:
    """A fact was none, or came right (`settled`: how): it speaks for its alert no more. False where none stands.

    An alert that rested on it alone closes with `outcome`; one that rests on others goes on with them.
    """
    HeldFact.objects.filter(kind=kind, source_key=source_key).delete()
    known = Evidence.objects.select_related("alert").filter(kind=kind, source_key=source_key, retracted_at=None)
    found = known.first()
    if found is None:
        return False
    # A crowd is not locked, and its people are counted by the sweep: thousands of boxes arrive without waiting.
    alert = found.alert if found.alert.is_crowd else locked(found.alert_id)
    taken_back = {"retracted_at": timezone.now(), "settled": settled[:120]}
    if not Evidence.objects.filter(pk=found.pk, retracted_at=None).update(**taken_back):
        return False
    label = found.get_kind_display()
    began = Run.objects.filter(subscriber=found.subscriber_id, trigger_kind=kind)
    exit_runs(
        began.filter(ticket=found.ticket_id) if found.ticket_id else began.filter(trigger_key=source_key),
        _exit_reason(settled, outcome),
        actor=actor,
        why=settled or f"{label} was taken back",
    )
    if alert.is_crowd:
        return True
    happened = AlertEventKind.EVIDENCE_SETTLED if settled else AlertEventKind.EVIDENCE_RETRACTED
    log(alert, happened, actor=actor, from_value=label, to_value=settled, source=source_key)
    if not alert.is_live:
        return True
    weigh_again(alert)
    standing = list(alert.evidence.filter(retracted_at=None))
    if not standing:
        close_alert(alert, actor=actor, outcome=outcome, note=settled or "Its only reason was taken back")
        return True
    for evidence in sorted(standing, key=lambda one: -one.weight):
        evidence.alert = alert
        begin(evidence)  # a less urgent flow that had only been noted may begin now
    return True


def _exit_reason(settled: str, outcome: AlertOutcome) -> ExitReason:
    if not settled:
        return ExitReason.RETRACTED
    return ExitReason.LEFT if outcome == AlertOutcome.LOST else ExitReason.GOAL
