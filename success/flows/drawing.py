"""Where the boxes and lines of a flow's picture lie: layers from top to bottom, lines that cross no box.

Layered drawing after Sugiyama: the longest way from the start gives the layer, a line that passes a layer takes a
place of its own there, neighbours' middles give the order and then the abscissa.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from success.enums import StepKind
from success.flows.definitions import targets
from success.models import FlowStep

BOX_WIDTH, BOX_HEIGHT = 232.0, 84.0
GAP_X, GAP_Y = 36.0, 46.0
LINE_WIDTH = 20.0  # the place that a passing line takes
MARGIN = 2.0
PORT = 58.0  # how far from the middle a branch's answers leave
SWEEPS = 8


@dataclass(frozen=True)
class Link:
    """From one step to the one that may follow; `answer`: yes, no, either, or empty. Places within the steps."""

    source: int
    target: int
    answer: str = ""


@dataclass(frozen=True)
class Line:
    """A link as drawn: `path` for SVG, and where its answer is written."""

    link: Link
    path: str
    label_x: float
    label_y: float


@dataclass(frozen=True)
class Place:
    """The left upper corner of a box."""

    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """`start` is the box from which the first step follows; `places` are those of the steps, in their order."""

    start: Place
    places: list[Place]
    lines: list[Line]
    width: float
    height: float


def links_of(steps: Sequence[FlowStep]) -> list[Link]:
    """Which step may follow which. A jump to nowhere, or backwards, leads nowhere: its fault is told at the step."""
    places = {step.key: number for number, step in enumerate(steps)}
    links = []
    for number, step in enumerate(steps):
        ahead = [places[key] if places.get(key, -1) > number else None for key in targets(step)]
        if step.kind == StepKind.BRANCH:
            then, otherwise = ahead
            if then is not None and then == otherwise:
                links.append(Link(number, then, "either"))
                continue
            answers = (("yes", then), ("no", otherwise))
            links += [Link(number, target, answer) for answer, target in answers if target is not None]
        elif ahead and ahead[0] is not None:
            links.append(Link(number, ahead[0]))
        elif not ahead and step.kind != StepKind.END and number + 1 < len(steps):
            links.append(Link(number, number + 1))
    return links


def reached(steps: Sequence[FlowStep]) -> set[int]:
    """The places of the steps that a run can come to."""
    found = {0} if steps else set()
    for link in sorted(links_of(steps), key=lambda link: link.source):
        if link.source in found:
            found.add(link.target)
    return found


def draw(steps: Sequence[FlowStep]) -> Drawing:
    """The picture of a version's steps, in their order. The same steps give the same picture."""
    links = [Link(one.source + 1, one.target + 1, one.answer) for one in links_of(steps)]  # 0 is the start
    if steps:
        links.insert(0, Link(0, 1))
    return _Layout(len(steps) + 1, links).drawing()


