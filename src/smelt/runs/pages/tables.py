"""How the pages read the lake: the reader's contract, rows of a stretch of time, and how far the data goes."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import polars as pl

from smelt.terms.interval import DAY_US, MINUTE_US, Interval, from_us, month_of
from smelt.terms.plant import Device, Plant
from smelt.terms.tables import COVERAGE, TableSpec

WEEK_US = 7 * DAY_US
HEARD_KINDS = ("live", "lost", "restarted")
INSTANT = pl.Datetime("us", "UTC")


class Reader(Protocol):
    """What the pages ask of a lake; `smelt.lake.reader.LakeReader` is one."""

    def exists(self, name: str) -> bool:
        """Say whether the table is there."""

    def scan(self, name: str) -> pl.LazyFrame:
        """Return the table's rows, read when collected."""

    def version(self, name: str) -> int:
        """Return the number of the table's last commit."""

    def __hash__(self) -> int:
        """Readers of one lake are equal, so that what was read can be kept."""
        ...


def table(reader: Reader, spec: TableSpec) -> pl.LazyFrame:
    """Return a table's rows, none if it has not been written yet."""
    if reader.exists(spec.name):
        return reader.scan(spec.name)
    empty = pl.from_arrow(spec.schema.empty_table())
    assert isinstance(empty, pl.DataFrame)
    return empty.lazy()


def minutes_name(class_name: str) -> str:
    """Name the minutes table of a class.

    Examples
    --------
    >>> minutes_name("mills")
    'gold/mills_minutes'
    """
    return f"gold/{class_name}_minutes"


def instant(time_us: int) -> pl.Expr:
    """Return a literal of the tables' time type."""
    return pl.lit(from_us(time_us), dtype=INSTANT)


def within(rows: pl.LazyFrame, time: str, interval: Interval) -> pl.LazyFrame:
    """Keep the rows whose time lies in the interval, skipping the months outside it."""
    kept = rows.filter((pl.col(time) >= instant(interval.start_us)) & (pl.col(time) < instant(interval.end_us)))
    if "month" not in rows.collect_schema().names():
        return kept
    first, last = month_of(interval.start_us), month_of(interval.end_us - 1)
    return kept.filter((pl.col("month") >= first) & (pl.col("month") <= last))


def touching(rows: pl.LazyFrame, interval: Interval) -> pl.LazyFrame:
    """Keep the rows whose own interval [start, end) shares an instant with the interval."""
    return rows.filter((pl.col("start") < instant(interval.end_us)) & (pl.col("end") > instant(interval.start_us)))


def minutes(reader: Reader, device: Device, interval: Interval) -> pl.LazyFrame | None:
    """Return a device's minutes in the interval, in order; None if its class has no minutes yet."""
    name = minutes_name(device.class_name)
    if not reader.exists(name):
        return None
    rows = within(reader.scan(name), "minute", interval)
    return rows.filter(pl.col("device_uuid") == device.uuid).sort("minute")


@lru_cache(maxsize=4)
def _heard(reader: Reader, version: int) -> pl.DataFrame:
    """Return what one version of the coverage heard of devices: small, and asked for by every page."""
    heard = reader.scan(COVERAGE.name).filter(pl.col("kind").is_in(HEARD_KINDS))
    return heard.select("device_uuid", "kind", pl.col("start", "end").dt.epoch("us")).collect()


def heard_intervals(reader: Reader) -> pl.DataFrame:
    """Return `device_uuid`, `kind`, `start` and `end` (microseconds) of all intervals of `HEARD_KINDS`."""
    if reader.exists(COVERAGE.name):
        return _heard(reader, reader.version(COVERAGE.name))
    return pl.DataFrame(schema={"device_uuid": pl.String, "kind": pl.String, "start": pl.Int64, "end": pl.Int64})


def last_contact(reader: Reader, until_us: int) -> dict[str, int]:
    """Return when each device was last live up to a moment, in microseconds; devices that never were are absent."""
    begun = heard_intervals(reader).filter(pl.col("kind") == "live", pl.col("start") < until_us)
    return dict(begun.group_by("device_uuid").agg(pl.col("end").max().clip(upper_bound=until_us)).iter_rows())


def data_span(reader: Reader, devices: Sequence[Device]) -> Interval | None:
    """Return from the first to the last instant at which one of the devices was heard; None if none ever was.

    What an agent said and nobody has (`lost`, `restarted`) was heard too: a page that ends before it would hide it.
    """
    mine = heard_intervals(reader).filter(pl.col("device_uuid").is_in([d.uuid for d in devices]))
    if mine.is_empty():
        return None
    return Interval(*mine.select(pl.col("start").min(), pl.col("end").max()).row(0))


def latest(reader: Reader, plant: Plant, length_us: int = WEEK_US) -> Interval:
    """Return the stretch of this length that ends where the data ends; 1970 for an empty lake."""
    span = data_span(reader, plant.devices) or Interval(0, length_us)
    end = -(-span.end_us // MINUTE_US) * MINUTE_US
    start = max(end - length_us, span.start_us // MINUTE_US * MINUTE_US)
    return Interval(start, end)
