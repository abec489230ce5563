"""Why a promise is due when it is due: its ledger as lines of words. Pure; `explanations` reads what it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from subscribers.lazy import lazily as _
from tickets.enums import OPEN_CLOCK, ClockEventKind, ClockState
from tickets.models import Clock, ClockEvent
from tickets.sla.segments import Basis, Counted, closed, count, effective
from tickets.sla.told_times import Teller, closed_words, span_words

MOST_CLOSED = 6  # stretches told one by one; what is more is summed up

# Why a clock started, changed or ended, by the change of the ticket that its line names.
REASONS = {
    "opened": _("the ticket was opened"),
    "opened_by_agent": _("a colleague opened the ticket"),
    "customer_replied": _("the customer wrote"),
    "agent_replied": _("we answered"),
    "waiting": _("waiting for the customer"),
    "working": _("no longer waiting for the customer"),
    "resolved": _("the ticket was resolved"),
    "reopened": _("the ticket was reopened"),
    "retargeted": _("another queue or priority"),
    "discarded": _("the ticket was discarded"),
    "recalculated": _("the promise was changed for open tickets"),
}


@dataclass(frozen=True)
class Line:
    """One line of the explanation. `kind` is a ledger line's kind, or closed, due, now."""

    kind: str
    at: datetime
    moment: str
    words: str
    note: str = ""


@dataclass(frozen=True)
class Explanation:
    """`left_seconds` is negative where more than the target was used. `zone_note` names the zones where two differ."""

    clock: Clock
    lines: tuple[Line, ...]
    counted: Counted
    now: datetime
    zone: ZoneInfo
    policy: str
    calendar: str
    zone_note: str

    @property
    def used_seconds(self) -> float:
        return self.counted.used_seconds

    @property
    def left_seconds(self) -> float:
        return self.clock.target_seconds - self.used_seconds

    @property
    def is_open(self) -> bool:
        return self.clock.state in OPEN_CLOCK

    @property
    def standing(self) -> str:
        """What is used and what remains, in words."""
        used, left = span_words(self.used_seconds), span_words(abs(self.left_seconds))
        if not self.is_open:
            return gettext("%(used)s of %(span_words)s used") % {
                "used": used,
                "span_words": span_words(self.clock.target_seconds),
            }
        return (
            gettext("%(used)s used, %(left)s left") % {"used": used, "left": left}
            if self.left_seconds >= 0
            else gettext("%(used)s used, %(left)s over") % {"used": used, "left": left}
        )


def explain(
    clock: Clock, lines: Sequence[ClockEvent], bases: Mapping[int, Basis], *, now: datetime, zone: ZoneInfo
) -> Explanation:
    """`lines` in the order in which they were recorded; `bases` by version id, the clock's own among them."""
    counted = count(clock, lines, bases, now=now)
    basis = bases[clock.version_id]
    moments = [clock.started_at, now, *(at for at in (clock.due_at, clock.met_at, clock.cancelled_at) if at)]
    tell = Teller.of(zone, now, min(moments), max(moments))
    told = [_line(line, at, clock, bases, tell) for at, line in effective(lines)]
    told += _closed_lines(clock, counted, tell)
    told += _ends(clock, counted, lines, tell)
    order = {ClockEventKind.START: 0, "now": 2, "due": 3}
    told.sort(key=lambda line: (line.at, order.get(line.kind, 1)))
    counts_hours = clock.in_business_time
    own = basis.calendar.tz
    return Explanation(
        clock=clock,
        lines=tuple(told),
        counted=counted,
        now=now,
        zone=zone,
        policy=gettext("%(policy)s, version %(number)s") % {"policy": basis.policy, "number": basis.number},
        calendar=basis.calendar_name if counts_hours else gettext("every hour counts"),
        zone_note=gettext("Open hours are kept in %(own)s; times here are in %(key)s.") % {"own": own, "key": zone.key}
        if counts_hours and own != zone.key
        else "",
    )


def promise_words(seconds: float, in_business_time: bool, basis: Basis | None) -> str:
    """ "2 h of business time (Support hours, Europe/Berlin)"."""
    if not in_business_time:
        return gettext("%(span_words)s of calendar time") % {"span_words": span_words(seconds)}
    by = f" ({basis.calendar_name}, {basis.calendar.tz})" if basis else ""
    return gettext("%(span_words)s of business time%(by)s") % {"span_words": span_words(seconds), "by": by}


