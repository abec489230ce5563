"""Closed days from iCal, as programs write it."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from tickets.sla.closed_days import MOST_BYTES, MOST_EVENTS, Unreadable, read_closed_days

TODAY = date(2026, 3, 2)


def ical(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for number, event in enumerate(events):
        uid = [] if "UID:" in event else [f"UID:{number}"]
        lines += ["BEGIN:VEVENT", *uid, *event.split("\n"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def closed(*events):
    return [day.isoformat() for day in read_closed_days(ical(*events), today=TODAY)]


def test_event_of_days_ends_before_its_end():
    event = "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\nSUMMARY:Winter\\, closed"
    assert read_closed_days(ical(event), today=TODAY) == {date(2026, 12, day): "Winter, closed" for day in (24, 25, 26)}


def test_event_without_an_end_is_one_day_and_one_with_a_duration_that_long():
    assert closed("DTSTART;VALUE=DATE:20261224", "DTSTART;VALUE=DATE:20261230\nDURATION:P2D") == [
        "2026-12-24",
        "2026-12-30",
        "2026-12-31",
    ]


def test_meeting_is_left_out_and_midnight_to_midnight_is_a_day():
    assert closed(
        "DTSTART:20261224T090000Z\nDTEND:20261224T100000Z",
        "DTSTART;TZID=Europe/Berlin:20261228T000000\nDTEND;TZID=Europe/Berlin:20261229T000000",
    ) == ["2026-12-28"]


def test_cancelled_event_is_left_out():
    assert closed("DTSTART;VALUE=DATE:20261224\nSTATUS:CANCELLED") == []


def test_yearly_event_is_closed_from_last_year_on():
    yearly = "DTSTART;VALUE=DATE:19901225\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20281225"
    assert closed(yearly) == [f"{year}-12-25" for year in (2025, 2026, 2027, 2029, 2030, 2031, 2032)]


def test_rule_ends_on_its_last_day_whatever_the_time():
    assert closed("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;UNTIL=20271225T120000Z") == [
        "2026-12-25",
        "2027-12-25",
    ]


def test_one_time_of_a_rule_that_was_moved():
    assert closed(
        "UID:x\nDTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=2",
        "UID:x\nRECURRENCE-ID;VALUE=DATE:20271225\nDTSTART;VALUE=DATE:20271227",
    ) == ["2026-12-25", "2027-12-27"]


def test_dates_added_by_hand():
    assert closed("DTSTART;VALUE=DATE:20261225\nRDATE;VALUE=DATE:20261228,20261229") == [
        "2026-12-25",
        "2026-12-28",
        "2026-12-29",
    ]


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\n", b"BEGIN:VEVENT"])
def test_what_is_no_ical_is_refused(content):
    with pytest.raises(Unreadable, match=r"This is no iCal file\."):
        read_closed_days(content, today=TODAY)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("DTSTART;VALUE=DATE:20261301\nSUMMARY:Odd", "An event cannot be read: Odd."),
        ("SUMMARY:Timeless", "An event cannot be read: Timeless."),
        ("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=SECONDLY", "A closed day repeats within a day."),
        ("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20290101\nSUMMARY:Gap", "“Gap” is longer than a year."),
    ],
)
def test_event_that_cannot_be_read_is_named(event, words):
    with pytest.raises(Unreadable) as refused:
        read_closed_days(ical(event), today=TODAY)
    assert str(refused.value) == words


def test_too_much_is_refused():
    day = "DTSTART;VALUE=DATE:20261224"
    daily = "DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY"
    with pytest.raises(Unreadable, match="longer than 2 MB"):
        read_closed_days(b" " * (MOST_BYTES + 1), today=TODAY)
    with pytest.raises(Unreadable, match="more than 5,000 events"):
        read_closed_days(ical(*[day] * (MOST_EVENTS + 1)), today=TODAY)
    with pytest.raises(Unreadable, match="repeat too often"):
        read_closed_days(ical(daily), today=TODAY)
    with pytest.raises(Unreadable, match="more than 200 events that repeat"):
        read_closed_days(ical(*[day + "\nRRULE:FREQ=YEARLY"] * 201), today=TODAY)


@given(st.lists(st.text("BEGINDTSARVLU:;=,-0123456789\r\n", max_size=60), max_size=6))
@settings(max_examples=examples(20), deadline=None)
def test_any_file_is_read_or_refused(lines):
    with suppress(Unreadable):
        read_closed_days(ical("DTSTART;VALUE=DATE:20261224\n" + "\n".join(lines)), today=TODAY)
