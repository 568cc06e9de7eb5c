"""The steps of silver in order: what one device said in an interval, as a wide table."""

from functools import reduce

import polars as pl

from smelt.copper.carry import TIME, in_order
from smelt.copper.order import settle_order
from smelt.silver.conditions import worst_levels
from smelt.silver.convert import convert
from smelt.silver.pivot import pivot
from smelt.silver.resolve import Resolved
from smelt.silver.unavailable import blank_unavailable
from smelt.terms.interval import Interval
from smelt.terms.observation import UNAVAILABLE

_READ: dict[str, pl.DataType | type[pl.DataType]] = {
    "data_item": pl.String,
    "category": pl.String,
    "event_time": TIME,
    "instance_id": pl.Int64,
    "sequence": pl.Int64,
    "part": pl.Int32,
    "value": pl.Float64,
    "text": pl.String,
    "level": pl.String,
    "native_code": pl.String,
    "native_units": pl.Boolean,
}
STEPS = (in_order, blank_unavailable, worst_levels)


def make_silver(
    rows: pl.DataFrame, carry: pl.DataFrame, items: Resolved, periods: Interval, exclusions: tuple[Interval, ...] = ()
) -> pl.DataFrame:
    """Make the silver rows of one device in an interval.

    Parameters
    ----------
    rows : OBSERVATIONS rows of one device, in any order, repaired stamps included; those outside the interval
        are ignored.
    carry : what was known at its start, from `copper.carry.fold_carry`.
    items : the class's mapping on this device.
    periods : [start, end) of the rows to make; any whole periods give the same rows as one go.
    exclusions : bad intervals. Rows in them are left out, and nothing is carried across one: afterwards a
        cell is null until it is measured again.

    Returns
    -------
    The file schema of silver/<class> (no month), in order of time: a row for each instant at which a mapped
    item was observed. UNAVAILABLE is null and counts as observed.

    Notes
    -----
    Several observations of an item at one instant: the last by instance, sequence, part. Where an exclusion cuts
    an hour in which stamps run against the sequence, what is carried out of that hour may be null. Native values
    whose units do not tell how to convert are null.
    """
    inside = settle_order(_outside(rows.filter(_from(periods.start_us), ~_from(periods.end_us)), exclusions))
    known = settle_order(_outside(carry.filter(~_from(periods.start_us)), exclusions))
    long = pl.concat([_read(known, "carry"), _stops(exclusions, items), _read(inside, "row")])
    mapped = long.filter(pl.col("data_item").is_in(sorted(items.item_ids)))
    stepped = reduce(lambda frame, step: step(frame), STEPS, mapped)
    device_uuid = rows["device_uuid"][0] if rows.height else ""
    return pivot(convert(stepped.with_row_index("order"), items.feeds), items, device_uuid)


def _from(time_us: int) -> pl.Expr:
    return pl.col("event_time") >= pl.lit(time_us, dtype=pl.Int64).cast(TIME)


def _outside(rows: pl.DataFrame, exclusions: tuple[Interval, ...]) -> pl.DataFrame:
    return rows.filter(*(~_from(bad.start_us) | _from(bad.end_us) for bad in exclusions)) if exclusions else rows


def _read(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Select what silver reads, with the kind that `pivot` asks for; last values have no part."""
    part = [] if "part" in rows.columns else [pl.lit(0).alias("part")]
    repaired = [] if "is_repaired" in rows.columns else [pl.lit(value=False).alias("is_repaired")]
    return rows.with_columns(*part, *repaired).select(
        *(pl.col(name).cast(dtype) for name, dtype in _READ.items()), "is_repaired", kind=pl.lit(kind)
    )


def _stops(exclusions: tuple[Interval, ...], items: Resolved) -> pl.DataFrame:
    """Say UNAVAILABLE where an exclusion, or what an item meant, ends: pseudo observations, first of their instants."""
    of_items = dict.fromkeys((feed.item_id, feed.column.category) for feed in items.feeds)
    stops = [
        {"data_item": item, "category": category, "event_time": bad.end_us, "level": UNAVAILABLE, "part": 0}
        for bad in exclusions
        for item, category in of_items
    ]
    stops += [
        {"data_item": item, "category": category, "event_time": end_us, "level": UNAVAILABLE, "part": 0}
        for item, category, end_us in items.ends
    ]
    raw = pl.DataFrame(stops, schema={**_READ, "event_time": pl.Int64}) if stops else pl.DataFrame(schema=_READ)
    return _read(raw.with_columns(native_units=pl.lit(value=False)), "stop")