def _line(line: ClockEvent, at: datetime, clock: Clock, bases: Mapping[int, Basis], tell: Teller) -> Line:
    data = line.data or {}
    cause = str(data.get("cause") or "")
    reason = REASONS.get(str(data.get("change", ""))) or cause
    target = data.get("target_seconds", clock.target_seconds)
    basis = bases.get(data.get("version", clock.version_id))
    promised = promise_words(target, data.get("in_business_time", clock.in_business_time), basis)
    used = gettext("%(span_words)s used") % {"span_words": span_words(line.consumed_seconds)}
    words, note = line.get_kind_display(), reason
    match line.kind:
        case ClockEventKind.START:
            words = gettext("Started with %(promised)s") % {"promised": promised}
            if line.consumed_seconds >= 1:
                note = _joined(reason, gettext("%(used)s before") % {"used": used})
        case ClockEventKind.PAUSE:
            words, note = gettext("Paused, waiting for the customer"), used
        case ClockEventKind.RESUME:
            words, note = gettext("Running again"), _joined(reason, used)
        case ClockEventKind.RETARGET:
            version = (
                gettext(" by %(policy)s, version %(number)s") % {"policy": basis.policy, "number": basis.number}
                if basis
                else ""
            )
            promised = promise_words(target, data.get("in_business_time", clock.in_business_time), None)
            words, note = (
                gettext("Now %(promised)s%(version)s") % {"promised": promised, "version": version},
                _joined(cause or reason, used),
            )
        case ClockEventKind.WARN:
            words, note = gettext("Warned that it is due soon"), ""
        case ClockEventKind.BREACH:
            words, note = gettext("Due, and not done by then"), ""
        case ClockEventKind.MET:
            words, note = _met_words(line, clock), reason
            if data.get("in_time_after_all"):
                note = gettext("sent in time, arrived later")
        case ClockEventKind.CANCEL:
            words = gettext("No longer owed")
    return Line(line.kind, at, tell.moment(at), words, note)


def _joined(*parts: str) -> str:
    return "; ".join(map(str, (part for part in parts if part)))


def _met_words(line: ClockEvent, clock: Clock) -> str:
    left = clock.target_seconds - line.consumed_seconds
    if clock.due_at is not None and line.occurred_at > clock.due_at:
        return (
            gettext("Done, %(span_words)s late") % {"span_words": span_words(-left)}
            if left <= -1
            else gettext("Done late")
        )
    return (
        gettext("Done with %(span_words)s to spare") % {"span_words": span_words(left)}
        if left >= 1
        else gettext("Done in time")
    )


def _closed_lines(clock: Clock, counted: Counted, tell: Teller) -> list[Line]:
    """Closed hours while it ran, up to when it is or was due, ahead as behind."""
    end = clock.due_at or tell.now
    if clock.state not in OPEN_CLOCK:
        end = min(end, clock.met_at or clock.cancelled_at or end)
    past = [part for part in counted.segments if part.is_running]
    since = clock.running_since
    if since is not None:
        # What is ahead is one stretch with the present one: a night is told once.
        past = [part for part in past if part.begin < since]
    running = [(part.begin, min(part.end, end), part.calendar) for part in past]
    if since is not None:
        running.append((since, end, counted.calendar))
    found = [
        (begin, until, calendar)
        for start, stop, calendar in running
        if stop > start
        for begin, until in closed(calendar, start, stop)
    ]
    told = found if len(found) <= MOST_CLOSED else found[: MOST_CLOSED - 1]
    lines = [
        Line("closed", begin, tell.moment(begin), closed_words(begin, until, ZoneInfo(calendar.tz), tell))
        for begin, until, calendar in told
    ]
    if rest := found[len(told) :]:
        hours = span_words(sum((until - begin).total_seconds() for begin, until, _ in rest))
        words = gettext("Closed %(rest)s more times until %(moment)s, %(hours)s in all") % {
            "rest": len(rest),
            "moment": tell.moment(rest[-1][1]),
            "hours": hours,
        }
        lines.append(Line("closed", rest[0][0], tell.moment(rest[0][0]), words))
    return lines


def _ends(clock: Clock, counted: Counted, lines: Sequence[ClockEvent], tell: Teller) -> list[Line]:
    """When it is due, and where it stands now."""
    found = []
    due, is_open = clock.due_at, clock.state in OPEN_CLOCK
    is_told = any(line.kind == ClockEventKind.BREACH and line.occurred_at == due for line in lines)
    if due is not None and not is_told:
        words = (
            (gettext("Due") if due > tell.now else gettext("Was due")) if is_open else gettext("Would have been due")
        )
        if not is_open and clock.met_at and clock.met_at > due:
            words = gettext("Was due")
        found.append(Line("due", due, tell.moment(due), words))
    if is_open:
        left = clock.target_seconds - counted.used_seconds
        rest = (
            gettext("%(span_words)s left") % {"span_words": span_words(left)}
            if left >= 0
            else gettext("%(span_words)s over") % {"span_words": span_words(-left)}
        )
        state = "paused" if clock.state == ClockState.PAUSED else "running"
        words = gettext("Now: %(span_words)s used, %(rest)s") % {
            "span_words": span_words(counted.used_seconds),
            "rest": rest,
        }
        found.append(Line("now", tell.now, tell.moment(tell.now), words, state))
    return found
