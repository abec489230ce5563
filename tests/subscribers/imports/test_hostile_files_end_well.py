"""Files that are none, or that would cost more than they may: a clear word, and nothing half-done."""

import io
import zipfile
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from subscribers.errors import Refused
from subscribers.imports import services, tables
from subscribers.imports.values import Reading, amount, mark_of, moment, order_of
from subscribers.models import Import, Subscriber
from tests.subscribers.imports.conftest import csv_of, take, work_off


def workbook(rows):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    file.seek(0)
    return file


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", b" " * (tables.MOST_STRINGS + 1))
    return file


FILES = {
    "empty": (lambda: io.BytesIO(b""), "empty"),
    "blank": (lambda: io.BytesIO(b"\n\n  \n"), "empty"),
    "picture": (lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(500)), "picture"),
    "zip": (lambda: io.BytesIO(b"PK\x03\x04" + bytes(500)), "damaged"),
    "bomb": (bomb, "unpacks to more"),
    "binary": (lambda: io.BytesIO(bytes(range(256)) * 50), "no text|read neither"),
    "one line": (lambda: io.BytesIO(b"email" + b"x" * (tables.LONGEST_LINE + 1)), "longer than"),
    "columns": (lambda: csv_of(["email", *map(str, range(10_000))], []), "10,001 columns"),
    "strange": (lambda: csv_of(["colour", "shape"], [["red", "round"]]), "No column"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_table_is_refused_at_once(store, name):
    make, words = FILES[name]
    with pytest.raises(Refused, match=words):
        services.upload(store=store, file=make(), name="file.csv")
    assert Import.objects.count() == 0


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (b'email\r\nann@shop.example\r\n"never closed' + b"\r\nx" * 100_000, "row 3 on"),
        (b"email\nann@shop.example\n" + b"x" * (tables.LONGEST_LINE + 1), "Line 3 is longer"),
        (b"email\n", "no row"),
    ],
)
def test_what_ends_badly_takes_nothing_in(store, lines, words):
    job = work_off(services.upload(store=store, file=io.BytesIO(lines), name="file.csv"))
    assert (job.state, Subscriber.objects.count()) == ("failed", 0)
    assert words in job.error


def test_workbook_is_read_with_its_own_dates(store):
    rows = [["Email", "Since", "Phone"], ["ann@shop.example", datetime(2026, 4, 3, 12, 30), 4915112345], []]  # noqa: DTZ001  as workbooks have it
    job = take(store, workbook([*rows, ["bo@shop.example", "2026-04-03", None], ["nobody", None, None]]))
    assert (job.counts, job.encoding) == ({"new": 2, "refused": 1}, "")
    ann = Subscriber.objects.get(email="ann@shop.example")
    assert (f"{ann.created_at:%Y-%m-%d %H:%M}", ann.phone) == ("2026-04-03 10:30", "4915112345")
    assert job.rows.get(outcome="refused").number == 5


BERLIN = Reading(ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-02-03", "2026-02-02 23:00"),
        ("2026-02-03T10:00:00Z", "2026-02-03 10:00"),
        ("2026-02-03 10:00:00 -0500", "2026-02-03 15:00"),
        ("2026-02-03 10:00:00 UTC", "2026-02-03 10:00"),
        ("03.02.2026 10:00", "2026-02-03 09:00"),
        ("13/02/2026", "2026-02-12 23:00"),
        ("02/13/2026 1:30 PM", "2026-02-13 12:30"),
        ("3 Feb 2026", "2026-02-02 23:00"),
        ("February 3, 2026 at 9:05 am", "2026-02-03 08:05"),
    ],
)
def test_clear_dates_are_read(told, at):
    assert f"{moment(told, BERLIN):%Y-%m-%d %H:%M}" == at


@pytest.mark.parametrize(
    "told", ["3/4/2026", "3/4/26", "2026-13-01", "31.04.2026", "tomorrow", "46115", "1/2/0026", "٣/٤/٢٠٢٦"]
)
def test_unclear_dates_are_refused(told):
    with pytest.raises(ValueError, match="is no date"):
        moment(told, BERLIN)


def test_order_is_what_the_dates_prove():
    assert [
        order_of(told) for told in ("3/4/2026", "13/4/2026", "4/13/2026", "4/4/2026", "2026-04-03", "3.4.2026")
    ] == [
        *("", "dmy", "mdy"),
        *(None, None, None),
    ]


@pytest.mark.parametrize(
    ("told", "mark", "value"),
    [
        *[("1,234.50", "", "1234.50"), ("1.234,50", "", "1234.50"), ("12,5", "", "12.50"), ("€ 7", "", "7.00")],
        *[("1,234", ".", "1234.00"), ("1'234.50", "", "1234.50"), ("0,125", "", None), ("1,234", "", None)],
        *[("-5", "", None), ("1e9", "", None), ("12,50", ".", None), ("٣", "", None)],
    ],
)
def test_amounts_are_read(told, mark, value):
    reading = Reading(BERLIN.zone, decimal_mark=mark)
    if value is None:
        with pytest.raises(ValueError, match="“"):
            amount(told, reading)
    else:
        assert str(amount(told, reading)) == value
    assert mark_of("1,234") == ""
