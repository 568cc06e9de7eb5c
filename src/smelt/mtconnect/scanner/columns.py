"""What was scanned as the columns of DECODED_ROWS: codes and dictionaries as they are, no object a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from smelt.mtconnect.cells import event_cell, sample_cell
from smelt.mtconnect.digits import fifteen_digits, short
from smelt.mtconnect.rows import Cell
from smelt.mtconnect.scanner.scan import Scan
from smelt.mtconnect.scanner.state import (
    CODE_COLUMN,
    CONTAINER,
    DEVICE_COLUMN,
    ESCAPED_EVENT,
    ESCAPED_MESSAGE,
    EVENT_TEXT,
    IS_UNAVAILABLE,
    ITEM_COLUMN,
    MESSAGE,
    NO_WORD,
    TEXT_COLUMN,
    VECTOR,
)
from smelt.mtconnect.vectors import lists_json
from smelt.terms.observation import DECODED_ROWS, LEVELS, TIME, UNAVAILABLE, Category

CATEGORIES: tuple[Category, ...] = ("SAMPLE", "EVENT", "CONDITION")
_NO_LEVEL = -1
Codes = NDArray[np.int32]


class Vocabulary:
    """The words of a column and a code for each row; words come once each, and some may be no row's."""

    def __init__(self, words: list[str], codes: Codes) -> None:
        self.words = words
        self.codes = codes
        self._places: dict[str, int] | None = None

    def code(self, word: str | None) -> int:
        """Return the code of a word, a new one if it has none; -1 for None."""
        if word is None:
            return NO_WORD
        if self._places is None:
            self._places = {known: code for code, known in enumerate(self.words)}
        code = self._places.setdefault(word, len(self.words))
        if code == len(self.words):
            self.words.append(word)
        return code

    def to_arrow(self) -> pa.Array:
        """Return the dictionary column."""
        codes = pa.nulls(len(self.codes), pa.int32())
        if self.words:
            codes = _array(pa.int32(), self.codes, self.codes >= 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(self.words, pa.string()), safe=False)


