"""What customer success counts for `/metrics`."""

from django.utils import timezone

from subscribers import gauges
from success.enums import LIVE_ALERT, LIVE_RUN, OPEN_STEP
from success.models import Alert, Run, RunStep

GAUGES = [
    gauges.Gauge(
        "helpdesk_alerts_live",
        "Alerts that ask for somebody, by status",
        lambda: gauges.by(Alert.objects.filter(status__in=LIVE_ALERT), "status"),
        label="status",
    ),
    gauges.Gauge(
        "helpdesk_runs_live",
        "People who are in a flow",
        lambda: {"": Run.objects.filter(status__in=LIVE_RUN).count()},
    ),
    *gauges.waiting(
        "helpdesk_steps_waiting",
        "Steps of flows that are due",
        lambda: RunStep.objects.filter(state__in=OPEN_STEP, due_at__lte=timezone.now()),
        "due_at",
    ),
]
