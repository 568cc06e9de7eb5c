"""Rows to Parquet files in a table's folder: sorted as given, small, with the statistics that readers prune by."""

import io
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import obstore
import pyarrow as pa
import pyarrow.parquet as pq

from smelt.lake.location import Location
from smelt.terms.interval import from_us, iso_of
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

ROW_GROUP_ROWS = 131_072
_WRITTEN_AT_ONCE = 65_536  # rows, and a page holds so many; Arrow's 1,024 and 20,000 take a fifth longer (measured)
MAX_FILE_ROWS = 8_000_000
Bound = str | int


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
    return [write_file(location, spec, _slices(part, ROW_GROUP_ROWS), partition) for part in _even(rows)]


def write_file(location: Location, spec: TableSpec, groups: Iterable[pa.Table], partition: dict[str, str]) -> DataFile:
    """Write a file whose row groups are these tables, sorted as given: no more than one of them is held at a time.

    Parameters
    ----------
    groups : at least one; columns of spec.file_schema(), in its order. Strings may be dictionaries, which
        are written as they are, so each group's dictionary should hold no more than the group needs.
    partition : value of each partition column, as text.
    """
    writing = _Writing(spec)
    for group in groups:
        writing.add(group)
    body = writing.end()
    folder = "".join(f"{name}={_safe(value)}/" for name, value in partition.items())  # Polars reads them there
    path = f"{folder}{uuid.uuid4().hex}.parquet"
    obstore.put(location.store, f"{spec.name}/{path}", body)
    low, high = tuple(writing.low.items()), tuple(writing.high.items())
    return DataFile(path, len(body), writing.rows, tuple(partition.items()), low, high)


def _even(rows: pa.Table) -> Iterator[pa.Table]:
    count = -(-rows.num_rows // MAX_FILE_ROWS)
    for i in range(count):
        start, end = i * rows.num_rows // count, (i + 1) * rows.num_rows // count
        yield rows.slice(start, end - start)


def _slices(rows: pa.Table, most: int) -> Iterator[pa.Table]:
    return (rows.slice(start, most) for start in range(0, rows.num_rows, most))


@dataclass
class _Writing:
    """A file under way."""

    spec: TableSpec
    rows: int = 0
    low: dict[str, Bound] = field(default_factory=dict)
    high: dict[str, Bound] = field(default_factory=dict)
    _sink: io.BytesIO = field(default_factory=io.BytesIO)
    _writer: pq.ParquetWriter | None = None
    _written: list[pq.FileMetaData] = field(default_factory=list)

    def add(self, group: pa.Table) -> None:
        """Write a row group."""
        if self._writer is None:
            self._writer = _writer(self._sink, _schema_of(group, self.spec), self.spec.sort_by, self._written)
        schema = self._writer.schema
        fitting = group if group.schema.equals(schema) else group.cast(schema)
        self._writer.write_table(fitting, row_group_size=max(group.num_rows, 1))
        self.rows += group.num_rows

    def end(self) -> bytes:
        """Close the file and return its bytes; the bounds of the sort columns are known then."""
        assert self._writer is not None, "a file has at least one row group"
        self._writer.close()
        (written,) = self._written
        for name in self.spec.sort_by:
            at = self._writer.schema.names.index(name)
            groups = [written.row_group(k).column(at).statistics for k in range(written.num_row_groups)]
            told = [s for s in groups if s.num_values]
            if told and all(s.has_min_max for s in told):  # Arrow tells none of texts that are too long
                kind = self.spec.schema.field(name).type
                self.low[name] = min(_as_delta(s.min_raw, kind) for s in told)
                self.high[name] = max(_as_delta(s.max_raw, kind) for s in told)
        return self._sink.getvalue()


def _schema_of(group: pa.Table, spec: TableSpec) -> pa.Schema:
    """Return the table's schema, with dictionaries where the rows have them."""
    kinds = {f.name: f.type for f in group.schema}
    return pa.schema(
        [f.with_type(kinds[f.name]) if pa.types.is_dictionary(kinds[f.name]) else f for f in spec.file_schema()]
    )


def _writer(
    sink: io.BytesIO, schema: pa.Schema, sorted_by: tuple[str, ...], written: list[pq.FileMetaData]
) -> pq.ParquetWriter:
    """Return a writer; numbers have no dictionary, which would make most of them larger (measured).

    Those that rise are stored as differences; others, such as an agent's instance, repeat themselves, and zstd alone
    makes them as small in two thirds of the time.
    """
    numbers = [f.name for f in schema if pa.types.is_integer(f.type) or pa.types.is_timestamp(f.type)]
    plain = (pa.types.is_floating, pa.types.is_boolean)
    return pq.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        use_dictionary=[f.name for f in schema if f.name not in numbers and not any(p(f.type) for p in plain)],
        column_encoding={name: "DELTA_BINARY_PACKED" for name in numbers if name in sorted_by},
        write_statistics=list(sorted_by),
        write_batch_size=_WRITTEN_AT_ONCE,
        max_rows_per_page=_WRITTEN_AT_ONCE,
        metadata_collector=written,
        store_schema=False,
    )


def _safe(value: str) -> str:
    """Keep to letters that no URL encodes: the log lists paths encoded, and a file is named by its path."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in value)


def _as_delta(raw: bytes | int, kind: pa.DataType) -> Bound:
    if isinstance(raw, bytes):
        return raw.decode()
    return iso_of(from_us(raw)) if pa.types.is_timestamp(kind) else raw


def statistics(file: DataFile) -> str:
    """Return the file's statistics as Delta keeps them."""
    return json.dumps({"numRecords": file.rows, "minValues": dict(file.low), "maxValues": dict(file.high)})
