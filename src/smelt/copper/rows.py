"""Decoded rows to copper's observations: whose they are, which are new, and what they add to each period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.terms.interval import DAY_US, PERIOD_US
from smelt.terms.tables import NO_MONTH

EARLIEST_US = 946_684_800_000_000  # 2000-01-01: MTConnect is younger
LATEST_AHEAD_US = DAY_US
ORDER = ("device_uuid", "data_item", "event_time", "instance_id", "sequence", "part")
LOG_KEY = ("device_uuid", "data_item", "event_time", "value", "text", "level", "native_code", "part")


@dataclass(frozen=True, order=True)
class Run:
    """A run of stored sequence numbers of one agent instance, both ends inclusive."""

    agent: str
    instance_id: int
    first: int
    last: int


@dataclass(frozen=True)
class PeriodSum:
    """Rows added to a period of a device, and the sum of their hashes mod 2^64."""

    device_uuid: str
    period_us: int
    rows: int
    fingerprint: int


def is_plausible() -> pl.Expr:
    """Say of each row whether its stamp can be true: after 1999 and at most a day ahead of its arrival."""
    time = pl.col("event_time").dt.timestamp("us")
    arrival = pl.col("received_at").dt.timestamp("us")
    return (time >= EARLIEST_US) & (arrival.is_null() | (time < arrival + LATEST_AHEAD_US))


def with_month_and_bucket(rows: pl.DataFrame, buckets: int) -> pl.DataFrame:
    """Add the partition columns; implausible stamps go to month '0000-00'."""
    months = pl.when(is_plausible()).then(pl.col("event_time").dt.strftime("%Y-%m")).otherwise(pl.lit(NO_MONTH))
    of_device = {d: crc32(d.encode()) % buckets for d in rows["device_uuid"].unique()}
    bucket = pl.col("device_uuid").replace_strict(of_device, return_dtype=pl.Int32)
    return rows.with_columns(month=months, bucket=bucket)


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort rows as copper keeps them: device, data item, time, sequence."""
    return rows.sort(ORDER, nulls_last=True, maintain_order=True)


def drop_duplicates(rows: pl.DataFrame, known: Sequence[Run]) -> pl.DataFrame:
    """Leave out rows whose sequence lies in a known run, and rows that stand twice among these.

    Rows of one sequence and several parts (a time series) come and go together. Log rows have no
    sequence; see `drop_known_lines`.

    Examples
    --------
    >>> rows = pl.DataFrame({"agent": ["a"] * 3, "instance_id": [1] * 3, "sequence": [4, 5, 5], "part": [0, 0, 0]})
    >>> drop_duplicates(rows, [Run("a", 1, 1, 4)])["sequence"].to_list()
    [5]
    """
    is_log = rows["sequence"].is_null()
    logs, numbered = rows.filter(is_log), rows.filter(~is_log)
    numbered = numbered.filter(~pl.Series(_is_known(numbered, known), dtype=pl.Boolean))
    numbered = numbered.unique(("agent", "instance_id", "sequence", "part"), keep="first", maintain_order=True)
    if logs.height:
        logs = logs.unique(("agent", *LOG_KEY), keep="first", maintain_order=True)
    return pl.concat([numbered, logs])


def _is_known(rows: pl.DataFrame, known: Sequence[Run]) -> NDArray[np.bool_]:
    result = np.zeros(rows.height, dtype=np.bool_)
    wanted = {(r.agent, r.instance_id) for r in known}
    for agent, instance_id in rows.select("agent", "instance_id").unique().rows():
        if (agent, instance_id) not in wanted:
            continue
        runs = merge_runs(r for r in known if (r.agent, r.instance_id) == (agent, instance_id))
        here = ((rows["agent"] == agent) & (rows["instance_id"] == instance_id)).to_numpy()
        sequence = rows["sequence"].to_numpy()[here]
        first = np.array([r.first for r in runs])
        last = np.array([r.last for r in runs])
        at = np.searchsorted(first, sequence, side="right") - 1
        result[here] = (at >= 0) & (sequence <= last[np.maximum(at, 0)])
    return result


def drop_known_lines(rows: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Leave out log rows that are stored: same device, data item, time, value and ordinal.

    `part` counts identical lines of one file, so a line that stands twice in one log and once in
    the next is kept twice: the larger count wins.
    """
    return rows.join(stored.select(LOG_KEY), on=LOG_KEY, how="anti", nulls_equal=True)


def merge_runs(runs: Iterable[Run]) -> list[Run]:
    """Join runs that touch or overlap, in order.

    Examples
    --------
    >>> merge_runs([Run("a", 1, 5, 9), Run("a", 1, 1, 4), Run("a", 2, 1, 1)])
    [Run(agent='a', instance_id=1, first=1, last=9), Run(agent='a', instance_id=2, first=1, last=1)]
    """
    merged: list[Run] = []
    for run in sorted(runs):
        last = merged[-1] if merged else None
        if last and (last.agent, last.instance_id) == (run.agent, run.instance_id) and run.first <= last.last + 1:
            merged[-1] = replace(last, last=max(last.last, run.last))
        else:
            merged.append(run)
    return merged


def runs_of(rows: pl.DataFrame) -> list[Run]:
    """Return the runs of sequence numbers that these rows hold."""
    numbered = rows.filter(pl.col("sequence").is_not_null())
    found: list[Run] = []
    for (agent, instance_id), group in numbered.group_by("agent", "instance_id"):
        sequence = np.unique(group["sequence"].to_numpy())
        breaks = np.flatnonzero(np.diff(sequence) != 1)
        firsts = sequence[np.concatenate(([0], breaks + 1))]
        lasts = sequence[np.concatenate((breaks, [len(sequence) - 1]))]
        found += [Run(str(agent), int(instance_id), int(f), int(l)) for f, l in zip(firsts, lasts, strict=True)]  # noqa: E741
    return sorted(found)


def period_sums(rows: pl.DataFrame) -> list[PeriodSum]:
    """Return what these rows add to each (device, period); the sum does not depend on their order.

    A row with an implausible stamp counts in the period of the plausible row before it (by sequence)
    of its device, else of the one after it; a device with none has no period.
    """
    if rows.height == 0:
        return []
    period = pl.when(is_plausible()).then(pl.col("event_time").dt.timestamp("us") // PERIOD_US * PERIOD_US)
    hashed = rows.select(
        "agent",
        "instance_id",
        "sequence",
        "device_uuid",
        period=period,
        hash=pl.struct("agent", *ORDER, "value", "text", "level", "native_code").hash(),
    )
    filled = hashed.sort("agent", "device_uuid", "instance_id", "sequence", nulls_last=True).with_columns(
        pl.col("period").forward_fill().backward_fill().over("agent", "device_uuid")
    )
    ordered = filled.drop_nulls("period").sort("device_uuid", "period")
    if ordered.height == 0:
        return []
    return _add_up(ordered)


def _add_up(ordered: pl.DataFrame) -> list[PeriodSum]:
    keys = ordered.select("device_uuid", "period")
    starts = np.flatnonzero(keys.select(pl.struct(pl.all()).rle_id()).to_series().diff().fill_null(1).to_numpy())
    fingerprints = np.add.reduceat(ordered["hash"].to_numpy(), starts)  # wraps: uint64
    counts = np.diff(np.append(starts, ordered.height))
    return [
        PeriodSum(str(device), int(period), int(rows), int(fingerprint))
        for (device, period), rows, fingerprint in zip(keys[starts].rows(), counts, fingerprints, strict=True)
    ]
