"""Rows of alerts and runs. Mails and notes of flows go into their tickets first."""

from decimal import Decimal

from helpdesk.demo.alerts import Watch
from helpdesk.demo.runs import Journey, Walked
from helpdesk.demo.world import Setting
from helpdesk.demo.writer import Writer
from subscribers.enums import Actor, Channel
from success.enums import AlertStatus, Arm, StepKind, TouchDecision
from success.models import Alert, AlertEvent, Evidence, Run, RunEvent, RunStep, Task, Touch
from success.services.alerts import priority_of


def speak(watches: list[Watch]) -> None:
    """Put what the runs' steps said into their tickets, before those are written."""
    for watch in watches:
        for journey in watch.journeys:
            for walked in journey.steps:
                if not walked.text or walked.finished_at is None:
                    continue
                if walked.step.kind == StepKind.MAIL:
                    walked.said = journey.thread.system_mail(walked.finished_at, walked.text)
                elif walked.step.kind == StepKind.NOTE:
                    journey.thread.note(walked.finished_at, None, walked.text)


def write_alerts(setting: Setting, writer: Writer, watches: list[Watch]) -> None:
    for watch in watches:
        _write_alert(setting, writer, watch)
        journeys = watch.journeys
        for journey in journeys:
            journey.pk = writer.table(Run).next_id()
        for journey in journeys:
            _write_run(setting, writer, watch, journey)


def _write_alert(setting: Setting, writer: Writer, watch: Watch) -> None:
    score = sum(fact.weight for fact in watch.facts if not fact.retracted_at)
    watch.pk = writer.add(
        Alert,
        store_id=setting.store.pk,
        subscriber_id=watch.person.pk,
        status=watch.status,
        outcome=watch.outcome,
        priority=priority_of(score),
        score=score,
        owner_id=watch.owner.pk if watch.is_taken else None,
        value_at_risk=Decimal(str(watch.value)).quantize(Decimal("0.01")),
        opened_at=watch.opened_at,
        updated_at=max(change.at for change in watch.changes),
        due_at=watch.due_at,
        snoozed_until=watch.snoozed_until if watch.status == AlertStatus.SNOOZED else None,
        snooze_reason=watch.snooze_reason,
        closed_at=watch.closed_at,
    )
    for fact in watch.facts:
        writer.add(
            Evidence,
            alert_id=watch.pk,
            kind=fact.kind,
            subscriber_id=watch.person.pk,
            source_key=fact.key,
            weight=fact.weight,
            ticket_id=fact.thread.pk if fact.thread else None,
            box_id=fact.parcel.pk if fact.parcel else None,
            data=fact.data,
            observed_at=fact.at,
            created_at=fact.at,
            retracted_at=fact.retracted_at,
            settled=fact.settled,
        )
    for change in sorted(watch.changes, key=lambda one: one.at):
        writer.add(
            AlertEvent,
            alert_id=watch.pk,
            kind=change.kind,
            actor_kind=Actor.AGENT if change.by else Actor.SYSTEM,
            actor_id=change.by.pk if change.by else None,
            from_value=str(change.before),
            to_value=str(change.after),
            data=change.data,
            occurred_at=change.at,
        )


def _write_run(setting: Setting, writer: Writer, watch: Watch, journey: Journey) -> None:
    times = [journey.started_at, *(one.at for one in journey.told), *(one.created_at for one in journey.steps)]
    writer.add(
        Run,
        id=journey.pk,
        store_id=setting.store.pk,
        flow_id=journey.book.flow.pk,
        version_id=journey.book.version.pk,
        subscriber_id=watch.person.pk,
        is_recovery=True,
        arm=Arm.TREATED,
        status=journey.status,
        exit_reason=journey.exit_reason,
        outcome=journey.outcome,
        trigger_kind=journey.kind,
        trigger_key=journey.key,
        alert_id=watch.pk,
        ticket_id=journey.thread.pk,
        box_id=journey.parcel.pk if journey.parcel else None,
        superseded_by_id=journey.superseded_by.pk if journey.superseded_by else None,
        started_at=journey.started_at,
        updated_at=journey.ended_at or max(times),
        ended_at=journey.ended_at,
    )
    for told in sorted(journey.told, key=lambda one: one.at):
        writer.add(
            RunEvent,
            run_id=journey.pk,
            kind=told.kind,
            text=told.text,
            actor_id=told.by.pk if told.by else None,
            data=told.data,
            occurred_at=told.at,
        )
    for number, walked in enumerate(journey.steps, 1):
        _write_step(setting, writer, watch, journey, number, walked)


def _write_step(setting: Setting, writer: Writer, watch: Watch, journey: Journey, number: int, walked: Walked) -> None:
    pk = writer.add(
        RunStep,
        run_id=journey.pk,
        step_id=walked.step.pk,
        sequence=number,
        state=walked.state,
        due_at=None if walked.finished_at else walked.due_at,
        attempts=walked.attempts,
        error=walked.error,
        result=walked.result,
        created_at=walked.created_at,
        finished_at=walked.finished_at,
    )
    if walked.title:
        skipped = walked.done_at is not None and walked.done_by is None
        writer.add(
            Task,
            run_step_id=pk,
            alert_id=watch.pk,
            title=walked.title,
            instructions=walked.instructions,
            due_at=walked.task_due_at,
            created_at=walked.created_at,
            done_at=walked.done_at,
            done_by_id=walked.done_by.pk if walked.done_by else None,
            result="skipped" if skipped else "done" if walked.done_at else "",
        )
    if walked.said is not None:
        writer.add(
            Touch,
            store_id=setting.store.pk,
            subscriber_id=watch.person.pk,
            run_step_id=pk,
            outbound_mail_id=walked.said.outbound_pk,
            key=f"flow:{journey.book.flow.pk}:{journey.key}:{walked.step.key}",
            channel=Channel.MAIL,
            category=journey.book.flow.category,
            decision=TouchDecision.SENT,
            occurred_at=walked.finished_at,
        )
