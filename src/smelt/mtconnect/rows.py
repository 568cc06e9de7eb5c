"""Columns under construction: decoders append, and the Arrow tables of a Decoded are built once at the end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pyarrow as pa

from smelt.mtconnect.digits import fifteen_digits
from smelt.mtconnect.event_time import EventTimes
from smelt.terms.observation import (
    DECODED_DOCUMENTS,
    DECODED_ROWS,
    TIME,
    WORD,
    Asset,
    Category,
    Decoded,
    Dialect,
    Kind,
    LandedProbe,
    Origin,
    Reject,
)


class Cell(NamedTuple):
    """What one observation says, apart from what it is about and when."""

    value: float | None = None
    text: str | None = None
    level: str | None = None
    native_code: str | None = None


class Row(NamedTuple):
    """One row to come; its device, document and instance id are those of the block that it stands in."""

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
    kind: Kind
    dialect: Dialect
    sender: str | None = None
    instance_id: int | None = None
    first_sequence: int | None = None
    next_sequence: int | None = None
    last_sequence: int | None = None
    created_at: int | None = None
    source: str | None = None
    received_at: int | None = None


class Place(NamedTuple):
    """Where something stands in the file, and what an envelope around it says of its source and arrival."""

    offset: int
    length: int
    source: str | None = None
    received_at: int | None = None

    def note(self, document: Document) -> Document:
        """Return the document at this place."""
        source, received_at = self.source or document.source, self.received_at or document.received_at
        return document._replace(offset=self.offset, length=self.length, source=source, received_at=received_at)


@dataclass
class Rows:
    """Rows as columns; lists of plain values, for millions of small objects would keep the garbage collector busy.

    Examples
    --------
    >>> rows = Rows()
    >>> rows.add_number(1, "Xabs", 0, 12.5)
    >>> rows.add(Row(2, 0, "exec", "EVENT", 0, Cell(text="READY")))
    >>> rows.columns()["text"]
    [None, 'READY']
    """

    sequence: list[int | None] = field(default_factory=list)
    data_item: list[str] = field(default_factory=list)
    time_us: list[int] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)
    _part: list[int] = field(default_factory=list)
    _category: list[Category] = field(default_factory=list)
    _text: list[str | None] = field(default_factory=list)
    _level: list[str | None] = field(default_factory=list)
    _native_code: list[str | None] = field(default_factory=list)
    _is_native: list[bool] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sequence)

    def add_number(self, sequence: int, data_item: str, time_us: int, value: float) -> None:
        """Append a SAMPLE's number: nearly every row is one, so its other columns are filled in later, all at once."""
        self.sequence.append(sequence)
        self.data_item.append(data_item)
        self.time_us.append(time_us)
        self.value.append(value)

    def add(self, row: Row) -> None:
        """Append any row."""
        self._fill()
        self.sequence.append(row.sequence)
        self.data_item.append(row.data_item)
        self.time_us.append(row.time_us)
        self.value.append(row.cell.value)
        self._part.append(row.part)
        self._category.append(row.category)
        self._text.append(row.cell.text)
        self._level.append(row.cell.level)
        self._native_code.append(row.cell.native_code)
        self._is_native.append(row.is_native)

    def add_all(self, rows: Iterable[Row]) -> None:
        """Append any rows."""
        for row in rows:
            self.add(row)

    def extend(self, other: "Rows") -> None:
        """Append another's rows."""
        self._fill()
        other._fill()
        for mine, theirs in zip(self.columns().values(), other.columns().values(), strict=True):
            mine.extend(theirs)

    def _fill(self) -> None:
        missing = len(self.sequence) - len(self._part)
        if missing:
            self._part += [0] * missing
            self._category += ["SAMPLE"] * missing
            self._text += [None] * missing
            self._level += [None] * missing
            self._native_code += [None] * missing
            self._is_native += [False] * missing

    def columns(self) -> dict[str, list[Any]]:
        """Return the columns by their names in DECODED_ROWS; those of the block are not among them."""
        self._fill()
        return {
            "sequence": self.sequence,
            "part": self._part,
            "data_item": self.data_item,
            "category": self._category,
            "event_time": self.time_us,
            "value": self.value,
            "text": self._text,
            "level": self._level,
            "native_code": self._native_code,
            "native_units": self._is_native,
        }


_NO_ROWS = DECODED_ROWS.empty_table()


