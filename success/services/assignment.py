"""Who gets an alert: in turns, by load, by portfolio; never somebody inactive, away, or with enough to do.

Assigned is after the alert was opened, in a transaction of its own: whoever records a fact never waits for a turn, and
an alert for which nobody is there waits until somebody is. The store's duty rows are locked first, in the order of
their numbers, so that two workers take turns one after the other; alerts that are busy are left to the next sweep.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.models import Membership, Store
from success.enums import LIVE_ALERT, AlertEventKind, AlertStatus, AssignBy, FactKind
from success.models import Alert, Duty, Portfolio
from success.rules.conditions import Told, hold
from success.rules.people import Person, people_of
from success.selectors import TO_DO, owners
from success.services.alerts import event, locked, log_all

BATCH = 200


@dataclass(frozen=True)
class Load:
    """What one colleague has: alerts to do, of those overdue, and snoozed ones. `is_available`: gets new ones."""

    user: AbstractBaseUser
    to_do: int
    overdue: int
    snoozed: int
    most: int | None
    is_available: bool


def load_of(store: Store) -> list[Load]:
    """Everybody who may own the store's alerts, the busiest first. Three queries."""
    now = timezone.now()
    duties = {duty.user_id: duty for duty in Duty.objects.filter(store=store)}
    counts = {
        row["owner"]: row
        for row in Alert.objects.filter(store=store, status__in=LIVE_ALERT, owner__isnull=False)
        .values("owner")
        .annotate(
            to_do=Count("pk", filter=Q(status__in=TO_DO)),
            overdue=Count("pk", filter=Q(status__in=TO_DO, due_at__lt=now)),
            snoozed=Count("pk", filter=Q(status=AlertStatus.SNOOZED)),
        )
    }
    none = {"to_do": 0, "overdue": 0, "snoozed": 0}
    loads = []
    for user in owners(store):
        count, duty = counts.get(user.pk, none), duties.get(user.pk)
        most = duty.most_alerts if duty else None
        there = duty is None or is_there(duty, now)
        is_available = there and (most is None or count["to_do"] < most)
        loads.append(Load(user, count["to_do"], count["overdue"], count["snoozed"], most, is_available))
    return sorted(loads, key=lambda one: (-one.to_do, one.user.pk))


def is_there(duty: Duty, now: datetime) -> bool:
    return duty.is_on_duty and (duty.away_until is None or duty.away_until <= now)


@transaction.atomic
def set_duty(
    store: Store,
    user: AbstractBaseUser,
    *,
    is_on_duty: bool,
    away_until: datetime | None = None,
    most_alerts: int | None = None,
) -> Duty:
    """Say whether somebody is given alerts. Refused of whoever does not work for the store."""
    if not Membership.objects.filter(store=store, user_id=user.pk).exists():
        raise Refused(gettext("This person does not work for the store."), "user")
    said = {"is_on_duty": is_on_duty, "away_until": away_until, "most_alerts": most_alerts}
    duty, _ = Duty.objects.update_or_create(store=store, user_id=user.pk, defaults=said)
    return duty


class Turns:
    """Whose turn it is in one store; its duty rows are locked until the transaction ends."""

    def __init__(self, store: Store) -> None:
        self.loads = {load.user.pk: load for load in load_of(store)}
        Duty.objects.bulk_create([Duty(store=store, user_id=pk) for pk in self.loads], ignore_conflicts=True)
        rows = Duty.objects.select_for_update().filter(store=store, user__in=self.loads).order_by("pk")
        self.duties = {duty.user_id: duty for duty in rows}
        # Counted again under the lock: another worker may have given some meanwhile.
        self.loads = {load.user.pk: load for load in load_of(store)}
        self.given = dict.fromkeys(self.loads, 0)
        self.portfolios = list(
            Portfolio.objects.filter(store=store).prefetch_related("people").order_by("position", "pk")
        )

    def has_room(self, pk: int) -> bool:
        load = self.loads.get(pk)
        if load is None or not load.is_available:
            return False
        return load.most is None or load.to_do + self.given[pk] < load.most

    def choose(self, by: str, person: int | None, subscriber: Person) -> AbstractBaseUser | None:
        """Whom an alert goes to, their turn taken; None where nobody is there."""
        able = [pk for pk in self.loads if self.has_room(pk)]
        if by == AssignBy.PERSON:
            able = [pk for pk in able if pk == person]
        if by == AssignBy.PORTFOLIO:
            # Where all who look after them are away, somebody else does.
            able = self._of_portfolio(able, subscriber) or able
        if not able:
            return None
        if by == AssignBy.ROUND_ROBIN:
            chosen = min(able, key=lambda pk: (self.duties[pk].turn, pk))
        else:
            chosen = min(able, key=lambda pk: (self.loads[pk].to_do + self.given[pk], self.duties[pk].turn, pk))
        self.given[chosen] += 1
        self.duties[chosen].turn = 1 + max(duty.turn for duty in self.duties.values())
        return self.loads[chosen].user

    def _of_portfolio(self, able: Sequence[int], subscriber: Person) -> list[int]:
        told = Told(FactKind.RECURRING_CAUSE, {}, subscriber)
        found = next((one for one in self.portfolios if hold(one.conditions, told)), None)
        people = {user.pk for user in found.people.all()} if found else set()
        return [pk for pk in able if pk in people]

    def save(self) -> None:
        Duty.objects.bulk_update([self.duties[pk] for pk, count in self.given.items() if count], ["turn"])


