"""Begins what answers many facts at once: most people are in no flow yet, and for them together few statements do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from subscribers.later import soon
from subscribers.lazy import in_english
from subscribers.live import announce
from subscribers.models import Box, Subscriber, Subscription
from success.enums import FlowKind, Trigger
from success.flows import holdout
from success.flows.entry import begin, newest_first, published, trigger_key
from success.models import EntryRefusal, Evidence, FlowStep, FlowVersion, Run, RunEvent, RunStep
from success.services.looking import insert_unless_there


@dataclass(frozen=True)
class Plain:
    """A fact of somebody who was in no flow so far, and the one flow that answers it without asking more."""

    evidence: Evidence
    version: FlowVersion
    subscription_id: int | None

    @property
    def key(self) -> tuple[int, str]:
        return self.version.flow_id, trigger_key(self.evidence)


def begin_all(evidence: Sequence[Evidence]) -> None:
    """As `begin` of each, in their order. Their alerts are locked."""
    begun = _begin_plain(_plain(evidence)) if len(evidence) > 1 else set()
    for one in evidence:
        if one.pk not in begun:
            begin(one)


def _plain(evidence: Sequence[Evidence]) -> list[Plain]:
    first: dict[int, Evidence] = {}
    for one in evidence:
        if one.subscriber_id is not None:
            first.setdefault(one.subscriber_id, one)
    answers = _answers(first.values())
    answered = [one for one in first.values() if one.pk in answers]
    about = _subscriptions(answered)
    plain = [Plain(one, answers[one.pk], about[one.pk]) for one in answered]
    people = {one.evidence.subscriber_id for one in plain if one.evidence.subscriber_id is not None}
    gone = (
        Q(redacted_at__isnull=False)
        | Q(merged_into__isnull=False)
        | Exists(Run.objects.filter(subscriber=OuterRef("pk")))
    )
    known = set(Subscriber.objects.filter(gone, pk__in=people).values_list("pk", flat=True))
    refusals = EntryRefusal.objects.filter(trigger_key__in=[key for _, key in (one.key for one in plain)])
    refused = set(refusals.values_list("flow_id", "trigger_key"))
    return [one for one in plain if one.evidence.subscriber_id not in known and one.key not in refused]


def _answers(evidence: Iterable[Evidence]) -> dict[int, FlowVersion]:
    """By evidence, the flow that answers it: where there is one alone, and whoever comes is let in."""
    versions: dict[tuple[int, str], list[FlowVersion]] = {}
    answers = {}
    for one in evidence:
        kind = one.alert.store_id, one.kind
        if kind not in versions:
            versions[kind] = published(one.alert.store_id, Trigger(one.kind))
        if len(versions[kind]) == 1 and not versions[kind][0].flow.entry:
            answers[one.pk] = versions[kind][0]
    return answers


def _subscriptions(evidence: Sequence[Evidence]) -> dict[int, int | None]:
    """What each is about: see `success.flows.entry.subscription_of`."""
    boxes = {one.box_id for one in evidence if one.box_id is not None}
    of_boxes = dict(Box.objects.filter(pk__in=boxes).values_list("pk", "cycle__subscription")) if boxes else {}
    found: dict[int, int | None] = {}
    for one in evidence:
        if one.box_id is not None:
            found[one.pk] = of_boxes.get(one.box_id)
        elif one.ticket is not None:
            found[one.pk] = one.ticket.subscription_id
    people = {one.subscriber_id for one in evidence if one.subscriber_id and found.get(one.pk) is None}
    newest = newest_first(Subscription.objects.filter(subscriber__in=people), "subscriber").distinct("subscriber")
    theirs = dict(newest.values_list("subscriber", "pk")) if people else {}
    return {one.pk: found.get(one.pk) or theirs.get(one.subscriber_id or 0) for one in evidence}


def _begin_plain(plain: Sequence[Plain]) -> set[int]:
    """The evidence that began a run. Whom somebody else brought in meanwhile is kept out by the constraints."""
    if not plain:
        return set()
    now = timezone.now()
    runs = _runs(plain)
    insert_unless_there([run for run, _ in runs])
    begun = [(run, one) for run, one in runs if run.pk is not None]
    RunEvent.objects.bulk_create(
        RunEvent(
            run=run,
            kind="started",
            text=f"Started by: {in_english(Trigger(one.evidence.kind).label).lower()}",
            data={"observed_at": one.evidence.observed_at.isoformat()},
            occurred_at=now,
        )
        for run, one in begun
    )
    steps = FlowStep.objects.filter(version__in={run.version_id for run, _ in begun})
    first = {step.version_id: step for step in steps.order_by("version", "position").distinct("version")}
    RunStep.objects.bulk_create(
        RunStep(run=run, step=first[run.version_id], sequence=1, due_at=now, created_at=now)
        for run, _ in begun
        if run.version_id in first
    )
    announce("alert", *[run.alert_id for run, _ in begun if run.alert_id is not None])
    soon("success.tasks.sweep_runs")
    return {one.evidence.pk for _, one in begun}


def _runs(plain: Sequence[Plain]) -> list[tuple[Run, Plain]]:
    now = timezone.now()
    flows = {one.version.flow_id: one.version.flow for one in plain}
    arms = {
        pk: holdout.draw(
            flow,
            [one.evidence.subscriber_id for one in plain if one.version.flow_id == pk and one.evidence.subscriber_id],
        )
        for pk, flow in flows.items()
    }
    runs = []
    for one in plain:
        evidence, flow = one.evidence, one.version.flow
        arm, share = arms[flow.pk][evidence.subscriber_id or 0]
        run = Run(
            store_id=flow.store_id,
            flow=flow,
            version=one.version,
            subscriber=evidence.subscriber,
            subscription_id=one.subscription_id,
            is_recovery=flow.kind == FlowKind.RECOVERY,
            arm=arm,
            holdout_share=share,
            trigger_kind=evidence.kind,
            trigger_key=trigger_key(evidence),
            # An alert of many people is none run's to close.
            alert_id=evidence.alert_id if evidence.alert.subscriber_id else None,
            ticket_id=evidence.ticket_id,
            box_id=evidence.box_id,
            started_at=now,
            updated_at=now,
        )
        runs.append((run, one))
    return runs
