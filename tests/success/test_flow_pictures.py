"""Any definition is drawn: every step a box, no two over each other, no line through a box."""

import re
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from success.enums import StepKind
from success.flows.drawing import BOX_HEIGHT, BOX_WIDTH, draw, links_of, reached
from success.models import FlowStep
from tests.thorough import examples


@st.composite
def definitions(draw_from) -> list[FlowStep]:
    """Steps whose jumps lead forward, as every definition's that may be published."""
    count = draw_from(st.integers(1, 14))
    steps = []
    for number in range(count):
        later = st.integers(number + 1, count - 1).map("s{}".format)
        kind = draw_from(
            st.sampled_from([StepKind.MAIL, StepKind.WAIT, StepKind.BRANCH, StepKind.BRANCH, StepKind.END])
        )
        config = {}
        if number == count - 1:
            kind = StepKind.END
        elif kind == StepKind.BRANCH:
            config = {"then": draw_from(later), "otherwise": draw_from(later)}
        elif kind != StepKind.END and draw_from(st.booleans()):
            config = {"next": draw_from(later)}
        steps.append(FlowStep(position=number, key=f"s{number}", kind=kind, config=config))
    return steps


def along(path: str) -> list[tuple[float, float]]:
    """Points of an SVG path, close to each other."""
    points, here = [], (0.0, 0.0)
    for letter, numbers in re.findall(r"([MLC])([^MLC]*)", path):
        values = [float(one) for one in numbers.split()]
        given_points = [here, *zip(values[::2], values[1::2], strict=True)]
        if letter != "M":
            for part in range(41):
                t = part / 40
                points.append(bezier(given_points, t))
        here = given_points[-1]
    return points


def bezier(points: list[tuple[float, float]], t: float) -> tuple[float, float]:
    while len(points) > 1:
        points = [(a + (c - a) * t, b + (d - b) * t) for (a, b), (c, d) in pairwise(points)]
    return points[0]


@settings(max_examples=examples(30), deadline=None)
@given(definitions())
def test_boxes_never_overlap_and_lines_pass_beside_them(steps):
    drawing = draw(steps)
    boxes = [drawing.start, *drawing.places]
    assert len(drawing.places) == len(steps)
    for one, other in combinations(boxes, 2):
        assert abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT
    for box in boxes:
        assert 0 <= box.x <= drawing.width - BOX_WIDTH
        assert 0 <= box.y <= drawing.height - BOX_HEIGHT
    for line in drawing.lines:
        for x, y in along(line.path):
            inside = [
                box
                for box in boxes
                if box.x + 0.1 < x < box.x + BOX_WIDTH - 0.1 and box.y + 0.1 < y < box.y + BOX_HEIGHT - 0.1
            ]
            assert inside == []


@settings(max_examples=examples(30), deadline=None)
@given(definitions())
def test_every_link_is_a_line_and_leads_down(steps):
    drawing = draw(steps)
    assert [line.link for line in drawing.lines[1:]] == links_of(steps)
    assert drawing.lines[0].link.target == 0
    for line in drawing.lines[1:]:
        assert drawing.places[line.link.source].y < drawing.places[line.link.target].y
    assert reached(steps) == walked(steps)


def walked(steps: list[FlowStep]) -> set[int]:
    found, waiting = set(), [0]
    while waiting:
        here = waiting.pop()
        found.add(here)
        waiting += [link.target for link in links_of(steps) if link.source == here]
    return found


def test_flow_without_steps_is_its_start_alone():
    drawing = draw([])
    assert (drawing.places, drawing.lines, drawing.height) == ([], [], BOX_HEIGHT + 4)


def test_branch_parts_to_both_sides_and_joins_again():
    rows = [
        ("ask", StepKind.BRANCH, {"then": "a", "otherwise": "b"}),
        ("a", StepKind.MAIL, {"next": "end"}),
        ("b", StepKind.MAIL, {}),
        ("end", StepKind.END, {}),
    ]
    drawing = draw(
        [FlowStep(position=n, key=key, kind=kind, config=config) for n, (key, kind, config) in enumerate(rows)]
    )
    ask, yes, no, end = drawing.places
    assert (ask.x, yes.y) == (end.x, no.y)
    assert ask.x - yes.x == no.x - ask.x > 0
