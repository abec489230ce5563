"""Asks a store's history again, keeps what was found, and says so once where a flow harms.

Imported by tasks and tests alone: the estimators take half a second and 100 MB to load.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.models import Store
from success.enums import FactKind, StudyKind
from success.evidence.facts import histories, people_of_flows
from success.evidence.flow_effect import effect_of
from success.evidence.hazards import hazards_of
from success.evidence.landmark import landmark_of
from success.evidence.prediction import prediction_of
from success.evidence.results import FlowEffect, ServiceFindings, to_json
from success.models import Flow, Study, StudyPlan
from success.services.facts import NewFact, record

METHOD = "1"
AT_NIGHT = 3  # o'clock, in the store's time zone
AGAIN_AFTER = timedelta(minutes=10)
log = logging.getLogger(__name__)


def sweep(now: datetime | None = None) -> int:
    """Study the stores that are due, each in a transaction of its own; how many there were."""
    now, done = now or timezone.now(), 0
    there = StudyPlan.objects.values("store")
    StudyPlan.objects.bulk_create(
        (StudyPlan(store=store, due_at=now) for store in Store.objects.exclude(pk__in=there)), ignore_conflicts=True
    )
    while _next(now):
        done += 1
    return done


@transaction.atomic
def _next(now: datetime) -> bool:
    due = StudyPlan.objects.select_for_update(skip_locked=True, of=("self",)).select_related("store")
    plan = due.filter(due_at__lte=now).order_by("due_at", "pk").first()
    if plan is None:
        return False
    try:
        with transaction.atomic():
            study(plan.store, now)
    except Exception as error:
        log.exception("The history of store %s could not be studied", plan.store_id)
        plan.attempts = min(plan.attempts + 1, 100)
        plan.error, plan.due_at = repr(error)[:1000], now + AGAIN_AFTER * min(plan.attempts, 12)
    else:
        plan.attempts, plan.error, plan.due_at = 0, "", tonight(plan.store, now)
    plan.save(update_fields=["attempts", "error", "due_at"])
    return True


def tonight(store: Store, now: datetime) -> datetime:
    """The next time that it is night there."""
    local = now.astimezone(ZoneInfo(store.time_zone))
    night = local.replace(hour=AT_NIGHT, minute=0, second=0, microsecond=0)
    return night if night > local else night + timedelta(days=1)


def study(store: Store, until: datetime) -> list[Study]:
    """Service, then every flow that holds people out; harm is told."""
    made = [_kept(store, until, StudyKind.SERVICE, service_findings(store, until))]
    flows = Flow.objects.in_bulk(Flow.objects.filter(store=store).values_list("pk", flat=True))
    for pk, people in list(people_of_flows(store, until)):
        effect = effect_of(people)
        made.append(_kept(store, until, StudyKind.FLOW, effect, flows[pk]))
        if effect.harms:
            tell_harm(flows[pk], effect, until)
    return made


def _kept(store: Store, until: datetime, kind: StudyKind, found: Any, flow: Flow | None = None) -> Study:
    return Study.objects.create(
        store=store, kind=kind, flow=flow, method=METHOD, data_until=until, found=to_json(found)
    )


def service_findings(store: Store, until: datetime) -> ServiceFindings:
    read = histories(store, until)
    return ServiceFindings(
        subscriptions=len(read.frame),
        all_subscriptions=read.all_of_them,
        since=read.since.astimezone(ZoneInfo(store.time_zone)).date().isoformat(),
        hazards=hazards_of(read.frame),
        landmark=landmark_of(read.frame),
        prediction=prediction_of(read.frame),
    )


def tell_harm(flow: Flow, effect: FlowEffect, now: datetime) -> None:
    """One alert of the store about the flow, once: told again after it was closed, it opens nothing."""
    worst = next(one for one in effect.arms if one.always and one.always.high < 0)
    assert worst.always is not None  # noqa: S101  for the type checker: it was asked for
    points = {name: round(100 * value, 1) for name, value in to_json(worst.always).items()}
    record(
        NewFact(
            flow.store_id,
            None,
            FactKind.FLOW_HARMS,
            f"flow:{flow.pk}",
            now,
            data={"flow": flow.pk, "name": flow.name, "days": worst.days, **points},
            about=f"flow:{flow.pk}",
            title=gettext("People leave because of the flow “%(flow)s”") % {"flow": flow.name},
        )
    )
