"""Which minutes are live, and in which of them the machine runs."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.terms.interval import MINUTE_US, Interval
from smelt.terms.plant import ClassMapping


def touched(minutes: NDArray[np.int64], intervals: list[Interval]) -> NDArray[np.bool_]:
    """Say for each minute whether any part of it lies in one of the intervals.

    Parameters
    ----------
    minutes : starts of the minutes of a gapless grid, microseconds.
    """
    if not len(minutes):
        return np.zeros(0, np.bool_)
    edges = np.zeros(len(minutes) + 1, np.int64)
    for interval in intervals:
        if interval.start_us >= interval.end_us:
            continue
        first = (interval.start_us - int(minutes[0])) // MINUTE_US
        last = -((int(minutes[0]) - interval.end_us) // MINUTE_US)
        edges[min(max(first, 0), len(minutes))] += 1
        edges[min(max(last, 0), len(minutes))] -= 1
    return np.asarray(np.cumsum(edges)[:-1] > 0, np.bool_)


def live_minutes(minutes: pl.Series, coverage: pl.DataFrame) -> pl.Series:
    """Say for each minute whether any part of it is covered `live`."""
    live = coverage.filter(pl.col("kind") == "live").select(
        pl.col("start").dt.epoch("us"), pl.col("end").dt.epoch("us")
    )
    return pl.Series("is_live", touched(minutes.to_physical().to_numpy(), [Interval(*row) for row in live.iter_rows()]))


def running(mapping: ClassMapping, running_minutes: int) -> pl.Expr:
    """Return whether the machine runs in a minute: the mapping's expression, where it has none a fresh measurement.

    Without an expression: `sampled` in this minute or one of the minutes before, `running_minutes` in all, on a
    gapless grid. An expression that is null, because a state is unknown, is false.
    """
    if mapping.running is not None:
        return pl.sql_expr(mapping.running).fill_null(value=False)
    return pl.col("sampled").cast(pl.Int8).rolling_max(running_minutes, min_samples=1).cast(pl.Boolean)
