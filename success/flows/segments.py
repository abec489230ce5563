"""Brings everybody of a segment into a flow: a chunk in a transaction, which holds no row of anybody else's."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.later import soon
from subscribers.models import Subscriber, Subscription
from success.enums import (
    LIVE_RUN,
    TAKEN_BACK,
    EnrolmentState,
    FlowKind,
    Trigger,
    VersionStatus,
)
from success.flows import conditions, holdout
from success.models import Enrolment, Flow, FlowVersion, Run, RunEvent, RunStep

logger = logging.getLogger(__name__)

CHUNK = 1000
EVERY = timedelta(hours=24)


def enrol(flow: Flow, *, actor: AbstractBaseUser | None = None, segment: list[Any] | None = None) -> Enrolment:
    """Have the worker bring everybody of the flow's segment (or of this one) in; the one under way, where there is.

    Raises Refused where the flow is not published, or is for nobody.
    """
    if not flow.is_active or _published(flow) is None:
        raise Refused(gettext("This flow is not published, or switched off."))
    wanted = flow.segment if segment is None else segment
    if not wanted:
        raise Refused(gettext("Say whom it is for: a segment of nobody in particular would be everybody."), "segment")
    try:
        # A savepoint: of two that ask at once, the second meets the constraint and gets the first one's.
        with transaction.atomic():
            enrolment = Enrolment.objects.create(
                store_id=flow.store_id, flow=flow, segment=wanted, requested_by_id=actor.pk if actor else None
            )
    except IntegrityError:
        return Enrolment.objects.get(flow=flow, state=EnrolmentState.RUNNING)
    soon("success.tasks.sweep_enrolments")
    return enrolment


def sweep_enrolments() -> int:
    """Go on with all that were asked for, and look once a day into segments that go on by themselves; how many came
    in."""
    recent = Enrolment.objects.filter(flow=OuterRef("pk"), requested_at__gt=timezone.now() - EVERY)
    continuing = Flow.objects.filter(
        ~Exists(recent),
        trigger=Trigger.SEGMENT,
        segment_continues=True,
        is_active=True,
        versions__status=VersionStatus.PUBLISHED,
    )
    for flow in continuing.exclude(segment=[]):
        enrol(flow)
    running = Enrolment.objects.filter(state=EnrolmentState.RUNNING).order_by("pk")
    return sum(_go_on(pk) for pk in list(running.values_list("pk", flat=True)))


def _go_on(pk: int) -> int:
    """Chunk by chunk to the end; how many came in. One that fails goes on with the next sweep, and stops no other."""
    entered = 0
    try:
        while (came := _chunk(pk)) is not None:
            entered += came
    except Exception:
        logger.exception("Enrolment %s stopped", pk)
    return entered


@transaction.atomic
def _chunk(pk: int) -> int | None:
    """The next chunk; how many came in, None where there is nothing left, or another worker is at it."""
    running = Enrolment.objects.filter(pk=pk, state=EnrolmentState.RUNNING)
    enrolment = running.select_for_update(of=("self",), skip_locked=True).select_related("flow").first()
    if enrolment is None:
        return None
    version, now = _published(enrolment.flow), timezone.now()
    people = _next(enrolment, now) if version is not None and enrolment.flow.is_active else []
    if version is None or not people:
        enrolment.state, enrolment.finished_at = EnrolmentState.DONE, now
        enrolment.save(update_fields=["state", "finished_at"])
        return None
    came = _begin(enrolment, version, people, now)
    enrolment.last_subscriber = people[-1][0]
    enrolment.entered += came
    enrolment.save(update_fields=["last_subscriber", "entered"])
    soon("success.tasks.sweep_runs")
    return came


def _next(enrolment: Enrolment, now: datetime) -> list[tuple[int, int | None]]:
    """The next people who may come in, in the order of their ids, each with what the flow will be about."""
    newest = Subscription.objects.filter(subscriber=OuterRef("pk")).order_by(
        F("ended_at").desc(nulls_first=True), "-started_at", "-pk"
    )
    people = _who_may(enrolment.flow, conditions.segment(enrolment.store_id, enrolment.segment), now)
    rows = people.filter(pk__gt=enrolment.last_subscriber).annotate(about=Subquery(newest.values("pk")[:1]))
    return list(rows.order_by("pk").values_list("pk", "about")[:CHUNK])


def who_may(flow: Flow, segment: list[Any], now: datetime) -> "QuerySet[Subscriber]":
    """Whoever of a segment would come in now."""
    return _who_may(flow, conditions.segment(flow.store_id, segment), now)


def _who_may(flow: Flow, people: "QuerySet[Subscriber]", now: datetime) -> "QuerySet[Subscriber]":
    """Of these people whom a flow lets in again, and for whom its entry conditions hold."""
    of = conditions.Subject(subscriber=OuterRef("pk"), category=flow.category)
    runs = Run.objects.filter(flow=flow, subscriber=OuterRef("pk")).exclude(exit_reason__in=TAKEN_BACK)
    people = people.filter(conditions.every(flow.entry, of)).exclude(Exists(runs.filter(status__in=LIVE_RUN)))
    if flow.reenter_after is not None:
        people = people.exclude(Exists(runs.filter(started_at__gt=now - flow.reenter_after)))
    elif flow.kind == FlowKind.OUTREACH:
        people = people.exclude(Exists(runs))
    if flow.most_entries is not None:
        counted = runs.order_by().values("subscriber").annotate(n=Count("pk")).values("n")
        people = people.annotate(entries=Subquery(counted)).filter(Q(entries=None) | Q(entries__lt=flow.most_entries))
    return people


def _begin(enrolment: Enrolment, version: FlowVersion, people: list[tuple[int, int | None]], now: datetime) -> int:
    """Runs for all of them, but for those whom a constraint keeps out: somebody else brought them in meanwhile."""
    flow = enrolment.flow
    arms = holdout.draw(flow, [pk for pk, _ in people])
    runs = [
        Run(
            store_id=flow.store_id,
            flow=flow,
            version=version,
            subscriber_id=pk,
            subscription_id=about,
            is_recovery=flow.kind == FlowKind.RECOVERY,
            arm=arms[pk][0],
            holdout_share=arms[pk][1],
            trigger_kind=Trigger.SEGMENT,
            trigger_key=f"segment:{enrolment.pk}:{pk}",
            started_at=now,
            updated_at=now,
        )
        for pk, about in people
    ]
    Run.objects.bulk_create(runs, ignore_conflicts=True)
    # Those that are there now: the insert does not say which came in.
    keys = [run.trigger_key for run in runs]
    there = Run.objects.filter(flow=flow, trigger_key__in=keys, steps=None).exclude(exit_reason__in=TAKEN_BACK)
    begun = list(there.values_list("pk", flat=True))
    first = version.steps.order_by("position").first()
    if first is not None:
        RunStep.objects.bulk_create(RunStep(run_id=pk, step=first, sequence=1, due_at=now) for pk in begun)
    RunEvent.objects.bulk_create(
        RunEvent(run_id=pk, kind="started", text="Started by: in a segment", occurred_at=now) for pk in begun
    )
    return len(begun)


def _published(flow: Flow) -> FlowVersion | None:
    return flow.versions.filter(status=VersionStatus.PUBLISHED).first()
