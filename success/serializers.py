"""How alerts and runs look in the REST interface.

A ticket in a queue that the reader does not see is left out of both, with the words quoted from it; the views annotate
`ticket_seen`.
"""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from subscribers.serializers import ColleagueSerializer, SubscriberBriefSerializer, WordField, page_address
from success.enums import AlertPriority, FactKind, StepKind, TouchDecision
from success.models import Alert, AlertEvent, Evidence, Run, RunEvent, RunStep, Task, Touch
from success.rules.words import why

Sentences = extend_schema_field({"type": "array", "items": {"type": "string"}})
Id = extend_schema_field({"type": "integer", "nullable": True})
Anything = extend_schema_field({"type": "object", "additionalProperties": {}})
Facts = extend_schema_field({"type": "array", "items": {"type": "string", "enum": FactKind.values}})


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    label: Any = serializers.CharField(source="get_kind_display")
    ticket = serializers.SerializerMethodField(help_text="Null too where it is not for you to see.")
    data: Any = serializers.SerializerMethodField(help_text="The words or numbers that it rests on.")

    class Meta:
        model = Evidence
        fields = [
            "kind",
            "label",
            "subscriber",
            "ticket",
            "box",
            "weight",
            "data",
            "observed_at",
            "retracted_at",
            "settled",
        ]
        read_only_fields = fields

    @Id
    def get_ticket(self, evidence: Evidence) -> int | None:
        return evidence.ticket_id if evidence.ticket_seen else None  # type: ignore[attr-defined]

    @Anything
    def get_data(self, evidence: Evidence) -> Any:
        hidden = evidence.ticket_id is not None and not evidence.ticket_seen  # type: ignore[attr-defined]
        return {} if hidden else evidence.data


def _shown(alert: Alert) -> list[Evidence]:
    """As the view fetched it."""
    return alert.shown_evidence  # type: ignore[attr-defined]


class RunBriefSerializer(serializers.ModelSerializer[Run]):
    flow = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)

    class Meta:
        model = Run
        fields = ["id", "flow", "status", "outcome", "exit_reason"]
        read_only_fields = fields


class AlertSerializer(serializers.ModelSerializer[Alert]):
    url = serializers.SerializerMethodField(help_text="The page for people.")
    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    subscriber = SubscriberBriefSerializer(allow_null=True, help_text="Null: it is about many, or about a cause.")
    name: Any = serializers.CharField(help_text="Whom or what it is about.")
    why = serializers.SerializerMethodField(help_text="Its priority in words: the reasons' weights, value, urgency.")
    priority = WordField(AlertPriority)
    owner = ColleagueSerializer(allow_null=True)
    reasons = serializers.SerializerMethodField(help_text="The kinds of its standing evidence, the first seen first.")
    evidence = EvidenceSerializer(
        source="shown_evidence", many=True, help_text="Of an alert about many the first hundred."
    )
    runs = RunBriefSerializer(many=True)
    currency = serializers.CharField(source="store.currency", help_text="Of value_at_risk.")
    created_at = serializers.DateTimeField(source="opened_at")

    class Meta:
        model = Alert
        fields = [
            "id",
            "url",
            "store",
            "subscriber",
            "name",
            "about",
            "people",
            "status",
            "outcome",
            "priority",
            "score",
            "why",
            "owner",
            "reasons",
            "evidence",
            "runs",
            "value_at_risk",
            "currency",
            "due_at",
            "snoozed_until",
            "snooze_reason",
            "created_at",
            "updated_at",
            "closed_at",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, alert: Alert) -> str:
        return page_address(self.context, alert.get_absolute_url())

    @Facts
    def get_reasons(self, alert: Alert) -> list[str]:
        return list(dict.fromkeys(fact.kind for fact in _shown(alert) if fact.retracted_at is None))

    @Sentences
    def get_why(self, alert: Alert) -> list[str]:
        standing = [fact for fact in _shown(alert) if fact.retracted_at is None]
        return why(alert, standing, timezone.now())


