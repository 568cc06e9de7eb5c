"""Rows to Parquet files in a table's folder: sorted as given, small, with the statistics that readers prune by."""

import io
import json
import uuid
from collections.abc import Iterator

import obstore
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from smelt.lake.location import Location
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

ROW_GROUP_ROWS = 131_072
MAX_FILE_ROWS = 8_000_000


def write_files(location: Location, spec: TableSpec, rows: pa.Table, partition: dict[str, str]) -> list[DataFile]:
    """Write rows, sorted as given, as files of one partition; each attempt gets new names.

    Parameters
    ----------
    rows : columns of spec.file_schema() by name, in any column order.
    partition : value of each partition column, as text.

    Returns
    -------
    A file for every MAX_FILE_ROWS rows; none for no rows. They are not part of the table before a commit.
    """
    rows = rows.select(spec.file_schema().names).cast(spec.file_schema())
    return [_write(location, spec, part, partition) for part in _slices(rows)]


def _slices(rows: pa.Table) -> Iterator[pa.Table]:
    count = -(-rows.num_rows // MAX_FILE_ROWS)
    for i in range(count):
        start, end = i * rows.num_rows // count, (i + 1) * rows.num_rows // count
        yield rows.slice(start, end - start)


def _write(location: Location, spec: TableSpec, rows: pa.Table, partition: dict[str, str]) -> DataFile:
    sink = io.BytesIO()
    integers = [f.name for f in rows.schema if pa.types.is_integer(f.type) or pa.types.is_timestamp(f.type)]
    pq.write_table(
        rows,
        sink,
        compression="zstd",
        row_group_size=ROW_GROUP_ROWS,
        use_dictionary=[f.name for f in rows.schema if f.name not in integers and not pa.types.is_boolean(f.type)],
        column_encoding=dict.fromkeys(integers, "DELTA_BINARY_PACKED"),
        store_schema=False,
    )
    body = sink.getvalue()
    folder = "".join(f"{name}={_safe(value)}/" for name, value in partition.items())  # Polars reads them there
    path = f"{folder}{uuid.uuid4().hex}.parquet"
    obstore.put(location.store, f"{spec.name}/{path}", body)
    low, high = _bounds(spec, rows)
    return DataFile(path, len(body), rows.num_rows, tuple(partition.items()), low, high)


def _safe(value: str) -> str:
    """Keep to letters that no URL encodes: the log lists paths encoded, and a file is named by its path."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in value)


def _bounds(
    spec: TableSpec, rows: pa.Table
) -> tuple[tuple[tuple[str, str | int], ...], tuple[tuple[str, str | int], ...]]:
    low: list[tuple[str, str | int]] = []
    high: list[tuple[str, str | int]] = []
    for name in spec.sort_by:
        ends = pc.min_max(rows[name])
        if ends["min"].is_valid:
            low.append((name, _as_delta(ends["min"])))
            high.append((name, _as_delta(ends["max"])))
    return tuple(low), tuple(high)


def _as_delta(value: pa.Scalar) -> str | int:
    if pa.types.is_timestamp(value.type):
        return str(value.as_py().strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    plain = value.as_py()
    return plain if isinstance(plain, int) else str(plain)


def statistics(file: DataFile) -> str:
    """Return the file's statistics as Delta keeps them."""
    return json.dumps({"numRecords": file.rows, "minValues": dict(file.low), "maxValues": dict(file.high)})
