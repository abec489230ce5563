"""The ledger of a promise in words, as a person reads it. Monday 2 March 2026; Berlin is an hour ahead of UTC."""

from datetime import timedelta

import pytest

from tests.factories.sla import HOUR, at
from tests.tickets.sla.stories import NEW_YORK, Story


def test_pause_and_night_are_told_in_order():
    story = Story(at("15:40"), seconds=4 * HOUR)
    story.pause(at("09:05", day=1))
    story.resume(at("13:00", day=1))
    assert story.words(at("13:30", day=1)) == [
        "Mon 16:40 Started with 4 h of business time (Support hours, Europe/Berlin) · the ticket was opened",
        "Mon 18:00 Closed overnight, 18:00–09:00",
        "Tue 10:05 Paused, waiting for the customer · 2 h 25 min used",
        "Tue 14:00 Running again · the customer wrote; 2 h 25 min used",
        "Tue 14:30 Now: 2 h 55 min used, 1 h 5 min left · running",
        "Tue 15:35 Due",
    ]


def test_weekend_ahead_is_told_once():
    story = Story(at("15:00", day=4), seconds=3 * HOUR)
    assert story.words(at("19:00", day=4))[1:] == [
        "Fri 18:00 Closed over the weekend, until Mon 09:00",
        "Fri 20:00 Now: 2 h used, 1 h left · running",
        "Mon 10:00 Due",
    ]


def test_times_are_the_readers_and_the_zone_of_the_hours_is_named():
    story = Story(at("15:40"), seconds=HOUR)
    assert story.words(at("15:50"), NEW_YORK) == [
        "Mon 10:40 Started with 1 h of business time (Support hours, Europe/Berlin) · the ticket was opened",
        "Mon 10:50 Now: 10 min used, 50 min left · running",
        "Mon 11:40 Due",
    ]
    told = story.explain(at("15:50"), NEW_YORK)
    assert told.zone_note == "Open hours are kept in Europe/Berlin; times here are in America/New_York."
    assert story.explain(at("15:50")).zone_note == ""


def test_calendar_time_knows_no_closed_hours():
    story = Story(at("15:40"), seconds=24 * HOUR, in_business_time=False)
    assert story.words(at("16:40")) == [
        "Mon 16:40 Started with 24 h of calendar time · the ticket was opened",
        "Mon 17:40 Now: 1 h used, 23 h left · running",
        "Tue 16:40 Due",
    ]
    told = story.explain(at("16:40"), NEW_YORK)
    assert (told.calendar, told.zone_note) == ("every hour counts", "")


def test_changed_promise_names_the_policy_and_why():
    story = Story(at("10:00"))
    story.retarget(at("10:30"), 3, HOUR)
    assert story.words(at("10:45"))[1:] == [
        "Mon 11:30 Now 1 h of business time by First box, version 1 · Priority high; 30 min used",
        "Mon 11:45 Now: 45 min used, 15 min left · running",
        "Mon 12:00 Due",
    ]
    assert story.explain(at("10:45")).policy == "First box, version 1"


def test_paused_clock_has_no_due_time():
    story = Story(at("10:00"))
    story.pause(at("11:00"))
    assert story.words(at("12:00"))[1:] == [
        "Mon 12:00 Paused, waiting for the customer · 1 h used",
        "Mon 13:00 Now: 1 h used, 1 h left · paused",
    ]


def test_promise_kept_and_promise_broken():
    kept, broken = Story(at("10:00")), Story(at("10:00"))
    kept.meet(at("11:30"))
    broken.warn()
    broken.meet(at("12:30"))
    assert kept.words(at("13:00"))[1:] == [
        "Mon 12:30 Done with 30 min to spare · the ticket was resolved",
        "Mon 13:00 Would have been due",
    ]
    assert broken.words(at("13:00"))[1:] == [
        "Mon 12:30 Warned that it is due soon",
        "Mon 13:00 Due, and not done by then",
        "Mon 13:30 Done, 30 min late · the ticket was resolved",
    ]
    assert broken.explain(at("13:00")).standing == "2 h 30 min of 2 h used"


def test_overdue_clock_says_by_how_much():
    story = Story(at("10:00"))
    told = story.explain(at("13:00"))
    assert told.standing == "3 h used, 1 h over"
    assert [line.words for line in told.lines][1:] == ["Was due", "Now: 3 h used, 1 h over"]


def test_what_another_clock_had_used_is_carried():
    story = Story(at("10:00"), carried=1800.0)
    assert story.words(at("10:00"))[0] == (
        "Mon 11:00 Started with 2 h of business time (Support hours, Europe/Berlin) · the ticket was opened; "
        "30 min used before"
    )
    assert story.explain(at("10:00")).used_seconds == 1800


def test_arrival_on_a_sunday_waits_for_monday():
    story = Story(at("12:00", day=-1), seconds=HOUR)
    assert story.words(at("12:00", day=-1)) == [
        "Sun 13:00 Started with 1 h of business time (Support hours, Europe/Berlin) · the ticket was opened",
        "Sun 13:00 Closed until Mon 09:00",
        "Sun 13:00 Now: 0 s used, 1 h left · running",
        "Mon 10:00 Due",
    ]


def test_many_nights_are_summed_up_and_dates_are_told():
    story = Story(at("09:00"), seconds=200 * HOUR)
    told = [line for line in story.explain(at("10:00")).lines if line.kind == "closed"]
    assert len(told) == 6
    assert told[0].words == "Closed overnight, 18:00–09:00"
    assert told[-1].words == "Closed 17 more times until Wed 1 Apr 09:00, 398 h in all"


@pytest.mark.parametrize(("years", "moment"), [(0, "Mon 2 Mar 11:00"), (1, "Mon 2 Mar 2026 11:00")])
def test_what_is_long_ago_has_its_date(years, moment):
    story = Story(at("10:00"))
    story.meet(at("11:00"))
    assert story.explain(at("10:00") + timedelta(days=20 + 365 * years)).lines[0].moment == moment