@dataclass
class Columns:
    """The scanned rows; `value` is NaN and not `is_number` where there is none."""

    document: NDArray[np.int32]
    instance_id: NDArray[np.int64]
    sequence: NDArray[np.int64]
    event_time: NDArray[np.int64]
    value: NDArray[np.float64]
    is_number: NDArray[np.bool_]
    words: dict[str, Vocabulary]

    def patch(self, rows: Sequence[int], said: dict[str, list[Any]]) -> None:
        """Put rows that were read by the plain decoder, columns as `Rows` has them, into their places."""
        values = said["value"]
        self.sequence[rows] = said["sequence"]
        self.event_time[rows] = said["event_time"]
        self.value[rows] = fifteen_digits(np.array([np.nan if v is None else v for v in values], np.float64))
        self.is_number[rows] = [v is not None for v in values]
        for name in ("data_item", "text", "level", "native_code"):
            vocabulary = self.words[name]
            vocabulary.codes[rows] = [vocabulary.code(word) for word in said[name]]

    def take(self, rows: NDArray[np.bool_]) -> None:
        """Keep some rows."""
        for name in ("document", "instance_id", "sequence", "event_time", "value", "is_number"):
            setattr(self, name, getattr(self, name)[rows])
        for vocabulary in self.words.values():
            vocabulary.codes = vocabulary.codes[rows]

    def to_arrow(self) -> pa.Table:
        """Return the rows as DECODED_ROWS."""
        rows = len(self.sequence)
        columns = {
            "document": _array(pa.int32(), self.document),
            "instance_id": _array(pa.int64(), self.instance_id),
            "sequence": _array(pa.int64(), self.sequence),
            "part": _array(pa.int32(), np.zeros(rows, np.int32)),
            "event_time": _array(TIME, self.event_time),
            "value": _array(pa.float64(), self.value, self.is_number),
            "native_units": pa.Array.from_buffers(pa.bool_(), rows, [None, pa.py_buffer(bytes(rows // 8 + 1))]),
        } | {name: vocabulary.to_arrow() for name, vocabulary in self.words.items()}
        return pa.table([columns[name] for name in DECODED_ROWS.names], schema=DECODED_ROWS)


def _array(kind: pa.DataType, values: NDArray[Any], is_valid: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return the values as they lie, without a copy."""
    bits = None
    if is_valid is not None and not is_valid.all():
        bits = pa.py_buffer(np.packbits(is_valid, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(np.ascontiguousarray(values))])


def columns_of(scan: Scan, documents: NDArray[np.int32], instance_ids: NDArray[np.int64]) -> Columns:
    """Return what was scanned as columns.

    Parameters
    ----------
    documents, instance_ids : of each scanned document; where a document's rows are not wanted, anything.
    """
    rows, blocks = scan.rows, scan.blocks
    in_block = np.diff(blocks["row"], append=rows)
    in_document = scan.rows_in_documents()
    value, text = scan.column("value"), scan.column("text")
    texts = _text_column(scan, text, value)
    is_unavailable = text == IS_UNAVAILABLE
    level = np.where(blocks["category"] == CATEGORIES.index("CONDITION"), blocks["level"], _NO_LEVEL)
    levels = np.repeat(level.astype(np.int32), in_block)
    if is_unavailable.any():
        levels[is_unavailable] = LEVELS.index(UNAVAILABLE)
        text[is_unavailable] = NO_WORD
    long_rows = scan.long_rows
    value[long_rows] = fifteen_digits(value[long_rows])
    devices, items, native_codes = (scan.words.of_column(n)[0] for n in (DEVICE_COLUMN, ITEM_COLUMN, CODE_COLUMN))
    words = {
        "device_uuid": Vocabulary(devices, np.repeat(blocks["device"].astype(np.int32), in_block)),
        "data_item": Vocabulary(items, scan.column("item")),
        "category": Vocabulary(list(CATEGORIES), np.repeat(blocks["category"].astype(np.int32), in_block)),
        "text": texts,
        "level": Vocabulary(list(LEVELS), levels),
        "native_code": Vocabulary(native_codes, scan.column("native_code")),
    }
    return Columns(
        np.repeat(documents, in_document),
        np.repeat(instance_ids, in_document),
        scan.column("sequence"),
        scan.column("event_time"),
        value,
        ~np.isnan(value),
        words,
    )


def _text_column(scan: Scan, codes: Codes, value: NDArray[np.float64]) -> Vocabulary:
    """Return the texts, and put the numbers among an Event's values into `value`: one reading for each word."""
    texts, kinds = scan.words.of_column(TEXT_COLUMN)
    vectors = np.flatnonzero(kinds == VECTOR).tolist()
    for place, text in zip(vectors, lists_json([texts[place] for place in vectors]), strict=True):
        texts[place] = text
    numbers, is_none = np.full(len(texts), np.nan), np.zeros(len(texts), np.bool_)
    for place in np.flatnonzero(~np.isin(kinds, (MESSAGE, EVENT_TEXT, VECTOR))).tolist():
        cell = _cell(int(kinds[place]), texts[place])
        texts[place], is_none[place] = cell.text or "", cell.level == UNAVAILABLE
        numbers[place] = np.nan if cell.value is None else short(cell.value)
    known = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    with_text = np.flatnonzero(codes >= 0)
    if not np.isnan(numbers).all():
        value[with_text] = numbers[codes[with_text]]
    if len(known) < len(texts) or is_none.any():  # 100 and 100.0 have the same text
        moved = np.where(is_none, IS_UNAVAILABLE, np.array([known[text] for text in texts]))
        codes[with_text] = moved[codes[with_text]]
    return Vocabulary(list(known), codes)


def _cell(kind: int, word: str) -> Cell:
    """Read a word that does not stand for itself."""
    if kind == CONTAINER:
        return sample_cell(orjson.loads(word))
    if kind == ESCAPED_MESSAGE:
        return Cell(text=orjson.loads(f'"{word}"'))
    return event_cell(orjson.loads(f'"{word}"' if kind == ESCAPED_EVENT else word))
