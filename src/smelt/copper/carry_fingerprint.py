"""A fingerprint of what each period's carry holds, without folding it: a late row reaches as far as its value does."""

import numpy as np
import polars as pl

from smelt.copper.carry import in_settled_order, is_reset
from smelt.terms.interval import Interval

IDENTITY = ("device_uuid", "data_item", "native_code", "is_reset")
KEY = (*IDENTITY, "segment")
HASHED = (*IDENTITY, "event_time", "value", "text", "level", "native_units")


def carry_fingerprints(
    last_values: pl.DataFrame, periods: pl.DataFrame, exclusions: dict[str, tuple[Interval, ...]]
) -> pl.DataFrame:
    """Return for each (device, period) the sum mod 2^64 of the hashes of the last values it is carried.

    Parameters
    ----------
    last_values : LAST_VALUES rows of any devices.
    periods : device_uuid, period: the periods that want to know.
    exclusions : bad intervals by device, which no value crosses.

    Returns
    -------
    device_uuid, period, carry (uint64; 0 where nothing is carried).

    Notes
    -----
    Each last value adds the difference of its hash to the one it replaces, so a running sum over the
    device's periods is the sum over what is known. An exclusion begins a new *segment*, which starts empty.
    """
    wanted = periods.with_columns(segment=_segment("period", "start", exclusions)).sort("period")
    inside = last_values.with_columns(segment=_segment("event_time", "end", exclusions), is_reset=is_reset())
    kept = inside.filter(_segment("event_time", "start", exclusions) == pl.col("segment"))
    ordered = in_settled_order(kept).sort("period", maintain_order=True)
    ordered = ordered.unique((*KEY, "period"), keep="last", maintain_order=True)
    hashed = ordered.with_columns(hash=pl.struct(HASHED).hash())
    sums = _running(hashed)
    return wanted.join_asof(
        sums.sort("period"), on="period", by=["device_uuid", "segment"], strategy="backward",
        allow_exact_matches=False, check_sortedness=False,
    ).select("device_uuid", "period", pl.col("carry").fill_null(0))  # fmt: skip


def _segment(time: str, side: str, exclusions: dict[str, tuple[Interval, ...]]) -> pl.Expr:
    """Count the exclusions of the row's device that began ('start') or ended ('end') by its time."""
    us = pl.col(time).dt.timestamp("us")
    result = pl.repeat(0, pl.len(), dtype=pl.UInt32)  # a literal column trips up the filter of a chunked frame
    for device, intervals in exclusions.items():
        for i in intervals:
            passed = us > i.start_us if side == "start" and time == "period" else us >= getattr(i, f"{side}_us")
            result = result + (passed & (pl.col("device_uuid") == device)).cast(pl.UInt32)
    return result


def _running(hashed: pl.DataFrame) -> pl.DataFrame:
    values = hashed["hash"].to_numpy()
    before = hashed.select(pl.col("hash").shift(1).over(KEY).fill_null(0))["hash"].to_numpy()
    ordered = hashed.select("device_uuid", "segment", "period", delta=pl.Series(values - before)).sort(
        "device_uuid", "segment", "period"
    )
    total = np.cumsum(ordered["delta"].to_numpy())
    first = ordered.select(pl.struct("device_uuid", "segment").rle_id().alias("id"))["id"].to_numpy()
    starts = np.flatnonzero(np.diff(first, prepend=np.uint32(0)) != 0) if len(first) else np.empty(0, np.int64)
    base = np.zeros(len(total), dtype=np.uint64)
    for start in starts:
        base[start:] = total[start - 1]
    summed = ordered.select("device_uuid", "segment", "period", carry=pl.Series(total - base))
    return summed.unique(("device_uuid", "segment", "period"), keep="last", maintain_order=True)
