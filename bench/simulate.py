"""Stores with known effects, estimated as the product does it: what was planted, what was found, how often rightly.

    python bench/simulate.py                    # 1,000 stores a question, two processes
    python bench/simulate.py --stores 100       # a look

1. Service: cycle-1 tickets and damage multiply how often people leave by 1.0, 1.5 or 2.5. 95 % intervals have to hold
   the truth in 93 to 97 of 100 stores, and at 1.0 at most 5 in 100 may say that there is an effect.
2. Flows: the share that still subscribes after 30, 60 and 90 days is 0, 3 or 8 points higher, in both holdout shares
   that stores use. Somebody looks every day for a year: at 0 at most 5 in 100 stores may ever be told of an effect.

Ends with 1 where one of these is missed by more than chance explains.
"""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from success.evidence.flow_effect import ALPHA_EACH, LEAST_IN_ARM, LEAST_LEFT
from success.evidence.hazards import hazards_of
from success.evidence.landmark import landmark_of
from success.evidence.results import AFTER, HORIZONS
from success.evidence.sequential import Z95, difference, half_width

CYCLE = 30.0
# (ticket, damage): each strength is planted for both.
PLANTED = ((1.0, 1.5), (1.5, 2.5), (2.5, 1.0))
SLOW, UNHAPPY = 1.3, 1.6
LEAVE_RATE, SHAPE = 0.009, 0.8  # hazard by time ** shape: it falls with time, as it does in stores
UPLIFTS, SHARES = (0.0, 0.03, 0.08), (0.1, 0.5)
LEAVING = np.array([0.08, 0.06, 0.05])  # of those left alone: within 30, 30 to 60, 60 to 90 days
DAYS, A_DAY = 365, 12


def subscriptions(rng: np.random.Generator, number: int, ticket: float, damage: float, seen: float = 0) -> pd.DataFrame:
    """A store as `hazards_of` reads one. `seen`: days that everybody is watched; 0: from 40 to 200."""
    watched = np.full(number, seen) if seen else rng.uniform(40, 200, number)
    onset = {"ticket": np.where(rng.random(number) < 0.3, rng.uniform(0, CYCLE, number), np.nan)}
    has_damage = rng.random(number) < 0.18
    after = np.where(np.isnan(onset["ticket"]), rng.uniform(0, CYCLE, number), onset["ticket"])
    onset["damage"] = np.where(has_damage, after, np.nan)
    onset["slow"] = np.where(rng.random(number) < 0.35, onset["ticket"] + 2, np.nan)
    onset["unhappy"] = np.where(rng.random(number) < 0.3, onset["ticket"] + rng.uniform(1, 6, number), np.nan)
    left_at = _leaving(rng, onset, {"ticket": ticket, "damage": damage, "slow": SLOW, "unhappy": UNHAPPY})
    days = np.minimum(left_at, watched)
    frame = {f"{name}_at": np.where(at < days, at, np.nan) for name, at in onset.items()}
    return pd.DataFrame(
        {**frame, "person": np.arange(number), "days": days, "left": left_at <= watched, "landmark": CYCLE}
    )


def _leaving(rng: np.random.Generator, onset: dict[str, np.ndarray], strength: dict[str, float]) -> np.ndarray:
    """The day on which each leaves. In the time of the basic hazard, rates are constant between facts."""
    at = np.column_stack(list(onset.values()))
    clock = LEAVE_RATE * np.where(np.isnan(at), np.inf, at) ** SHAPE
    order = np.argsort(clock, axis=1)
    edges = np.column_stack([np.zeros(len(at)), np.take_along_axis(clock, order, 1)])
    factors = np.array(list(strength.values()))[order]
    rates = np.cumprod(np.column_stack([np.ones(len(at)), factors]), axis=1)
    luck, moment = rng.exponential(size=len(at)), np.full(len(at), np.nan)
    for column in range(rates.shape[1]):
        end = edges[:, column + 1] if column + 1 < edges.shape[1] else np.full(len(at), np.inf)
        with np.errstate(invalid="ignore"):
            spent = np.where(end > edges[:, column], (end - edges[:, column]) * rates[:, column], 0.0)
        here = np.isnan(moment) & (luck <= spent)
        moment[here] = (edges[:, column] + luck / rates[:, column])[here]
        luck = np.where(np.isnan(moment), luck - spent, luck)
    return (moment / LEAVE_RATE) ** (1 / SHAPE)


