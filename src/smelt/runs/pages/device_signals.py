"""A device's signals: in which order they matter, their normal bands, and their lines."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from smelt.runs.pages.episodes import Share
from smelt.runs.pages.series import Series, Strip, series, strip
from smelt.terms.errors import InputError
from smelt.terms.plant import ClassMapping

HEAD = ("month", "device_uuid", "minute", "is_live", "is_running", "origin")


@dataclass(frozen=True)
class Signal:
    """A signal's line, or its strip if its values are words; `band` is its 1st and 99th training percentile."""

    name: str
    unit: str | None
    band: tuple[float, float] | None
    line: Series | None
    strip: Strip | None


def overall_shares(scores: pl.LazyFrame) -> tuple[Share, ...]:
    """Return the signals' mean shares over the alarm minutes, or over all minutes if there was no alarm; sum 1."""
    alarms = scores.filter(pl.col("severity") >= 75)
    return _mean_shares(alarms) or _mean_shares(scores)


def _mean_shares(scores: pl.LazyFrame) -> tuple[Share, ...]:
    parts = scores.select(pl.col("contributions").list.explode(keep_nulls=False, empty_as_null=False).struct.unnest())
    sums = parts.group_by("signal").agg(pl.col("share").cast(pl.Float64).sum()).collect()
    total = sums["share"].sum()
    ordered = sums.sort("share", "signal", descending=[True, False])
    return tuple(Share(s, v / total) for s, v in ordered.iter_rows()) if total else ()


def signal_columns(frame: pl.LazyFrame) -> tuple[str, ...]:
    """Return the mapped columns of a minutes table, in the mapping's order."""
    return tuple(n for n in frame.collect_schema().names() if n not in HEAD)


def signals_of(
    minutes: pl.LazyFrame,
    names: Sequence[str],
    bands: dict[str, tuple[float, float]],
    mapping: ClassMapping | None,
    points: int,
) -> tuple[Signal, ...]:
    """Return the named signals of a device's minutes; minutes that were not live are gaps.

    Raises
    ------
    InputError
        If a name is not a column.
    """
    known = signal_columns(minutes)
    if unknown := [n for n in names if n not in known]:
        raise InputError(f"no signal {unknown[0]!r}: the device has {', '.join(known)}.")
    units = {c.name: c.unit for c in mapping.columns} if mapping else {}
    frame = minutes.filter("is_live").select("minute", *dict.fromkeys(names)).collect()
    return tuple(_signal(frame, n, units.get(n), bands.get(n), points) for n in names)


def _signal(frame: pl.DataFrame, name: str, unit: str | None, band: tuple[float, float] | None, points: int) -> Signal:
    if frame.schema[name] == pl.String:
        return Signal(name, unit, band, None, strip(frame.select("minute", value=name), points))
    times = frame["minute"].dt.epoch("us").to_numpy()
    values = frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return Signal(name, unit, band, series(times, values, points), None)
