"""Columns under construction: decoders append, and the Arrow tables of a Decoded are built once at the end."""

from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa

from smelt.terms.observation import DECODED_DOCUMENTS, DECODED_ROWS, Category, Decoded, Dialect, Reject


class Cell(NamedTuple):
    """What one observation says, apart from what it is about and when."""

    value: float | None = None
    text: str | None = None
    level: str | None = None
    native_code: str | None = None


class Row(NamedTuple):
    """One row to come; `device_uuid`, document and instance id are those of the block it stands in."""

    sequence: int | None
    part: int
    data_item: str
    category: Category
    time_us: int
    cell: Cell
    is_native: bool = False


class Document(NamedTuple):
    """A row of DECODED_DOCUMENTS, in its order."""

    offset: int
    length: int
    dialect: Dialect
    sender: str | None = None
    instance_id: int | None = None
    first_sequence: int | None = None
    next_sequence: int | None = None
    last_sequence: int | None = None
    created_at: int | None = None


@dataclass
class Building:
    """Rows, documents and rejects of one file, in the order in which they are found."""

    documents: list[Document] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    _rows: list[Row] = field(default_factory=list)
    _document: list[int] = field(default_factory=list)
    _instance: list[int | None] = field(default_factory=list)
    _device: list[str] = field(default_factory=list)
    _times_us: list[int] = field(default_factory=list)

    def add_rows(self, device_uuid: str, rows: list[Row], times_us: list[int] | None = None) -> None:
        """Append rows of one device to the newest document; `times_us` stands in for the rows' own times."""
        count = len(rows)
        self._rows += rows
        self._times_us += [row.time_us for row in rows] if times_us is None else times_us
        self._document += [len(self.documents) - 1] * count
        self._instance += [self.documents[-1].instance_id] * count
        self._device += [device_uuid] * count

    def reject(self, offset: int, end: int, reason: str) -> None:
        """Note that the bytes [offset, end) could not be read; nothing happens for an empty range."""
        if end > offset:
            self.rejects.append(Reject(offset, end - offset, reason))

    def finish(self) -> Decoded:
        """Build the Arrow tables."""
        rejects = tuple(sorted(self.rejects, key=lambda reject: reject.offset))
        return Decoded(self._rows_table(), self._documents_table(), rejects)

    def _documents_table(self) -> pa.Table:
        columns = list(zip(*self.documents, strict=True)) or [()] * len(DECODED_DOCUMENTS)
        arrays = [pa.array(c, f.type) for c, f in zip(columns, DECODED_DOCUMENTS, strict=True)]
        return pa.table(arrays, schema=DECODED_DOCUMENTS)

    def _rows_table(self) -> pa.Table:
        rows = self._rows
        cells = [row.cell for row in rows]
        columns = (
            self._document,
            self._instance,
            [row.sequence for row in rows],
            [row.part for row in rows],
            self._device,
            [row.data_item for row in rows],
            [row.category for row in rows],
            self._times_us,
            [cell.value for cell in cells],
            [cell.text for cell in cells],
            [cell.level for cell in cells],
            [cell.native_code for cell in cells],
            [row.is_native for row in rows],
        )
        arrays = [pa.array(c, f.type) for c, f in zip(columns, DECODED_ROWS, strict=True)]
        return pa.table(arrays, schema=DECODED_ROWS)
