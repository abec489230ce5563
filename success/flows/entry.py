"""Which fact begins which flow, and which flow gives way."""

from typing import Any

from django.utils import timezone

from subscribers.later import soon
from success.enums import LIVE_RUN, ExitReason, FactKind, FlowKind, VersionStatus
from success.flows.runs import exit_run, log_run, open_step
from success.models import Evidence, FlowVersion, Run


def begin(evidence: Evidence) -> Run | None:
    """Begin the recovery flow that answers this fact, unless a run already does. The alert is locked.

    A subscriber has at most one live recovery run: a more urgent flow (smaller rank) takes over and the other exits as
    superseded; a less urgent one is noted on the run. Safe to call again: a fact begins a flow once.
    """
    alert = evidence.alert
    version = _published(alert.store_id, evidence.kind)
    if version is None:
        return None
    key = _trigger_key(evidence)
    begun = Run.objects.filter(flow=version.flow_id, trigger_key=key).exclude(
        exit_reason__in=(ExitReason.RETRACTED, ExitReason.SUPERSEDED)
    )
    if begun.exists():
        return None
    current = (
        Run.objects.select_for_update(of=("self",), no_key=True)
        .select_related("flow")
        .filter(subscriber=alert.subscriber_id, is_recovery=True, status__in=LIVE_RUN)
        .first()
    )
    label = FactKind(evidence.kind).label
    if current is not None:
        if version.flow.rank >= current.flow.rank:
            if not current.events.filter(kind="fact_noted", data__source=evidence.source_key).exists():
                log_run(current, "fact_noted", f"Also: {label.lower()}", source=evidence.source_key)
            return None
        exit_run(current, ExitReason.SUPERSEDED, why=f"“{version.flow.name}” is more urgent and took over")
    run = _start(evidence, version, key)
    if current is not None:
        current.superseded_by = run
        current.save(update_fields=["superseded_by"])
    return run


def _published(store_id: int, kind: str) -> FlowVersion | None:
    return (
        FlowVersion.objects.select_related("flow")
        .filter(
            status=VersionStatus.PUBLISHED,
            flow__store=store_id,
            flow__kind=FlowKind.RECOVERY,
            flow__trigger=kind,
            flow__is_active=True,
        )
        .order_by("flow__rank", "flow_id")
        .first()
    )


def _trigger_key(evidence: Evidence) -> str:
    """What a flow is begun for once: the box where it is known (nobody gets two apologies for one box), the
    subscriber's first cycle, else the fact itself."""
    if evidence.kind == FactKind.DAMAGED_BOX and evidence.box_id:
        return f"box:{evidence.box_id}"
    if evidence.kind == FactKind.CYCLE_ONE_TICKET:
        return f"subscriber:{evidence.alert.subscriber_id}"
    return evidence.source_key


def _start(evidence: Evidence, version: FlowVersion, key: str) -> Run:
    now = timezone.now()
    fields: dict[str, Any] = {"ticket": evidence.ticket, "box": evidence.box, "alert": evidence.alert}
    run = Run.objects.create(
        store_id=evidence.alert.store_id,
        flow=version.flow,
        version=version,
        subscriber_id=evidence.alert.subscriber_id,
        is_recovery=version.flow.kind == FlowKind.RECOVERY,
        trigger_kind=evidence.kind,
        trigger_key=key,
        started_at=now,
        updated_at=now,
        **fields,
    )
    log_run(run, "started", f"Started by: {FactKind(evidence.kind).label.lower()}")
    first = version.steps.order_by("position").first()
    if first is not None:
        open_step(run, first, due_at=now, is_first=True)
        soon("success.tasks.sweep_runs")
    return run
