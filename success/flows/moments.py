"""Moments that begin flows: told by signals as they happen, and found by a sweep where nobody told.

Each has a key, so that both may find it: a flow begins once for it.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from subscribers.enums import PAID_CYCLE, BoxStatus, CycleStatus, SubscriptionStatus
from subscribers.models import Box, Cycle, Subscription
from success.enums import LIVE_RUN, TAKEN_BACK, FlowKind, Trigger, VersionStatus
from success.flows.conditions import Subject, every
from success.flows.entry import enter
from success.models import EntryRefusal, Flow, FlowVersion, Run

logger = logging.getLogger(__name__)

NEWS = timedelta(days=2)  # what happened longer ago is history, such as an import's
AHEAD = timedelta(days=21)  # boxes that ship later than that are found later
BATCH = 1000
# Planned boxes that one sweep looks at: those of a small store all, those of a big one within some minutes.
SLICE = 3000


@dataclass(frozen=True)
class Source:
    """Where a moment is known: `rows` since a time, from one to its subscription and its box; its key's parts."""

    rows: Callable[[Flow, datetime], "QuerySet[Any]"]
    key: str
    subscription: str
    number: str = "pk"
    box: str = ""


def _boxes(**filters: Any) -> Callable[[Flow, datetime], "QuerySet[Any]"]:
    column = next(iter(filters.values()))
    rows = Box.objects.select_related("cycle__subscription__subscriber__store")
    return lambda flow, since: rows.filter(**{"cycle__subscription__store": flow.store_id, f"{column}__gte": since})


def _planned(flow: Flow, since: datetime) -> "QuerySet[Any]":
    """Boxes that are to be sent soon, paid or not yet, of subscriptions that go on."""
    today = timezone.now().date()
    goes_on = Q(cycle__status__in=PAID_CYCLE) | Q(
        cycle__status=CycleStatus.SCHEDULED, cycle__subscription__status=SubscriptionStatus.ACTIVE
    )
    return Box.objects.select_related("cycle__subscription__subscriber__store").filter(
        goes_on,
        cycle__subscription__store=flow.store_id,
        status=BoxStatus.PLANNED,
        ships_on__gte=today,
        ships_on__lte=today + AHEAD,
    )


def _renewals(flow: Flow, since: datetime) -> "QuerySet[Any]":
    rows = Cycle.objects.select_related("subscription__subscriber__store")
    return rows.filter(subscription__store=flow.store_id, status__in=PAID_CYCLE, index__gt=1, billed_at__gte=since)


def _started(flow: Flow, since: datetime) -> "QuerySet[Any]":
    rows = Subscription.objects.select_related("subscriber__store")
    return rows.filter(store=flow.store_id, started_at__gte=since, started_at__lte=timezone.now())


def _cancelled(flow: Flow, since: datetime) -> "QuerySet[Any]":
    rows = Subscription.objects.select_related("subscriber__store")
    return rows.filter(store=flow.store_id, status=SubscriptionStatus.CANCELLED, ended_at__gte=since)


SOURCES: dict[Trigger, Source] = {
    Trigger.SUBSCRIPTION_STARTED: Source(_started, "subscription:", ""),
    Trigger.SUBSCRIPTION_CANCELLED: Source(_cancelled, "cancelled:", ""),
    Trigger.CYCLE_RENEWED: Source(_renewals, "cycle:", "subscription"),
    Trigger.BOX_UPCOMING: Source(_planned, "box:", "cycle__subscription", box="pk"),
    Trigger.BOX_SHIPPED: Source(_boxes(at="shipped_at"), "box:", "cycle__subscription", box="pk"),
    Trigger.BOX_DELIVERED: Source(_boxes(at="delivered_at"), "box:", "cycle__subscription", box="pk"),
}


def tell(trigger: Trigger, row: Subscription | Cycle | Box) -> list[Run]:
    """Begin what answers a moment that a signal tells of."""
    subscription, box = _about(row)
    return enter(
        trigger,
        subscription.subscriber,
        key=f"{SOURCES[trigger].key}{row.pk}",
        subscription=subscription,
        box=box,
    )


def _about(row: Model) -> tuple[Subscription, Box | None]:
    if isinstance(row, Box):
        return row.cycle.subscription, row
    if isinstance(row, Cycle):
        return row.subscription, None
    assert isinstance(row, Subscription)  # noqa: S101  for the type checker: sources have these rows alone
    return row, None