class _Layout:
    """Nodes are the boxes 0…count-1, then one for each layer that a link passes."""

    def __init__(self, count: int, links: Sequence[Link]) -> None:
        self.count, self.links = count, links
        self.layer = _layers(count, links)
        self.chains: list[list[int]] = []
        for link in links:
            passed = range(self.layer[link.source] + 1, self.layer[link.target])
            first = len(self.layer)
            self.layer.extend(passed)
            self.chains.append([link.source, *range(first, len(self.layer)), link.target])
        self.above: list[list[int]] = [[] for _ in self.layer]
        self.below: list[list[int]] = [[] for _ in self.layer]
        for chain in self.chains:
            for upper, lower in pairwise(chain):
                self.below[upper].append(lower)
                self.above[lower].append(upper)
        self.rows = self._ordered()
        self.middle = self._middles()

    def _first_rows(self) -> list[list[int]]:
        """The order in which a walk meets the nodes, the answer yes first."""
        rows: list[list[int]] = [[] for _ in range(max(self.layer) + 1)]
        met = set()
        for root in range(self.count):
            waiting = [root]
            while waiting:
                node = waiting.pop()
                if node in met:
                    continue
                met.add(node)
                rows[self.layer[node]].append(node)
                waiting.extend(reversed(self.below[node]))
        return rows

    def _ordered(self) -> list[list[int]]:
        rows = self._first_rows()
        best, fewest = [list(row) for row in rows], self._crossings(rows)
        for sweep in range(SWEEPS):
            is_down = sweep % 2 == 0
            near = self.above if is_down else self.below
            for row in rows if is_down else reversed(rows):
                place = {node: number for one in rows for number, node in enumerate(one)}
                row.sort(key=lambda node: fmean([place[one] for one in near[node]] or [place[node]]))
            crossings = self._crossings(rows)
            if crossings < fewest:
                best, fewest = [list(row) for row in rows], crossings
        return best

    def _crossings(self, rows: Sequence[Sequence[int]]) -> int:
        place = {node: number for row in rows for number, node in enumerate(row)}
        crossings = 0
        for row in rows:
            ends = [(place[node], place[lower]) for node in row for lower in self.below[node]]
            crossings += sum((a - c) * (b - d) < 0 for number, (a, b) in enumerate(ends) for c, d in ends[number + 1 :])
        return crossings

    def _width(self, node: int) -> float:
        return BOX_WIDTH if node < self.count else LINE_WIDTH

    def _middles(self) -> list[float]:
        """The abscissa of each node's middle: as near to its neighbours' as the room between boxes allows."""
        middle = [0.0] * len(self.layer)
        for row in self.rows:
            self._settle(row, [0.0] * len(row), middle)
        for sweep in range(SWEEPS * 2):
            is_down = sweep % 2 == 0
            for row in self.rows if is_down else reversed(self.rows):
                near = self.above if is_down else self.below
                wanted = [fmean([middle[one] for one in near[node]] or [middle[node]]) for node in row]
                self._settle(row, wanted, middle)
        left = min(middle[node] - self._width(node) / 2 for node in range(len(middle)))
        return [round(one - left + MARGIN, 1) for one in middle]

    def _settle(self, row: Sequence[int], wanted: Sequence[float], middle: list[float]) -> None:
        """Least squares to what each wants, none overlapping the next: pools of adjacent violators."""
        room, rooms = 0.0, []
        for number, node in enumerate(row):
            if number:
                room += (self._width(row[number - 1]) + self._width(node)) / 2 + GAP_X
            rooms.append(room)
        pools: list[tuple[float, float, int]] = []  # mean, weight, length
        for want, offset, node in zip(wanted, rooms, row, strict=True):
            # A passing line bends less readily than a box moves.
            mean, weight, length = want - offset, 1.0 if node < self.count else 3.0, 1
            while pools and pools[-1][0] > mean:
                earlier, heft, many = pools.pop()
                mean = (earlier * heft + mean * weight) / (heft + weight)
                weight, length = heft + weight, length + many
            pools.append((mean, weight, length))
        settled = [mean for mean, _, length in pools for _ in range(length)]
        for node, mean, offset in zip(row, settled, rooms, strict=True):
            middle[node] = mean + offset

    def _top(self, node: int) -> float:
        return MARGIN + self.layer[node] * (BOX_HEIGHT + GAP_Y)

    def drawing(self) -> Drawing:
        places = [Place(self.middle[node] - BOX_WIDTH / 2, self._top(node)) for node in range(self.count)]
        width = max(self.middle[node] + self._width(node) / 2 for node in range(len(self.middle)))
        lines = [self._line(link, chain) for link, chain in zip(self.links, self.chains, strict=True)]
        height = max(place.y for place in places) + BOX_HEIGHT
        return Drawing(places[0], places[1:], lines, width + MARGIN, height + MARGIN)

    def _line(self, link: Link, chain: Sequence[int]) -> Line:
        """Straight down through the layers that it passes, in a curve between them."""
        start = x = self.middle[chain[0]] + self._port(link)
        y = self._top(chain[0]) + BOX_HEIGHT
        path = [f"M{x:.1f} {y:.1f}"]
        for node in chain[1:]:
            to, top = self.middle[node], self._top(node)
            half = (y + top) / 2
            path.append(
                f"L{to:.1f} {top:.1f}" if to == x else f"C{x:.1f} {half:.1f} {to:.1f} {half:.1f} {to:.1f} {top:.1f}"
            )
            x, y = to, top
            if node >= self.count:
                y += BOX_HEIGHT
                path.append(f"L{x:.1f} {y:.1f}")
        answered = Link(link.source - 1, link.target - 1, link.answer)
        return Line(answered, " ".join(path), start, self._top(chain[0]) + BOX_HEIGHT + 12)

    def _port(self, link: Link) -> float:
        """Two answers leave a branch apart, each on the side to which it leads."""
        pairs = zip(self.links, self.chains, strict=True)
        leaving = [(one, self.middle[chain[1]]) for one, chain in pairs if one.source == link.source]
        if len(leaving) < 2:
            return 0.0
        leaving.sort(key=lambda one: one[1])
        return -PORT if leaving[0][0] == link else PORT


def _layers(count: int, links: Iterable[Link]) -> list[int]:
    """The longest way from the start to each box. A step that nothing leads to lies below the one before it."""
    led_to: list[list[int]] = [[] for _ in range(count)]
    for link in links:
        led_to[link.target].append(link.source)
    layer: list[int] = []
    for node in range(count):
        before = led_to[node] or ([node - 1] if node else [])
        layer.append(max((layer[one] + 1 for one in before), default=0))
    return layer
