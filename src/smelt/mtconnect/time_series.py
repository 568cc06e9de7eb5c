"""A time series to one row a value: its timestamp is that of the last value, the others lie before it."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smelt.mtconnect.cells import parse_number
from smelt.mtconnect.digits import fifteen_digits
from smelt.mtconnect.rows import Cell, Row
from smelt.terms.interval import FIRST_US

_LONGEST_US = 366 * 86_400_000_000


class Series(NamedTuple):
    """A time series of numbers whose places in time are known: `rate` values a second, the last one at `time_us`."""

    sequence: int
    data_item: str
    time_us: int
    rate: float
    values: list[float]


class Expanded(NamedTuple):
    """Values of many series, one behind the other: whose each is, which of it, when and what it was."""

    series: NDArray[np.int64]
    part: NDArray[np.int32]
    time_us: NDArray[np.int64]
    value: NDArray[np.float64]


def series_rate(rate: object) -> float | None:
    """Return values a second if that is a positive, finite number (or the text of one), else None."""
    number = parse_number(rate) if isinstance(rate, str) else rate
    if isinstance(number, float | int) and not isinstance(number, bool) and 0 < number < 1e12:
        return float(number)
    return None


def expand_series(last: Row, cells: list[Cell], rate: float | None) -> list[Row]:
    """Return a row for each value with its own time and part, or none if they cannot be placed.

    Parameters
    ----------
    last : carries the data item and the time of the last value.
    rate : values a second; value i of n was taken at `last.time_us - (n - 1 - i) / rate`, none before the year 1.

    Examples
    --------
    >>> last = Row(7, 0, "a", "SAMPLE", 2_000_000, Cell())
    >>> [(r.part, r.time_us, r.cell.value) for r in expand_series(last, [Cell(1.0), Cell(2.0)], 2.0)]
    [(0, 1500000, 1.0), (1, 2000000, 2.0)]
    """
    behind = len(cells) - 1
    if rate is None or not fits(len(cells), rate):
        return []
    return [
        last._replace(part=i, cell=cell, time_us=max(last.time_us - round((behind - i) * 1e6 / rate), FIRST_US))
        for i, cell in enumerate(cells)
    ]


def fits(count: int, rate: float) -> bool:
    """Say whether so many values at so many a second span a time that may be true: a year."""
    return (count - 1) * 1e6 <= _LONGEST_US * rate


def expand_all(found: Sequence[Series]) -> Expanded:
    """Expand many series at once, each as `expand_series` does.

    Examples
    --------
    >>> expanded = expand_all([Series(7, "a", 2_000_000, 2.0, [1.0, 2.0])])
    >>> expanded.part.tolist(), expanded.time_us.tolist(), expanded.value.tolist()
    ([0, 1], [1500000, 2000000], [1.0, 2.0])
    """
    counts = np.array([len(series.values) for series in found], np.int64)
    which = np.repeat(np.arange(len(found)), counts)
    part = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    times, rates = np.array([s.time_us for s in found], np.int64), np.array([s.rate for s in found])
    ago = np.rint((counts[which] - 1 - part) * 1e6 / rates[which]).astype(np.int64)
    values = np.fromiter(chain.from_iterable(series.values for series in found), np.float64, len(which))
    return Expanded(which, part.astype(np.int32), np.maximum(times[which] - ago, FIRST_US), fifteen_digits(values))
