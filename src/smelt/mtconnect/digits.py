"""Numbers to the digits that every way of printing them keeps: an agent's XML prints 15, its JSON up to 17."""

import numpy as np
from numpy.typing import NDArray

DIGITS = 15
_EXACT_POWER = 22  # powers of ten up to this one are exact doubles


def fifteen_digits(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each number rounded to 15 significant digits; whole numbers, NaN and infinities as they are.

    A number of at most 15 digits stays what it is, to the last bit.

    Examples
    --------
    >>> fifteen_digits(np.array([0.5333333333333333, 214.45204760000001, 0.1])).tolist()
    [0.533333333333333, 214.4520476, 0.1]
    """
    long = np.flatnonzero(_may_be_long(values))
    if not len(long):
        return values
    rounded = values.copy()
    distinct, places = np.unique(values[long], return_inverse=True)  # machines say the same numbers again and again
    rounded[long] = np.array([float(f"%.{DIGITS}g" % value) for value in distinct.tolist()])[places]
    return rounded


def short(value: float) -> float:
    """Return one number rounded like those of `fifteen_digits`."""
    return value if value.is_integer() else float(f"{value:.{DIGITS}g}")


def _may_be_long(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say of each number whether it can have more digits: D / 10^k is rounded right where both are exact."""
    with np.errstate(all="ignore"):
        is_long: NDArray[np.bool_] = np.isfinite(values) & ~(
            (np.rint(values * 1e6) / 1e6 == values) & (np.abs(values) < 1e9)
        )
        rest = np.flatnonzero(is_long)
        number = values[rest]
        places = DIGITS - 1 - np.floor(np.log10(np.abs(number)))
        scale = np.power(10.0, np.clip(places, 0, _EXACT_POWER))
        is_short = (np.rint(number * scale) / scale == number) & (places <= _EXACT_POWER)
        is_long[rest] = ~(is_short | (np.rint(number) == number))
    return is_long
