"""What a table of the lake is: its name, what one row is, its columns with their meaning, partitions and order."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class TableSpec:
    """A Delta table: its name, what one row is, its columns (meaning in their metadata), partitions and order."""

    name: str
    row: str
    schema: pa.Schema
    partition_by: tuple[str, ...] = ()
    sort_by: tuple[str, ...] = ()

    def file_schema(self) -> pa.Schema:
        """Return the columns that stand in a data file: all but the partition's."""
        return pa.schema([f for f in self.schema if f.name not in self.partition_by])


def column(name: str, kind: pa.DataType, doc: str, nullable: bool = True) -> pa.Field:
    """Return a column whose meaning stands in its metadata."""
    return pa.field(name, kind, nullable=nullable, metadata={"comment": doc})


def key_column(name: str, kind: pa.DataType, doc: str) -> pa.Field:
    """Return a column that is never null."""
    return column(name, kind, doc, nullable=False)


MONTH_COLUMN = key_column("month", pa.string(), "partition: UTC month, 'YYYY-MM'")
DEVICE_COLUMN = key_column("device_uuid", pa.string(), "the device's MTConnect uuid")
