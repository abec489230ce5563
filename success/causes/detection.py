"""Finds what complaints rise with: arithmetic over series of days, without a database.

The test. A series is one topic in one part of the boxes (a batch, a carrier, a word …), day by day: complaints, and
`exposure`, the boxes that could cause one on that day (`spread` makes it of shipped boxes). Its rate so far is known
from the BASELINE days that end GAP days ago, shrunk towards the rate of the whole topic as a gamma prior of at most
PRIOR complaints. What the newest days should have brought then follows a negative binomial distribution, widened by
how much the whole topic's weeks vary; a series' p is the probability of so many complaints or more, times the number
of windows that were looked at. The newest 3 and 7 days show a spike; 14 and 28 days show a creeping rise.

Looking often. Spikes are looked for daily, creeping rises weekly; each spends half of FALSE_A_YEAR, in equal parts.
All series of a look are judged together by Benjamini and Hochberg at its part. Where nothing is wrong, a look names
something with a probability of at most its part: so a store sees at most FALSE_A_YEAR false causes a year on average.
"""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import exp, inf, lgamma, log, log1p

GAP = 28
BASELINE = 84
DAYS = GAP + BASELINE
LEAST_BASELINE = 30.0  # boxes of the whole, below which nothing is known to compare with
LEAST_COMPLAINTS = 5
LEAST_RATIO = 1.5  # less is not worth anybody's day, however sure
PRIOR = 10.0
MOST_DISPERSION = 4.0
STEADY_WEEKS = 6
# A part of a broader finding is named in its place where it has so much of the excess, so many times as dense.
MOST_OF_IT = 0.75
DENSER = 1.2
FALSE_A_YEAR = 0.5


@dataclass(frozen=True)
class Look:
    """Windows in days, and the share of false causes that one look at them may spend."""

    windows: tuple[int, ...]
    level: float


SPIKES = Look((3, 7), FALSE_A_YEAR / 2 / 365)
RISES = Look((14, 28), FALSE_A_YEAR / 2 / 52)


@dataclass(frozen=True)
class Series:
    """Complaints and exposure (boxes) by day, oldest first; all series of a look end on the same day.

    `whole`: of its topic over all boxes; None for the whole itself and for what has no rate to shrink to, as a word.
    `breadth`: of two that explain equally much the lower is taken. `tickets`: by day, to tell whether two series rest
    on the same complaints; without them every finding stands by itself. `narrows`: it is named instead of a broader
    one that it explains; what does not is named only where nothing that does explains it.
    """

    key: Hashable
    complaints: Sequence[int]
    exposure: Sequence[float]
    whole: "Series | None" = None
    breadth: int = 0
    tickets: Sequence[Collection[int]] | None = None
    narrows: bool = True


@dataclass(frozen=True)
class Finding:
    """`count` complaints in the newest `window` days on `boxes`, where `expected` were. Rates are per 100 boxes."""

    key: Hashable
    window: int
    count: int
    boxes: float
    expected: float
    p: float  # of the series, windows counted
    q: float  # Benjamini and Hochberg, over all series of the look

    @property
    def rate(self) -> float:
        return 100 * self.count / self.boxes if self.boxes else 0.0

    @property
    def baseline_rate(self) -> float:
        return 100 * self.expected / self.boxes if self.boxes else 0.0

    @property
    def ratio(self) -> float:
        return self.count / self.expected if self.expected else inf

    @property
    def is_spike(self) -> bool:
        return self.window in SPIKES.windows


def spread(boxes: Sequence[float], lag: Sequence[float]) -> list[float]:
    """Boxes by day of shipping as boxes by day of a possible complaint. `lag`: the share that comes n days after."""
    days = [0.0] * len(boxes)
    for day, number in enumerate(boxes):
        if number:
            for after, share in enumerate(lag[: len(boxes) - day]):
                days[day + after] += number * share
    return days


