"""The gaps of devices: what is not live, joined across the hours in which coverage keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from smelt.runs.pages.tables import Reader, table, touching
from smelt.terms.interval import Interval, month_of
from smelt.terms.plant import Device
from smelt.terms.tables import COVERAGE, TASKS

LIVE, SILENT = "live", "silent"


@dataclass(frozen=True)
class Gap:
    """A stretch [start, end), microseconds, in which one device was not live; `count` of a loss, else None."""

    device_uuid: str
    kind: str
    start_us: int
    end_us: int
    count: int | None


@dataclass(frozen=True)
class SharedGap:
    """A gap that several devices have alike, as those of one agent do when it restarts or loses something."""

    device_uuids: tuple[str, ...]
    kind: str
    start_us: int
    end_us: int
    count: int | None


def coverage_in(reader: Reader, devices: Sequence[Device], interval: Interval) -> pl.LazyFrame:
    """Return the coverage of the devices cut to the interval: device_uuid, kind, start, end (microseconds), count.

    Without the silence that begins a device's first hour: it had said nothing before, so nothing lacks.
    """
    rows = touching(table(reader, COVERAGE), interval).filter(
        pl.col("month") >= month_of(interval.start_us),
        pl.col("month") <= month_of(interval.end_us),
        pl.col("device_uuid").is_in([d.uuid for d in devices]),
    )
    is_before = (pl.col("kind") == SILENT) & (pl.col("start") == pl.col("first_hour")).fill_null(value=False)
    rows = rows.join(_first_hours(reader), on="device_uuid", how="left").filter(~is_before)
    start, end = pl.col("start").dt.epoch("us"), pl.col("end").dt.epoch("us")
    return rows.select(
        "device_uuid",
        "kind",
        start=start.clip(lower_bound=interval.start_us),
        end=end.clip(upper_bound=interval.end_us),
        count=pl.when(start >= interval.start_us).then("count"),
    )


def _first_hours(reader: Reader) -> pl.LazyFrame:
    said = table(reader, TASKS).filter(pl.col("stage") == "ingest", pl.col("rows") > 0)
    return said.group_by("device_uuid").agg(first_hour=pl.col("period").min())


def gaps_in(reader: Reader, devices: Sequence[Device], interval: Interval) -> tuple[Gap, ...]:
    """Return the gaps of the devices that touch the interval, cut to it, the newest first."""
    rows = coverage_in(reader, devices, interval).collect().sort("device_uuid", "start")
    goes_on = (pl.col("kind") == pl.col("kind").shift(1)) & (pl.col("start") == pl.col("end").shift(1))
    begins = ~(goes_on & (pl.col("device_uuid") == pl.col("device_uuid").shift(1))).fill_null(value=False)
    joined = (
        rows.with_columns(gap=begins.cum_sum())
        .filter(pl.col("kind") != LIVE)
        .group_by("gap", maintain_order=True)
        .agg(
            pl.col("device_uuid", "kind", "start").first(),
            pl.col("end").last(),
            count=pl.when(pl.col("kind").first() == "lost").then(pl.col("count").sum()),
        )
        .sort("start", "device_uuid", descending=[True, False])
    )
    return tuple(Gap(*row) for row in joined.select("device_uuid", "kind", "start", "end", "count").rows())


def shared_gaps(gaps: Sequence[Gap]) -> tuple[SharedGap, ...]:
    """Join the gaps of one kind that begin and end at the same moments, keeping their order.

    Examples
    --------
    >>> [s.device_uuids for s in shared_gaps([Gap("a", "lost", 0, 9, 3), Gap("b", "lost", 0, 9, 3)])]
    [('a', 'b')]
    """
    found: dict[tuple[str, int, int, int | None], list[str]] = {}
    for gap in gaps:
        found.setdefault((gap.kind, gap.start_us, gap.end_us, gap.count), []).append(gap.device_uuid)
    return tuple(SharedGap(tuple(uuids), *key) for key, uuids in found.items())