def one_store(asked: tuple[int, int, tuple[float, float], float]) -> list[tuple[str, float, float, float, float]]:
    """(what, planted, found, low, high) of each estimate of a store."""
    seed, number, (ticket, damage), gap = asked
    store = subscriptions(np.random.default_rng(seed), number, ticket, damage)
    planted = {"ticket": ticket, "damage": damage, "slow": SLOW, "unhappy": UNHAPPY}
    rows = [
        (one.fact, planted[one.fact], one.ratio, one.low, one.high)
        for one in hazards_of(store).facts
        if one.ratio is not None
    ]
    found = landmark_of(store).difference
    if found is not None:
        rows.append(("landmark", gap, found.value, found.low, found.high))
    ever = store["ticket_at"].notna()
    rates = [group["left"].sum() / group["days"].sum() for group in (store[ever], store[~ever])]
    rows.append(("ever against never", ticket, rates[0] / rates[1], np.nan, np.nan))
    return rows


def true_gap(ticket: float, damage: float) -> float:
    """Of leaving within 60 days after the first cycle, with a ticket by then and without, in a very large store."""
    store = subscriptions(np.random.default_rng(1), 2_000_000, ticket, damage, seen=CYCLE + AFTER)
    there = store[store["days"] > CYCLE]
    had = there["ticket_at"] <= CYCLE
    return float(there[had]["left"].mean() - there[~had]["left"].mean())


def service(stores: int, number: int, processes: int) -> pd.DataFrame:
    gaps = {planted: true_gap(*planted) for planted in PLANTED}
    asked = [(seed, number, PLANTED[seed % 3], gaps[PLANTED[seed % 3]]) for seed in range(stores)]
    with ProcessPoolExecutor(processes) as pool:
        rows = [row for found in pool.map(one_store, asked, chunksize=10) for row in found]
    return pd.DataFrame(rows, columns=["what", "planted", "found", "low", "high"])


def flows(stores: int, uplift: float, share: float) -> dict[str, np.ndarray]:
    """Of stores that are looked at daily: whether an effect was ever said, on which day first, whether the truth was
    ever outside, and whether the interval of a single look at the end holds it. Everything at once, by counts."""
    rng = np.random.default_rng(int(uplift * 1000 + share * 10))
    begun = rng.poisson(A_DAY, (stores, DAYS))
    held = rng.binomial(begun, share)
    alone = np.append(LEAVING, 1 - LEAVING.sum())
    treated = alone + np.array([-uplift, 0, 0, uplift])
    left = [rng.multinomial(number, chances) for number, chances in ((begun - held, treated), (held, alone))]
    told = np.zeros((stores, DAYS), dtype=bool)
    outside = np.zeros(stores, dtype=bool)
    single = np.zeros(stores, dtype=bool)
    for place, days in enumerate(HORIZONS):
        grown = [_grown(counts, days) for counts in (begun - held, held)]
        kept = [_grown(counts[..., place + 1 :].sum(axis=-1), days) for counts in left]
        gap, spread = difference(kept[0], grown[0], kept[1], grown[1])
        total, stayed = grown[0] + grown[1], kept[0] + kept[1]
        enough = (np.minimum(*grown) >= LEAST_IN_ARM) & (np.minimum(stayed, total - stayed) >= LEAST_LEFT)
        width = spread * half_width(np.maximum(total, 1), ALPHA_EACH)
        told |= enough & (np.abs(gap) > width)
        outside |= (enough & (np.abs(gap - uplift) > width)).any(axis=1)
        if days == 60:
            one, other = ((kept[arm][:, -1] + 1) / (grown[arm][:, -1] + 2) for arm in (0, 1))
            error = sum(p * (1 - p) / (n[:, -1] + 2) for p, n in ((one, grown[0]), (other, grown[1])))
            single = np.abs(one - other - uplift) <= Z95 * np.sqrt(error)
    first = np.where(told.any(axis=1), told.argmax(axis=1) + 1, np.nan)
    return {"told": told.any(axis=1), "first": first, "outside": outside, "single": single}


