"""When a calendar is open in one UTC year, as a table that answers by bisection.

A table is built once a year and calendar (about 0.3 ms) and then answers in about a microsecond. All
instants and amounts are whole microseconds since 1970-01-01 UTC, so that no arithmetic rounds.

Open means: the clock on the wall shows a time inside a window. So an hour that a zone skips is no business
time, an hour that it repeats counts twice, and a 25-hour day has 25 hours.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2500
SECOND = 1_000_000
DAY_SECONDS = 86_400

Window = tuple[int, int]  # seconds from local midnight of the day that it opens on; may pass midnight
Span = tuple[int, int]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_PROBE = 12 * 3600  # no zone has changed its offset twice within half a day


class YearTable:
    """The open spans of one year: sorted, apart from each other, with the open time before each."""

    __slots__ = ("before", "ends", "starts", "total")

    def __init__(self, spans: Iterable[Span]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.before: list[int] = []
        self.total = 0
        for start, end in spans:
            self.starts.append(start * SECOND)
            self.ends.append(end * SECOND)
            self.before.append(self.total)
            self.total += (end - start) * SECOND

    def is_open(self, at: int) -> bool:
        index = bisect_right(self.starts, at) - 1
        return index >= 0 and at < self.ends[index]

    def elapsed(self, at: int) -> int:
        """Open microseconds of this year before `at`."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def within(self, low: int, high: int) -> Iterator[Span]:
        """The open spans between two instants, clipped to them."""
        for index in range(bisect_right(self.ends, low), bisect_left(self.starts, high)):
            yield max(low, self.starts[index]), min(high, self.ends[index])

    def earliest(self, elapsed: int) -> int:
        """The first instant with so much open time before it: a closing time, never the next opening."""
        index = bisect_left(self.before, elapsed) - 1
        return self.starts[index] + elapsed - self.before[index]

    def latest(self, elapsed: int) -> int:
        """The last instant with so much open time before it: an opening, never the closing before."""
        index = bisect_right(self.before, elapsed) - 1
        return self.starts[index] + elapsed - self.before[index]


def build_year(
    tz: str, hours: tuple[tuple[Window, ...], ...], special: Mapping[int, tuple[Window, ...]], year: int
) -> YearTable:
    """The table of one UTC year. `hours` is Monday to Sunday; `special` replaces days, by date ordinal."""
    # The days around the year too: zones lie up to a day beside UTC, windows reach up to two days on.
    first, last = date(year, 1, 1).toordinal() - 4, date(year + 1, 1, 1).toordinal() + 2
    walls: list[Span] = []
    for ordinal in range(first, last):
        base = (ordinal - _EPOCH_ORDINAL) * DAY_SECONDS
        windows = special.get(ordinal)
        for opens, closes in hours[(ordinal - 1) % 7] if windows is None else windows:
            walls.append((base + opens, base + closes))
    walls = merged(walls)
    spans: list[Span] = []
    for begin, end, offset in offsets(tz, year):
        low, high = begin + offset, end + offset
        # The first wall span that ends after the stretch begins; from there until one starts behind it.
        index = bisect_right(walls, low, key=lambda span: span[1])
        while index < len(walls) and walls[index][0] < high:
            opens, closes = walls[index]
            spans.append((max(opens, low) - offset, min(closes, high) - offset))
            index += 1
    return YearTable(merged(spans))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as sorted spans that neither overlap nor touch."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            if end > result[-1][1]:
                result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


@lru_cache(maxsize=8192)
def offsets(tz: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """The stretches of a UTC year with one offset: (first second, second after the last, offset)."""
    zone = ZoneInfo(tz)

    def offset_at(second: int) -> int:
        shift = (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
        return int((shift or timedelta()).total_seconds())

    begin = (date(year, 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY_SECONDS
    end = (date(year + 1, 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY_SECONDS
    stretches: list[tuple[int, int, int]] = []
    since, current = begin, offset_at(begin)
    for probe in range(begin, end, _PROBE):
        after = min(probe + _PROBE, end - 1)
        new = offset_at(after)
        if new == current:
            continue
        low, high = probe, after  # the change lies in (low, high]
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset_at(middle) == current else (low, middle)
        stretches.append((since, high, current))
        since, current = high, new
    return (*stretches, (since, end, current))
