"""The rows that were refused, as a CSV to mend and to import again."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from subscribers.imports.enums import Outcome
from subscribers.models import Import

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: others wrote it. Plain numbers stay as they are."""
    if cell.startswith(FORMULA) and not cell.replace(".", "", 1).replace("-", "", 1).replace("+", "", 1).isdigit():
        return f"'{cell}"
    return cell


def words(errors: list[dict[str, str]]) -> str:
    return "; ".join(f"{one['label']}: {one['words']}" if one.get("label") else one["words"] for one in errors)


class _Line:
    """What csv.writer writes to: gives each line back."""

    def write(self, line: str) -> str:
        return line


def failed_rows(job: Import) -> Iterator[str]:
    """Line by line: the file's own columns, then the row and what is wrong with it. With a BOM, for Excel."""
    writer: Any = csv.writer(_Line())
    width = len(job.header)
    yield "\ufeff" + writer.writerow([*map(harmless, job.header), "Row", "What is wrong"])
    rows = job.rows.filter(phase=job.phase, outcome=Outcome.REFUSED).order_by("number")
    for row in rows.iterator(chunk_size=500):
        cells = json.loads(row.cells) if row.cells else []
        padded = [*cells[:width], *[""] * (width - len(cells))]
        yield writer.writerow([*map(harmless, padded), row.number, harmless(words(row.errors))])
