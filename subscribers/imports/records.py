"""The records of a file: rows, and with each the further lines that belong to it."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO

from subscribers.imports.columns import named
from subscribers.imports.tables import Sheet, rows_of
from subscribers.models import Import

# (number of the row, its cells, the cells of its further lines)
Record = tuple[int, list[str], list[list[str]]]
MOST_LINES = 200


def sheet_of(job: Import) -> Sheet:
    return Sheet(job.encoding, job.delimiter)


def records_of(job: Import, file: IO[bytes], *, after: int = 0) -> Iterator[Record]:
    """Behind the row `after`. Of a format whose records have several lines, those lines together."""
    together, lead = _grouping(job)
    waiting: Record | None = None
    for number, cells in rows_of(file, sheet_of(job)):
        if waiting is not None and together is not None and _continues(waiting[1], cells, together, lead):
            if len(waiting[2]) < MOST_LINES:
                waiting[2].append(cells)
            continue
        if waiting is not None and waiting[0] > after:
            yield waiting
        waiting = (number, cells, [])
    if waiting is not None and waiting[0] > after:
        yield waiting


def _grouping(job: Import) -> tuple[int | None, list[int]]:
    known = named(job.format)
    if known is None or not known.together or known.together not in job.mapping:
        return None, []
    return job.mapping.index(known.together), [job.mapping.index(name) for name in known.lead if name in job.mapping]


def _continues(first: Sequence[str], cells: Sequence[str], together: int, lead: Sequence[int]) -> bool:
    return (
        bool(lead)
        and _at(first, together) == _at(cells, together) != ""
        and not any(_at(cells, place) for place in lead)
    )


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def chunks_of(records: Iterator[Record], size: int) -> Iterator[list[Record]]:
    while chunk := list(islice(records, size)):
        yield chunk
