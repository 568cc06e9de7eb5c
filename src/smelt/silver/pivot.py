"""From long to wide: a row for each instant, a column for each feed, the last observation carried forward."""

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from smelt.silver.resolve import Feed, Resolved
from smelt.terms.class_tables import silver_table

DTYPES = {"float64": pl.Float64, "string": pl.String}


def pivot(cells: pl.DataFrame, resolved: Resolved, device_uuid: str) -> pl.DataFrame:
    """Spread cells into columns, carried forward as each column's fill says.

    Parameters
    ----------
    cells : column (index), event_time, is_repaired, kind, number, string, of one device and sorted by column, time
        and order of arrival. `kind` is "carry" (known from before), "stop" (forget what is known, null) or "row"
        (an observation of the interval); only rows make instants.

    Returns
    -------
    The file schema of silver/<class>: device_uuid, time, the mapping's columns, measured, repaired.
    """
    told = cells.filter(pl.col("kind") == "row")
    instants = np.unique(_epochs(told))
    mapping = resolved.mapping
    measured = np.zeros((len(instants), (len(mapping.columns) + 7) // 8), np.uint8)
    by_column = {int(key[0]): part for key, part in cells.partition_by("column", as_dict=True).items()}
    columns: dict[str, pl.Series] = {
        "device_uuid": pl.Series([device_uuid], dtype=pl.String).new_from_index(0, len(instants)),
        "time": pl.Series(instants, dtype=pl.Int64).cast(pl.Datetime("us", "UTC")),
    }
    feeds = {feed.index: feed for feed in resolved.feeds}
    for index, column in enumerate(mapping.columns):
        part = by_column.get(index)
        if part is None or index not in feeds:
            columns[column.name] = pl.Series([None], dtype=DTYPES[column.dtype]).new_from_index(0, len(instants))
        else:
            columns[column.name] = _column(part, feeds[index], instants, measured)
    columns["measured"] = _binary(measured)
    columns["repaired"] = pl.Series(np.isin(instants, _epochs(told.filter("is_repaired"))), dtype=pl.Boolean)
    return pl.DataFrame(columns).select(silver_table(mapping).file_schema().names)


def _column(cells: pl.DataFrame, feed: Feed, instants: NDArray[np.int64], measured: NDArray[np.uint8]) -> pl.Series:
    """Carry one column's cells over the instants and set its bits in `measured`."""
    at = np.searchsorted(instants, _epochs(cells))
    is_row = (cells["kind"] == "row").to_numpy()
    within = at < len(instants)
    counts = is_row if feed.column.fill == "none" else np.ones_like(is_row)
    source = np.zeros(len(instants), np.int64)  # 0: nothing known; k: the cell k - 1
    keep = within & counts
    np.maximum.at(source, at[keep], np.flatnonzero(keep) + 1)
    if feed.column.fill == "hold":
        np.maximum.accumulate(source, out=source)
    measured[at[is_row & within], feed.index // 8] |= np.uint8(1 << feed.index % 8)
    name = "number" if feed.column.dtype == "float64" else "string"
    values = pl.concat([pl.Series(name, [None], dtype=cells[name].dtype), cells[name]])
    return values.gather(source)


def _epochs(cells: pl.DataFrame) -> NDArray[np.int64]:
    return cells["event_time"].to_physical().to_numpy()


def _binary(rows: NDArray[np.uint8]) -> pl.Series:
    """Turn each row of bytes into one binary cell."""
    count, width = rows.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(rows))]
    array = pa.Array.from_buffers(pa.large_binary(), count, buffers)
    return pl.Series("measured", array, dtype=pl.Binary)
