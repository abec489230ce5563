"""Closing times, nights, holidays and the hours that zones skip or repeat, each by name."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tickets.sla.business_time import Calendar

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
ROUND_THE_CLOCK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def at(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def calendar(hours=OFFICE, tz="UTC", **more):
    return Calendar.from_dict({"tz": tz, "hours": hours, **more})


def test_due_exactly_at_closing_time_is_due_then():
    assert calendar().add(at("2026-03-02T16:00"), 3600) == at("2026-03-02T17:00")


def test_start_exactly_at_closing_time_counts_from_the_next_opening():
    assert calendar().add(at("2026-03-02T17:00"), 60) == at("2026-03-03T09:01")


def test_adding_nothing_moves_to_the_next_open_instant():
    assert calendar().add(at("2026-03-06T17:00"), 0) == at("2026-03-09T09:00")
    assert calendar().add(at("2026-03-06T12:34"), 0) == at("2026-03-06T12:34")


def test_subtracting_nothing_moves_to_the_last_closing_time():
    assert calendar().subtract(at("2026-03-09T08:00"), 0) == at("2026-03-06T17:00")


def test_subtract_that_uses_a_whole_day_lands_on_its_opening():
    assert calendar().subtract(at("2026-03-02T17:00"), 8 * 3600) == at("2026-03-02T09:00")


def test_lunch_is_no_business_time():
    hours = {"mon": [["13:00", "17:00"], ["09:00", "12:00"]]}
    assert calendar(hours).add(at("2026-03-02T11:00"), 2 * 3600) == at("2026-03-02T14:00")
    assert not calendar(hours).is_open(at("2026-03-02T12:00"))


def test_overlapping_windows_count_once():
    hours = {"mon": [["09:00", "12:00"], ["11:00", "13:00"], ["13:00", "14:00"]]}
    assert calendar(hours).between(at("2026-03-02T00:00"), at("2026-03-03T00:00")) == 5 * 3600


@pytest.mark.parametrize("closes", ["06:00", "30:00"])
def test_a_night_shift_reaches_into_the_next_day(closes):
    night = calendar({"mon": [["22:00", closes]]})
    assert night.is_open(at("2026-03-03T05:59"))
    assert not night.is_open(at("2026-03-03T06:00"))
    assert night.add(at("2026-03-02T23:00"), 6 * 3600) == at("2026-03-03T05:00")


def test_a_holiday_leaves_the_night_shift_of_the_day_before_whole():
    night = calendar({"mon": [["22:00", "06:00"]], "tue": [["22:00", "06:00"]]}, holidays=["2026-03-03"])
    assert night.between(at("2026-03-02T00:00"), at("2026-03-05T00:00")) == 8 * 3600


def test_windows_that_meet_at_midnight_are_one():
    open_days = calendar({"mon": [["00:00", "24:00"]], "tue": [["00:00", "12:00"]]})
    assert open_days.is_open(at("2026-03-03T00:00"))
    assert open_days.add(at("2026-03-02T23:00"), 2 * 3600) == at("2026-03-03T01:00")


def test_a_holiday_is_closed_and_special_hours_on_it_are_stronger():
    closed = calendar(holidays=["2026-12-25"])
    assert closed.add(at("2026-12-24T16:59"), 120) == at("2026-12-28T09:01")
    special = calendar(holidays=["2026-12-25"], overrides={"2026-12-25": [["10:00", "11:00"]]})
    assert special.add(at("2026-12-24T16:59"), 120) == at("2026-12-25T10:01")


def test_a_day_of_25_hours_has_25_hours():
    berlin = calendar(ROUND_THE_CLOCK, "Europe/Berlin")
    begin, end = at("2026-10-25T00:00", "Europe/Berlin"), at("2026-10-26T00:00", "Europe/Berlin")
    assert berlin.between(begin, end) == 25 * 3600
    assert berlin.add(begin, 25 * 3600) == end


def test_a_day_of_23_hours_has_23_hours():
    berlin = calendar(ROUND_THE_CLOCK, "Europe/Berlin")
    begin, end = at("2026-03-29T00:00", "Europe/Berlin"), at("2026-03-30T00:00", "Europe/Berlin")
    assert berlin.between(begin, end) == 23 * 3600


def test_an_opening_in_a_skipped_hour_opens_when_the_clock_has_jumped():
    berlin = calendar({"sun": [["02:30", "10:00"]]}, "Europe/Berlin")
    assert berlin.add(at("2026-03-29T00:00"), 0) == datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 there
    assert berlin.between(at("2026-03-29T00:00"), at("2026-03-30T00:00")) == 7 * 3600


def test_a_window_inside_a_skipped_hour_is_no_time_and_in_a_repeated_hour_counts_twice():
    berlin = calendar({"sun": [["02:00", "03:00"]]}, "Europe/Berlin")
    assert berlin.between(at("2026-03-29T00:00"), at("2026-03-30T00:00")) == 0
    assert berlin.between(at("2026-10-25T00:00"), at("2026-10-26T00:00")) == 2 * 3600


def test_a_day_that_a_zone_left_out_has_no_time():
    apia = calendar(ROUND_THE_CLOCK, "Pacific/Apia")
    assert apia.between(at("2011-12-29T00:00", "Pacific/Apia"), at("2012-01-01T00:00", "Pacific/Apia")) == 2 * 86_400


def test_a_reversed_interval_is_nothing():
    assert calendar().between(at("2026-03-03T12:00"), at("2026-03-02T12:00")) == 0


def test_a_pause_that_ends_at_the_due_time_of_the_rest_and_one_outside_hours():
    start, pause = at("2026-03-02T15:00"), (at("2026-03-02T16:00"), at("2026-03-02T16:30"))
    assert calendar().add(start, 5400, [pause]) == at("2026-03-02T17:00")
    assert calendar().add(start, 3600, [pause]) == at("2026-03-02T16:00")
    night = (at("2026-03-02T18:00"), at("2026-03-03T08:00"))
    assert calendar().add(start, 3 * 3600, [night]) == at("2026-03-03T10:00")


def test_adding_nothing_during_a_pause_moves_behind_it():
    pause = (at("2026-03-02T10:00"), at("2026-03-02T11:00"))
    assert calendar().add(at("2026-03-02T10:30"), 0, [pause]) == at("2026-03-02T11:00")


def test_microseconds_are_kept():
    start = at("2026-03-06T16:59:59.999999")
    assert calendar().add(start, 0.000002) == at("2026-03-09T09:00:00.000001")


def test_years_ahead_are_exact_and_their_number_is_bounded():
    weekly = calendar({"mon": [["09:00", "10:00"]]})
    monday = at("2026-03-02T09:00")
    assert weekly.add(monday, 5000 * 3600) == monday + timedelta(weeks=4999, hours=1)
    with pytest.raises(ValueError, match=r"^That lies outside the years 1900 to 2500\.$"):
        weekly.add(monday, 10**12)
    with pytest.raises(ValueError, match=r"^That lies outside the years 1900 to 2500\.$"):
        weekly.subtract(monday, 10**12)


def test_a_calendar_open_on_one_date_only_ends():
    once = calendar({}, overrides={"2026-03-02": [["09:00", "10:00"]]})
    assert once.add(at("2026-01-01T00:00"), 1800) == at("2026-03-02T09:30")
    with pytest.raises(ValueError, match=r"^That lies outside the years 1900 to 2500\.$"):
        once.add(at("2026-03-02T10:00"), 1)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "A calendar needs open hours: this one is closed on every day."),
        ({"hours": {"mon": []}}, "A calendar needs open hours: this one is closed on every day."),
        ({"hours": OFFICE, "tz": "Mars/Base"}, "There is no time zone 'Mars/Base'."),
        ({"hours": OFFICE, "tz": "../etc/passwd"}, "There is no time zone '../etc/passwd'."),
        ({"hours": OFFICE, "tz": "Europe"}, "There is no time zone 'Europe'."),
        (
            {"hours": {"monday": []}},
            "'monday' is not a weekday; these are mon, tue, wed, thu, fri, sat, sun.",
        ),
        ({"hours": {"mon": [["9", "17:00"]]}}, "'9' is not a time of day such as 09:00."),
        ({"hours": {"mon": [["09:60", "17:00"]]}}, "'09:60' is not a time of day such as 09:00."),
        ({"hours": {"mon": [["09:00", "09:00"]]}}, "09:00–09:00 is empty; a whole day is 00:00 to 24:00."),
        ({"hours": {"mon": [["24:00", "25:00"]]}}, "'24:00': a window opens before 24:00."),
        ({"hours": {"mon": ["09:00"]}}, "'09:00' is not a pair of times such as 09:00 and 17:00."),
        ({"hours": OFFICE, "holidays": ["25.12."]}, "'25.12.' is not a date such as 2026-12-25."),
        ({"hours": OFFICE, "overrides": []}, None),
        (
            {"hours": OFFICE, "holidays": "2026"},
            "Holidays are a list of dates; overrides give hours by date.",
        ),
    ],
)
def test_a_calendar_is_refused_in_words(form, words):
    if words is None:
        assert Calendar.from_dict(form) == calendar()
        return
    with pytest.raises(ValueError) as refused:  # noqa: PT011 the words are compared whole
        Calendar.from_dict(form)
    assert str(refused.value) == words


def test_a_time_without_offset_and_a_wrong_amount_are_refused():
    with pytest.raises(ValueError, match="needs its offset"):
        calendar().is_open(datetime(2026, 3, 2, 9))  # noqa: DTZ001 that is the point
    for wrong in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not negative"):
            calendar().add(at("2026-03-02T09:00"), wrong)


def test_equal_calendars_share_their_tables():
    assert calendar() is calendar()
