"""Which facts open alerts in a new installation: defaults to calibrate, not truths."""

from datetime import timedelta
from typing import Any

from success.enums import FactKind
from success.models import AlertRule

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STARTER_RULES: dict[FactKind, tuple[int, timedelta, dict[str, Any]]] = {
    # kind: (weight, due within, what else is asked)
    FactKind.CANCELLATION_STARTED: (60, 2 * HOUR, {}),
    FactKind.DAMAGED_BOX: (50, 4 * HOUR, {}),
    FactKind.LOW_SATISFACTION: (40, 8 * HOUR, {"measure": 2}),
    FactKind.PAYMENT_FAILED: (40, DAY, {}),
    FactKind.HANDED_OVER: (40, 8 * HOUR, {}),
    FactKind.RECURRING_CAUSE: (40, DAY, {}),
    FactKind.FLOW_HARMS: (60, DAY, {}),
    FactKind.SLA_BREACHED: (30, 8 * HOUR, {"at_risk": True}),
    FactKind.CYCLE_ONE_TICKET: (30, DAY, {}),
    FactKind.SKIPPED_TWICE: (30, 2 * DAY, {"measure": 2}),
    FactKind.BOX_LATE: (30, DAY, {"measure": 2}),
    FactKind.HEALTH_FALLING: (30, DAY, {}),
    FactKind.MILESTONE_BEHIND: (20, 3 * DAY, {}),
    FactKind.CARD_EXPIRING: (15, 5 * DAY, {}),
}


def install_alert_rules() -> None:
    """Add the shared rules of kinds that have none; those that are there stay as somebody set them."""
    there = set(AlertRule.objects.filter(store=None).values_list("kind", flat=True))
    AlertRule.objects.bulk_create(
        AlertRule(kind=kind, weight=weight, due_within=due_within, conditions=conditions)
        for kind, (weight, due_within, conditions) in STARTER_RULES.items()
        if kind not in there
    )
