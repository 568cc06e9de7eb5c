"""The scan's rows to DECODED_ROWS: texts become words, and what a text says as a number is asked once for each word."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smelt.mtconnect.cells import event_cell, sample_cell
from smelt.mtconnect.digits import fifteen_digits
from smelt.mtconnect.rows import Cell
from smelt.mtconnect.vectors import is_vector, vectors_json
from smelt.mtconnect.xml_scanner import rows as r
from smelt.mtconnect.xml_scanner.scan import copy_spans
from smelt.terms.observation import DECODED_ROWS, TIME

_CATEGORIES = pa.array(["SAMPLE", "EVENT", "CONDITION"])
_LEVELS = pa.array(r.LEVELS)
_UNAVAILABLE = r.LEVELS.index("UNAVAILABLE")


class Words(NamedTuple):
    """A column of words: codes, -1 where there is none, and the words themselves."""

    codes: NDArray[np.int32]
    words: list[str]

    def array(self) -> pa.DictionaryArray:
        """Return the column."""
        codes = pa.array(self.codes, mask=self.codes < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(self.words, pa.string()))


def plain_rows(data: bytes, rows: NDArray[np.int64], numbers: NDArray[np.float64], devices: Words) -> pa.Table:
    """Build DECODED_ROWS of the scan's rows, without instance ids; `devices` are the uuids of the scan's devices."""
    buffer = np.frombuffer(data, np.uint8)
    form, category = rows[:, r.FORM], rows[:, r.CATEGORY]
    has_units = form == r.HAS_UNITS
    has_text = has_units | ((form == r.IS_TEXT) & ((category != r.CONDITION) | (rows[:, r.TEXT_LENGTH] > 0)))
    text = words_at(buffer, rows[:, r.TEXT_AT], rows[:, r.TEXT_LENGTH], has_text)
    value, has_value, text = _read_texts(numbers, text, category, has_units)
    levels = np.where(form == r.IS_UNAVAILABLE, _UNAVAILABLE, rows[:, r.LEVEL]).astype(np.int32)
    everywhere = np.ones(len(rows), np.bool_)
    has_code = rows[:, r.CODE_LENGTH] > 0
    columns = {
        "document": pa.array(rows[:, r.DOCUMENT].astype(np.int32)),
        "instance_id": pa.nulls(len(rows), pa.int64()),
        "sequence": pa.array(rows[:, r.SEQUENCE]),
        "part": pa.array(np.zeros(len(rows), np.int32)),
        "device_uuid": Words(devices.codes[rows[:, r.DEVICE]], devices.words).array(),
        "data_item": words_at(buffer, rows[:, r.ITEM_AT], rows[:, r.ITEM_LENGTH], everywhere).array(),
        "category": pa.DictionaryArray.from_arrays(pa.array(category.astype(np.int32)), _CATEGORIES),
        "event_time": pa.array(rows[:, r.TIME]).cast(TIME),
        "value": pa.array(fifteen_digits(value), mask=~has_value),
        "text": text.array(),
        "level": pa.DictionaryArray.from_arrays(pa.array(levels, mask=levels < 0), _LEVELS),
        "native_code": words_at(buffer, rows[:, r.CODE_AT], rows[:, r.CODE_LENGTH], has_code).array(),
        "native_units": pa.array(np.zeros(len(rows), np.bool_)),
    }
    return pa.table([columns[name] for name in DECODED_ROWS.names], schema=DECODED_ROWS)


def words_at(
    buffer: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64], where: NDArray[np.bool_]
) -> Words:
    """Return stretches of UTF-8 as words; -1 where there is none."""
    kept = np.flatnonzero(where)
    offsets = np.concatenate([[0], np.cumsum(lengths[kept])])
    copied = np.empty(offsets[-1], np.uint8)
    copy_spans(starts[kept] + buffer.ctypes.data, offsets, copied.ctypes.data)
    texts = pa.LargeStringArray.from_buffers(len(kept), pa.py_buffer(offsets), pa.py_buffer(copied))
    encoded = texts.dictionary_encode()
    codes = np.full(len(where), -1, np.int32)
    codes[kept] = encoded.indices.to_numpy()
    return Words(codes, encoded.dictionary.to_pylist())


def _read_texts(
    numbers: NDArray[np.float64], text: Words, category: NDArray[np.int64], has_units: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], Words]:
    """Return value, whether there is one, and text, from the scan's numbers and texts as they stand."""
    value, has_value, codes = numbers.copy(), ~np.isnan(numbers), text.codes.copy()
    known = {word: code for code, word in enumerate(text.words)}
    has_text, is_event = text.codes >= 0, category == r.EVENT
    for which, read in (
        (is_event & ~has_units, _events), (has_units, _events_with_units), (category == r.SAMPLE, _samples),
    ):  # fmt: skip
        rows = np.flatnonzero(has_text & which)
        used, place = np.unique(text.codes[rows], return_inverse=True)
        cells = read([text.words[code] for code in used.tolist()])
        said = [cell.value for cell in cells]
        value[rows] = np.array([np.nan if number is None else number for number in said])[place]
        has_value[rows] = np.array([number is not None for number in said], np.bool_)[place]
        coded = [-1 if cell.text is None else known.setdefault(cell.text, len(known)) for cell in cells]
        codes[rows] = np.array(coded, np.int32)[place]
    return value, has_value, Words(codes, list(known))


def _events(texts: list[str]) -> list[Cell]:
    return [event_cell(text) for text in texts]


def _events_with_units(texts: list[str]) -> list[Cell]:
    return [event_cell(text, has_units=True) for text in texts]


def _samples(texts: list[str]) -> list[Cell]:
    vectors = [text for text in texts if is_vector(text)]
    known = dict(zip(vectors, vectors_json(vectors), strict=True))
    return [Cell(text=known[text]) if text in known else sample_cell(text) for text in texts]
