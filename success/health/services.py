"""Computes milestones and health of many people at once and writes what changed. The only writer of `Health`."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from subscribers.live import announce
from subscribers.models import Subscriber
from success.health.enums import POOR, SEVERITY, HealthWord
from success.health.facts import Person, gather
from success.health.score import Counted, Scale, Score, Weights, counted, next_change, score, word_of
from success.health.settings import scales_of, weights_of
from success.health.signals import Signal, read
from success.milestones import facts as subscriptions
from success.milestones.services import bring_up_to_date
from success.models import Health, HealthEvent, Stale

WRITTEN = (
    "store",
    "number",
    "word",
    "success",
    "service",
    "signals",
    "computed_at",
    "changed_at",
    "due_at",
    "fell_at",
    "fell_from",
    "to_tell",
)


@dataclass(frozen=True)
class Computed:
    """What a person's facts make."""

    score: Score | None  # None: nothing runs that could be lost
    signals: list[Any]
    due_at: datetime | None


@transaction.atomic
def compute(subscribers: Collection[int], now: datetime | None = None, *, is_quiet: bool = False) -> int:
    """Bring these people's milestones and health up to date; how many.

    Some twenty-five statements, whatever their number. Who is being computed elsewhere is left to the next time.
    `is_quiet`: alerts and flows hear nothing of it.
    """
    now = now or timezone.now()
    rows = _lock(subscribers)
    if not rows:
        return 0
    # Before the facts are read: a fact that is committed from here on has a row that stays.
    Stale.objects.filter(subscriber__in=list(rows))._raw_delete(using="default")
    lives = subscriptions.gather(rows)
    milestones = bring_up_to_date(lives, now, is_quiet=is_quiet)
    weights, scales = (
        weights_of({row.store_id for row in rows.values()}),
        scales_of({row.store_id for row in rows.values()}),
    )
    computed = {
        person.pk: evaluate(person, weights[rows[person.pk].store_id], scales[rows[person.pk].store_id], now)
        for person in gather(lives, milestones, now)
    }
    _write(rows, computed, scales, now, is_quiet=is_quiet)
    return len(rows)


def _lock(subscribers: Collection[int]) -> dict[int, Health]:
    """The rows of those who are not forgotten, made where there is none, locked in order of their number."""
    stores = dict(Subscriber.objects.filter(pk__in=list(subscribers), redacted_at=None).values_list("pk", "store_id"))
    known = set(Health.objects.filter(subscriber__in=list(stores)).values_list("pk", flat=True))
    Health.objects.bulk_create(
        (Health(subscriber_id=pk, store_id=stores[pk]) for pk in sorted(stores.keys() - known)), ignore_conflicts=True
    )
    locked = Health.objects.select_for_update(skip_locked=True, no_key=True).filter(subscriber__in=list(stores))
    forgotten = Stale.objects.filter(subscriber__in=set(subscribers) - stores.keys())
    if len(stores) < len(set(subscribers)):
        forgotten.delete()
    return {row.pk: row for row in locked.order_by("pk")}


def evaluate(person: Person, weights: Weights, scale: Scale, now: datetime) -> Computed:
    if not person.is_live:
        return Computed(None, [], None)
    signals, next_at = read(person, now)
    ones = counted(signals, weights, now.astimezone(UTC).date())
    due_at = next_change(signals, weights, scale, now)
    points = {id(signal): worth for signal, worth in ones}
    stored = [[*_plain(signal), round(points.get(id(signal), 0.0), 1)] for signal in signals]
    return Computed(score(ones, scale), stored, min(due_at, next_at) if next_at else due_at)


def _plain(signal: Signal) -> list[str]:
    return [signal.kind, signal.at.isoformat(timespec="seconds"), signal.key]


def stored_signals(row: Health) -> list[Signal]:
    """The signals as they were computed from, also those that weigh nothing."""
    return [Signal(kind, datetime.fromisoformat(at), key) for kind, at, key, _ in row.signals]