def _grown(counts: np.ndarray, days: int) -> np.ndarray:
    """Of those who began by each day, who did so at least `days` ago, as they add up."""
    return np.cumsum(np.pad(counts, ((0, 0), (days, 0)))[:, :DAYS], axis=1).astype(float)


def verdict(share: float, low: float, high: float, number: int) -> str:
    """Whether a share of stores lies within its bounds, give or take two standard errors of the simulation."""
    slack = 2 * np.sqrt(max(share * (1 - share), 0.02) / number)
    if low <= share <= high:
        return "ok"
    return "ok within chance" if low - slack <= share <= high + slack else "MISSED"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stores", type=int, default=1000)
    parser.add_argument("--subscriptions", type=int, default=600, help="in each store")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    begun, verdicts = time.monotonic(), []
    print(f"Service: {options.stores} stores of {options.subscriptions} subscriptions, Cox with facts in time")
    found = service(options.stores, options.subscriptions, options.processes)
    print(f"{'planted':<30}{'found (median)':>15}{'95 % hold truth':>17}{'says: effect':>14}{'stores':>8}")
    for (what, planted), rows in found.groupby(["what", "planted"]):
        middle = rows["found"].median()
        if what == "ever against never":
            print(f"{'  naive, ticket × ' + format(planted, '.1f'):<30}{middle:>15.2f}   (the wrong way, as a warning)")
            continue
        holds = ((rows["low"] <= planted) & (planted <= rows["high"])).mean()
        nothing = 0.0 if what == "landmark" else 1.0
        says = ((rows["low"] > nothing) | (rows["high"] < nothing)).mean()
        told = [verdict(holds, 0.93, 0.97, len(rows))]
        if planted == 1.0:
            told.append(verdict(says, 0.0, 0.05, len(rows)))
        verdicts += told
        words = f"  {what} {planted:+.3f}" if what == "landmark" else f"  {what} × {planted:.1f}"
        print(f"{words:<30}{middle:>15.2f}{holds:>16.1%}{says:>14.1%}{len(rows):>9}  {', '.join(told)}")
    everything = found[found["what"].isin(["ticket", "damage"])]
    holds = ((everything["low"] <= everything["planted"]) & (everything["planted"] <= everything["high"])).mean()
    verdicts.append(verdict(holds, 0.93, 0.97, len(everything)))
    print(f"  tickets and damage together: {holds:.1%} of {len(everything)} intervals hold the truth  {verdicts[-1]}")
    nothing = everything[everything["planted"] == 1.0]
    says = ((nothing["low"] > 1) | (nothing["high"] < 1)).mean()
    verdicts.append(verdict(says, 0.0, 0.05, len(nothing)))
    print(f"  without an effect: {says:.1%} of {len(nothing)} intervals say that there is one  {verdicts[-1]}")
    print(
        f"Flows: {options.stores} stores each, {A_DAY} people a day for a year, looked at daily at 30, 60 and 90 days"
    )
    print(f"{'planted':<30}{'ever said: effect':>18}{'median day':>12}{'always held':>13}{'one look held':>15}")
    for share in SHARES:
        for uplift in UPLIFTS:
            seen = flows(options.stores, uplift, share)
            ever, always, single = seen["told"].mean(), 1 - seen["outside"].mean(), seen["single"].mean()
            told = [verdict(single, 0.93, 0.97, options.stores), verdict(1 - always, 0.0, 0.05, options.stores)]
            if not uplift:
                told.append(verdict(ever, 0.0, 0.05, options.stores))
            verdicts += told
            day = np.nanmedian(seen["first"]) if ever else float("nan")
            words = f"  {uplift * 100:+.0f} points, {share:.0%} held out"
            print(f"{words:<30}{ever:>17.1%}{day:>12.0f}{always:>13.1%}{single:>15.1%}  {', '.join(told)}")
    print(f"{time.monotonic() - begun:.0f} s; {verdicts.count('MISSED')} of {len(verdicts)} bounds missed")
    return int("MISSED" in verdicts)


if __name__ == "__main__":
    sys.exit(main())
