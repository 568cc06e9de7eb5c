"""The plain lines of a log, `timestamp|key|value`, all at once: nearly every line is one.

Only what shdr_fields would read in the same way is taken; a property test holds the two together.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from smelt.mtconnect.shdr_fields import Keys, is_plain_number, is_plain_text
from smelt.terms.observation import UNAVAILABLE

_STAMP = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,9})?Z$"
_STAMP_FORMAT = "%Y-%m-%dT%H:%M:%S%.fZ"
_NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
ROWS = {
    "line": pl.Int64,
    "data_item": pl.String,
    "category": pl.String,
    "event_time": pl.Int64,
    "value": pl.Float64,
    "text": pl.String,
    "level": pl.String,
    "native_code": pl.String,
    "native_units": pl.Boolean,
}


@dataclass(frozen=True)
class PlainLines:
    """Rows (columns ROWS) of the plain lines, and number and text of all the others."""

    rows: pl.DataFrame
    other_numbers: list[int]
    other_texts: list[str]


def read_plain_lines(data: bytes, keys: Keys) -> PlainLines:
    """Read the plain lines of a log that is valid UTF-8 and holds no multiline asset."""
    fields = pl.col("line_text").str.split_exact("|", 3).struct
    split = (
        pl.DataFrame({"line_text": _lines(data)})
        .with_row_index("line")
        .with_columns(fields.field("field_0", "field_1", "field_2", "field_3"))
        .with_columns(key=pl.col("field_1"))
    )
    known = split.join(_meanings(split["key"], keys), on="key", how="left", maintain_order="left")
    read = known.with_columns(_event_time(), _number()).with_columns(is_taken=_is_taken())
    others = read.filter(~pl.col("is_taken"))
    return PlainLines(_rows(read), others["line"].to_list(), others["line_text"].to_list())


def _lines(data: bytes) -> pl.Series:
    """Split at line feeds without a copy of the text; line ends stay, as empty lines behind them do."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1
    offsets = np.concatenate([[0], ends, [len(data)]]).astype(np.int64)
    texts = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
    series = pl.from_arrow(texts)
    assert isinstance(series, pl.Series)
    return series.str.strip_suffix("\n")


def _meanings(column: pl.Series, keys: Keys) -> pl.DataFrame:
    """Say for each key of the log which data item it means, and whether a number or a text is expected."""
    found = [(key, *keys.find(key)) for key in column.unique().drop_nulls().to_list() if _is_usable(key)]
    taken = [(key, name, item) for key, name, item in found if is_plain_number(item) or is_plain_text(item)]
    return pl.DataFrame(
        {
            "key": [key for key, _, _ in taken],
            "data_item": [name if item is None else item.id for _, name, item in taken],
            "category": ["EVENT" if item is None else item.category for _, _, item in taken],
            "is_number": [is_plain_number(item) for _, _, item in taken],
        },
        schema={"key": pl.String, "data_item": pl.String, "category": pl.String, "is_number": pl.Boolean},
    )


def _is_usable(key: str) -> bool:
    return key != "" and key == key.strip() and not key.startswith("@")


def _event_time() -> pl.Expr:
    stamp = pl.col("field_0")
    is_stamp = stamp.str.contains(_STAMP) & ~stamp.str.starts_with("0000")
    time = stamp.str.to_datetime(_STAMP_FORMAT, strict=False, time_unit="us")
    return pl.when(is_stamp).then(time).cast(pl.Int64).alias("event_time")


def _number() -> pl.Expr:
    text = pl.col("field_2")
    is_number = pl.col("is_number") & text.str.contains(_NUMBER)
    return pl.when(is_number).then(text).cast(pl.Float64, strict=False).alias("value")


def _is_taken() -> pl.Expr:
    has_two_bars = pl.col("field_2").is_not_null() & pl.col("field_3").is_null()
    is_read = ~pl.col("is_number") | pl.col("value").is_not_null() | (pl.col("field_2") == UNAVAILABLE)
    is_clean = ~pl.col("field_2").str.ends_with("\r")
    is_known = pl.col("data_item").is_not_null()
    return (is_known & has_two_bars & pl.col("event_time").is_not_null() & is_read & is_clean).fill_null(False)


def _rows(read: pl.DataFrame) -> pl.DataFrame:
    is_unavailable = pl.col("field_2") == UNAVAILABLE
    return read.filter(pl.col("is_taken")).select(
        pl.col("line").cast(pl.Int64),
        "data_item",
        "category",
        "event_time",
        "value",
        pl.when(~is_unavailable & ~pl.col("is_number")).then(pl.col("field_2")).alias("text"),
        pl.when(is_unavailable).then(pl.lit(UNAVAILABLE)).alias("level"),
        pl.lit(None, pl.String).alias("native_code"),
        pl.col("value").is_not_null().alias("native_units"),
    )
