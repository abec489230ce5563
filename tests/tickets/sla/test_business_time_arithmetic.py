"""add, subtract and between agree with each other and with a walk over minutes, in every zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from tickets.sla.business_time import Calendar
from tickets.sla.business_time_form import WEEKDAYS

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",  # changes at midnight
    "Australia/Lord_Howe",  # changes by half an hour
    "Africa/Casablanca",  # twice more around Ramadan
    "Asia/Kathmandu",
    "Pacific/Apia",  # skipped 30 December 2011
]
# Days around which some of these zones change.
CHANGES = [
    "2024-03-10",
    "2024-03-31",
    "2024-04-07",
    "2024-09-08",
    "2024-10-06",
    "2024-10-27",
    "2024-11-03",
    "2011-12-30",
]


def clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def windows(draw):
    opens = draw(st.integers(0, 95)) * 15
    closes = draw(st.integers(0, 96)) * 15
    assume(opens != closes)
    return [clock(opens), clock(closes)]


days = st.lists(windows(), max_size=3)


@st.composite
def calendars(draw):
    form = {
        "tz": draw(st.sampled_from(ZONES)),
        "hours": draw(st.dictionaries(st.sampled_from(WEEKDAYS), days)),
        "holidays": draw(st.lists(st.sampled_from(CHANGES), max_size=2)),
        "overrides": draw(st.dictionaries(st.sampled_from(CHANGES), days, max_size=2)),
    }
    assume(any(form["hours"].values()))
    return form


@st.composite
def instants(draw):
    day = datetime.fromisoformat(draw(st.sampled_from(CHANGES))).replace(tzinfo=UTC)
    return day + timedelta(minutes=draw(st.integers(-3 * 1440, 3 * 1440)))


amounts = st.one_of(st.integers(1, 10 * 86_400), st.integers(1, 3 * 365 * 86_400))


def open_by_the_wall(form, at):
    """Whether the wall clock shows a time inside a window: the definition, read plainly."""
    wall = at.astimezone(ZoneInfo(form["tz"])).replace(tzinfo=None)
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        written = form["overrides"].get(day.isoformat())
        if written is None:
            holiday = day.isoformat() in form["holidays"]
            written = [] if holiday else form["hours"].get(WEEKDAYS[day.weekday()], [])
        minute = (wall - datetime.combine(day, datetime.min.time())) / timedelta(minutes=1)
        for opens, closes in ([int(t[:2]) * 60 + int(t[3:]) for t in pair] for pair in written):
            if opens <= minute < (closes if closes > opens else closes + 1440):
                return True
    return False


@given(calendars(), instants(), st.integers(0, 1500))
@settings(max_examples=examples(40), deadline=None)
def test_between_equals_a_walk_over_minutes(form, start, minutes):
    calendar = Calendar.from_dict(form)
    walked = sum(open_by_the_wall(form, start + timedelta(minutes=n)) for n in range(minutes))
    assert calendar.between(start, start + timedelta(minutes=minutes)) == walked * 60


@given(calendars(), instants())
@settings(max_examples=examples(40), deadline=None)
def test_is_open_equals_the_wall_clock(form, at):
    assert Calendar.from_dict(form).is_open(at) == open_by_the_wall(form, at)


@given(calendars(), instants(), amounts)
@settings(max_examples=examples(40), deadline=None)
def test_between_undoes_add_and_subtract(form, start, seconds):
    calendar = Calendar.from_dict(form)
    assert calendar.between(start, calendar.add(start, seconds)) == seconds
    assert calendar.between(calendar.subtract(start, seconds), start) == seconds


@given(calendars(), instants(), amounts)
@settings(max_examples=examples(30), deadline=None)
def test_subtract_undoes_add_at_an_open_instant(form, start, seconds):
    calendar = Calendar.from_dict(form)
    opened = calendar.add(start, 0)
    assert calendar.is_open(opened)
    assert calendar.subtract(calendar.add(opened, seconds), seconds) == opened


@given(calendars(), instants(), amounts, amounts)
@settings(max_examples=examples(30), deadline=None)
def test_amounts_add_up(form, start, first, second):
    calendar = Calendar.from_dict(form)
    assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)
    middle, end = start + timedelta(seconds=first), start + timedelta(seconds=first + second)
    assert calendar.between(start, middle) + calendar.between(middle, end) == calendar.between(start, end)


@given(calendars(), instants(), amounts, amounts)
@settings(max_examples=examples(30), deadline=None)
def test_later_or_longer_is_never_due_earlier(form, start, seconds, more):
    calendar = Calendar.from_dict(form)
    assert start < calendar.add(start, seconds) < calendar.add(start, seconds + more)
    assert calendar.add(start, seconds) <= calendar.add(start + timedelta(seconds=more), seconds)
    assert calendar.subtract(start, seconds) < start


@given(
    calendars(),
    instants(),
    st.integers(1, 200_000),
    st.lists(st.tuples(st.integers(0, 9000), st.integers(-60, 4000))),
)
@settings(max_examples=examples(40), deadline=None)
def test_pauses_stop_the_clock(form, start, seconds, written):
    calendar = Calendar.from_dict(form)
    pauses = [
        (start + timedelta(minutes=begin - 500), start + timedelta(minutes=begin - 500 + length))
        for begin, length in written
    ]
    due = calendar.add(start, seconds, pauses)
    assert calendar.between(start, due, pauses) == seconds
    assert due >= calendar.add(start, seconds)
    since = calendar.subtract(start, seconds, pauses)
    assert calendar.between(since, start, pauses) == seconds


@given(instants(), amounts)
def test_calendar_time_is_plain_time(start, seconds):
    always = Calendar.always()
    assert always.add(start, seconds) == start + timedelta(seconds=seconds)
    assert always.subtract(start, seconds) == start - timedelta(seconds=seconds)
    assert always.is_open(start)
