"""An item's observations stand in the order in which its agent numbered them; stamps that disagree are repaired."""

from bisect import bisect_right

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.terms.interval import PERIOD_US

_Times = NDArray[np.int64]


def settle_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Repair stamps that run backwards against the sequence, and mark them.

    Within a period, the numbers of one item say what came after what. Where its stamps disagree (a clock
    was set back, a value was sent again with its old stamp), the longest run of stamps that agree is
    believed; every other takes the time of the believed one before it, else of the one behind it.

    Parameters
    ----------
    rows : OBSERVATIONS or LAST_VALUES columns. Rows without a sequence (logs) or a stamp stay as they are.

    Returns
    -------
    The same rows in any order, with repaired event_time and is_repaired (true too where it was). A repaired row
    stays in its period, so that any whole periods give the same rows as one go.

    Notes
    -----
    Of two stamps that disagree, both equally likely, the later is kept: nothing is stamped before it is.
    A stamp that lies a whole period off is believed: only its neighbours in the same period are asked.

    Examples
    --------
    >>> stamps = pl.Series([0, 60_000_000, 30_000_000, 90_000_000]).cast(pl.Datetime("us", "UTC"))
    >>> columns = {"data_item": "x", "instance_id": 1, "sequence": [1, 2, 3, 4], "part": 0}
    >>> settled = settle_order(pl.DataFrame({"event_time": stamps}).with_columns(**{
    ...     name: pl.Series(v) if isinstance(v, list) else pl.lit(v) for name, v in columns.items()}))
    >>> settled["event_time"].dt.second().to_list(), settled["is_repaired"].to_list()
    ([0, 0, 0, 30], [False, False, True, False])
    """
    if "is_repaired" not in rows.columns:
        rows = rows.with_columns(is_repaired=pl.lit(value=False))
    numbered = pl.col("sequence").is_not_null() & pl.col("event_time").is_not_null()
    period = pl.col("event_time").dt.epoch("us") // PERIOD_US
    keys = ["instance_id", "sequence", *(["part"] if "part" in rows.columns else [])]
    of_item = [name for name in ("device_uuid", "data_item") if name in rows.columns]
    ordered = rows.filter(numbered).sort(*of_item, period, *keys)
    times = ordered["event_time"].to_physical().to_numpy()
    groups = ordered.select(pl.struct(*of_item, period).rle_id()).to_series().to_numpy()
    settled = times.copy()
    for group in np.unique(groups[1:][(np.diff(times) < 0) & (np.diff(groups) == 0)]):
        of_group = slice(*np.searchsorted(groups, [group, group + 1]))
        settled[of_group] = _settle(times[of_group], ordered[of_group].select(pl.struct(keys).rle_id()).to_series())
    kept = ordered.with_columns(
        pl.Series("event_time", settled).cast(rows.schema["event_time"]),
        is_repaired=pl.col("is_repaired") | pl.Series(settled != times),
    )
    return pl.concat([kept, rows.filter(~numbered)])


def _settle(times: _Times, numbers: pl.Series) -> _Times:
    """Return non-decreasing times: believed ones as they are, the others moved to a believed neighbour."""
    number = numbers.to_numpy()  # equal for an observation that is told twice
    told = times[np.unique(number, return_index=True)[1]]
    believed = _longest_run(told)
    at = np.maximum(np.searchsorted(believed, np.arange(len(told)), side="right") - 1, 0)
    settled: _Times = told[believed[at]][number]
    return settled


def _longest_run(times: _Times) -> _Times:
    """Return the indices of the longest non-decreasing subsequence; of equal ones that with the latest stamps."""
    tails: list[int] = []  # from the back: the largest stamp with which a run of each length can begin
    at: list[int] = []
    after = np.full(len(times), -1)
    for index in range(len(times) - 1, -1, -1):
        key = -int(times[index])
        length = bisect_right(tails, key)
        after[index] = at[length - 1] if length else -1
        tails[length : length + 1] = [key]
        at[length : length + 1] = [index]
    run = [at[-1]]
    while after[run[-1]] >= 0:
        run.append(int(after[run[-1]]))
    return np.array(run)