def reasons_of(ones: Iterable[Counted]) -> list[Any]:
    return [[*_plain(signal), round(points, 1)] for signal, points in ones]


def _write(
    rows: Mapping[int, Health],
    computed: Mapping[int, Computed],
    scales: Mapping[int, Scale],
    now: datetime,
    *,
    is_quiet: bool,
) -> None:
    peaks = _peaks(rows, computed, scales, now)
    events, heard = [], []
    for pk, row in rows.items():
        found, scale = computed[pk], scales[row.store_id]
        number, word = (found.score.number, found.score.word) if found.score else (None, HealthWord.NONE)
        is_first = row.computed_at is None
        if not is_quiet and not is_first:
            _judge(row, number, word, scale, peaks.get(pk, 0), now)
        if (number, word) != (row.number, row.word) or is_first:
            events.append(_event(row, found, now))
            row.changed_at = now
        if row.signals != found.signals or row.word != word:
            heard.append(row.pk)
        row.number, row.word, row.signals, row.due_at, row.computed_at = number, word, found.signals, found.due_at, now
        row.success, row.service = (found.score.success, found.score.service) if found.score else (None, None)
    Health.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["subscriber"], update_fields=list(WRITTEN)
    )
    HealthEvent.objects.bulk_create(events)
    if heard and not is_quiet:
        announce("health", *heard)


def _event(row: Health, found: Computed, now: datetime) -> HealthEvent:
    result = found.score
    return HealthEvent(
        subscriber_id=row.pk,
        from_number=row.number,
        from_word="" if row.computed_at is None else row.word,
        number=result.number if result else None,
        word=result.word if result else HealthWord.NONE,
        success=result.success if result else None,
        service=result.service if result else None,
        reasons=[one for one in found.signals if one[3]],
        occurred_at=now,
    )


def _judge(row: Health, number: int | None, word: HealthWord, scale: Scale, peak: int, now: datetime) -> None:
    """Whether it fell, or what had fallen is over. `peak`: the best of the window, up to now."""
    if row.fell_at is not None:
        if number is None or _has_recovered(number, word, row.fell_from or 0, scale):
            row.fell_at, row.fell_from = None, None
            row.to_tell = bool(row.told_key)
        return
    if number is None or row.number is None:
        return
    is_worse = word in POOR and SEVERITY[word] > SEVERITY[HealthWord(row.word)]
    if is_worse or (number < row.number and peak - number >= scale.fall_points):
        row.fell_at, row.fell_from, row.to_tell = now, max(peak, row.number), True


def _has_recovered(number: int, word: HealthWord, fell_from: int, scale: Scale) -> bool:
    """In the word of before again, or a better one, and at least half-way back."""
    before = word_of(fell_from, scale)
    is_as_good = SEVERITY[word] <= SEVERITY[before] or (word not in POOR and before not in POOR)
    return is_as_good and number >= fell_from - scale.fall_points // 2


def _peaks(
    rows: Mapping[int, Health], computed: Mapping[int, Computed], scales: Mapping[int, Scale], now: datetime
) -> dict[int, int]:
    """The best number within the window, of those whose number is lower now. One statement, where there are any."""
    peaks = {}
    for pk, row in rows.items():
        result = computed[pk].score
        if result and row.number is not None and result.number < row.number:
            peaks[pk] = row.number
    if not peaks:
        return {}
    longest = max(scale.fall_days for scale in scales.values())
    events = HealthEvent.objects.filter(
        subscriber__in=list(peaks), occurred_at__gte=now - timedelta(days=longest), from_number__isnull=False
    )
    for pk, number, at in events.values_list("subscriber_id", "from_number", "occurred_at"):
        if number is not None and at >= now - timedelta(days=scales[rows[pk].store_id].fall_days):
            peaks[pk] = max(peaks[pk], number)
    return peaks
