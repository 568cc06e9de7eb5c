"""Scans documents one behind the other: the compiled loop, and the memory that it works in."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import entry, part
from smelt.mtconnect.scanner.document import read_document
from smelt.mtconnect.scanner.instructions import load_byte
from smelt.mtconnect.scanner.state import (
    BLOCK,
    DEVICE_COLUMN,
    DOCUMENT,
    LEFTOVER,
    SLACK,
    STATE,
    TEMPLATE,
    State,
    address_of,
    document_at,
    set_fields,
    state_at,
)
from smelt.mtconnect.scanner.word_table import WordTable
from smelt.mtconnect.scanner.words import place_words

Buffer = bytes | memoryview

_SHORTEST_ROW = 64
_BYTES_A_TEMPLATE = 256  # of data: so many items can be met in it, and no more are likely
_MOST_TEMPLATES = 1 << 14
_SMALL = 1 << 16
_PAGE = 4096  # or a multiple of it: the memory behind the data is readable to the end of its last page
_DOCUMENTS = 1 << 8  # room for so many at first
_DOCUMENT_SIZE = DOCUMENT.itemsize
_COLUMNS: dict[str, Any] = {
    "sequence": np.int64, "event_time": np.int64, "value": np.float64, "item": np.int32, "text": np.int32,
    "native_code": np.int32, "long": np.int64, "block": BLOCK, "leftover": LEFTOVER,
}  # fmt: skip

_ROW_SIZE = sum(np.dtype(_COLUMNS[name]).itemsize for name in _COLUMNS if name not in ("long", "block", "leftover"))
_WORD_COPIES = 5  # a row's columns become three times as much until it is written, its words more (measured)
_COUNTS = {"long": "longs", "block": "blocks", "leftover": "leftovers"}


@part
def _skip_between(s: State, at: int) -> int:
    """Return the next place that holds none of the bytes that may stand between documents."""
    while at < s.end:
        byte = load_byte(at)
        if byte not in (0x20, 0x09, 0x0D, 0x0A, 0x2C, 0x5B, 0x5D, 0x1E, 0xEF, 0xBB, 0xBF, 0x00):
            break
        at += 1
    return at


@entry
def scan_documents(address: int, at: int) -> int:
    """Read documents from `at` on; returns where one begins that is not wholly regular, or something else, or the end.

    If `is_full` is set then, the table of words has to be made larger before it goes on.
    """
    s = state_at(address)
    if s.is_full != 0:
        place_words(s)
        s.is_full = 0
    while True:
        at = _skip_between(s, at)
        if at >= s.end or s.documents == s.document_capacity:
            return at
        rows, blocks, leftovers, longs = s.rows, s.blocks, s.leftovers, s.longs
        end = read_document(s, at)
        if end < 0 or s.is_full != 0:
            s.rows, s.blocks, s.leftovers, s.longs = rows, blocks, leftovers, longs
            return at
        new = document_at(s.document + s.documents * _DOCUMENT_SIZE)
        new.start, new.end, new.header, new.header_end = at, end, s.header, s.header_end
        new.row, new.row_end, new.leftover, new.leftover_end = rows, s.rows, leftovers, s.leftovers
        new.is_version_1, new.sender, new.instance_id = s.is_version_1, s.sender, s.instance_id
        new.first_sequence, new.next_sequence, new.last_sequence = s.first_sequence, s.next_sequence, s.last_sequence
        new.created_at = s.created_at
        s.documents += 1
        at = end


class Found(NamedTuple):
    """A document that was scanned: offsets of it and of its header, its rows, what was left over of it, what it says.

    `sender` is the code of a word; -1 is none, but for a `created_at` of NO_TIME. A header without an instance is none
    that was read here.
    """

    start: int
    end: int
    header: int
    header_end: int
    row: int
    row_end: int
    leftover: int
    leftover_end: int
    is_version_1: int
    sender: int
    instance_id: int
    first_sequence: int
    next_sequence: int
    last_sequence: int
    created_at: int


class Scan:
    """The memory of a scan of one buffer after the other; columns are valid up to `rows`.

    Words, and what the last observations looked like, are remembered from buffer to buffer. Every offset is in the
    buffer that was opened last. Rows that stand for observations left to the plain decoder hold nothing yet.
    """

    def __init__(self) -> None:
        self._state = np.zeros(1, STATE)
        self.words = WordTable(self._state, 1024)
        self._room = 0
        self._columns: dict[str, NDArray[Any]] = {name: np.empty(0, kind) for name, kind in _COLUMNS.items()}
        self._documents = np.empty(_DOCUMENTS, DOCUMENT)
        self._templates = np.zeros(0, TEMPLATE)
        self._set(date_last=-1, document=address_of(self._documents), document_capacity=_DOCUMENTS)
        self._known: dict[int, list[str]] = {}  # words of a column
        self._read = 0

    def open(self, data: Buffer) -> None:
        """Let these bytes be scanned next; rows go on behind those of the bytes before."""
        size = len(data)
        self._data = data if size > _SMALL else bytes(data) + bytes(SLACK)
        self._read += size
        self._make_room(self.rows + size // _SHORTEST_ROW + 2)
        self._make_templates(min(_MOST_TEMPLATES, self._read // _BYTES_A_TEMPLATE + 16))
        self.base = address_of(np.frombuffer(self._data, np.uint8))
        self._end = self.base + size
        readable = max(self.base + len(self._data), (self._end - 1 | _PAGE - 1) + 1)
        self._set(base=self.base, end=self._end, safe=min(self._end, readable - SLACK))

    def _make_room(self, rows: int) -> None:
        """Make columns larger if they do not hold so many rows; what nobody writes costs no memory."""
        if rows <= self._room:
            return
        self._room = max(rows, 4 * self._room)
        for name, kind in _COLUMNS.items():
            used = self.count(_COUNTS.get(name, "rows"))
            column = np.empty(self._room + 1, kind)  # a block comes before its first row
            column[:used] = self._columns[name][:used]
            self._columns[name] = column
        self._set(row_capacity=self._room, **{name: address_of(column) for name, column in self._columns.items()})

    def _make_templates(self, count: int) -> None:
        """Make room for templates if there are fewer; all of them are learned anew then."""
        if count > self._templates.size:
            self._templates = np.zeros(min(_MOST_TEMPLATES, 4 * count) if self._templates.size else count, TEMPLATE)
            self._set(templates=address_of(self._templates), template_capacity=self._templates.size, last=0)

    def _set(self, **fields: int) -> None:
        set_fields(self._state, **fields)

    def resume(self, at: int) -> int:
        """Scan from an offset on; returns where it stopped, which is the buffer's end or something irregular."""
        address, place = address_of(self._state), self.base + at
        while True:
            place = scan_documents(address, place)
            if self.words.make_room():
                continue
            if self.count("documents") < self._documents.size:
                return place - self.base
            self._documents = np.concatenate([self._documents, np.empty_like(self._documents)])
            self._set(document=address_of(self._documents), document_capacity=self._documents.size)

    def count(self, name: str) -> int:
        """Return how many of something there are: rows, blocks, leftovers, documents, words, longs."""
        return int(self._state[name][0])

    @property
    def nbytes(self) -> int:
        """Bytes that rows and words take until they are written, about."""
        return self.rows * _ROW_SIZE + self.count("letters_used") * _WORD_COPIES

    @property
    def rows(self) -> int:
        """Rows so far."""
        return self.count("rows")

    def column(self, name: str) -> NDArray[Any]:
        """Return a column of the rows so far."""
        return self._columns[name][: self.rows]

    def documents(self, first: int) -> list[Found]:
        """Return the documents from number `first` on; all of them lie in the buffer that was opened last."""
        found = self._documents[first : self.count("documents")]
        return [Found(*document) for document in self._offsets(found, "start", "end", "header", "header_end").tolist()]

    def rows_in_documents(self) -> NDArray[np.int64]:
        """Return how many rows each document has."""
        documents = self._documents[: self.count("documents")]
        rows: NDArray[np.int64] = documents["row_end"] - documents["row"]
        return rows

    def leftovers(self, first: int, last: int) -> list[tuple[int, ...]]:
        """Return what was left over: row, start and end, start and end of the element's name, category, block."""
        left = self._columns["leftover"][first:last]
        return self._offsets(left, "start", "end", "element", "element_end").tolist() if first < last else []

    @property
    def blocks(self) -> NDArray[Any]:
        """The blocks so far: runs of rows with the same device, category and level."""
        return self._columns["block"][: self.count("blocks")]

    @property
    def long_rows(self) -> NDArray[np.int64]:
        """Rows whose number may have more than 15 digits."""
        return self._columns["long"][: self.count("longs")]

    def device_of(self, block: int) -> str:
        """Return the uuid of the device that a block is of."""
        return self.word(DEVICE_COLUMN, int(self._columns["block"]["device"][block]))

    def word(self, column: int, code: int) -> str:
        """Return the word of a column that has a code."""
        known = self._known.setdefault(column, [])
        if len(known) <= code:
            known[:], _ = self.words.of_column(column)
        return known[code]

    def _offsets(self, records: NDArray[Any], *names: str) -> NDArray[Any]:
        moved = records.copy()
        for name in names:
            moved[name] -= self.base
        return moved
