"""Opens a stranger's CSV or XLSX and gives its rows one by one, whatever it is: bounded in memory and time."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any

from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.lazy import grouped

# So many NULs a text may hold by some program's fault.
STRAY = 12
MOST_BYTES = 500 * 1024 * 1024
MOST_ROWS = 1_000_000
MOST_COLUMNS = 300
LONGEST_LINE = 1024 * 1024  # characters
LONGEST_CELL = 131_072  # characters, of a quoted one with many lines too
MOST_UNPACKED = 1024 * 1024 * 1024  # bytes of a whole workbook
MOST_STRINGS = 150 * 1024 * 1024  # bytes of the words that a workbook shares: these are held in memory
MOST_PARTS = 2000
SAMPLE = 256 * 1024
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
OTHERS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file: unpack it first",
    b"\xd0\xcf\x11\xe0": "an old XLS file: save it as XLSX or CSV",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
}
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class Sheet:
    """What kind of table a file holds. `encoding` and `delimiter` are empty for XLSX."""

    encoding: str = ""
    delimiter: str = ""

    @property
    def words(self) -> str:
        if not self.encoding:
            return "XLSX"
        names = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp1252": "Windows-1252"}
        return f"CSV, {names.get(self.encoding, 'UTF-16')}, with {NAMES[self.delimiter]}"


def recognise(file: IO[bytes], *, delimiter: str = "") -> Sheet:
    """Raises Refused, in words, for what is no table."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    sample = file.read(SAMPLE)
    if not sample.strip():
        raise Refused(gettext("The file is empty."), "file")
    if size > MOST_BYTES:
        raise Refused(
            gettext("The file is larger than %(most_bytes)s MB. Split it.") % {"most_bytes": MOST_BYTES // 1024**2},
            "file",
        )
    if sample[:4] == b"PK\x03\x04":
        _check_workbook(file)
        return Sheet()
    for start, words in OTHERS.items():
        if sample.startswith(start):
            raise Refused(gettext("This is %(words)s, not a CSV or XLSX file.") % {"words": words}, "file")
    encoding = _encoding(file, sample)
    decoded = codecs.getincrementaldecoder(encoding)("strict").decode(sample)
    if decoded.count("\x00") > max(STRAY, len(decoded) // 200):
        raise Refused(gettext("This is no CSV or XLSX file: it holds bytes that no text has."), "file")
    return Sheet(encoding, delimiter or _delimiter(decoded))


def _encoding(file: IO[bytes], sample: bytes) -> str:
    for mark, name in ENCODINGS.items():
        if sample.startswith(mark):
            return name if _decodes(file, name) else _refuse_encoding()
    even, odd = sample[:4096:2].count(0), sample[1:4096:2].count(0)
    pairs = len(sample[:4096]) // 2
    if pairs and max(even, odd) > pairs * 0.4 and min(even, odd) < pairs * 0.1:
        name = "utf-16-le" if odd > even else "utf-16-be"
        return name if _decodes(file, name) else _refuse_encoding()
    return next((name for name in ("utf-8", "cp1252") if _decodes(file, name)), "") or _refuse_encoding()


def _decodes(file: IO[bytes], encoding: str) -> bool:
    """Whether the whole file is of this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    file.seek(0)
    try:
        while chunk := file.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", True)
    except UnicodeError:
        return False
    return True


def _refuse_encoding() -> str:
    raise Refused(
        gettext("The letters of this file can be read neither as UTF-8 or UTF-16 nor as Windows-1252."), "file"
    )


def _delimiter(decoded: str) -> str:
    """The one that cuts the first lines into most columns, each line into as many."""
    lines = decoded.splitlines()[:30]
    if lines and (told := re.fullmatch(r"sep=(.)", lines[0].strip())) and told[1] in DELIMITERS:
        return told[1]
    best, most = ",", (0, 0.0)
    for one in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=one) if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        alike = sum(width == widths[0] for width in widths) / len(widths)
        if (score := (int(alike > 0.5), widths[0] * alike)) > most:
            best, most = one, score
    return best


def _check_workbook(file: IO[bytes]) -> None:
    """A small zip may unpack to more than any memory: its parts are weighed before one is opened."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Refused(gettext("This workbook is damaged: it cannot be unpacked."), "file") from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise Refused(gettext("This is a zip file, not a workbook (XLSX)."), "file")
    strings = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED or strings > MOST_STRINGS:
        raise Refused(gettext("This workbook unpacks to more than can be read. Save it as CSV."), "file")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(gettext("This workbook is locked by a password."), "file")


def header_of(file: IO[bytes], sheet: Sheet) -> list[str]:
    for _, cells in rows_of(file, sheet, with_header=True):
        if not any(cells):
            continue
        header = [cell[:200].strip() for cell in cells]
        while header and not header[-1]:
            header.pop()
        return header
    raise Refused(gettext("The file has no row at all."), "file")


def rows_of(file: IO[bytes], sheet: Sheet, *, with_header: bool = False) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of every row that is not empty; the number is a spreadsheet's: from 1, the header included."""
    rows = _csv_rows(file, sheet) if sheet.encoding else _xlsx_rows(file)
    is_header = not with_header
    for number, cells in rows:
        if number > MOST_ROWS + 1:
            raise Refused(
                gettext("The file has more than %(most_rows)s rows. Split it.") % {"most_rows": grouped(MOST_ROWS)},
                "file",
            )
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise Refused(
                gettext("Row %(number)s has %(cells)s columns; at most %(most_columns)s are read.")
                % {"number": number, "cells": grouped(len(cells)), "most_columns": MOST_COLUMNS},
                "file",
            )
        if not any(cells):
            continue
        if is_header:
            is_header = False
            continue
        yield number, cells


def _csv_rows(file: IO[bytes], sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    file.seek(0)
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(_Unclosed(file), encoding=sheet.encoding, newline="")  # type: ignore[type-var]
    lines = _lines(text)
    number = 0
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=sheet.delimiter), 1):
            if number == 1 and len(row) <= 2 and row and row[0].lower().startswith("sep="):
                yield number, []
                continue
            yield number, [cell.strip() for cell in row]
    except csv.Error as error:
        raise Refused(
            (
                gettext(
                    "The file cannot be read from row %(number)s on: a quotation mark is not closed, or a "
                    "cell is longer than %(longest_cell)s characters."
                )
                % {"number": number + 1, "longest_cell": grouped(LONGEST_CELL)}
            ),
            "file",
        ) from error
    except UnicodeError as error:
        raise Refused(gettext("The file has letters of another encoding."), "file") from error
    finally:
        text.detach()


class _Unclosed(io.RawIOBase):
    """The file as text reads it, without its being closed or taken over."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size)

    def read1(self, size: int = -1) -> bytes:
        return self.file.read(size if size > 0 else 65536)


def _lines(text: "io.TextIOWrapper[Any]") -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            raise Refused(
                gettext("Line %(number)s is longer than %(longest_line)s characters: this is no table.")
                % {"number": number, "longest_line": grouped(LONGEST_LINE)},
                "file",
            )
        yield line


def _xlsx_rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    import openpyxl  # it is slow to import, and few processes read workbooks

    file.seek(0)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # whatever a stranger's XML makes it raise
        raise Refused(
            gettext("This workbook cannot be read (%(name__)s).") % {"name__": type(error).__name__}, "file"
        ) from error
    try:
        sheet: Any = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise Refused(gettext("This workbook has no sheet."), "file")
        sheet.reset_dimensions()
        try:
            for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), 1):
                yield number, [_cell(value) for value in row]
        except Refused:
            raise
        except Exception as error:  # as above
            raise Refused(
                gettext("This workbook is damaged (%(name__)s).") % {"name__": type(error).__name__}, "file"
            ) from error
    finally:
        book.close()


def _cell(value: Any) -> str:
    """As text: a date of a workbook is a date, in whatever order it is shown."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(round(value, 10))
    return str(value).strip()
