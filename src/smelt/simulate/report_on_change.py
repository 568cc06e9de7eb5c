"""Adapters report what changed: a value goes out once it has left the dead-band around the last one sent."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from smelt.compiled import entry_of

_VALUES = types.Array(types.float64, 1, "C", readonly=True)


@entry_of(types.Array(types.bool_, 1, "C")(_VALUES, types.float64, types.float64))
def _leave_band(values: NDArray[np.float64], band: float, last: float) -> NDArray[np.bool_]:
    sent = np.zeros(values.size, np.bool_)
    for i in range(values.size):
        value = values[i]
        if np.isnan(last) or (value != last and abs(value - last) >= band):
            sent[i] = True
            last = value
    return sent


def leave_band(values: NDArray[np.float64], band: float, last: float) -> NDArray[np.bool_]:
    """Mark the values that an adapter sends.

    Parameters
    ----------
    values : shape (n_ticks,), rounded as the adapter rounds.
    band : smallest change that is sent, in the values' unit; 0 sends every change.
    last : the value sent last; NaN if none was.

    Returns
    -------
    shape (n_ticks,), true where a value is sent.

    Examples
    --------
    >>> leave_band(np.array([1.0, 1.2, 1.6, 1.6]), 0.5, np.nan)
    array([ True, False,  True, False])
    """
    return _leave_band(np.ascontiguousarray(values, np.float64), band, last)


def changed(values: NDArray[np.generic], last: object) -> NDArray[np.bool_]:
    """Mark where a state differs from the one before it; `last` is the state before the first.

    Examples
    --------
    >>> changed(np.array(["READY", "ACTIVE", "ACTIVE"]), "READY")
    array([False,  True, False])
    """
    out = np.empty(values.size, np.bool_)
    out[1:] = values[1:] != values[:-1]
    out[:1] = True if last is None else values[:1] != last
    return out