def sweep_moments() -> int:
    """Begin what nobody was told of; how many runs. One that cannot be is logged, and stops no other."""
    begun = 0
    flows = FlowVersion.objects.select_related("flow").filter(
        status=VersionStatus.PUBLISHED, flow__is_active=True, flow__trigger__in=list(SOURCES)
    )
    for version in flows.order_by("flow__rank", "flow_id"):
        for row in _rows(version):
            begun += _try(version.flow, row)
    return begun


def _rows(version: FlowVersion) -> Iterable[Any]:
    """Of what happened, all that was missed; of what is planned, which is far more, the next slice of it."""
    if version.flow.trigger != Trigger.BOX_UPCOMING:
        return missed(version)[:BATCH]
    found: dict[int, Any] = {}
    for boxes in next_slice(version.flow):
        found |= {row.pk: row for row in missed(version, boxes)}
    return found.values()


def next_slice(flow: Flow) -> list[list[int]]:
    """Planned boxes that the sweep looks at now, by number: where the last one ended, and from the beginning where that
    was the end. Two sweeps at once look at the same: each begins a flow once."""
    rest = _slice(flow, flow.looked_day, flow.looked_box, SLICE)
    is_end = len(rest) < SLICE
    again = _slice(flow, None, 0, SLICE - len(rest)) if is_end and flow.looked_day is not None else []
    place: dict[str, Any] = {"looked_day": None, "looked_box": 0}
    if again and len(rest) + len(again) == SLICE:
        place = {"looked_day": again[-1][1], "looked_box": again[-1][0]}
    elif not is_end:
        place = {"looked_day": rest[-1][1], "looked_box": rest[-1][0]}
    Flow.objects.filter(pk=flow.pk).update(**place)
    slices = [rest, again]
    return [[pk for pk, _ in boxes] for boxes in slices if boxes]


def _slice(flow: Flow, day: date | None, box: int, most: int) -> list[tuple[int, date | None]]:
    """Walks `box_planned_by_ship_date` from a place on."""
    rows = _planned(flow, timezone.now())
    if day is not None:
        rows = rows.filter(Q(ships_on__gt=day) | Q(ships_on=day, pk__gt=box), ships_on__gte=day)
    return list(rows.order_by("ships_on", "pk").values_list("pk", "ships_on")[:most])


def missed(version: FlowVersion, among: Collection[int] | None = None) -> "QuerySet[Any]":
    """Moments since the version was published for which the flow's entry holds, and that it was not asked about.

    `among`: of these rows alone, by number.
    """
    flow = version.flow
    source, now = SOURCES[Trigger(flow.trigger)], timezone.now()
    key = Concat(Value(source.key), Cast(OuterRef(source.number), CharField()))
    path = f"{source.subscription}__" if source.subscription else ""
    of = Subject(
        subscriber=OuterRef(f"{path}subscriber"),
        subscription=OuterRef(source.subscription or "pk"),
        box=OuterRef(source.box) if source.box else None,
        category=flow.category,
    )
    rows = source.rows(flow, max(version.published_at or now, now - NEWS))
    if among is not None:
        rows = rows.filter(pk__in=among)
    live = Run.objects.filter(subscriber=OuterRef(f"{path}subscriber"), status__in=LIVE_RUN)
    if flow.kind == FlowKind.OUTREACH:
        under_way = live.filter(flow=flow)
    else:
        under_way = live.filter(is_recovery=True, flow__rank__lte=flow.rank)
    return rows.filter(
        every(flow.entry, of),
        ~Exists(Run.objects.filter(flow=flow, trigger_key=key).exclude(exit_reason__in=TAKEN_BACK)),
        ~Exists(EntryRefusal.objects.filter(flow=flow, trigger_key=key)),
        ~Exists(under_way),
    ).order_by("pk")


def _try(flow: Flow, row: Any) -> int:
    subscription, box = _about(row)
    try:
        with transaction.atomic():
            key = f"{SOURCES[Trigger(flow.trigger)].key}{row.pk}"
            return len(enter(flow, subscription.subscriber, key=key, subscription=subscription, box=box))
    except Exception:  # logged, and tried again by the next sweep
        logger.exception("Flow %s could not begin for %r", flow.pk, row)
        return 0
