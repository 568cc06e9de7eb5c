"""Replacing a device's periods in a table: the rows of old files that stay, the fresh ones, one new file."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.reader import scan_files
from smelt.runs.stale import Unit
from smelt.terms.interval import PERIOD_US, from_us
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

TIME = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Target:
    """A table that a task writes to: its time column, and the files that the task replaces."""

    spec: TableSpec
    time: str
    replaces: tuple[str, ...]


@dataclass(frozen=True)
class PeriodWritten:
    """What a task wrote: files by table, fresh rows, and how many in each (device, period) of the first table."""

    rows_written: int
    files: tuple[tuple[str, tuple[DataFile, ...]], ...]
    counts: tuple[tuple[str, int, int], ...]


def write_periods(lake: str, units: Sequence[Unit], fresh: Sequence[tuple[Target, pl.DataFrame]]) -> PeriodWritten:
    """Write fresh rows of the units to each target, together with the other rows of the files it replaces."""
    location = Location(lake)
    files = tuple((t.spec.name, tuple(_replace(location, t, units, rows))) for t, rows in fresh)
    first, rows = fresh[0]
    start = pl.col(first.time).dt.timestamp("us")
    counted = rows.group_by("device_uuid", period=start - start.mod(PERIOD_US)).len()
    counts = tuple((str(d), int(p), int(n)) for d, p, n in counted.sort("device_uuid", "period").rows())
    return PeriodWritten(sum(frame.height for _, frame in fresh), files, counts)


def _replace(location: Location, target: Target, units: Sequence[Unit], fresh: pl.DataFrame) -> list[DataFile]:
    old = scan_files(location, target.spec, target.replaces).filter(*(~within(unit, target.time) for unit in units))
    kept = old.collect()
    rows = pl.concat([kept, fresh.select(kept.columns).cast(kept.schema)]).sort(target.spec.sort_by)
    if "month" not in target.spec.partition_by:
        return write_files(location, target.spec, rows.to_arrow(), {})
    months = rows.with_columns(month=pl.col(target.time).dt.strftime("%Y-%m"))
    written: list[DataFile] = []
    for (month,), group in months.group_by("month", maintain_order=True):
        written += write_files(location, target.spec, group.to_arrow(), {"month": str(month)})
    return written


def within(unit: Unit, time: str) -> pl.Expr:
    """Say whether a row is of the unit's device and periods."""
    return (
        (pl.col("device_uuid") == unit.device_uuid)
        & (pl.col(time) >= at(unit.interval.start_us))
        & (pl.col(time) < at(unit.interval.end_us))
    )


def at(time_us: int) -> pl.Expr:
    """Return an instant as an expression."""
    return pl.lit(from_us(time_us), TIME)
