"""What the estimators find: plain values, stored as JSON and read again by pages. Nothing heavy is imported here."""

from dataclasses import asdict, dataclass, field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

HORIZONS = (30, 60, 90)
FACTS = ("ticket", "damage", "slow", "unhappy")
AFTER = 60  # days after the end of the first cycle
LEAST_LEARNT, LEAST_JUDGED = 50, 30  # people who left, of a foretelling
Found = TypeVar("Found")


@dataclass(frozen=True)
class Estimate:
    """A value with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Hazard:
    """Of one fact: how many times as often people leave, with a 95 % interval; None where too few had it.

    `steady`: the probability of such residuals if the effect were the same at all times. `early`: it is stronger then.
    """

    fact: str
    exposed: int
    telling: float  # cancellations expected that say something of it, apart from the other facts
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    steady: float | None = None
    early: bool | None = None


@dataclass(frozen=True)
class Hazards:
    """`events` of `needed`: cancellations. Nothing is estimated below."""

    subscriptions: int
    events: int
    needed: int
    is_clustered: bool = False
    facts: list[Hazard] = field(default_factory=list)

    @property
    def is_known(self) -> bool:
        return any(one.ratio is not None for one in self.facts)


@dataclass(frozen=True)
class Curve:
    """Still subscribed, by days after the end of the first cycle: share with its 95 % interval at each."""

    number: int
    left: int
    days: list[float] = field(default_factory=list)
    share: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Landmark:
    """`difference`: how many more of those with a ticket leave within 60 days; None where a group is too small."""

    with_ticket: Curve
    without: Curve
    difference: Estimate | None = None


@dataclass(frozen=True)
class Group:
    """People of like risk: the foretold share who leave within 60 days, the real one, its 95 % interval."""

    number: int
    foretold: float
    real: float
    low: float
    high: float


@dataclass(frozen=True)
class Lift:
    """Of the `share` of people with the highest risk: how large a share of all who left they are."""

    share: float
    caught: float

    @property
    def times(self) -> float:
        """Against choosing by chance."""
        return self.caught / self.share


@dataclass(frozen=True)
class Prediction:
    """`left` and `needed` are of those learnt on, `judged_left` of those judged. Empty groups: too few to say."""

    left: int
    judged_left: int
    needed: int = LEAST_LEARNT
    needed_judged: int = LEAST_JUDGED
    judged: int = 0
    foretold: float | None = None
    real: float | None = None
    groups: list[Group] = field(default_factory=list)
    lift: list[Lift] = field(default_factory=list)


@dataclass(frozen=True)
class Arms:
    """Of people who began at least so many days ago: how many there are and how many still subscribe."""

    days: int
    number: int
    kept: int
    number_held: int
    kept_held: int
    always: Estimate | None = None  # of the difference, whenever one looks; None: too few to say
    one_look: Estimate | None = None


@dataclass(frozen=True)
class FlowEffect:
    """`money`: per 100 people in 90 days, in `currency`. `needed`: people in all to see 5 points."""

    people: int
    held: int
    arms: list[Arms] = field(default_factory=list)
    money: Estimate | None = None
    needed: int | None = None
    left_out: int = 0  # people drawn with a share of which an arm is empty

    @property
    def is_known(self) -> bool:
        return any(one.always for one in self.arms)

    @property
    def harms(self) -> bool:
        return any(one.always is not None and one.always.high < 0 for one in self.arms)

    @property
    def helps(self) -> bool:
        return any(one.always is not None and one.always.low > 0 for one in self.arms) and not self.harms


@dataclass(frozen=True)
class ServiceFindings:
    """Of a store: the facts that were read (`subscriptions` of `all_subscriptions`, where a sample was drawn)."""

    subscriptions: int
    all_subscriptions: int
    since: str  # ISO date: who began then or later
    hazards: Hazards
    landmark: Landmark
    prediction: Prediction


def to_json(found: Any) -> dict[str, Any]:
    return asdict(found)


def from_json(kind: type[Found], stored: Any) -> Found:
    """The dataclass again, with those inside it; columns that a later version added keep their defaults."""
    hints = get_type_hints(kind)
    known = {one.name: _read(hints[one.name], stored[one.name]) for one in fields(kind) if one.name in stored}  # type: ignore[arg-type]
    return kind(**known)


def _read(hint: Any, value: Any) -> Any:
    if get_origin(hint) is UnionType:
        hint = next(one for one in get_args(hint) if one is not NoneType)
    if value is None:
        return None
    if get_origin(hint) is list:
        return [_read(get_args(hint)[0], one) for one in value]
    return from_json(hint, value) if is_dataclass(hint) and isinstance(hint, type) else value
