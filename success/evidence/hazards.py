"""How much more often people leave after something happened: Cox regression with facts that change in time.

A fact counts from the moment when it was known, never before: whoever lived long enough to write a ticket is at risk
as “no ticket yet” until then. “Ever against never” would credit that time to the ticket and make it look harmless.
"""

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from success.evidence.results import FACTS, Hazard, Hazards

LEAST_EVENTS, EVENTS_A_FACT, LEAST_TELLING = 50, 10, 5.0
FADES = 0.05  # below this probability the effect is said to change with time
Z95 = 1.959964
Matrix = npt.NDArray[np.float64]


def spells(histories: pd.DataFrame, facts: Sequence[str] = FACTS) -> pd.DataFrame:
    """Cut each subscription's time where a fact becomes known.

    `histories`, a row a subscription, times in days since it began: person, days (how long it was seen), left (whether
    it was cancelled then), and `<fact>_at` (NaN: never). Out: person, start, stop, left and each fact as 0 or 1.
    """
    days = histories["days"].to_numpy(float)
    onsets = np.column_stack([histories[f"{fact}_at"].to_numpy(float) for fact in facts])
    inside = np.where(np.isnan(onsets), days[:, None], np.clip(onsets, 0, days[:, None]))
    edges = np.sort(np.column_stack([np.zeros(len(days)), inside, days]), axis=1)
    starts, stops = edges[:, :-1], edges[:, 1:]
    row, column = np.nonzero(stops > starts)
    start, stop = starts[row, column], stops[row, column]
    known = (onsets[row] <= start[:, None]).astype(float)  # NaN compares as False
    cut = pd.DataFrame(known, columns=list(facts))
    cut["person"] = histories["person"].to_numpy()[row]
    cut["start"], cut["stop"] = start, stop
    cut["left"] = histories["left"].to_numpy(bool)[row] & (stop == days[row])
    return cut


def hazards_of(histories: pd.DataFrame, facts: Sequence[str] = FACTS) -> Hazards:
    """Of every fact that enough people had. Refuses (no facts) below `needed` events."""
    cut = spells(histories, facts)
    events = int(cut["left"].sum())
    told = telling(cut, facts, events)
    seen = [Hazard(fact, int((histories[f"{fact}_at"] < histories["days"]).sum()), told[fact]) for fact in facts]
    # Where none who had it left, or all who left had it, there is no ratio, only a bound.
    usable = [fact for fact in facts if told[fact] >= LEAST_TELLING and cut.loc[cut["left"], fact].nunique() == 2]
    required = max(LEAST_EVENTS, EVENTS_A_FACT * max(1, len(usable)))
    several = bool(histories["person"].duplicated().any())
    if events < required or not usable:
        return Hazards(len(histories), events, required, several, seen)
    found = dict(zip(usable, _fitted(cut, usable, several), strict=True))
    ended = [_with(one, found[one.fact]) if one.fact in found else one for one in seen]
    return Hazards(len(histories), events, required, several, ended)


def telling(cut: pd.DataFrame, facts: Sequence[str], events: int) -> dict[str, float]:
    """Of each fact, how many cancellations would be expected that say something of it apart from those before it.

    That is the time that is explained by no other, at the rate at which all leave: a fact that comes with every ticket
    says nothing that the ticket does not.
    """
    time = (cut["stop"] - cut["start"]).to_numpy()
    rate = events / max(float(time.sum()), 1e-9)
    weight, told = np.sqrt(time), {}
    known = np.ones((len(cut), 1)) * weight[:, None]
    for fact in facts:
        column = cut[fact].to_numpy() * weight
        rest = column - known @ np.linalg.lstsq(known, column, rcond=None)[0] if len(cut) else column
        told[fact] = rate * float(rest @ rest)
        if told[fact] >= LEAST_TELLING:
            known = np.column_stack([known, column])
    return told


def _with(hazard: Hazard, found: tuple[float, float, float, bool]) -> Hazard:
    coefficient, error, steady, early = found
    low, high = np.exp(coefficient - Z95 * error), np.exp(coefficient + Z95 * error)
    return Hazard(
        hazard.fact, hazard.exposed, hazard.telling, float(np.exp(coefficient)), float(low), float(high), steady, early
    )


def _fitted(cut: pd.DataFrame, facts: list[str], several: bool) -> list[tuple[float, float, float, bool]]:
    from lifelines import CoxPHFitter  # two seconds and 100 MB: never in a web process
    from lifelines.exceptions import ConvergenceWarning

    columns = [*facts, "start", "stop", "left", *(["person"] if several else [])]
    # Persons with several subscriptions do not decide independently: the sandwich variance is clustered by person.
    with warnings.catch_warnings():
        # lifelines warns where few had a fact: too few are left out by `telling`, of others the interval tells.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = CoxPHFitter().fit(
            cut[columns], "stop", "left", entry_col="start", cluster_col="person" if several else None
        )
    coefficients, errors = model.params_.to_numpy(), model.standard_errors_.to_numpy()
    steady = steadiness(cut, facts, coefficients)
    return [(float(one), float(error), *check) for one, error, check in zip(coefficients, errors, steady, strict=True)]


def steadiness(cut: pd.DataFrame, facts: list[str], coefficients: Matrix) -> list[tuple[float, bool]]:
    """Of each fact: Grambsch and Therneau's test against the rank of time, and whether its effect is stronger early.

    lifelines has these residuals for time from 0 alone; this takes who comes under risk later, too.
    """
    from scipy.stats import chi2

    covariates = cut[facts].to_numpy(float)
    start, stop, left = cut["start"].to_numpy(), cut["stop"].to_numpy(), cut["left"].to_numpy(bool)
    weight = np.exp(covariates @ coefficients)
    residuals, information = [], np.zeros((len(facts), len(facts)))
    times = np.sort(stop[left])
    for time in np.unique(times):
        at_risk = (start < time) & (time <= stop)
        share = weight[at_risk] / weight[at_risk].sum()
        mean = share @ covariates[at_risk]
        around = covariates[at_risk] - mean
        who = left & (stop == time)
        residuals.append(covariates[who] - mean)
        information += who.sum() * (around * share[:, None]).T @ around
    rows = np.vstack(residuals)
    rank = np.argsort(np.argsort(times)).astype(float) + 1
    centred = rank - rank.mean()
    variance = np.linalg.pinv(information)
    slopes = centred @ (rows @ variance * len(rows))
    statistic = slopes**2 / (len(rows) * np.diag(variance) * (centred @ centred))
    return [(float(chi2.sf(one, 1)), bool(slope < 0)) for one, slope in zip(statistic, slopes, strict=True)]
