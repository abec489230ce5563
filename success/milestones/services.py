"""Writes how far subscriptions are with their milestones: the difference between what is stored and what facts say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from success.milestones.compute import Asked, Standing, standing_of
from success.milestones.definitions import definitions_of
from success.milestones.enums import LATE, MilestoneState
from success.milestones.facts import Life
from success.models import MilestoneEvent, MilestoneProgress

FIELDS = tuple(one.name for one in fields(Standing))
# What began longer ago is no news: a new definition, or a first computation, floods nobody with old failures.
NEWS = timedelta(days=7)


def bring_up_to_date(
    people: Mapping[int, Sequence[Life]], now: datetime, *, is_quiet: bool = False
) -> dict[int, list[MilestoneProgress]]:
    """Bring the rows of these people to what their facts say; the rows that are asked for, by subscriber.

    At most five statements. `is_quiet`: alerts and flows hear nothing of it. The caller holds the people's locks.
    """
    lives = [life for theirs in people.values() for life in theirs]
    asked = definitions_of(life.store_id for life in lives)
    stored: dict[tuple[int, int], MilestoneProgress] = {
        (row.subscription_id, row.milestone_id): row
        for row in MilestoneProgress.objects.filter(subscription__in=[life.pk for life in lives])
    }
    found: dict[int, list[MilestoneProgress]] = {pk: [] for pk in people}
    changed: list[tuple[MilestoneProgress, str]] = []
    for life in lives:
        for definition in asked[life.store_id]:
            if not definition.applies_to(life):
                continue
            row = stored.pop((life.pk, definition.pk), None)
            row, before, is_new = _move(row, definition, life, now)
            if is_new:
                changed.append((row, before))
            found[life.subscriber_id].append(row)
    for row in stored.values():
        if row.state != MilestoneState.WITHDRAWN:
            before = row.state
            _set(row, Standing(MilestoneState.WITHDRAWN, since=now))
            changed.append((row, before))
    _write(changed, now, is_quiet=is_quiet)
    return found


def _move(
    row: MilestoneProgress | None, asked: Asked, life: Life, now: datetime
) -> tuple[MilestoneProgress, str, bool]:
    """The row as it should be, its state before, and whether anything of it changed."""
    standing = standing_of(asked, life, now)
    if row is None:
        row = MilestoneProgress(
            milestone_id=asked.pk,
            subscription_id=life.pk,
            subscriber_id=life.subscriber_id,
            store_id=life.store_id,
        )
        _set(row, standing)
        return row, "", True
    before = row.state
    # After two people were merged, the subscription is the other one's.
    is_same = row.subscriber_id == life.subscriber_id and all(
        getattr(row, name) == getattr(standing, name) for name in FIELDS
    )
    row.subscriber_id = life.subscriber_id
    _set(row, standing)
    return row, before, not is_same


def _set(row: MilestoneProgress, standing: Standing) -> None:
    for name in FIELDS:
        setattr(row, name, getattr(standing, name))


def _write(changed: Iterable[tuple[MilestoneProgress, str]], now: datetime, *, is_quiet: bool) -> None:
    changed = list(changed)
    if not changed:
        return
    for row, _ in changed:
        row.to_tell = not is_quiet and owes_news(row, now)
        if is_quiet:
            row.told_state = row.state
    MilestoneProgress.objects.bulk_create(
        [row for row, _ in changed],
        update_conflicts=True,
        unique_fields=["subscription", "milestone"],
        update_fields=[*FIELDS, "subscriber", "told_state", "to_tell"],
    )
    MilestoneEvent.objects.bulk_create(
        MilestoneEvent(
            progress=row,
            from_state=before,
            to_state=row.state,
            evidence=row.evidence,
            occurred_at=row.since,
            recorded_at=now,
        )
        for row, before in changed
        if row.state != before
    )


def owes_news(row: MilestoneProgress, now: datetime) -> bool:
    """Whether alerts or flows must hear of it: that it is late, that it no longer is, or that it was achieved."""
    if row.state == row.told_state:
        return False
    if row.told_state in LATE and row.state not in LATE:
        return True
    return row.state in (*LATE, MilestoneState.ACHIEVED) and row.since >= now - NEWS
