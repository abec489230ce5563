"""The time line of a promise: what lies where."""

from tests.factories.sla import HOUR, at
from tests.tickets.sla.stories import BERLIN, Story
from tickets.sla.drawing import WIDTH, Drawing, draw
from tickets.sla.told_times import Teller


def drawn(story: Story, now) -> Drawing:
    return draw(story.explain(now), Teller(BERLIN, now, short=True))


def boxes(found) -> list[tuple[str, int, int]]:
    return [(box.kind, round(box.x), round(box.width)) for box in found]


def marks(drawing: Drawing) -> list[tuple[str, int]]:
    return [(mark.kind, round(mark.x)) for mark in drawing.marks]


def test_running_paused_and_what_is_ahead():
    story = Story(at("08:00"), seconds=3 * HOUR)
    story.pause(at("09:00"))
    story.resume(at("10:00"))
    drawing = drawn(story, at("11:00"))
    assert boxes(drawing.bands) == [("open", 0, 320)]
    assert boxes(drawing.segments) == [
        ("running", 0, 80),
        ("paused", 80, 80),
        ("running", 160, 80),
        ("ahead", 240, 80),
    ]
    assert marks(drawing) == [("start", 0), ("now", 240), ("warn", 260), ("due", 320)]
    assert drawing.mark("due").words == "Due Mon 13:00"


def test_night_is_closed_and_nothing_counts_in_it():
    story = Story(at("15:00"), seconds=4 * HOUR)
    drawing = drawn(story, at("09:00", day=1))
    assert [box.kind for box in drawing.bands] == ["open", "closed", "open"]
    assert [box.kind for box in drawing.segments] == ["running", "idle", "running", "ahead"]
    assert drawing.segments[1].width == drawing.bands[1].width


def test_done_in_time_and_done_late():
    kept, late = Story(at("10:00")), Story(at("10:00"))
    kept.meet(at("11:00"))
    late.meet(at("12:30"))
    assert marks(drawn(kept, at("13:00"))) == [("start", 0), ("met", 160), ("due", 320)]
    assert marks(drawn(late, at("13:00"))) == [("start", 0), ("due", 256), ("late", 320)]


def test_earlier_breach_stays_in_sight_after_a_pause():
    story = Story(at("08:00"))
    story.pause(at("11:00"))
    story.resume(at("12:00"))
    assert ("breach", 107) in marks(drawn(story, at("14:00")))


def test_long_overdue_is_cut_at_the_right_edge():
    story = Story(at("10:00"))
    drawing = drawn(story, at("10:00", day=300))
    assert (marks(drawing)[-1], drawing.is_cut) == (("now", round(WIDTH)), True)
    assert marks(drawing)[-2] == ("due", 160)


def test_years_of_short_days_are_one_band():
    story = Story(at("10:00"), seconds=3000 * HOUR)
    assert boxes(drawn(story, at("11:00")).bands) == [("open", 0, 320)]
