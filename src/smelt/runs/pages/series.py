"""Series and strips small enough for a screen: M4 down-sampling with gaps kept open, and runs of equal values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from tsdownsample import M4Downsampler

from smelt.terms.interval import MINUTE_US, Interval

_new_sampler: Callable[[], Any] = M4Downsampler  # the library has no type hints
_SAMPLER = _new_sampler()


@dataclass(frozen=True)
class Series:
    """A line: times in microseconds, increasing, and values; NaN where the line must break."""

    times_us: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """A stretch [start, end) in which a value holds, microseconds."""

    start_us: int
    end_us: int
    value: str


@dataclass(frozen=True)
class Strip:
    """Runs in order; `is_summarised` if bins of `step_us` stand for the minutes because there were too many runs."""

    runs: tuple[Run, ...]
    step_us: int = MINUTE_US
    is_summarised: bool = False


def series(times_us: NDArray[np.int64], values: NDArray[np.float64], points: int) -> Series:
    """Thin minute values to about `points`, keeping every spike, and break the line at gaps.

    Parameters
    ----------
    times_us : shape (n,), increasing, whole minutes.
    values : shape (n,); NaN where there is none.
    points : how many to keep at most, at least 4; breaks come on top.

    Notes
    -----
    M4 keeps each bin's first, last, lowest and highest value (one-sample spikes survive). Breaks are
    put in afterwards, one NaN in the middle of each gap, for a down-sampler cannot see a NaN.

    References
    ----------
    Jugel et al. (2014), M4: a visualization-oriented time series data aggregation, PVLDB 7(10).

    Examples
    --------
    >>> minute = np.array([0, 1, 5], dtype=np.int64) * MINUTE_US
    >>> series(minute, np.array([1.0, 2.0, 3.0]), 100).values
    array([ 1.,  2., nan,  3.])
    """
    known = ~np.isnan(values)
    x, y = times_us[known], values[known]
    gap_count = np.cumsum(np.diff(x, prepend=x[:1]) > MINUTE_US)
    if len(x) > points:
        kept = _SAMPLER.downsample(x, y, n_out=points // 4 * 4).astype(np.int64)
        x, y, gap_count = x[kept], y[kept], gap_count[kept]
    after = np.flatnonzero(np.diff(gap_count)) + 1
    middle = x[after - 1] + (x[after] - x[after - 1]) // 2
    return Series(np.insert(x, after, middle), np.insert(y, after, np.nan))


def strip(frame: pl.DataFrame, limit: int, worst_first: tuple[str, ...] = ()) -> Strip:
    """Turn a value for each minute into runs, at most about `limit` of them.

    Parameters
    ----------
    frame : columns `minute` (increasing) and `value` (string); minutes of null values are left out.
    limit : above it, bins stand for the minutes.
    worst_first : which value speaks for a bin, the worst first; empty: the most frequent.
    """
    known = frame.drop_nulls("value").select(pl.col("minute").dt.epoch("us").alias("start"), "value")
    if known.select(_begins(MINUTE_US).sum()).item() <= limit:
        return Strip(_runs(known, MINUTE_US))
    first, last = known["start"][0], known["start"][-1]
    step = -(-(last + MINUTE_US - first) // (limit * MINUTE_US)) * MINUTE_US
    speaks = _worst(worst_first) if worst_first else pl.col("value").mode(maintain_order=True).first()
    start = (pl.col("start") - first) // step * step + first
    binned = known.group_by(start, maintain_order=True).agg(speaks)
    return Strip(_runs(binned, step), step, True)


def _worst(worst_first: tuple[str, ...]) -> pl.Expr:
    rank = pl.col("value").replace_strict(
        {v: i for i, v in enumerate(worst_first)}, default=len(worst_first), return_dtype=pl.Int32
    )
    return pl.col("value").get(rank.arg_min())


def _begins(step_us: int) -> pl.Expr:
    changes = (pl.col("value") != pl.col("value").shift(1)) | (pl.col("start").diff() > step_us)
    return changes.fill_null(True)


def _runs(frame: pl.DataFrame, step_us: int) -> tuple[Run, ...]:
    number = _begins(step_us).cum_sum().alias("run")
    ends = (pl.col("start").last() + step_us).alias("end")
    runs = frame.group_by(number, maintain_order=True).agg(pl.col("start").first(), ends, pl.col("value").first())
    return tuple(Run(*row) for row in runs.select("start", "end", "value").iter_rows())


def fill_between(runs: tuple[Run, ...], interval: Interval, value: str) -> tuple[Run, ...]:
    """Cut the runs to the interval and put runs of `value` wherever none is.

    Examples
    --------
    >>> [(r.start_us, r.value) for r in fill_between((Run(2, 3, "live"),), Interval(0, 5), "none")]
    [(0, 'none'), (2, 'live'), (3, 'none')]
    """
    filled: list[Run] = []
    at = interval.start_us
    for run in runs:
        start, end = max(run.start_us, at), min(run.end_us, interval.end_us)
        if start >= end:
            continue
        if start > at:
            filled.append(Run(at, start, value))
        filled.append(Run(start, end, run.value))
        at = end
    if at < interval.end_us:
        filled.append(Run(at, interval.end_us, value))
    return tuple(filled)