class AlertEventSerializer(serializers.ModelSerializer[AlertEvent]):
    actor = ColleagueSerializer(allow_null=True)
    data: Any = serializers.SerializerMethodField()

    class Meta:
        model = AlertEvent
        fields = ["kind", "actor_kind", "actor", "from_value", "to_value", "data", "occurred_at"]
        read_only_fields = fields

    @Anything
    def get_data(self, event: AlertEvent) -> Any:
        return event.data


class AlertDetailSerializer(AlertSerializer):
    """An alert with all that happened to it."""

    events = AlertEventSerializer(many=True)

    class Meta(AlertSerializer.Meta):
        fields = [*AlertSerializer.Meta.fields, "events"]
        read_only_fields = fields


class TaskSerializer(serializers.ModelSerializer[Task]):
    done_by = ColleagueSerializer(allow_null=True)

    class Meta:
        model = Task
        fields = ["id", "title", "due_at", "done_at", "done_by", "result"]
        read_only_fields = fields


class RunStepSerializer(serializers.ModelSerializer[RunStep]):
    key = serializers.CharField(source="step.key")
    kind = serializers.ChoiceField(source="step.kind", choices=StepKind.choices)
    result = serializers.SerializerMethodField()
    task = TaskSerializer(default=None, allow_null=True)

    class Meta:
        model = RunStep
        fields = [
            "sequence",
            "key",
            "kind",
            "state",
            "due_at",
            "attempts",
            "error",
            "result",
            "task",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields

    @Anything
    def get_result(self, step: RunStep) -> Any:
        return step.result


class RunEventSerializer(serializers.ModelSerializer[RunEvent]):
    actor = ColleagueSerializer(allow_null=True)

    class Meta:
        model = RunEvent
        fields = ["kind", "text", "actor", "occurred_at"]
        read_only_fields = fields


class RunSerializer(serializers.ModelSerializer[Run]):
    """A run with its steps in the order in which they were done."""

    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    flow = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    flow_name = serializers.CharField(source="flow.name")
    version = serializers.IntegerField(source="version.number")
    subscriber = SubscriberBriefSerializer()
    ticket = serializers.SerializerMethodField(help_text="Null too where it is not for you to see.")
    created_at = serializers.DateTimeField(source="started_at")
    steps = RunStepSerializer(many=True)

    class Meta:
        model = Run
        fields = [
            "id",
            "store",
            "flow",
            "flow_name",
            "version",
            "subscriber",
            "is_recovery",
            "arm",
            "status",
            "exit_reason",
            "outcome",
            "trigger_kind",
            "alert",
            "ticket",
            "box",
            "superseded_by",
            "steps",
            "created_at",
            "updated_at",
            "ended_at",
        ]
        read_only_fields = fields

    @Id
    def get_ticket(self, run: Run) -> int | None:
        return run.ticket_id if run.ticket_seen else None  # type: ignore[attr-defined]


class RunDetailSerializer(RunSerializer):
    """A run with what happened to it beside its steps."""

    events = RunEventSerializer(many=True)

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "events"]
        read_only_fields = fields


class TouchSerializer(serializers.ModelSerializer[Touch]):
    """One contact, sent or held back. `run` and `flow` are null where no flow made it."""

    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    subscriber = SubscriberBriefSerializer()
    flow = serializers.CharField(source="run_step.run.flow.key", default=None, allow_null=True)
    step = serializers.CharField(source="run_step.step.key", default=None, allow_null=True)
    run = serializers.IntegerField(source="run_step.run_id", default=None, allow_null=True)
    was_sent = serializers.SerializerMethodField()

    class Meta:
        model = Touch
        fields = [
            "id",
            "store",
            "subscriber",
            "channel",
            "category",
            "decision",
            "was_sent",
            "reason",
            "flow",
            "step",
            "run",
            "occurred_at",
        ]
        read_only_fields = fields

    def get_was_sent(self, touch: Touch) -> bool:
        return touch.decision == TouchDecision.SENT
