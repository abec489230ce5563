"""Customer success: alerts, flows and their runs, and every contact made or held back."""

from success.models.alerts import Alert, AlertEvent, AlertRule, Evidence
from success.models.flows import Flow, FlowStep, FlowVersion
from success.models.runs import Run, RunEvent, RunStep, Task
from success.models.touches import Touch

__all__ = [
    "Alert",
    "AlertEvent",
    "AlertRule",
    "Evidence",
    "Flow",
    "FlowStep",
    "FlowVersion",
    "Run",
    "RunEvent",
    "RunStep",
    "Task",
    "Touch",
]
