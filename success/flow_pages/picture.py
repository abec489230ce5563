"""The picture of a flow: its boxes and lines with their words, and what runs do at each step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext

from subscribers.lazy import grouped
from success.enums import StepKind
from success.flow_pages.words import exit_words, say, setting_words, step_icon, step_name, trigger_words
from success.flows.counts import StepCounts, VersionCounts
from success.flows.drawing import BOX_HEIGHT, BOX_WIDTH, Line, Place, draw, links_of, reached
from success.models import Flow, FlowStep

TONES = {
    StepKind.MAIL: "link",
    StepKind.TASK: "warn",
    StepKind.WAIT: "plain",
    StepKind.BRANCH: "strong",
    StepKind.NOTE: "plain",
    StepKind.ACTION: "good",
    StepKind.WEBHOOK: "plain",
    StepKind.HAND_OVER: "warn",
    StepKind.END: "plain",
}
TEXT_WIDTH = BOX_WIDTH - 58
SIDE_WIDTH, SIDE_GAP, SIDE_LINE = 216.0, 44.0, 20.0
LABEL_WIDTHS = {"yes": 34.0, "no": 28.0, "either": 72.0}


@dataclass(frozen=True)
class Figure:
    """A count at the foot of a box: `x` from the box's left edge."""

    x: float
    icon: str
    tone: str
    text: str
    words: str


@dataclass
class Box:
    """A step as drawn, and as a row of the list that says the same."""

    step: FlowStep | None
    x: float
    y: float
    icon: str
    tone: str
    title: str
    words: str
    title_lines: list[str]
    word_lines: list[str]
    figures: list[Figure] = field(default_factory=list)
    counts: StepCounts = field(default_factory=StepCounts)
    follows: list[tuple[str, str]] = field(default_factory=list)  # answer, name of the step
    faults: list[str] = field(default_factory=list)
    is_loose: bool = False
    url: str = ""

    jumps: bool = False  # it goes on elsewhere than with the next in line

    @property
    def label(self) -> str:
        told = [self.title, self.words, *(one.words for one in self.figures), *self.faults]
        return "; ".join(map(str, (one for one in told if one)))


@dataclass
class Label:
    x: float
    y: float
    width: float
    text: str

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def base(self) -> float:
        return self.y + 13


@dataclass
class Exit:
    """A row of what lets runs leave early: `count` None in a draft."""

    words: str
    count: int | None
    y: float


@dataclass
class Picture:
    start: Box
    boxes: list[Box]
    lines: list[Line]
    labels: list[Label]
    exits: list[Exit]
    side: Place
    side_height: float
    width: float
    height: float
    box_width: float = BOX_WIDTH
    box_height: float = BOX_HEIGHT
    side_width: float = SIDE_WIDTH
    side_edge: float = SIDE_WIDTH - 12

    @property
    def side_top(self) -> float:
        """Where the line beside the steps begins, seen from the box at the side; and where it ends."""
        return self.start.y + BOX_HEIGHT - self.side.y

    @property
    def side_bottom(self) -> float:
        return max((box.y for box in self.boxes), default=self.start.y) + BOX_HEIGHT - self.side.y


def picture_of(
    flow: Flow,
    steps: Sequence[FlowStep],
    *,
    counts: VersionCounts | None = None,
    faults: Mapping[str, Sequence[str]] | None = None,
    estimates: Mapping[str, float | None] | None = None,
    entered: int = 0,
    url: Callable[[FlowStep], str] = lambda step: "",
) -> Picture:
    """`flow` with the settings of the version. `faults`: by the key of a step; in drafts, which have no counts.

    `estimates`: of a dry run, how many of those who `entered` would come to each step; None: not known.
    """
    drawing = draw(steps)
    found = reached(steps)
    boxes = [_box(step, place) for step, place in zip(steps, drawing.places, strict=True)]
    for number, box in enumerate(boxes):
        step = steps[number]
        box.url, box.is_loose = url(step), number not in found
        box.faults = [*((faults or {}).get(step.key, ()))]
        if counts is not None:
            box.counts = counts.of(step.pk)
        if estimates is not None:
            box.figures = _placed([_estimate(estimates.get(step.key))])
        else:
            box.figures = _placed(_figures(box, counts is not None))
    for link in links_of(steps):
        answers = ("yes", "no") if link.answer == "either" else (link.answer,)
        boxes[link.source].follows += [(answer, boxes[link.target].title) for answer in answers]
        boxes[link.source].jumps |= link.target != link.source + 1
    exits = _exits(flow, counts)
    side = Place(drawing.width + SIDE_GAP, 2.0 + BOX_HEIGHT + 20)
    side_height = 44 + SIDE_LINE * max(1, len(exits))
    for number, one in enumerate(exits):
        one.y = 52 + SIDE_LINE * number
    return Picture(
        start=_start(flow, drawing.start, counts, entered if estimates is not None else None),
        boxes=boxes,
        lines=drawing.lines,
        labels=[_label(line) for line in drawing.lines if line.link.answer],
        exits=exits,
        side=side,
        side_height=side_height,
        width=side.x + SIDE_WIDTH + 2,
        height=max(drawing.height, side.y + side_height + 2),
    )


def _box(step: FlowStep, place: Place) -> Box:
    title, words = step_name(step), say(step)
    tone = TONES.get(step.kind, "plain")  # type: ignore[call-overload]
    return Box(
        step,
        place.x,
        place.y,
        step_icon(step),
        tone,
        title,
        words,
        wrapped(title, TEXT_WIDTH, 13.5, 1),
        wrapped(words, TEXT_WIDTH, 12, 2),
    )


