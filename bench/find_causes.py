"""How well causes are found: simulated small stores with nothing wrong, with a bad batch, and with a creeping rise.

    python bench/find_causes.py [--stores 1000] [--seed 1]

Each store ships about 600 boxes a month (four products, a batch of each a fortnight, two carriers, six regions, four
ages of the subscription) and hears of about 6 complaints per 100 boxes on five topics, whose rates differ between
products and regions and vary from week to week. After 16 weeks it is looked at daily for 13 weeks. Prints, over all
stores:

- nothing wrong: the share of stores with a false cause, which `success.causes.detection` promises to be at most 5 %;
- a bad batch: 20 of 100 of its boxes cause one topic; found within how many days after it began to ship;
- a creeping rise: a carrier's rate of one topic grows within eight weeks to four times what it was;
- the fix: 95 % intervals of complaints avoided, and how often they hold the truth.
"""

import argparse
import math
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from success.causes.avoided import Avoided
from success.causes.detection import RISES, SPIKES, Finding, Judge, Series, spread

WARM, LOOKS = 112, 91
DAYS = WARM + LOOKS
A_DAY = 20
BATCH = 14  # days
RATES = {"damaged": 0.02, "late": 0.015, "missing": 0.01, "quality": 0.01, "billing": 0.005}
PRODUCTS, REGIONS, CARRIERS, AGES = (0.4, 0.3, 0.2, 0.1), (0.3, 0.25, 0.2, 0.1, 0.1, 0.05), (0.5, 0.5), (4, 3, 2, 3)
LAG = [0.0, 0.0, 0.05, 0.15, 0.2, 0.2, 0.15, 0.1, 0.05, 0.05, 0.05]
BREADTH = {"all": 0, "carrier": 1, "region": 2, "product": 3, "cycle": 4, "batch": 5}
STATED_DAYS = 14


@dataclass
class World:
    """`planted`: the series key of what is wrong, from `since` on."""

    series: list[Series]
    planted: tuple[str, str, object] | None = None
    since: int = 0
    tickets: dict[int, bool] = field(default_factory=dict)  # whether what was planted caused it


