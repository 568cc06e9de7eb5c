"""From observations to the cells of columns: each feed's value, in the column's unit and type."""

from collections.abc import Sequence

import polars as pl

from smelt.silver.definitions import ALWAYS
from smelt.silver.resolve import Feed
from smelt.silver.units import Conversion

_UNKNOWN = Conversion(float("nan"), float("nan"))


def convert(rows: pl.DataFrame, feeds: Sequence[Feed]) -> pl.DataFrame:
    """Turn observations into cells of the columns that they feed.

    Parameters
    ----------
    rows : data_item, category, event_time, is_repaired, value, text, level, native_units, kind, order.
    feeds : of one device; one item may feed several columns.

    Returns
    -------
    column (index in the mapping), event_time, is_repaired, kind, number, string, sorted by column and order.
    `number` is null where the units do not tell how to convert. EVENT with dtype float64 reads its text as a number
    if it has no value; `string` is a condition's level, else the text, else the value written out.
    """
    joined = rows.join(_table(feeds), on=["data_item", "category"], how="inner")
    order = [pl.col("column"), pl.col("order")]
    if any(feed.valid != ALWAYS for feed in feeds):  # several items, or several meanings of one, feed a column
        time = pl.col("event_time").dt.epoch("us")
        joined = joined.filter((pl.col("kind") == "stop") | ((time >= pl.col("start")) & (time < pl.col("end"))))
        order[1:] = [pl.col("event_time"), pl.col("kind") != "stop", pl.col("order")]
    factor = pl.when("native_units").then("native_factor").otherwise("declared_factor")
    offset = pl.when("native_units").then("native_offset").otherwise("declared_offset")
    is_condition = pl.col("category") == "CONDITION"
    is_number = pl.col("is_number")
    read = pl.when(is_number & pl.col("value").is_null()).then("text").cast(pl.Float64, strict=False)
    value = pl.coalesce("value", read)
    text = pl.coalesce("text", pl.when(~is_number).then("value").cast(pl.String))
    return joined.sort(order).select(
        "column",
        "event_time",
        "is_repaired",
        "kind",
        number=pl.when(is_number & factor.is_not_nan()).then(value * factor + offset),
        string=pl.when(is_condition).then("level").when(~is_number).then(text),
    )


def _table(feeds: Sequence[Feed]) -> pl.DataFrame:
    schema = {
        "column": pl.Int32,
        "data_item": pl.String,
        "category": pl.String,
        "is_number": pl.Boolean,
        "declared_factor": pl.Float64,
        "declared_offset": pl.Float64,
        "native_factor": pl.Float64,
        "native_offset": pl.Float64,
        "start": pl.Int64,
        "end": pl.Int64,
    }
    records = []
    for feed in feeds:
        declared, native = feed.declared or _UNKNOWN, feed.native or _UNKNOWN
        head = (feed.index, feed.item_id, feed.column.category, feed.column.dtype == "float64")
        valid = (feed.valid.start_us, feed.valid.end_us)
        records.append((*head, declared.factor, declared.offset, native.factor, native.offset, *valid))
    return pl.DataFrame(records, schema=schema, orient="row")
