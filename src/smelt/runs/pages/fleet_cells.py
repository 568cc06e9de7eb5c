"""The fleet's lanes as cells: per device and bin the highest severity, its top signal and what the machine did."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.runs.pages.tables import Reader, minutes_name, within
from smelt.terms.interval import MINUTE_US, Interval
from smelt.terms.plant import Device

SCORED, NOT_SCORED, OFF, NO_DATA = 0, 1, 2, 3


@dataclass(frozen=True)
class Cells:
    """One lane.

    `severity` is NaN where nothing was scored; `signal` indexes `signals` (-1: none); `state` is SCORED,
    NOT_SCORED (running, but before the training cut or without a model), OFF or NO_DATA. All shape (n_bins,).
    """

    severity: NDArray[np.float32]
    signal: NDArray[np.int16]
    signals: tuple[str, ...]
    state: NDArray[np.uint8]


@dataclass(frozen=True)
class Bins:
    """Even bins over an interval; `width_us` is a whole number of minutes."""

    interval: Interval
    width_us: int

    @property
    def count(self) -> int:
        """How many bins cover the interval."""
        return -(-(self.interval.end_us - self.interval.start_us) // self.width_us)

    def of(self, time: str) -> pl.Expr:
        """Return the number of the bin that holds the time, as column `bin`."""
        number = (pl.col(time).dt.epoch("us") - self.interval.start_us) // self.width_us
        return number.cast(pl.Int32).alias("bin")


def bins_of(interval: Interval, at_most: int) -> Bins:
    """Cut an interval into at most so many bins of whole minutes.

    Examples
    --------
    >>> bins_of(Interval(0, 90 * MINUTE_US), 60).count
    45
    """
    minutes_each = -(-(interval.end_us - interval.start_us) // (at_most * MINUTE_US))
    return Bins(interval, max(1, minutes_each) * MINUTE_US)


def score_cells(scores: pl.LazyFrame, bins: Bins) -> pl.DataFrame:
    """Return per device and bin the highest severity and the top signal of that minute."""
    first = pl.col("contributions").list.get(0, null_on_oob=True).struct.field("signal").cast(pl.String)
    highest = pl.col("severity").arg_max()
    rows = scores.select("device_uuid", bins.of("minute"), "severity", first.alias("signal"))
    return rows.group_by("device_uuid", "bin").agg(pl.col("signal").get(highest), pl.col("severity").max()).collect()


def activity_cells(reader: Reader, classes: Sequence[str], bins: Bins) -> pl.DataFrame:
    """Return per device and bin whether the machine was live and whether it ran in any of the minutes."""
    frames = [
        within(reader.scan(minutes_name(c)), "minute", bins.interval)
        .group_by("device_uuid", bins.of("minute"))
        .agg(pl.col("is_live").any(), pl.col("is_running").any())
        .collect()
        for c in classes
        if reader.exists(minutes_name(c))
    ]
    empty = {"device_uuid": pl.String, "bin": pl.Int32, "is_live": pl.Boolean, "is_running": pl.Boolean}
    return pl.concat(frames) if frames else pl.DataFrame(schema=empty)


def lane_cells(device: Device, scored: pl.DataFrame, active: pl.DataFrame, count: int) -> Cells:
    """Lay one device's rows of the two frames out over `count` bins."""
    state = np.full(count, NO_DATA, np.uint8)
    mine = active.filter(pl.col("device_uuid") == device.uuid)
    kind = pl.when("is_running").then(NOT_SCORED).when("is_live").then(OFF).otherwise(NO_DATA)
    state[mine["bin"].to_numpy()] = mine.select(kind.cast(pl.UInt8)).to_series().to_numpy()
    judged = scored.filter(pl.col("device_uuid") == device.uuid)
    at = judged["bin"].to_numpy()
    state[at] = SCORED
    severity = np.full(count, np.nan, np.float32)
    severity[at] = judged["severity"].to_numpy()
    signals = tuple(sorted(set(judged["signal"].drop_nulls())))
    number = {name: i for i, name in enumerate(signals)}
    signal = np.full(count, -1, np.int16)
    signal[at] = [number.get(name, -1) for name in judged["signal"]]
    return Cells(severity, signal, signals, state)