def assign_waiting() -> int:
    """Give every alert that waits for an owner to somebody, as its rule says; how many found one."""
    waiting = Alert.objects.live().filter(to_assign=True)
    return sum(_assign(store) for store in Store.objects.filter(Exists(waiting.filter(store=OuterRef("pk")))))


@transaction.atomic
def _assign(store: Store) -> int:
    turns = Turns(store)
    rows = Alert.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("rule")
    alerts = list(rows.live().filter(store=store, to_assign=True).order_by("priority", "due_at", "pk")[:BATCH])
    people: Mapping[int, Person] = {}
    if turns.portfolios:
        people = people_of(alert.subscriber_id for alert in alerts if alert.subscriber_id is not None)
    events = []
    for alert in alerts:
        by, person = _asked(alert)
        owner = turns.choose(by, person, people.get(alert.subscriber_id or 0, Person()))
        if owner is not None:
            alert.owner_id, alert.to_assign, alert.updated_at = owner.pk, False, timezone.now()
            events.append(event(alert, AlertEventKind.ASSIGNED, to_value=owner, by=by))
    if events:
        turns.save()
        Alert.objects.bulk_update([one.alert for one in events], ["owner", "to_assign", "updated_at"])
        log_all(events)
    return len(events)


def _asked(alert: Alert) -> tuple[str, int | None]:
    """How its rule assigns. Whom an owner left goes to whoever has the fewest where the rule names nobody else."""
    rule = alert.rule
    if rule is None or rule.assign == AssignBy.NOBODY:
        return AssignBy.LEAST_LOADED, None
    if rule.assign == AssignBy.PERSON and rule.assignee_id is None:
        return AssignBy.LEAST_LOADED, None
    return rule.assign, rule.assignee_id


def release_left() -> int:
    """Take alerts from owners who are no longer active or no longer work there; they wait for another one."""
    works = Membership.objects.filter(store=OuterRef("store"), user=OuterRef("owner"), user__is_active=True)
    left = Alert.objects.live().filter(owner__isnull=False).exclude(Exists(works))
    with transaction.atomic():
        rows = left.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("owner")
        alerts = list(rows.order_by("pk")[:BATCH])
        events = [
            event(alert, AlertEventKind.ASSIGNED, from_value=alert.owner, why="They no longer work here")
            for alert in alerts
        ]
        changed: dict[str, Any] = {"owner": None, "to_assign": True, "updated_at": timezone.now()}
        Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(**changed)
        if events:
            log_all(events)
    return len(alerts)


@transaction.atomic
def hand_over(
    store: Store, *, owner: AbstractBaseUser, to: AbstractBaseUser | None, actor: AbstractBaseUser | None
) -> int:
    """Give all open alerts of one colleague to another; `to` None: they are shared out among all who are there."""
    if to is not None and not owners(store).filter(pk=to.pk).exists():
        raise Refused(gettext("This person does not work the alerts of the store."), "to")
    events = []
    for pk in Alert.objects.live().filter(store=store, owner=owner.pk).order_by("pk").values_list("pk", flat=True):
        alert = locked(pk)
        if alert.owner_id != owner.pk or not alert.is_live:
            continue
        alert.owner_id, alert.to_assign = (to.pk, False) if to else (None, True)
        alert.updated_at = timezone.now()
        alert.save(update_fields=["owner", "to_assign", "updated_at"])
        events.append(event(alert, AlertEventKind.ASSIGNED, actor=actor, from_value=owner, to_value=to or ""))
    if events:
        log_all(events)
    return len(events)