def simulate(chance: random.Random, kind: str) -> World:
    """A store's days: `kind` nothing, batch or creep."""
    varied = {topic: [chance.gauss(1, 0.1) for _ in range(DAYS // 7 + 1)] for topic in RATES}
    of_product = {(t, n): math.exp(chance.gauss(0, 0.3)) for t in RATES for n in range(len(PRODUCTS))}
    of_region = {(t, n): math.exp(chance.gauss(0, 0.2)) for t in RATES for n in range(len(REGIONS))}
    since = WARM + chance.randrange(0, 28)
    bad_topic = chance.choice(list(RATES)[:4])
    product = chance.choices(range(3), PRODUCTS[:3])[0]
    planted: dict[str, tuple[str, str, object] | None] = {
        "nothing": None,
        "batch": (bad_topic, "batch", (product, since // BATCH)),
        "creep": (bad_topic, "carrier", 1),
    }
    made = World([], planted[kind], since // BATCH * BATCH if kind == "batch" else since)
    shipped: dict[tuple[str, object], list[int]] = defaultdict(lambda: [0] * DAYS)
    heard: dict[tuple[str, str, object], list[set[int]]] = defaultdict(lambda: [set() for _ in range(DAYS)])
    number = 0
    for day in range(DAYS):
        for _ in range(_poisson(chance, A_DAY)):
            box: dict[str, object] = {
                "all": 0,
                "product": chance.choices(range(len(PRODUCTS)), PRODUCTS)[0],
                "region": chance.choices(range(len(REGIONS)), REGIONS)[0],
                "carrier": chance.choices(range(len(CARRIERS)), CARRIERS)[0],
                "cycle": chance.choices(range(len(AGES)), AGES)[0],
            }
            box["batch"] = (box["product"], day // BATCH)
            for part in box.items():
                shipped[part][day] += 1
            for topic, base in RATES.items():
                rate = base * max(0.2, varied[topic][day // 7])
                rate *= of_product[topic, box["product"]] * of_region[topic, box["region"]]  # type: ignore[index]
                added = 0.0
                if made.planted and topic == made.planted[0] and box[made.planted[1]] == made.planted[2]:
                    grown = 1.0 if kind == "batch" else min(1.0, max(0.0, (day - made.since) / 56))
                    added = 0.2 if kind == "batch" else 3 * base * grown
                drawn = chance.random()
                at = day + chance.choices(range(len(LAG)), LAG)[0] if drawn < rate + added else DAYS
                if at < DAYS:
                    number += 1
                    made.tickets[number] = drawn >= rate
                    for part in box.items():
                        heard[(topic, *part)][at].add(number)
    wholes: dict[str, Series] = {}
    for (dimension, value), boxes in sorted(shipped.items(), key=lambda one: BREADTH[one[0][0]]):
        exposure = spread(boxes, LAG)
        for topic in RATES:
            tickets = heard[topic, dimension, value]
            one = Series(
                (topic, dimension, value),
                [len(day) for day in tickets],
                exposure,
                wholes.get(topic) if dimension != "all" else None,
                BREADTH[dimension],
                tickets,
            )
            if dimension == "all":
                wholes[topic] = one
            made.series.append(one)
    return made


def _poisson(chance: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def first_findings(world: World) -> tuple[int | None, Finding | None, int]:
    """The day on which what was planted is found, as what; and how many causes were found that are none of it.

    Found is a cause most of whose complaints were caused by what was planted. What was found is not looked for again.
    """
    judge, known, false = Judge(world.series), set(), 0
    by_key = {one.key: one for one in world.series}
    for day in range(WARM, DAYS):
        for finding in judge.look(SPIKES, day) + (judge.look(RISES, day) if day % 7 == 0 else []):
            if finding.key in known:
                continue
            known.add(finding.key)
            tickets = by_key[finding.key].tickets or ()
            theirs = [one for some in tickets[max(0, day + 1 - finding.window) : day + 1] for one in some]
            if world.planted and sum(world.tickets[one] for one in theirs) * 2 >= len(theirs):
                return day - world.since, finding, false
            false += 1
    return None, None, false


def avoided_coverage(chance: random.Random, stores: int) -> tuple[float, float]:
    """The share of intervals that hold the truth, and of fixes that fixed nothing and are said to have."""
    held = wrong = judged = 0
    for _ in range(stores):
        rate, kept = chance.uniform(0.01, 0.08), chance.choice((1.0, 0.6, 0.3, 0.1))
        before, after = chance.uniform(300, 3000), chance.uniform(300, 3000)
        one = Avoided(_poisson(chance, rate * before), before, _poisson(chance, rate * kept * after), after)
        low, high = one.interval
        truth = rate * after - rate * kept * after
        held += low <= truth <= high
        if kept == 1.0:
            judged += 1
            wrong += one.is_shown
    return held / stores, wrong / max(1, judged)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for kind in ("nothing", "batch", "creep"):
        chance, begun = random.Random(asked.seed), time.process_time()
        delays, false_stores, false, as_planted = [], 0, 0, 0
        for _ in range(asked.stores):
            world = simulate(chance, kind)
            delay, finding, wrong = first_findings(world)
            false_stores += wrong > 0
            false += wrong
            if delay is not None and finding is not None:
                delays.append(delay)
                as_planted += finding.key == world.planted
        took = time.process_time() - begun
        line = f"{kind:8} {asked.stores} stores: false causes in {100 * false_stores / asked.stores:.1f} % ({false})"
        if kind != "nothing":
            delays.sort()
            quartiles = [delays[int(len(delays) * part)] for part in (0.5, 0.9)] if delays else []
            line += f"; found in {100 * len(delays) / asked.stores:.1f} %, half within {quartiles} days (90 %)"
            soon = sum(delay <= STATED_DAYS for delay in delays)
            line += f", within {STATED_DAYS} days {100 * soon / asked.stores:.1f} %"
            line += f", named as planted {100 * as_planted / max(1, len(delays)):.0f} %"
        print(f"{line}; {took:.0f} s", flush=True)
    covered, wrong = avoided_coverage(random.Random(asked.seed), 4 * asked.stores)
    print(f"avoided  95 % intervals hold the truth {100 * covered:.1f} %; useless fixes praised {100 * wrong:.1f} %")


if __name__ == "__main__":
    main()
