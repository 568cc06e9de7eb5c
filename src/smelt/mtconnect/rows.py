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

    def add_rows(self, device_uuid: str, rows: list[Row]) -> None:
        """Append rows of one device to the newest document."""
        count = len(rows)
        self._rows += rows
        self._document += [len(self.documents) - 1] * count
        self._instance += [self.documents[-1].instance_id] * count
        self._device += [device_uuid] * count

    def reject(self, offset: int, end: int, reason: str) -> None:
        """Note that the bytes [offset, end) could not be read; nothing happens for an empty range."""
        if end > offset:
            self.rejects.append(Reject(offset, end - offset, reason))

    def finish(self) -> Decoded:
        """Build the Arrow tables."""
        return Decoded(
            _rows_table(self._rows, self._document, self._instance, self._device),
            pa.table(
                [pa.array(c, f.type) for c, f in zip(_columns(self.documents, 9), DECODED_DOCUMENTS, strict=True)],
                schema=DECODED_DOCUMENTS,
            ),
            tuple(sorted(self.rejects, key=lambda r: r.offset)),
        )


def _columns(rows: list[Document] | list[Row] | list[Cell], width: int) -> list[tuple[object, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def _rows_table(rows: list[Row], document: list[int], instance: list[int | None], device: list[str]) -> pa.Table:
    sequence, part, item, category, time_us, cells, native = _columns(rows, 7)
    value, text, level, code = _columns(list(cells), 4)  # type: ignore[arg-type]
    columns = (document, instance, sequence, part, device, item, category, time_us, value, text, level, code, native)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, DECODED_ROWS, strict=True)]
    return pa.table(arrays, schema=DECODED_ROWS)
