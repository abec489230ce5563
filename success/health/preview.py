"""What other weights, or another scale, would make of everybody today. Nothing is stored."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from subscribers.models import Store
from success.health.enums import POOR, HealthWord
from success.health.score import Scale, Weights, counted, score
from success.health.services import stored_signals
from success.models import Health

MOST = 20_000  # people looked at; of more, that many drawn at random stand for all
SHOWN = 15


@dataclass(frozen=True)
class Move:
    """Somebody whose word would be another one."""

    subscriber_id: int
    name: str
    number: int
    word: HealthWord
    before: int
    before_word: HealthWord


@dataclass(frozen=True)
class Band:
    """How many have a word now, and would have it then."""

    word: HealthWord
    now: int
    then: int

    @property
    def change(self) -> int:
        return self.then - self.now


@dataclass(frozen=True)
class Preview:
    store: Store
    people: int
    looked_at: int
    bands: list[Band]
    joining: list[Move]  # not at risk now, but then; the lowest first
    leaving: list[Move]
    joined: int
    left: int


def preview(store: Store, weights: Weights, scale: Scale, now: datetime | None = None) -> Preview:
    """From the signals that are stored with everybody's health; three statements at most."""
    today = (now or timezone.now()).astimezone(UTC).date()
    everybody = Health.objects.filter(store=store, number__isnull=False)
    people = everybody.count()
    moves = [_move(row, weights, scale, today) for row in _drawn(everybody, people)]
    bands = [
        Band(word, sum(move.before_word == word for move in moves), sum(move.word == word for move in moves))
        for word in HealthWord
        if word != HealthWord.NONE
    ]
    joining = [move for move in moves if move.word in POOR and move.before_word not in POOR]
    leaving = [move for move in moves if move.word not in POOR and move.before_word in POOR]
    return Preview(
        store,
        people,
        len(moves),
        bands,
        sorted(joining, key=lambda move: (move.number, move.subscriber_id))[:SHOWN],
        sorted(leaving, key=lambda move: (-move.number, move.subscriber_id))[:SHOWN],
        len(joining),
        len(leaving),
    )


def _drawn(everybody: "QuerySet[Health]", people: int) -> "QuerySet[Health]":
    rows = everybody.select_related("subscriber").only(
        "number", "word", "signals", "subscriber__name", "subscriber__email"
    )
    return rows.order_by("?")[:MOST] if people > MOST else rows.order_by("pk")


def _move(row: Health, weights: Weights, scale: Scale, today: date) -> Move:
    found = score(counted(stored_signals(row), weights, today), scale)
    return Move(row.pk, str(row.subscriber), found.number, found.word, row.number or 0, HealthWord(row.word))
