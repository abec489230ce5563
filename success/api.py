"""Alerts and runs in the REST interface: list and read."""

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from subscribers.models.stores import Viewer
from success.alert_page import MOST_FACTS
from success.filters import AlertFilter, RunFilter, TouchFilter
from success.models import Alert, AlertEvent, Evidence, Run, RunEvent, RunStep, Touch
from success.serializers import (
    AlertDetailSerializer,
    AlertSerializer,
    RunDetailSerializer,
    RunSerializer,
    TouchSerializer,
)
from tickets.models import Ticket


def ticket_seen(user: Viewer) -> Exists:
    """Whether the row's ticket is one that this person sees."""
    return Exists(Ticket.objects.visible_to(user).filter(pk=OuterRef("ticket")))


class AlertViewSet(ReadOnlyModelViewSet[Alert]):
    """Alerts of the stores that you work for, each with its evidence and its runs; one alone with its events too."""

    queryset = Alert.objects.none()
    serializer_class = AlertSerializer
    filterset_class = AlertFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[Alert]":
        user = self.request.user
        evidence = Evidence.objects.annotate(ticket_seen=ticket_seen(user)).order_by("observed_at", "pk")[:MOST_FACTS]
        runs = Run.objects.select_related("flow").order_by("started_at", "pk")
        alerts = (
            Alert.objects.visible_to(user)
            .select_related("store", "subscriber", "owner")
            .prefetch_related(Prefetch("evidence", evidence, to_attr="shown_evidence"), Prefetch("runs", runs))
        )
        if self.action == "list":
            return alerts
        events = AlertEvent.objects.select_related("actor").order_by("occurred_at", "pk")
        return alerts.prefetch_related(Prefetch("events", events))

    def get_serializer_class(self) -> Any:
        return AlertSerializer if self.action == "list" else AlertDetailSerializer


class RunViewSet(ReadOnlyModelViewSet[Run]):
    """Runs of the stores that you work for, step by step."""

    queryset = Run.objects.none()
    serializer_class = RunSerializer
    filterset_class = RunFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[Run]":
        user = self.request.user
        steps = RunStep.objects.select_related("step", "task__done_by").order_by("sequence")
        runs = (
            Run.objects.visible_to(user)
            .annotate(ticket_seen=ticket_seen(user))
            .select_related("store", "flow", "version", "subscriber")
            .prefetch_related(Prefetch("steps", steps))
        )
        if self.action == "list":
            return runs
        events = RunEvent.objects.select_related("actor").order_by("occurred_at", "pk")
        return runs.prefetch_related(Prefetch("events", events))

    def get_serializer_class(self) -> Any:
        return RunSerializer if self.action == "list" else RunDetailSerializer


class TouchViewSet(ListModelMixin, GenericViewSet[Touch]):
    """Every contact of the stores that you work for: sent, or held back and why. The latest first."""

    queryset = Touch.objects.none()
    serializer_class = TouchSerializer
    filterset_class = TouchFilter

    def get_queryset(self) -> "QuerySet[Touch]":
        rows = Touch.objects.visible_to(self.request.user)
        return rows.select_related("store", "subscriber", "run_step__run__flow", "run_step__step", "outbound_mail")
