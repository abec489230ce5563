"""Whatever happened to a clock: its explanation adds up, in order."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings

from tests.thorough import examples
from tests.tickets.sla.stories import BERLIN, Story, stories
from tickets.enums import ClockState
from tickets.sla.drawing import WIDTH, draw
from tickets.sla.segments import closed
from tickets.sla.told_times import Teller

SECOND = 1.0


def used(story: Story, now) -> float:
    clock = story.clock
    more = story.counting.calendar.between(clock.running_since, now) if clock.running_since else 0.0
    return clock.consumed_seconds + more


@given(stories())
@settings(deadline=None, max_examples=examples(40))
def test_used_seconds_add_up_to_the_clocks(case):
    story, now = case
    counted = story.explain(now).counted
    assert abs(counted.used_seconds - used(story, now)) < SECOND
    for part in counted.segments:
        expected = part.calendar.between(part.begin, part.end) if part.is_running else 0.0
        assert abs(part.used_seconds - expected) < SECOND


@given(stories())
@settings(deadline=None, max_examples=examples(40))
def test_segments_follow_each_other_without_gaps(case):
    story, now = case
    segments = story.explain(now).counted.segments
    assert all(part.begin < part.end for part in segments)
    assert all(one.end == two.begin for one, two in pairwise(segments))
    if segments:
        assert segments[0].begin == story.clock.started_at
    if segments and story.is_open:
        assert segments[-1].end == now


@given(stories())
@settings(deadline=None, max_examples=examples(40))
def test_lines_are_in_order_and_hold_every_line_of_the_ledger(case):
    story, now = case
    lines = story.explain(now).lines
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    told = [line.kind for line in lines]
    for kind in {line.kind for line in story.lines}:
        assert told.count(kind) == sum(line.kind == kind for line in story.lines)
    assert told.count("now") == story.is_open
    assert told[0] == "start"
    assert told.count("closed") <= 6
    if story.clock.state == ClockState.RUNNING:
        assert {"due", "breach"} & set(told)


@given(stories())
@settings(deadline=None, max_examples=examples(40))
def test_drawing_stays_within_its_bounds(case):
    story, now = case
    told = story.explain(now)
    drawing = draw(told, Teller.of(BERLIN, now, story.clock.started_at, now))
    for boxes in (drawing.bands, drawing.segments):
        assert all(box.x >= 0 and box.width >= 0 and box.x + box.width <= WIDTH + 0.001 for box in boxes)
        assert all(one.x + one.width <= two.x + 0.001 for one, two in pairwise(boxes))
    assert abs(sum(box.width for box in drawing.bands) - WIDTH) < 0.001
    xs = [mark.x for mark in drawing.marks]
    assert xs == sorted(xs)
    assert all(0 <= x <= WIDTH for x in xs)
    assert (drawing.mark("start").x, len({mark.kind for mark in drawing.marks})) == (0.0, len(xs))


@given(stories())
@settings(deadline=None, max_examples=examples(20))
def test_closed_and_open_stretches_fill_the_time(case):
    story, now = case
    start, calendar = story.clock.started_at, story.counting.calendar
    end = now + timedelta(days=3)
    shut = sum((b - a).total_seconds() for a, b in closed(calendar, start, end))
    opened = sum((b - a).total_seconds() for a, b in calendar.spans(start, end))
    assert abs(opened - calendar.between(start, end)) < SECOND
    assert abs(opened + shut - (end - start).total_seconds()) < SECOND
