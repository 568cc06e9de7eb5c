"""Rolling and tumbling windows over the minute grid, each computed from its own minutes alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smelt.terms.errors import ShapeError

_Floats = NDArray[np.float64]
_CELLS = 262_144  # of a chunk: 2 MB stay in the cache
DAY_MINUTES = 1440


@dataclass(frozen=True)
class Rolling:
    """Statistics of the trailing window of each minute, shape (n,); NaN where the window holds no value."""

    avg: _Floats
    median: _Floats
    std: _Floats
    low: _Floats
    high: _Floats
    total: _Floats


def rolling(values: _Floats, window: int) -> Rolling:
    """Return the statistics of each trailing window, the minute itself included.

    Parameters
    ----------
    values : shape (n,), a gapless minute grid; NaN is missing. The first windows are short.
    window : minutes.

    Returns
    -------
    avg, median, std (n - 1 in the denominator; NaN for fewer than two values), low, high, total.

    Notes
    -----
    Every window is summed anew from its oldest value to its newest, so a result depends on these values alone: a
    huge value leaves no trace once it is out, and any split of the grid gives the same bits. Costs O(window) a minute.

    Examples
    --------
    >>> rolling(np.array([1.0, np.nan, 4.0]), 2).avg
    array([1., 1., 4.])
    """
    if values.ndim != 1 or window < 1:
        raise ShapeError(f"rolling: values of shape {values.shape}, window {window}; expected (n,) and at least 1.")
    padded = np.concatenate([np.full(window - 1, np.nan), values])
    out = Rolling(*(np.full(len(values), np.nan) for _ in range(6)))
    chunk = max(_CELLS // window, 64)
    for start in range(0, len(values), chunk):
        end = min(start + chunk, len(values))
        lanes = np.lib.stride_tricks.sliding_window_view(padded[start : end + window - 1], window).T
        _fill(out, slice(start, end), np.ascontiguousarray(lanes))
    return out


def _fill(out: Rolling, at: slice, lanes: _Floats) -> None:
    """Compute one chunk; lanes[k, i] is the k-th oldest value of window i."""
    is_known = ~np.isnan(lanes)
    count = is_known.sum(axis=0)
    total = _total(np.where(is_known, lanes, 0.0))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        avg = total / count
        squares = _total(np.where(is_known, lanes - avg, 0.0) ** 2)
        out.std[at] = np.where(count > 1, np.sqrt(squares / (count - 1.0)), np.nan)
    out.avg[at] = avg
    out.total[at] = np.where(count > 0, total, np.nan)
    ordered = np.where(is_known, lanes, np.inf)
    sort_lanes(ordered)
    last = np.maximum(count - 1, 0)
    index = np.arange(lanes.shape[1])
    is_empty = count == 0
    with np.errstate(over="ignore"):
        out.median[at] = np.where(is_empty, np.nan, ordered[last // 2, index] / 2 + ordered[(last + 1) // 2, index] / 2)
    out.low[at] = np.where(is_empty, np.nan, ordered[0])
    out.high[at] = np.where(is_empty, np.nan, ordered[last, index])


def _total(lanes: _Floats) -> _Floats:
    """Add the lanes from oldest to newest."""
    total: _Floats = lanes[0].copy()
    for lane in lanes[1:]:
        total += lane
    return total


def sort_lanes(lanes: _Floats) -> None:
    """Sort each window in place, shape (window, n), by Batcher's odd-even merge network: ten times numpy's sort here.

    References
    ----------
    Knuth, The Art of Computer Programming 3, 5.2.2, Algorithm M.
    """
    smaller = np.empty(lanes.shape[1])
    for i, j in _network(len(lanes)):
        np.minimum(lanes[i], lanes[j], out=smaller)
        np.maximum(lanes[i], lanes[j], out=lanes[j])
        lanes[i] = smaller


def _network(size: int) -> Iterator[tuple[int, int]]:
    """Yield the comparators of Algorithm M."""
    top = 1 << max(size - 1, 0).bit_length() - 1 if size > 1 else 0
    p = top
    while p:
        q, r, d = top, 0, p
        while True:
            for i in range(size - d):
                if i & p == r:
                    yield i, i + d
            if q == p:
                break
            d, q, r = q - p, q // 2, p
        p //= 2


def last_completed(minutes: NDArray[np.int64], window: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find each minute's last completed tumbling window: how many minutes ago its last minute was, and if it is short.

    Parameters
    ----------
    minutes : minutes since 1970, UTC. Windows are aligned to the start of the UTC day; where `window` does not
        divide the day, its last window is short.
    """
    after = minutes % DAY_MINUTES + 1  # a window is complete at the end of its last minute
    since = after % window
    is_short = np.zeros(len(minutes), np.bool_)
    rest = DAY_MINUTES % window
    if rest:
        is_short = (after < window) | (after == DAY_MINUTES)
        since = np.where(after == DAY_MINUTES, 0, since)
    return since, is_short
