"""Whether service tells who will leave: learnt on those who began earlier, judged on those who began later."""

import warnings
from math import sqrt

import numpy as np
import pandas as pd

from success.evidence.landmark import at_landmark
from success.evidence.results import AFTER, LEAST_JUDGED, LEAST_LEARNT, Group, Lift, Prediction
from success.evidence.sequential import Z95

TELLING = ("tickets", "wait", "damage", "slow", "unhappy")
LEARNT_SHARE = 0.6
LEAST_WITH = 20  # who had a fact, of those learnt on
GROUPS = 10


def prediction_of(histories: pd.DataFrame) -> Prediction:
    """`histories` as for hazards, with landmark, born (days; only their order counts), could_see (days that its end
    would have been seen), failed (ended without being cancelled), tickets and wait (hours) by the landmark."""
    there = at_landmark(histories)
    ended_otherwise = there["failed"].astype(bool) & (there["after"] < AFTER)
    seen = there[(there["could_see"] >= there["landmark"] + AFTER) & ~ended_otherwise]
    seen = seen.sort_values("born", kind="stable")
    told = pd.DataFrame({name: np.log1p(seen[name].to_numpy(float)) for name in ("tickets", "wait")})
    for name in ("damage", "slow", "unhappy"):
        told[name] = (seen[f"{name}_at"] <= seen["landmark"]).to_numpy(float)
    left = seen["left_within"].to_numpy(bool)
    border = int(len(seen) * LEARNT_SHARE)
    learnt_left, judged_left = int(left[:border].sum()), int(left[border:].sum())
    few = Prediction(learnt_left, judged_left)
    learnt = told.iloc[:border]
    varied = [name for name in TELLING if LEAST_WITH <= (learnt[name] > 0).sum() <= border - LEAST_WITH]
    if learnt_left < LEAST_LEARNT or judged_left < LEAST_JUDGED or not varied:
        return few
    risk = _risk(told[varied], seen["after"].to_numpy(float), left, border)
    real = left[border:]
    return Prediction(
        learnt_left,
        judged_left,
        judged=len(real),
        foretold=float(risk.mean()),
        real=float(real.mean()),
        groups=calibration(risk, real),
        lift=[Lift(share, caught(risk, real, share)) for share in (0.05, 0.1, 0.2, 0.3, 0.5)],
    )


def _risk(told: pd.DataFrame, after: np.ndarray, left: np.ndarray, border: int) -> np.ndarray:
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceWarning

    learnt = told.iloc[:border].assign(after=after[:border], left=left[:border])
    with warnings.catch_warnings():
        # Of facts that few had: the ridge keeps them from running away.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = CoxPHFitter(penalizer=0.01).fit(learnt, "after", "left")
    return 1 - model.predict_survival_function(told.iloc[border:], times=[AFTER]).to_numpy()[0]


def calibration(risk: np.ndarray, real: np.ndarray) -> list[Group]:
    """In tenths by risk; people of equal risk are never parted, so that there may be fewer groups."""
    edges = np.unique(np.quantile(risk, np.linspace(0, 1, GROUPS + 1)[1:-1]))
    where = np.searchsorted(edges, risk, side="left")
    groups = []
    for place in np.unique(where):
        inside = where == place
        number, hits = int(inside.sum()), int(real[inside].sum())
        low, high = wilson(hits, number)
        groups.append(Group(number, float(risk[inside].mean()), hits / number, low, high))
    return groups


def caught(risk: np.ndarray, real: np.ndarray, share: float) -> float:
    """Among equals the order is chance: they count by the part of them that is needed to fill the share."""
    wanted, hits = share * len(risk), 0.0
    for value in np.unique(risk)[::-1]:
        inside = risk == value
        part = min(1.0, wanted / inside.sum())
        hits, wanted = hits + part * real[inside].sum(), wanted - part * inside.sum()
        if wanted <= 0:
            break
    return float(hits / max(1, real.sum()))


def wilson(hits: int, number: int) -> tuple[float, float]:
    share, z2 = hits / number, Z95**2
    middle = (share + z2 / (2 * number)) / (1 + z2 / number)
    spread = Z95 / (1 + z2 / number) * sqrt(share * (1 - share) / number + z2 / (4 * number**2))
    return max(0.0, middle - spread), min(1.0, middle + spread)
