"""Bytes that could not be read, by reason: how many, where, and since when."""

from dataclasses import dataclass

import polars as pl

from smelt.ingest.landing import received_at
from smelt.runs.pages.tables import INSTANT, Reader, instant, table
from smelt.terms.interval import Interval
from smelt.terms.tables import QUARANTINE

MOST_REASONS = 100


@dataclass(frozen=True)
class Rejects:
    """All byte ranges rejected for one reason.

    path, offset, length : of the newest. first_us, last_us : arrival of the first and the newest, None if their
    paths do not tell.
    """

    reason: str
    count: int
    files: int
    bytes: int
    path: str
    offset: int
    length: int
    first_us: int | None
    last_us: int | None


def reject_rows(reader: Reader, interval: Interval) -> pl.DataFrame:
    """Return each rejected byte range of the interval: path, offset, length, reason, batch, arrived_at.

    A file whose path tells no time counts in every interval.
    """
    rows = table(reader, QUARANTINE).collect()
    paths = rows.select(pl.col("path").unique())
    arrived = [received_at(path) for path in paths["path"]]
    times = paths.with_columns(
        arrived_at=pl.Series(arrived, dtype=pl.String).str.to_datetime(time_zone="UTC").cast(INSTANT)
    )
    dated = rows.join(times, on="path", how="left")
    start, end = instant(interval.start_us), instant(interval.end_us)
    is_in = pl.col("arrived_at").is_between(start, end, closed="left").fill_null(value=True)
    return dated.filter(is_in).sort("arrived_at", "path", "offset", nulls_last=False)


def rejects_in(reader: Reader, interval: Interval) -> tuple[Rejects, ...]:
    """Return the rejects of the interval by reason."""
    return grouped_rejects(reject_rows(reader, interval))


def grouped_rejects(rows: pl.DataFrame) -> tuple[Rejects, ...]:
    """Group what `reject_rows` returned by reason, the most frequent first, at most MOST_REASONS."""
    grouped = rows.group_by("reason", maintain_order=True).agg(
        count=pl.len(),
        files=pl.col("path").n_unique(),
        bytes=pl.col("length").sum(),
        path=pl.col("path").last(),
        offset=pl.col("offset").last(),
        length=pl.col("length").last(),
        first_us=pl.col("arrived_at").min().dt.epoch("us"),
        last_us=pl.col("arrived_at").max().dt.epoch("us"),
    )
    found = grouped.sort("count", "reason", descending=[True, False]).head(MOST_REASONS)
    return tuple(Rejects(**row) for row in found.iter_rows(named=True))
