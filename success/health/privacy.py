"""What milestones and health know about people, and what is left of it; registered by `success.privacy`."""

from subscribers.privacy.registry import Table
from success.models import (
    Engagement,
    Health,
    HealthEvent,
    HealthScale,
    HealthWeight,
    Milestone,
    MilestoneEvent,
    MilestoneProgress,
    Stale,
)

IMPERSONAL = (HealthScale, HealthWeight, Milestone)
TABLES = (
    Table(Stale, lambda scope: scope.of("subscriber"), is_deleted=True, is_exported=False),
    Table(HealthEvent, lambda scope: scope.of("subscriber"), empties=("reasons",)),
    Table(Health, lambda scope: scope.of("subscriber"), empties=("signals",), keeps=("told_key",)),
    Table(MilestoneEvent, lambda scope: scope.of("progress__subscriber"), keeps=("evidence",)),
    Table(MilestoneProgress, lambda scope: scope.of("subscriber"), keeps=("evidence",)),
    Table(Engagement, lambda scope: scope.of("subscriber"), numbers=("source_key",), keeps=("subject",)),
)
