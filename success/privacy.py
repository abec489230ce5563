"""What customer success knows about people, and what is left of it when one is forgotten."""

from typing import Any

from subscribers.privacy.registry import Part, Scope, Table
from success.enums import LIVE_ALERT, AlertEventKind, AlertOutcome, ExitReason
from success.flows.runs import exit_runs
from success.flows.webhooks import give_up
from success.health import privacy as health
from success.models import (
    Alert,
    AlertEvent,
    AlertRule,
    Cause,
    CauseAnswer,
    CauseAnswerItem,
    CauseEvent,
    CauseLook,
    CauseTicket,
    ContactCap,
    ContactPolicy,
    DailyFigure,
    DayMark,
    Deed,
    DeedItem,
    DryRun,
    Duty,
    Enrolment,
    EntryRefusal,
    Evidence,
    Flow,
    FlowEvent,
    FlowOffer,
    FlowOfferEvent,
    FlowStep,
    FlowVersion,
    HeldFact,
    MeasureMark,
    Measurement,
    Nudge,
    OutgoingWebhook,
    Portfolio,
    Run,
    RunEvent,
    RunStep,
    SplitNote,
    Study,
    StudyPlan,
    Task,
    Touch,
    WebhookSecret,
)
from success.services.alerts import close_alert

# Of these, from and to are words of ours or colleagues.
PLAIN_EVENTS = frozenset(
    (
        AlertEventKind.OPENED,
        AlertEventKind.EVIDENCE_ADDED,
        AlertEventKind.ASSIGNED,
        AlertEventKind.STARTED,
        AlertEventKind.WOKEN,
        AlertEventKind.CLOSED,
        AlertEventKind.UNDONE,
        AlertEventKind.HANDED_OVER,
    )
)


def _keeps_plain(column: str) -> Any:
    return lambda row, scope: getattr(row, column) if row.kind in PLAIN_EVENTS else ""


def stop(scope: Scope) -> None:
    """Nobody is asked to act for them any more, and no flow accompanies them."""
    exit_runs(Run.objects.filter(scope.of("subscriber")), ExitReason.INELIGIBLE, why="The person was forgotten")
    give_up(OutgoingWebhook.objects.filter(scope.of("subscriber")), "The person was forgotten")
    for alert in Alert.objects.filter(scope.of("subscriber"), status__in=LIVE_ALERT).order_by("pk"):
        close_alert(alert, actor=None, outcome=AlertOutcome.NO_ACTION)


PART = Part(
    app="success",
    stops=stop,
    impersonal=(
        AlertRule,
        Cause,
        CauseAnswer,
        CauseEvent,
        CauseLook,
        ContactCap,
        ContactPolicy,
        DailyFigure,
        DayMark,
        Deed,
        DryRun,
        Duty,
        Enrolment,
        Flow,
        FlowEvent,
        FlowStep,
        FlowVersion,
        MeasureMark,
        Portfolio,
        SplitNote,
        Study,
        StudyPlan,
        WebhookSecret,
        *health.IMPERSONAL,
    ),
    tables=(
        *health.TABLES,
        Table(Nudge, lambda scope: scope.of("subscriber"), is_deleted=True, is_exported=False),
        Table(
            OutgoingWebhook,
            lambda scope: scope.of("subscriber"),
            empties=("body", "error"),
            keeps=("key", "url", "secret"),
        ),
        Table(FlowOfferEvent, lambda scope: scope.of("offer__subscriber"), empties=("text",)),
        Table(FlowOffer, lambda scope: scope.of("subscriber"), empties=("shown", "error"), keeps=("key", "params")),
        Table(EntryRefusal, lambda scope: scope.of("subscriber"), keeps=("trigger_key", "reason")),
        Table(Touch, lambda scope: scope.of("subscriber"), keeps=("key", "reason")),
        Table(
            Task,
            lambda scope: scope.of("run_step__run__subscriber"),
            empties=("instructions", "result"),
            sets={"title": "Erased"},
        ),
        Table(RunEvent, lambda scope: scope.of("run__subscriber"), empties=("text", "data"), keeps=("kind",)),
        Table(RunStep, lambda scope: scope.of("run__subscriber"), empties=("error", "result")),
        Table(Run, lambda scope: scope.of("subscriber"), keeps=("outcome", "trigger_key")),
        Table(
            AlertEvent,
            lambda scope: scope.of("alert__subscriber"),
            empties=("data",),
            reduces={"from_value": _keeps_plain("from_value"), "to_value": _keeps_plain("to_value")},
        ),
        Table(DeedItem, lambda scope: scope.of("alert__subscriber"), empties=("before",), is_exported=False),
        Table(
            Measurement,
            lambda scope: scope.of("ticket__subscriber") | scope.of("subscription__subscriber"),
            keeps=("metric",),
            is_exported=False,
        ),
        Table(CauseAnswerItem, lambda scope: scope.of("ticket__subscriber"), empties=("why",), is_exported=False),
        Table(CauseTicket, lambda scope: scope.of("ticket__subscriber"), is_exported=False),
        Table(HeldFact, lambda scope: scope.of("subscriber"), is_deleted=True, is_exported=False),
        Table(Evidence, lambda scope: scope.of("subscriber"), empties=("data",), keeps=("source_key", "settled")),
        Table(Alert, lambda scope: scope.of("subscriber"), empties=("snooze_reason",), keeps=("about", "title")),
    ),
)