def tail(count: int, mean: float, size: float) -> float:
    """The probability of `count` or more, negative binomial with this mean and size (inf: Poisson)."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if count <= mean:
        return max(0.0, 1.0 - _sum(range(count), mean, size))
    ratio = mean / (mean + size) if size != inf else 0.0
    term = total = exp(_log_pmf(count, mean, size))
    k = count
    while term > total * 1e-12:
        term *= mean / (k + 1) if size == inf else (k + size) / (k + 1) * ratio
        total += term
        k += 1
    return min(1.0, total)


def _sum(counts: range, mean: float, size: float) -> float:
    return sum(exp(_log_pmf(k, mean, size)) for k in counts)


def _log_pmf(k: int, mean: float, size: float) -> float:
    if size == inf:
        return k * log(mean) - mean - lgamma(k + 1)
    made = lgamma(k + size) - lgamma(size) - lgamma(k + 1)
    return made - size * log1p(mean / size) + k * (log(mean) - log(mean + size))


def dispersion(series: Sequence[int], exposure: Sequence[float]) -> float:
    """How much more the weeks vary than by chance alone, from 1.

    Pearson's chi-squared by its degrees of freedom; as few weeks vary themselves, STEADY_WEEKS without more are added.
    """
    weeks = range(0, len(series) - 6, 7)
    counts = [sum(series[at : at + 7]) for at in weeks]
    boxes = [sum(exposure[at : at + 7]) for at in weeks]
    if not sum(boxes) or not sum(counts):
        return 1.0
    rate = sum(counts) / sum(boxes)
    terms = [(count - box * rate) ** 2 / (box * rate) for count, box in zip(counts, boxes, strict=True) if box]
    return min(MOST_DISPERSION, max(1.0, (sum(terms) + STEADY_WEEKS) / (len(terms) - 1 + STEADY_WEEKS)))


class Judge:
    """Judges all series of one store over the same days; `look(…, until)` as if that day (an index) were the newest."""

    def __init__(self, series: Sequence[Series], others: int = 0) -> None:
        """`others`: series that were looked at too, and are known to have fewer than LEAST_COMPLAINTS."""
        self.series, self.others = list(series), others
        self.sums = [(_running(one.complaints), _running(one.exposure)) for one in self.series]
        wholes = {id(one.whole): one.whole for one in self.series if one.whole is not None}
        self.wholes = {key: (one, _running(one.complaints), _running(one.exposure)) for key, one in wholes.items()}

    def look(self, look: Look, until: int | None = None) -> list[Finding]:
        """What rises, without what is explained by a stronger finding already; the surest first."""
        if not self.series:
            return []
        end = len(self.series[0].complaints) if until is None else until + 1
        known = {key: _baseline(complaints, boxes, end) for key, (_, complaints, boxes) in self.wholes.items()}
        spreads: dict[int, float] = {}
        tested, found = self.others, []
        for one, (complaints, boxes) in zip(self.series, self.sums, strict=True):
            if boxes[end] - boxes[max(0, end - GAP)] <= 0:
                continue
            tested += 1
            if complaints[end] - complaints[max(0, end - GAP)] < LEAST_COMPLAINTS:
                continue
            shape, exposed = self._rate(one, _baseline(complaints, boxes, end), known)
            if not exposed:
                continue
            whole = one.whole or one
            if id(whole) not in spreads:
                first = max(0, end - DAYS)
                last = max(first, end - GAP)
                spreads[id(whole)] = dispersion(whole.complaints[first:last], whole.exposure[first:last])
            finding = self._best(one.key, look, complaints, boxes, end, (shape, exposed, spreads[id(whole)]))
            if finding is not None:
                found.append((one, finding, shape, spreads[id(whole)]))
        return _distinct(found, tested, look, end)

    @staticmethod
    def _rate(one: Series, own: tuple[float, float], known: dict[int, tuple[float, float]]) -> tuple[float, float]:
        """The rate so far as a gamma distribution: shape in complaints, and boxes; no boxes: not known."""
        count, boxes = own
        if one.whole is None:
            return (count + 0.5, boxes) if boxes >= LEAST_BASELINE else (0.0, 0.0)
        whole, exposed = known[id(one.whole)]
        if exposed < LEAST_BASELINE:
            return 0.0, 0.0
        prior = min(PRIOR, whole + 0.5)
        return prior + count, prior * exposed / (whole + 0.5) + boxes

    @staticmethod
    def _best(
        key: Hashable,
        look: Look,
        complaints: Sequence[float],
        boxes: Sequence[float],
        end: int,
        known: tuple[float, float, float],
    ) -> Finding | None:
        best: Finding | None = None
        shape, exposed, varies = known
        for window in look.windows:
            first = max(0, end - window)
            count, exposure = int(complaints[end] - complaints[first]), boxes[end] - boxes[first]
            expected = exposure * shape / exposed
            if count < LEAST_COMPLAINTS or count < LEAST_RATIO * expected or exposure <= 0:
                continue
            p = len(look.windows) * tail(count, expected, _size(expected, shape, varies))
            if best is None or p < best.p:
                best = Finding(key, window, count, exposure, expected, min(1.0, p), 1.0)
        return best


def find(series: Sequence[Series], look: Look = SPIKES) -> list[Finding]:
    """What rises in these series on their last day. Of days before the last DAYS nothing is used."""
    return Judge(series).look(look)


def _running(numbers: Sequence[float]) -> list[float]:
    return list(accumulate(numbers, initial=0.0))


def _baseline(complaints: Sequence[float], boxes: Sequence[float], end: int) -> tuple[float, float]:
    first, last = max(0, end - DAYS), max(0, end - GAP)
    return complaints[last] - complaints[first], boxes[last] - boxes[first]


def _size(mean: float, shape: float, varies: float) -> float:
    """Of the negative binomial whose variance is `varies` × mean + mean² ÷ shape."""
    return mean / (varies - 1 + mean / shape)


def _distinct(
    found: Sequence[tuple[Series, Finding, float, float]], tested: int, look: Look, end: int
) -> list[Finding]:
    """Those under Benjamini and Hochberg's line, the surest first, each judged by what the surer ones left over."""
    ordered = sorted(found, key=lambda one: (one[1].p, one[0].breadth, str(one[0].key)))
    worth = [one[1].p * tested / place for place, one in enumerate(ordered, 1)]
    q = 1.0
    for place in range(len(ordered) - 1, -1, -1):
        q = worth[place] = min(q, worth[place])
    line = max((one[1].p for one, value in zip(ordered, worth, strict=True) if value <= look.level), default=-1.0)
    sure = [
        _Sure(series, replace(finding, q=value), _tickets(series, finding, end), shape, varies)
        for (series, finding, shape, varies), value in zip(ordered, worth, strict=True)
        if finding.p <= line
    ]
    # Where boxes come from says more than what people write: words are for what nothing else explains.
    sure.sort(key=lambda one: not one.series.narrows)
    explained: set[int] = set()
    kept: list[Finding] = []
    for one in sure:
        if one.tickets & explained and not one.still_rises(explained, look, line):
            continue
        chosen = next((other for other in sure if other.explains(one)), one)
        explained |= one.tickets | chosen.tickets
        if chosen.finding not in kept:
            kept.append(chosen.finding)
    return kept


@dataclass(frozen=True)
class _Sure:
    series: Series
    finding: Finding
    tickets: set[int]
    shape: float
    varies: float

    def still_rises(self, explained: set[int], look: Look, line: float) -> bool:
        """Without the complaints that surer findings explain already."""
        left, expected = len(self.tickets - explained), self.finding.expected
        if left < LEAST_COMPLAINTS or left < LEAST_RATIO * expected:
            return False
        return len(look.windows) * tail(left, expected, _size(expected, self.shape, self.varies)) <= line

    def explains(self, broader: "_Sure") -> bool:
        """Whether it is a part of it that has most of what is too much, and has it more densely."""
        if not self.series.narrows or self.series.breadth <= broader.series.breadth:
            return False
        excess = broader.finding.count - broader.finding.expected
        is_most = len(self.tickets & broader.tickets) >= MOST_OF_IT * excess
        return is_most and self.finding.ratio >= DENSER * broader.finding.ratio


def _tickets(series: Series, finding: Finding, end: int) -> set[int]:
    days = series.tickets[max(0, end - finding.window) : end] if series.tickets is not None else ()
    return {ticket for day in days for ticket in day}
