"""First-order lag, the shape of everything that warms up, fills or spins down."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from smelt.compiled import entry_of

_NUMBERS = types.Array(types.float64, 1, "C", readonly=True)


@entry_of(types.Array(types.float64, 1, "C")(_NUMBERS, _NUMBERS, types.float64))
def _follow(target: NDArray[np.float64], share: NDArray[np.float64], start: float) -> NDArray[np.float64]:
    out = np.empty_like(target)
    now = start
    for i in range(target.size):
        now += (target[i] - now) * share[i]
        out[i] = now
    return out


def follow(
    target: NDArray[np.float64], period_s: float, time_constant_s: float | NDArray[np.float64], start: float
) -> NDArray[np.float64]:
    """Return a quantity that runs after its target.

    Parameters
    ----------
    target : shape (n_ticks,), where it would settle.
    period_s : seconds between ticks.
    time_constant_s : seconds until 63 % of a step is done; a number or shape (n_ticks,).
    start : its value one tick before the first.

    Returns
    -------
    shape (n_ticks,), in the target's unit.

    Examples
    --------
    >>> follow(np.ones(3), 10.0, 14.42, 0.0).round(2)
    array([0.5 , 0.75, 0.88])
    """
    share = 1.0 - np.exp(-period_s / np.broadcast_to(np.asarray(time_constant_s, np.float64), target.shape))
    return _follow(np.ascontiguousarray(target, np.float64), np.ascontiguousarray(share), start)
