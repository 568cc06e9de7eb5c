"""The rows of a log as a table: its plain lines as arrays, the others as lists, in the order of the lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smelt.mtconnect.digits import fifteen_digits
from smelt.mtconnect.rows import Rows
from smelt.mtconnect.scanner.state import IS_UNAVAILABLE
from smelt.mtconnect.shdr.plain import PlainLines
from smelt.mtconnect.shdr.repeats import count_repeats
from smelt.terms.observation import DECODED_ROWS, UNAVAILABLE, WORD

_Codes = NDArray[np.int32]
_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True)
class Others:
    """Rows of the lines that are not plain: what they say, each once, and for each row its number and its time.

    after : how many plain lines stand before each row's line.
    """

    distinct: Rows
    number: NDArray[np.int64]
    time_us: NDArray[np.int64]
    after: NDArray[np.int64]


def log_table(plain: PlainLines, others: Others, device_uuid: str) -> pa.Table:
    """Put the rows of a log together.

    Returns
    -------
    DECODED_ROWS of one document. `part` counts rows that are equal in everything else.
    """
    order = _Places(len(plain.time_us), others)
    no_code = np.full(order.plain, -1, np.int32)
    words = {
        "data_item": order.merge_words("data_item", plain.items, plain.key),
        "category": order.merge_words("category", plain.categories, plain.key),
        "text": order.merge_words("text", plain.texts, np.maximum(plain.text, -1)),
        "level": order.merge_words("level", (UNAVAILABLE,), _is_unavailable(plain)),
        "native_code": order.merge_words("native_code", (), no_code),
    }
    time_us = order.merge(plain.time_us, others.time_us)
    value = order.merge_said("value", plain.value)
    codes = [words[name].indices.fill_null(-1).to_numpy() for name in ("data_item", "text", "level", "native_code")]
    count = len(time_us)
    held = {
        "document": pa.array(np.zeros(count, np.int32)),
        "instance_id": pa.nulls(count, pa.int64()),
        "sequence": pa.nulls(count, pa.int64()),
        "part": pa.array(count_repeats(time_us, value, *codes)),
        "device_uuid": pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), [device_uuid]),
        "event_time": pa.array(time_us).cast(DECODED_ROWS.field("event_time").type),
        "value": pa.array(fifteen_digits(value), mask=order.merge(np.isnan(plain.value), order.is_null("value"))),
        "native_units": pa.array(order.merge_said("native_units", _is_native(plain))),
    }
    return pa.table([(held | words)[f.name] for f in DECODED_ROWS], schema=DECODED_ROWS)


class _Places:
    """Where plain and other rows come to stand."""

    def __init__(self, plain: int, others: Others) -> None:
        self.plain = plain
        self._said, self._number = others.distinct.columns(), others.number
        count = len(others.number)
        self._other = others.after + np.arange(count)
        is_plain = np.ones(plain + count, bool)
        is_plain[self._other] = False
        self._plain = slice(None) if not count else np.flatnonzero(is_plain)

    def merge(self, plain: NDArray[_T], others: NDArray[_T]) -> NDArray[_T]:
        merged = np.empty(len(plain) + len(others), plain.dtype)
        merged[self._plain] = plain
        merged[self._other] = others
        return merged

    def merge_said(self, name: str, plain: NDArray[_T]) -> NDArray[_T]:
        """Merge with what the others say."""
        return self.merge(plain, np.array(self._said[name], plain.dtype)[self._number])

    def is_null(self, name: str) -> NDArray[np.bool_]:
        """Say of each other row whether it says nothing."""
        return np.array([value is None for value in self._said[name]], bool)[self._number]

    def merge_words(self, name: str, words: Sequence[str], plain: _Codes) -> pa.Array:
        """Give one dictionary to what codes of the plain lines mean and to the others' own words; -1 is null."""
        known = dict(zip(words, range(len(words)), strict=True))
        recoded = np.arange(len(words) + 1, dtype=np.int32)
        if len(known) < len(words):
            known = {word: code for code, word in enumerate(known)}
            recoded[:-1] = [known[word] for word in words]
        recoded[-1] = -1
        said = [-1 if word is None else known.setdefault(word, len(known)) for word in self._said[name]]
        codes = self.merge(recoded[plain], np.array(said, np.int32)[self._number])
        indices = pa.array(codes, mask=codes < 0)
        return pa.DictionaryArray.from_arrays(indices, pa.array(list(known), pa.string())).cast(WORD)


def _is_unavailable(plain: PlainLines) -> _Codes:
    return np.where(plain.text == IS_UNAVAILABLE, 0, -1).astype(np.int32)


def _is_native(plain: PlainLines) -> NDArray[np.bool_]:
    is_vector: NDArray[np.bool_] = np.append(plain.is_vector, [False, False])[plain.text]
    return is_vector | ~np.isnan(plain.value)
