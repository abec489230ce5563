"""The first look at a whole file: how many records, which columns are used, and what has to be asked."""

from collections import Counter
from collections.abc import Callable
from typing import IO, Any

from subscribers.imports import values
from subscribers.imports.columns import column_of, missing
from subscribers.imports.enums import DateOrder, DecimalMark
from subscribers.imports.records import records_of
from subscribers.models import Import

SAMPLES = 3
PULSE = 20_000  # records between two signs of life


def look(job: Import, file: IO[bytes], pulse: Callable[[], None]) -> dict[str, Any]:
    """`total`, `samples` (by column: its first values), `date_order`, `decimal_mark`, `questions` (names).

    The order of dates and the decimal mark are what the file proves; where it proves nothing, or both, and has a value
    that could be read in two ways, they are asked.
    """
    dates, amounts = _places(job)
    orders: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    samples: list[list[str]] = [[] for _ in job.header]
    total = 0
    for _, cells, more in records_of(job, file):
        total += 1
        for line in (cells, *more):
            for place in dates:
                if place < len(line) and (order := values.order_of(line[place])) is not None:
                    orders[order] += 1
            for place in amounts:
                if place < len(line) and (mark := values.mark_of(line[place])) is not None:
                    marks[mark] += 1
        if total <= 500:
            for place, cell in enumerate(cells[: len(samples)]):
                sample = cell[:60].replace("\x00", "�")  # PostgreSQL keeps no NUL
                if sample and len(samples[place]) < SAMPLES and sample not in samples[place]:
                    samples[place].append(sample)
        if total % PULSE == 0:
            pulse()
    questions = ["columns"] if missing(job.kind, job.mapping) else []
    date_order = job.date_order or _proved(orders, DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST)
    decimal_mark = job.decimal_mark or _proved(marks, DecimalMark.POINT, DecimalMark.COMMA)
    if orders[""] and not date_order:
        questions.append("date_order")
    if marks[""] and not decimal_mark:
        questions.append("decimal_mark")
    return {
        "total": total,
        "samples": samples,
        "date_order": date_order,
        "decimal_mark": decimal_mark,
        "questions": questions,
    }


def _places(job: Import) -> tuple[list[int], list[int]]:
    held = [(place, column_of(job.kind, name).read) for place, name in enumerate(job.mapping) if name]
    return (
        [place for place, read in held if read in values.DATES],
        [place for place, read in held if read is values.amount],
    )


def _proved(found: Counter[str], one: str, other: str) -> str:
    """Which of two the file proves; "" where neither, or both, are."""
    if bool(found[one]) == bool(found[other]):
        return ""
    return one if found[one] else other
