"""What a flow does: those it treated against those held out at random, as they were drawn (intention to treat)."""

from math import sqrt

import numpy as np
import pandas as pd

from success.evidence.results import HORIZONS, Arms, Estimate, FlowEffect
from success.evidence.sequential import difference, half_width, needed, once

ALPHA = 0.05
# The horizons share it: at most 5 % false alarms over all of them and all days together.
ALPHA_EACH = ALPHA / len(HORIZONS)
LEAST_IN_ARM = 100  # with 50, and one in ten held out, 5.3 % of stores without an effect were told of one
LEAST_LEFT = 10  # people of both arms who left, and as many who stayed
WORTH_KNOWING = 0.05


def effect_of(people: pd.DataFrame) -> FlowEffect:
    """Of one flow. A row a person: share (drawn with), held, days (since then), kept_30, kept_60, kept_90, money.

    Where the held-out share was changed, people are compared with those drawn with the same share.
    """
    both = people.groupby("share")["held"].transform("nunique") == 2
    drawn = people[both]
    arms = [_arms(drawn[drawn["days"] >= days], days) for days in HORIZONS]
    last = drawn[drawn["days"] >= HORIZONS[-1]]
    known = arms[-1].always is not None
    return FlowEffect(
        people=len(people),
        held=int(people["held"].sum()),
        arms=arms,
        money=_money(last) if known else None,
        needed=_needed(drawn, arms),
        left_out=int((~both).sum()),
    )


def _arms(drawn: pd.DataFrame, days: int) -> Arms:
    held, kept = drawn["held"].to_numpy(bool), drawn[f"kept_{days}"].to_numpy(bool)
    counts = (int((~held).sum()), int((kept & ~held).sum()), int(held.sum()), int((kept & held).sum()))
    number, kept_count, number_held, kept_held = counts
    stayed = kept_count + kept_held
    least = min(number, number_held)
    if least < LEAST_IN_ARM or min(stayed, number + number_held - stayed) < LEAST_LEFT:
        return Arms(days, *counts)
    value, error2, total = 0.0, 0.0, len(drawn)
    for _, stratum in drawn.groupby("share"):
        of, one_kept = stratum["held"].to_numpy(bool), stratum[f"kept_{days}"].to_numpy(bool)
        if of.all() or not of.any():
            continue
        sums = [float(x) for x in ((one_kept & ~of).sum(), (~of).sum(), (one_kept & of).sum(), of.sum())]
        gap, spread = difference(*(np.asarray(x) for x in sums))
        weight = len(stratum) / total
        value += weight * float(gap)
        error2 += weight**2 * float(spread) ** 2 / len(stratum)
    width = sqrt(error2 * total) * float(half_width(total, ALPHA_EACH))
    single = drawn["share"].nunique() == 1
    one_look = once(kept_count, number, kept_held, number_held) if single else None
    return Arms(days, *counts, Estimate(value, max(-1.0, value - width), min(1.0, value + width)), one_look)


def _money(drawn: pd.DataFrame) -> Estimate:
    """Kept per 100 people; its interval, too, holds whenever one looks."""
    value, error2, total = 0.0, 0.0, len(drawn)
    for _, stratum in drawn.groupby("share"):
        held = stratum["held"].to_numpy(bool)
        money = stratum["money"].to_numpy(float)
        if min(held.sum(), (~held).sum()) < 2:
            continue
        weight = len(stratum) / total
        value += weight * (money[~held].mean() - money[held].mean())
        error2 += weight**2 * (money[~held].var(ddof=1) / (~held).sum() + money[held].var(ddof=1) / held.sum())
    width = sqrt(error2 * total) * float(half_width(total, ALPHA_EACH))
    return Estimate(100 * value, 100 * (value - width), 100 * (value + width))


def _needed(drawn: pd.DataFrame, arms: list[Arms]) -> int | None:
    """By what was seen after the longest horizon with anybody; four of five stay where nothing was."""
    if drawn.empty:
        return None
    seen = [one for one in arms if one.number_held]
    share = (seen[-1].kept + seen[-1].kept_held + 1) / (seen[-1].number + seen[-1].number_held + 2) if seen else 0.8
    held = float(np.clip(drawn["share"].iloc[-1], 0.01, 0.99))
    return needed(WORTH_KNOWING, min(0.99, max(0.01, share)), held, ALPHA_EACH)