@dataclass
class Building:
    """Everything that is found in one file, in that order; documents that tell no source have the origin's."""

    origin: Origin = field(default_factory=Origin)
    documents: list[Document] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    probes: list[LandedProbe] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    times: EventTimes = field(default_factory=EventTimes)
    forms: dict[tuple[str, ...], Any] = field(default_factory=dict)  # what is known of records by their keys
    _rows: Rows = field(default_factory=Rows)
    _document: list[int] = field(default_factory=list)
    _instance: list[int | None] = field(default_factory=list)
    _device: list[str] = field(default_factory=list)
    _closed_rejects: list[Reject] = field(default_factory=list)
    _bytes: int = 0  # of the buffers that were read
    _behind: list[int] = field(default_factory=list)  # of each document that was found in them, where its buffer began

    def __len__(self) -> int:
        """Rows so far."""
        return len(self._document)

    def close(self, length: int) -> None:
        """Let what is found from now on stand in the next buffer, behind one of `length` bytes."""
        self._behind += [self._bytes] * (len(self.documents) - len(self._behind))
        self._closed_rejects += [replace(r, offset=self._bytes + r.offset) for r in self.rejects]
        self.rejects.clear()
        self._bytes += length

    def add_rows(self, device_uuid: str, rows: Rows) -> None:
        """Append rows of one device to the newest document."""
        count = len(rows)
        self._rows.extend(rows)
        self._document += [len(self.documents) - 1] * count
        self._instance += [self.documents[-1].instance_id] * count
        self._device += [device_uuid] * count

    def add_columns(self, devices: Sequence[str], columns: Mapping[str, Sequence[Any]]) -> None:
        """Append rows to the newest document: the device of each, and the columns that Rows has, by their names."""
        for name, column in self._rows.columns().items():
            column.extend(columns[name])
        self._document += [len(self.documents) - 1] * len(devices)
        self._instance += [self.documents[-1].instance_id] * len(devices)
        self._device += devices

    def add_record(self, document: Document) -> None:
        """Let the rows to come belong to the newest document if it holds records of the same dialect, else to this."""
        newest = self.documents[-1] if len(self.documents) > len(self._behind) else None
        if newest is not None and (newest.kind, newest.dialect) == (document.kind, document.dialect):
            self.documents[-1] = newest._replace(length=document.offset + document.length - newest.offset)
        else:
            self.documents.append(document)

    def absorb(self, decoded: Decoded, place: Place) -> None:
        """Add everything that was found in bytes that stand, packed or escaped, at one place of the file."""
        first = len(self.documents)
        table = {name: _values(decoded.rows[name]) for name in decoded.rows.schema.names}
        for name, column in self._rows.columns().items():
            column.extend(table[name])
        self._document += [first + number for number in table["document"]]
        self._instance += table["instance_id"]
        self._device += table["device_uuid"]
        plain = pa.schema([pa.field(f.name, pa.int64() if f.type == TIME else f.type) for f in DECODED_DOCUMENTS])
        self.documents += [place.note(Document(**row)) for row in decoded.documents.cast(plain).to_pylist()]
        self.rejects += [Reject(place.offset, place.length, reject.reason) for reject in decoded.rejects]
        self.probes += [replace(probe, document=first + probe.document) for probe in decoded.probes]
        self.assets += [replace(asset, document=first + asset.document) for asset in decoded.assets]

    def reject(self, offset: int, end: int, reason: str) -> None:
        """Note that the bytes [offset, end) could not be read; nothing happens for an empty range."""
        if end > offset:
            self.rejects.append(Reject(offset, end - offset, reason))

    def finish(self) -> Decoded:
        """Build the Arrow tables."""
        self.close(0)
        return Decoded(
            self._rows_table() if self._document else _NO_ROWS,
            self._documents_table(),
            tuple(sorted(self._closed_rejects, key=lambda reject: reject.offset)),
            tuple(self.probes),
            tuple(self.assets),
        )

    def _rows_table(self) -> pa.Table:
        block: dict[str, list[Any]] = {
            "document": self._document,
            "instance_id": self._instance,
            "device_uuid": self._device,
        }
        columns = self._rows.columns() | block
        return pa.table([_array(columns[f.name], f.type) for f in DECODED_ROWS], schema=DECODED_ROWS)

    def _documents_table(self) -> pa.Table:
        names = DECODED_DOCUMENTS.names
        found = list(zip(*self.documents, strict=True)) or [()] * len(names)
        columns: dict[str, Iterable[Any]] = dict(zip(names, found, strict=True))
        columns["offset"] = map(sum, zip(columns["offset"], self._behind, strict=True))
        for name, known in (("source", self.origin.source), ("received_at", self.origin.received_at_us)):
            columns[name] = [known if said is None else said for said in columns[name]]
        arrays = [pa.array(columns[f.name], f.type) for f in DECODED_DOCUMENTS]
        return pa.table(arrays, schema=DECODED_DOCUMENTS)


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Return a column's values; times as microseconds."""
    array = column.combine_chunks()
    if pa.types.is_dictionary(array.type):
        words = [*array.dictionary.to_pylist(), None]
        return [words[code] for code in array.indices.fill_null(len(words) - 1).to_numpy().tolist()]
    plain = array.cast(pa.int64()) if array.type == TIME else array
    is_number = plain.null_count == 0 and pa.types.is_primitive(plain.type)
    values: list[Any] = plain.to_numpy(zero_copy_only=False).tolist() if is_number else plain.to_pylist()
    return values


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if kind == WORD:
        return pa.array(values, pa.string()).dictionary_encode()
    array = pa.array(values, kind)
    if kind != pa.float64():
        return array
    return pa.array(fifteen_digits(array.to_numpy(zero_copy_only=False)), mask=array.is_null().to_numpy(False))
