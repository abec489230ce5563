"""Who is there at the end of the first cycle, and who is still there later: with a ticket by then, and without."""

from math import sqrt

import numpy as np
import pandas as pd

from success.evidence.results import AFTER, Curve, Estimate, Landmark
from success.evidence.sequential import Z95

LEAST_IN_GROUP = 20


def at_landmark(histories: pd.DataFrame) -> pd.DataFrame:
    """Who was still seen at the end of the first cycle, with time counted from there and `had_ticket` by then."""
    there = histories[histories["days"] > histories["landmark"]].copy()
    there["had_ticket"] = there["ticket_at"] <= there["landmark"]
    there["after"] = there["days"] - there["landmark"]
    there["left_within"] = there["left"].astype(bool) & (there["after"] <= AFTER)
    there["after"] = there["after"].clip(upper=AFTER)
    return there


def landmark_of(histories: pd.DataFrame) -> Landmark:
    there = at_landmark(histories)
    groups = [there[there["had_ticket"]], there[~there["had_ticket"]]]
    if min(len(group) for group in groups) < LEAST_IN_GROUP:
        one, other = (Curve(len(group), int(group["left_within"].sum())) for group in groups)
        return Landmark(one, other)
    (one, share, error), (other, share_other, error_other) = (_curve(group) for group in groups)
    gap, spread = share_other - share, Z95 * sqrt(error**2 + error_other**2)
    return Landmark(one, other, Estimate(gap, gap - spread, gap + spread))


def _curve(group: pd.DataFrame) -> tuple[Curve, float, float]:
    """With the share at the end and its standard error by Greenwood."""
    from lifelines import KaplanMeierFitter

    fitted = KaplanMeierFitter().fit(group["after"], group["left_within"])
    shares, bounds = fitted.survival_function_.iloc[:, 0], fitted.confidence_interval_
    grid = np.arange(0, AFTER + 1)
    place = np.searchsorted(shares.index.to_numpy(), grid, side="right") - 1
    values, (lows, highs) = shares.to_numpy()[place], (bounds.to_numpy()[place, side] for side in (0, 1))
    table = fitted.event_table[fitted.event_table["observed"] > 0]
    at_risk, left = table["at_risk"].to_numpy(float), table["observed"].to_numpy(float)
    inner = (left / (at_risk * np.maximum(at_risk - left, 1))).sum()
    curve = Curve(
        len(group),
        int(group["left_within"].sum()),
        *([round(float(x), 4) for x in column] for column in (grid, values, lows, highs)),
    )
    return curve, float(values[-1]), float(values[-1]) * sqrt(inner)
