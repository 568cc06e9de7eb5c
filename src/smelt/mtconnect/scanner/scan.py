"""Scans documents one behind the other: the compiled loop, and the memory that it works in."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import entry, part
from smelt.mtconnect.scanner.document import read_document
from smelt.mtconnect.scanner.instructions import load_byte
from smelt.mtconnect.scanner.state import (
    BLOCK,
    COLUMN_OF_KIND,
    DEVICE_COLUMN,
    DOCUMENT,
    LEFTOVER,
    SLACK,
    STATE,
    TEMPLATE,
    WORD,
    State,
    document_at,
    state_at,
)
from smelt.mtconnect.scanner.words import place_words

Buffer = bytes | memoryview

_SHORTEST_ROW, _SHORTEST_DOCUMENT = 64, 40
_SMALL = 1 << 16
_DOCUMENTS = 1 << 12  # room for so many at first
_DOCUMENT_SIZE = DOCUMENT.itemsize


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
        new.is_version_1 = s.is_version_1
        s.documents += 1
        at = end


class Found(NamedTuple):
    """A document that was scanned: offsets of it and of its header, its rows, what was left over of it."""

    start: int
    end: int
    header: int
    header_end: int
    row: int
    row_end: int
    leftover: int
    leftover_end: int
    is_version_1: int


class Scan:
    """The memory of a scan of one buffer; columns are valid up to `rows`.

    Every offset is in the buffer. Rows that stand for observations left to the plain decoder hold nothing yet.
    """

    def __init__(self, data: Buffer) -> None:
        size = len(data)
        self.data = data if size > _SMALL else bytes(data) + bytes(SLACK)
        self.size = size
        rows, documents = size // _SHORTEST_ROW + 2, min(size // _SHORTEST_DOCUMENT, _DOCUMENTS) + 2
        self.sequence, self.event_time = np.empty(rows, np.int64), np.empty(rows, np.int64)
        self.value = np.empty(rows, np.float64)
        self._longs = np.empty(rows, np.int64)
        self._counts = np.zeros(5, np.int64)
        self.item, self.text, self.native_code = (np.empty(rows, np.int32) for _ in range(3))
        self._blocks, self._leftovers = np.empty(rows + 1, BLOCK), np.empty(rows, LEFTOVER)  # a block comes first
        self._documents = np.empty(documents, DOCUMENT)
        self._templates = np.zeros(min(1 << 14, size // 256 + 16), TEMPLATE)
        self._state = np.zeros(1, STATE)
        self.base = _address(np.frombuffer(self.data, np.uint8))
        self._set(
            base=self.base, end=self.base + size, safe=self.base + len(self.data) - SLACK, date_last=-1,
            row_capacity=rows, document_capacity=documents, template_capacity=self._templates.size,
            sequence=_address(self.sequence), event_time=_address(self.event_time), value=_address(self.value),
            item=_address(self.item), text=_address(self.text), native_code=_address(self.native_code),
            block=_address(self._blocks), leftover=_address(self._leftovers), document=_address(self._documents),
            templates=_address(self._templates), long=_address(self._longs), counts=_address(self._counts),
        )  # fmt: skip
        self.has_refused = False
        self._devices: list[str] = []
        self._words = np.empty(0, WORD)
        self._make_room(1024)

    def _set(self, **fields: int) -> None:
        for name, number in fields.items():
            self._state[name] = number

    def _make_room(self, capacity: int) -> None:
        """Make the table of words larger; the scan itself puts the old ones into it."""
        words = np.empty(capacity, WORD)
        words[: self._words.size] = self._words
        self._words, self._slots = words, np.zeros(capacity * 4, np.int32)
        self._visits = np.zeros(capacity, np.int64)
        self._set(
            word=_address(words), word_capacity=capacity, slots=_address(self._slots),
            slot_mask=self._slots.size - 1, visits=_address(self._visits),
        )  # fmt: skip

    def resume(self, at: int) -> int:
        """Scan from an offset on; returns where it stopped, which is the buffer's end or something irregular."""
        address, place = _address(self._state), self.base + at
        while True:
            place = scan_documents(address, place)
            if self._state["is_full"][0] != 0:
                self._make_room(self._words.size * 4)
            elif self.count("documents") == self._documents.size:
                self._documents = np.concatenate([self._documents, np.empty_like(self._documents)])
                self._set(document=_address(self._documents), document_capacity=self._documents.size)
            else:
                self.has_refused |= place < self.base + self.size
                return place - self.base

    def count(self, name: str) -> int:
        """Return how many of something there are: rows, blocks, leftovers, documents, words, longs."""
        return int(self._state[name][0])

    @property
    def rows(self) -> int:
        """Rows so far."""
        return self.count("rows")

    def documents(self, first: int) -> list[Found]:
        """Return the documents from number `first` on."""
        found = self._documents[first : self.count("documents")]
        return [Found(*document) for document in self._offsets(found, "start", "end", "header", "header_end").tolist()]

    def rows_in_documents(self) -> NDArray[np.int64]:
        """Return how many rows each document has."""
        documents = self._documents[: self.count("documents")]
        rows: NDArray[np.int64] = documents["row_end"] - documents["row"]
        return rows

    def leftovers(self, first: int, last: int) -> list[tuple[int, ...]]:
        """Return what was left over: row, start and end, start and end of the element's name, category."""
        left = self._offsets(self._leftovers[first:last], "start", "end", "element", "element_end")
        return left.tolist() if first < last else []

    @property
    def blocks(self) -> NDArray[Any]:
        """The blocks so far: runs of rows with the same device, category and level."""
        return self._blocks[: self.count("blocks")]

    @property
    def long_rows(self) -> NDArray[np.int64]:
        """Rows whose number may have more than 15 digits."""
        return self._longs[: self.count("longs")]

    def device_of(self, row: int) -> str:
        """Return the uuid of the device that a row is of."""
        block = int(np.searchsorted(self.blocks["row"], row, "right")) - 1
        device = self.blocks["device"][block]
        if len(self._devices) <= device:
            self._devices = self.texts(DEVICE_COLUMN)
        return self._devices[device]

    def words(self, column: int) -> NDArray[Any]:
        """Return the words of a column in the order of their codes, with addresses as offsets."""
        words = self._words[: self.count("words")]
        return self._offsets(words[COLUMN_OF_KIND[words["kind"]] == column], "start")

    def texts(self, column: int) -> list[str]:
        """Return the words of a column as they are written."""
        words = self.words(column)
        ends = (words["start"] + words["length"]).tolist()
        text: Callable[..., str] = str
        return [text(self.data[start:end], "utf-8") for start, end in zip(words["start"].tolist(), ends, strict=True)]

    def _offsets(self, records: NDArray[Any], *names: str) -> NDArray[Any]:
        moved = records.copy()
        for name in names:
            moved[name] -= self.base
        return moved


def _address(array: NDArray[Any]) -> int:
    address: int = array.ctypes.data
    return address
