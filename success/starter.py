"""Which facts open alerts in a new installation: defaults to calibrate, not truths."""

from datetime import timedelta

from success.enums import FactKind
from success.models import AlertRule

STARTER_RULES = {
    # kind: (weight, due within)
    FactKind.DAMAGED_BOX: (50, timedelta(hours=4)),
    FactKind.CYCLE_ONE_TICKET: (30, timedelta(hours=24)),
    FactKind.HANDED_OVER: (40, timedelta(hours=8)),
}


def install_alert_rules() -> None:
    """Add the shared rules that are missing; those that are there stay as somebody set them."""
    for kind, (weight, due_within) in STARTER_RULES.items():
        AlertRule.objects.get_or_create(store=None, kind=kind, defaults={"weight": weight, "due_within": due_within})
