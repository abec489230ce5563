"""Clocks with their ledgers in memory, written by the rules that write the real ones."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.factories.sla import HOUR, at
from tickets.enums import ClockState, Metric
from tickets.models import Clock, ClockEvent
from tickets.sla import rules
from tickets.sla.business_time import Calendar
from tickets.sla.explain import Explanation, explain
from tickets.sla.rules import Counting
from tickets.sla.segments import Basis

WEEK = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = Calendar.from_dict({"tz": "Europe/Berlin", "hours": WEEK})
NIGHT = Calendar.from_dict(
    {"tz": "America/New_York", "hours": {"mon": [["22:00", "06:00"]], "sat": [["10:00", "12:00"]]}}
)
BASES = {
    1: Basis("Standard", 1, "Support hours", OFFICE),
    2: Basis("Standard", 2, "Night shift", NIGHT),
    3: Basis("First box", 1, "Support hours", OFFICE),
}
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def counting(version: int, in_business_time: bool = True) -> Counting:
    return Counting(BASES[version].calendar if in_business_time else Calendar.always(), 0.75)


@dataclass
class Story:
    """One clock from its start, and what is done to it."""

    start: datetime
    seconds: int = 2 * HOUR
    version: int = 1
    in_business_time: bool = True
    carried: float = 0.0
    lines: list[ClockEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock(
            pk=7,
            metric=Metric.RESOLUTION,
            version_id=self.version,
            target_seconds=self.seconds,
            in_business_time=self.in_business_time,
            started_at=self.start,
            consumed_seconds=self.carried,
        )
        self.tell(rules.start(self.clock, self.counting), "opened")

    @property
    def counting(self) -> Counting:
        return counting(self.clock.version_id, self.clock.in_business_time)

    @property
    def paused_at(self) -> datetime | None:
        is_paused = self.clock.state == ClockState.PAUSED
        return next(line.occurred_at for line in reversed(self.lines) if line.kind == "pause") if is_paused else None

    @property
    def is_open(self) -> bool:
        return self.clock.state in (ClockState.RUNNING, ClockState.PAUSED)

    def tell(self, lines: list[ClockEvent], change: str, cause: str = "") -> None:
        for line in lines:
            line.data = {"change": change, **({"cause": cause} if cause else {}), **line.data}
        self.lines += lines

    def pause(self, when: datetime) -> None:
        self.tell(rules.pause(self.clock, when, self.counting), "waiting")

    def resume(self, when: datetime) -> None:
        self.tell(rules.resume(self.clock, when, self.counting, self.paused_at), "customer_replied")

    def meet(self, when: datetime) -> None:
        self.tell(rules.meet(self.clock, when, self.counting, self.paused_at), "resolved")

    def cancel(self, when: datetime) -> None:
        self.tell(rules.cancel(self.clock, when, self.counting), "resolved")

    def retarget(self, when: datetime, version: int, seconds: int, in_business_time: bool = True) -> None:
        lines = rules.retarget(
            self.clock,
            when,
            version_id=version,
            seconds=seconds,
            in_business_time=in_business_time,
            old=self.counting,
            new=counting(version, in_business_time),
        )
        self.tell(lines, "retargeted", "Priority high")

    def warn(self) -> None:
        self.clock.warned_at = self.clock.warn_at
        self.tell([rules.warn_line(self.clock)], "sweep")

    def explain(self, now: datetime, zone: ZoneInfo = BERLIN) -> Explanation:
        return explain(self.clock, self.lines, BASES, now=now, zone=zone)

    def words(self, now: datetime, zone: ZoneInfo = BERLIN) -> list[str]:
        return [
            f"{line.moment} {line.words}" + (f" · {line.note}" if line.note else "")
            for line in self.explain(now, zone).lines
        ]


@st.composite
def stories(draw: st.DrawFn) -> tuple[Story, datetime]:
    """Any clock, whatever was done to it, and a time to look at it."""
    now = at("00:00") + timedelta(minutes=draw(st.integers(0, 60 * 24 * 14)))
    story = Story(
        now,
        seconds=draw(st.integers(1, 60 * HOUR)),
        version=draw(st.sampled_from((1, 2))),
        in_business_time=draw(st.booleans()),
        carried=draw(st.sampled_from((0.0, 0.0, 1800.0, 90_000.5))),
    )
    for _ in range(draw(st.integers(0, 8))):
        if not story.is_open:
            break
        when = now + timedelta(minutes=draw(st.integers(-30, 60 * 30)))
        now = max(now, when)
        match draw(st.sampled_from(("pause", "resume", "pause", "resume", "retarget", "warn", "meet", "cancel"))):
            case "pause":
                story.pause(when)
            case "resume":
                story.resume(when)
            case "retarget":
                version, seconds = draw(st.sampled_from((1, 2, 3))), draw(st.integers(1, 60 * HOUR))
                story.retarget(when, version, seconds, draw(st.booleans()))
            case "warn" if story.clock.warn_at and not story.clock.warned_at:
                story.warn()
            case "meet":
                story.meet(when)
            case "cancel":
                story.cancel(when)
    return story, now + timedelta(minutes=draw(st.integers(0, 60 * 24 * 40)))