def _estimate(count: float | None) -> tuple[str, str, str, str]:
    if count is None:
        return "circle-help", "plain", gettext("not known"), gettext("how many is not known")
    said = f"{round(count):,}"
    return "users", "link" if count >= 0.5 else "none", said, gettext("about %(said)s people") % {"said": said}


def _start(flow: Flow, place: Place, counts: VersionCounts | None, entered: int | None = None) -> Box:
    words = trigger_words(flow)
    words = words[:1].upper() + words[1:]
    if flow.entry:
        words += gettext(", only if %(setting_words)s") % {"setting_words": setting_words("entry", flow.entry)}
    box = Box(
        None,
        place.x,
        place.y,
        "play",
        "start",
        gettext("Starts when"),
        words,
        [gettext("Starts when")],
        wrapped(words, TEXT_WIDTH, 12, 2),
    )
    if entered is not None:
        box.figures = _placed(
            [
                (
                    "log-in",
                    "link",
                    f"{entered:,}",
                    gettext("%(entered)s would have entered") % {"entered": grouped(entered)},
                )
            ]
        )
    if counts is not None:
        figures = [
            (
                "log-in",
                "plain",
                f"{counts.entered:,}",
                gettext("%(entered)s entered in 30 days") % {"entered": grouped(counts.entered)},
            )
        ]
        if counts.held_out or flow.holdout_share:
            share = f"{flow.holdout_share * 100:g} %"
            held = gettext("%(held_out)s left alone, to compare (%(share)s)") % {
                "held_out": grouped(counts.held_out),
                "share": share,
            }
            figures.append(
                (
                    "flask-conical",
                    "plain",
                    gettext("%(held_out)s of %(share)s") % {"held_out": grouped(counts.held_out), "share": share},
                    held,
                )
            )
        box.figures = _placed(figures)
    return box


def _figures(box: Box, counted: bool) -> list[tuple[str, str, str, str]]:
    """Icon, tone, text and words of each count; of a draft what is wrong."""
    if not counted:
        if box.faults:
            return [("circle-alert", "bad", gettext("Needs something"), gettext("needs something"))]
        return (
            [("unplug", "warn", gettext("Nothing leads here"), gettext("nothing leads here"))] if box.is_loose else []
        )
    counts = box.counts
    figures = [
        (
            "map-pin",
            "link" if counts.here else "none",
            f"{counts.here:,}",
            gettext("%(here)s here now") % {"here": grouped(counts.here)},
        ),
        (
            "check",
            "good" if counts.passed else "none",
            f"{counts.passed:,}",
            gettext("%(passed)s passed in 30 days") % {"passed": grouped(counts.passed)},
        ),
    ]
    if counts.held:
        figures.append(
            ("hand", "warn", f"{counts.held:,}", gettext("%(held)s mails held back") % {"held": grouped(counts.held)})
        )
    if counts.left:
        figures.append(
            (
                "log-out",
                "plain",
                f"{counts.left:,}",
                gettext("%(left)s left the flow here") % {"left": grouped(counts.left)},
            )
        )
    if counts.failed or counts.retrying:
        words = gettext("%(failed)s failed, %(retrying)s are tried again") % {
            "failed": grouped(counts.failed),
            "retrying": grouped(counts.retrying),
        }
        figures.append(("circle-x", "bad", f"{counts.failed + counts.retrying:,}", words))
    return figures


def _placed(figures: Sequence[tuple[str, str, str, str]]) -> list[Figure]:
    x, placed = 14.0, []
    for icon, tone, text, words in figures:
        placed.append(Figure(round(x, 1), icon, tone, text, words))
        x += 17 + text_width(text, 11.5) + 11
    return placed


def _exits(flow: Flow, counts: VersionCounts | None) -> list[Exit]:
    if counts is None:
        return [Exit(exit_words(one), None, 0) for one in flow.exits]
    # What the flow names comes first, with what really let runs leave below; “left” is how a cancellation is kept.
    happened = {reason: (label, count) for reason, label, count in counts.exits}
    rows = []
    for one in flow.exits:
        _, count = happened.pop("left" if one == "cancelled" else one, ("", 0))
        rows.append(Exit(exit_words(one), count, 0))
    rows += [Exit(label[:1].lower() + label[1:], count, 0) for label, count in happened.values()]
    if counts.failed:
        rows.append(Exit(gettext("a step failed for good"), counts.failed, 0))
    return rows


def _label(line: Line) -> Label:
    text = {"yes": gettext("Yes"), "no": "No", "either": gettext("Either way")}[line.link.answer]
    width = LABEL_WIDTHS[line.link.answer]
    return Label(line.label_x - width / 2, line.label_y - 9, width, text)


def text_width(text: str, size: float) -> float:
    """About as wide as Inter sets it, rather too wide than too narrow."""
    width = 0.0
    for letter in text:
        if letter in "iljt.,:;'|!()[] ":
            width += 0.33
        elif letter in "mwMW@%—":
            width += 0.9
        else:
            width += 0.68 if letter.isupper() or letter.isdigit() else 0.575
    return width * size


def wrapped(text: str, width: float, size: float, lines: int) -> list[str]:
    """The text in so many lines, cut off with … where they do not hold it."""
    found: list[str] = []
    for word in text.split():
        if found and text_width(f"{found[-1]} {word}", size) <= width:
            found[-1] += f" {word}"
        else:
            found.append(word)
    shown = found[:lines]
    if len(found) > lines and shown:
        shown[-1] += "…"
    for number, line in enumerate(shown):
        while text_width(line, size) > width and len(line) > 2:
            line = line.rstrip("…")[:-1] + "…"
        shown[number] = line
    return shown
