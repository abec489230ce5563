"""Intervals that stay true however often one looks: asymptotic confidence sequences.

Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: Time-uniform central limit theory and asymptotic confidence sequences,
Annals of Statistics 52 (2024), theorem 2.2: after t observations of standard deviation s,

    mean ± s · sqrt( 2 (t r² + 1) / (t² r²) · log( sqrt(t r² + 1) / alpha ) )

holds at all t at once with probability 1 - alpha, for large t. r says around which t it is narrowest.
"""

from math import ceil, log

import numpy as np
import numpy.typing as npt

from success.evidence.results import Estimate

NARROWEST = 1000  # observations; chosen before any data, as it has to be
Z95, POWER_80 = 1.959964, 0.841621
Numbers = npt.NDArray[np.float64]


def squared_r(alpha: float, narrowest: int = NARROWEST) -> float:
    return (-2 * log(alpha) + log(-2 * log(alpha)) + 1) / narrowest


def half_width(observations: Numbers | float, alpha: float) -> Numbers:
    """Of the sequence, in standard deviations of one observation; observations ≥ 1."""
    r2, t = squared_r(alpha), np.asarray(observations, dtype=float)
    return np.sqrt(2 * (t * r2 + 1) / (t * t * r2) * np.log(np.sqrt(t * r2 + 1) / alpha))


def share_variance(kept: Numbers, number: Numbers) -> Numbers:
    """Of a share, after two more of each outcome in all: an arm in which nobody left is not known exactly."""
    share = (kept + 1) / (number + 2)
    return share * (1 - share) / np.maximum(number, 1)


def difference(kept: Numbers, number: Numbers, kept_held: Numbers, number_held: Numbers) -> tuple[Numbers, Numbers]:
    """Of the shares of two arms, and the standard deviation of one observation; arrays of one shape."""
    shares = kept / np.maximum(number, 1) - kept_held / np.maximum(number_held, 1)
    error = share_variance(kept, number) + share_variance(kept_held, number_held)
    return shares, np.sqrt(error * (number + number_held))


def once(kept: float, number: float, kept_held: float, number_held: float) -> Estimate:
    """The difference of two shares for one look on a day that was named before: Agresti and Caffo's 95 %."""
    one, other = (kept + 1) / (number + 2), (kept_held + 1) / (number_held + 2)
    error = Z95 * (one * (1 - one) / (number + 2) + other * (1 - other) / (number_held + 2)) ** 0.5
    return Estimate(kept / number - kept_held / number_held, one - other - error, one - other + error)


def needed(effect: float, kept_share: float, held_share: float, alpha: float, most: int = 10_000_000) -> int | None:
    """People in both arms after whom `effect` (a difference of shares) is seen with 80 %. None beyond `most`."""
    spread = (kept_share * (1 - kept_share) * (1 / held_share + 1 / (1 - held_share))) ** 0.5

    def is_enough(number: float) -> bool:
        return bool(effect >= spread * (half_width(number, alpha) + POWER_80 / number**0.5))

    low, high = 1.0, 2.0
    while not is_enough(high):
        low, high = high, high * 2
        if low > most:
            return None
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return ceil(high)
