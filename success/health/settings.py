"""What weighs how much in each store: its own rows, else the shared ones, else what ships."""

from collections.abc import Iterable

from django.db.models import Q

from subscribers.models import Store
from success.health.enums import SignalKind
from success.health.score import Scale, Weight, Weights
from success.models import HealthScale, HealthWeight

# Defaults to calibrate, not truths: (points, half-life in days, counted at most).
STARTER_WEIGHTS: dict[SignalKind, tuple[int, int | None, int]] = {
    SignalKind.MILESTONE_ACHIEVED: (5, None, 3),
    SignalKind.RENEWED: (3, 180, 4),
    SignalKind.TENURE: (2, None, 4),
    SignalKind.ENGAGED: (4, 90, 2),
    SignalKind.MILESTONE_BEHIND: (10, None, 2),
    SignalKind.MILESTONE_STUCK: (20, None, 1),
    SignalKind.SKIPPED: (20, 60, 1),
    SignalKind.SKIPPED_TWICE: (20, 60, 1),
    SignalKind.PAUSED: (15, None, 1),
    SignalKind.PAYMENT_FAILED: (30, None, 1),
    SignalKind.COMPLAINT_OPEN: (25, None, 2),
    SignalKind.DAMAGED_BOX: (30, 45, 2),
    SignalKind.SLA_BREACHED: (12, 30, 3),
    SignalKind.REOPENED: (12, 30, 2),
    SignalKind.LOW_SATISFACTION: (35, 60, 2),
    SignalKind.CYCLE_ONE_TICKET: (15, 45, 1),
    SignalKind.SLOW_RESOLUTION: (10, 30, 2),
    SignalKind.BOX_LATE: (20, 30, 2),
    SignalKind.CANCELLATION_STARTED: (55, 45, 1),
}


def install_health() -> None:
    """Add the shared weights and the scale where they are missing; those that are there stay as somebody set them."""
    HealthScale.objects.get_or_create(store=None)
    there = set(HealthWeight.objects.filter(store=None).values_list("kind", flat=True))
    HealthWeight.objects.bulk_create(
        HealthWeight(kind=kind, points=points, half_life_days=half_life, most=most)
        for kind, (points, half_life, most) in STARTER_WEIGHTS.items()
        if kind not in there
    )


def weight_of(row: HealthWeight) -> Weight:
    return Weight(row.points, row.half_life_days, row.most)


def scale_of(row: HealthScale) -> Scale:
    return Scale(*(getattr(row, name) for name in Scale._fields))


def weights_of(stores: Iterable[int]) -> dict[int, Weights]:
    """By store; what is switched off, or worth nothing, is not there. One statement."""
    wanted = sorted(set(stores))
    shipped = {str(kind): Weight(*given) for kind, given in STARTER_WEIGHTS.items()}
    rows = list(HealthWeight.objects.filter(Q(store__in=wanted) | Q(store=None)))
    found: dict[int, Weights] = {}
    for store in wanted:
        weights: dict[str, Weight | None] = {**shipped}
        for own in (False, True):
            for row in rows:
                if row.store_id == (store if own else None):
                    weights[row.kind] = weight_of(row) if row.is_active else None
        found[store] = {kind: weight for kind, weight in weights.items() if weight is not None}
    return found


def scales_of(stores: Iterable[int]) -> dict[int, Scale]:
    """By store. One statement."""
    wanted = sorted(set(stores))
    rows = {row.store_id: row for row in HealthScale.objects.filter(Q(store__in=wanted) | Q(store=None))}
    shared = rows.get(None) or HealthScale()
    return {store: scale_of(rows.get(store) or shared) for store in wanted}


def settings_of(store: Store) -> tuple[Weights, Scale]:
    return weights_of([store.pk])[store.pk], scales_of([store.pk])[store.pk]
