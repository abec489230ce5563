"""Tells alerts and flows what changed: falling health, late milestones, achieved ones. From rows that say what is
owed, each in a transaction of its own: what fails is logged and owed still."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from subscribers.lazy import in_english
from success.enums import FactKind, Trigger
from success.flows.entry import enter
from success.health.enums import HealthWord
from success.milestones.enums import LATE, MilestoneState
from success.milestones.services import NEWS
from success.models import Health, MilestoneProgress
from success.services.facts import record_fact, retract_fact

logger = logging.getLogger(__name__)

AT_ONCE = 500
# By state, what stands as evidence: that it was behind stays true when it is stuck.
STANDING = {MilestoneState.BEHIND: {MilestoneState.BEHIND}, MilestoneState.STUCK: set(LATE)}


def tell_all() -> int:
    """Tell what is owed; how much was told."""
    told = 0
    for model, one in ((MilestoneProgress, tell_milestone), (Health, tell_health)):
        pks = model.objects.filter(to_tell=True).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
        told += sum(_try(one, pk) for pk in list(pks))
    return told


def _try(one: Callable[[int], bool], pk: int) -> bool:
    try:
        return one(pk)
    except Exception:  # owed still, and tried again by the next sweep
        logger.exception("Could not tell of %s %s", one.__name__, pk)
        return False


@transaction.atomic
def tell_milestone(pk: int) -> bool:
    rows = MilestoneProgress.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    row = rows.select_related("subscriber", "subscription", "milestone").filter(pk=pk, to_tell=True).first()
    if row is None:
        return False
    if row.state in LATE:
        record_fact(
            subscriber=row.subscriber,
            kind=FactKind.MILESTONE_BEHIND,
            source_key=_key(row, row.state),
            observed_at=row.since,
            data=_milestone_data(row),
        )
    if row.told_state in LATE:
        for state in set(LATE) - STANDING.get(MilestoneState(row.state), set()):
            retract_fact(kind=FactKind.MILESTONE_BEHIND, source_key=_key(row, state), actor=None)
    if row.state == MilestoneState.ACHIEVED and row.since >= timezone.now() - NEWS:
        enter(
            Trigger.MILESTONE_ACHIEVED,
            row.subscriber,
            key=f"milestone:{row.pk}",
            subscription=row.subscription,
            observed_at=row.since,
        )
    row.told_state, row.to_tell = row.state, False
    row.save(update_fields=["told_state", "to_tell"])
    return True


def _key(row: MilestoneProgress, state: str) -> str:
    return f"milestone:{row.pk}:{state}"


def _milestone_data(row: MilestoneProgress) -> dict[str, Any]:
    return {
        "milestone": row.milestone.key,
        "label": row.milestone.label,
        "state": row.state,
        "target_at": row.target_at.isoformat() if row.target_at else None,
    }


@transaction.atomic
def tell_health(pk: int) -> bool:
    rows = Health.objects.select_for_update(skip_locked=True, of=("self",), no_key=True).select_related("subscriber")
    row = rows.filter(pk=pk, to_tell=True).first()
    if row is None:
        return False
    if row.told_key and row.fell_at is None:
        retract_fact(kind=FactKind.HEALTH_FALLING, source_key=row.told_key, actor=None)
        row.told_key = ""
    elif row.fell_at is not None:
        key = f"health:{row.pk}:{int(row.fell_at.timestamp())}"
        record_fact(
            subscriber=row.subscriber,
            kind=FactKind.HEALTH_FALLING,
            source_key=key,
            observed_at=row.fell_at,
            data={
                "number": row.number,
                "from": row.fell_from,
                "word": in_english(HealthWord(row.word).label),
                "reasons": [one for one in row.signals if one[3] < 0],
            },
        )
        row.told_key = key
    row.to_tell = False
    row.save(update_fields=["told_key", "to_tell"])
    return True
