"""How rare a score is on held-out time: its ranks, and beyond the highest ones a generalised Pareto tail."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_KNOTS = 128
_TAIL_SHARE = 0.02
_FEWEST_EXCESSES = 10
_MOST_SHAPE = 0.5


@dataclass(frozen=True)
class Pareto:
    """A generalised Pareto distribution of the excess over `start`; shape (never negative) 0 is the exponential."""

    start: float
    scale: float
    shape: float

    def log_survival(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log of the chance to exceed each value."""
        excess = np.maximum(values - self.start, 0.0) / self.scale
        if self.shape == 0:
            return -excess
        return -np.log1p(self.shape * excess) / self.shape

    def exceeded_with(self, chance: float) -> float:
        """Return the value that is exceeded with this chance."""
        if self.shape == 0:
            return self.start - self.scale * float(np.log(chance))
        return self.start + self.scale * float(np.expm1(-self.shape * np.log(chance))) / self.shape


def fit_pareto(values: NDArray[np.float64], start: float) -> Pareto:
    """Fit the excesses of values over `start` by probability-weighted moments.

    The shape is kept from 0 to 0.5: no score is called impossible because few minutes did not show it, and
    beyond 0.5 the moments do not exist. With under ten excesses the shape cannot be told, and 0 is taken.

    References
    ----------
    Hosking & Wallis (1987), Parameter and quantile estimation for the generalized Pareto distribution,
    Technometrics 29(3), 339-349.

    Examples
    --------
    >>> excesses = np.random.default_rng(0).exponential(2.0, 4000)
    >>> tail = fit_pareto(excesses, 0.0)
    >>> bool(abs(tail.scale - 2) < 0.15), bool(abs(tail.shape) < 0.05)
    (True, True)
    """
    excess = np.sort(values[values > start] - start)
    mean = float(excess.mean()) if excess.size else 0.0
    smallest = 1e-9 * max(abs(start), 1e-9)
    if excess.size < _FEWEST_EXCESSES:
        return Pareto(start, max(mean, smallest), 0.0)
    chances = (np.arange(excess.size) + 0.65) / excess.size
    weighted = float(((1 - chances) * excess).mean())
    shape = 2 - mean / max(mean - 2 * weighted, 1e-12)
    shape = float(np.clip(shape, 0.0, _MOST_SHAPE))
    return Pareto(start, max(mean * (1 - shape), smallest), shape)


@dataclass(frozen=True)
class Tail:
    """The held-out tail probability: `log_chances` at the ascending `scores`, and from the last one on `beyond`."""

    scores: tuple[float, ...]
    log_chances: tuple[float, ...]
    beyond: Pareto

    def log_chance(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the log of the chance that a held-out minute scores this high; never rises with the score."""
        values = np.asarray(scores, np.float64)
        ranks = np.interp(values, self.scores, self.log_chances, left=0.0)
        return np.where(values > self.beyond.start, self.log_chances[-1] + self.beyond.log_survival(values), ranks)


def fit_tail(scores: NDArray[np.floating]) -> Tail:
    """Fit the tail of held-out scores (n,) without NaN: ranks up to their 98 % quantile, Pareto above.

    Few scores give the tail their ten highest instead.
    """
    ordered = np.sort(scores.astype(np.float64))
    values, first = np.unique(ordered, return_index=True)
    chances = (ordered.size - first) / (ordered.size + 1.0)  # as many score this high or higher
    share = max(_TAIL_SHARE, min(_FEWEST_EXCESSES / ordered.size, 0.5))
    start = int(np.flatnonzero(chances >= share)[-1])
    wanted = np.geomspace(chances[0], chances[start], MOST_KNOTS)
    places = np.unique(np.append(np.searchsorted(-chances[:start], -wanted), [0, start]))
    beyond = fit_pareto(ordered, float(values[start]))
    return Tail(tuple(values[places].tolist()), tuple(np.log(chances[places]).tolist()), beyond)
