"""The rows of a log as a table: its plain lines as arrays, the others as lists, in the order of the lines."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smelt.mtconnect.digits import fifteen_digits
from smelt.mtconnect.rows import Rows
from smelt.mtconnect.scanner.state import IS_UNAVAILABLE
from smelt.mtconnect.shdr_plain import PlainLines
from smelt.mtconnect.shdr_repeats import count_repeats
from smelt.terms.observation import DECODED_ROWS, UNAVAILABLE, WORD

_Codes = NDArray[np.int32]
_T = TypeVar("_T", bound=np.generic)


def log_table(plain: PlainLines, others: Rows, after: NDArray[np.int64], device_uuid: str) -> pa.Table:
    """Put the rows of a log together.

    Parameters
    ----------
    others : rows of the lines that are not plain; each stands behind `after` plain ones.

    Returns
    -------
    DECODED_ROWS of one document. `part` counts rows that are equal in everything else.
    """
    columns = others.columns()
    order = _Places(len(plain.time_us), after)
    words = {
        "data_item": _merge_words(order, plain.items, plain.key, columns["data_item"]),
        "category": _merge_words(order, plain.categories, plain.key, columns["category"]),
        "text": _merge_words(order, plain.texts, np.maximum(plain.text, -1), columns["text"]),
        "level": _merge_words(order, (UNAVAILABLE,), _is_unavailable(plain), columns["level"]),
        "native_code": _merge_words(order, (), np.full(order.plain, -1, np.int32), columns["native_code"]),
    }
    time_us = order.merge(plain.time_us, np.array(columns["event_time"], np.int64))
    value = order.merge(plain.value, np.array(columns["value"], np.float64))
    codes = [words[name].indices.fill_null(-1).to_numpy() for name in ("data_item", "text", "level", "native_code")]
    count = len(time_us)
    held = {
        "document": pa.array(np.zeros(count, np.int32)),
        "instance_id": pa.nulls(count, pa.int64()),
        "sequence": pa.nulls(count, pa.int64()),
        "part": pa.array(count_repeats(time_us, value, *codes)),
        "device_uuid": pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), [device_uuid]),
        "event_time": pa.array(time_us).cast(DECODED_ROWS.field("event_time").type),
        "value": pa.array(fifteen_digits(value), mask=order.merge(np.isnan(plain.value), _nulls(columns["value"]))),
        "native_units": pa.array(order.merge(_is_native(plain), np.array(columns["native_units"], bool))),
    }
    return pa.table([(held | words)[f.name] for f in DECODED_ROWS], schema=DECODED_ROWS)


class _Places:
    """Where plain and other rows come to stand."""

    def __init__(self, plain: int, after: NDArray[np.int64]) -> None:
        self.plain = plain
        self._other = after + np.arange(len(after))
        is_plain = np.ones(plain + len(after), bool)
        is_plain[self._other] = False
        self._plain = slice(None) if not len(after) else np.flatnonzero(is_plain)

    def merge(self, plain: NDArray[_T], others: NDArray[_T]) -> NDArray[_T]:
        merged = np.empty(len(plain) + len(others), plain.dtype)
        merged[self._plain] = plain
        merged[self._other] = others
        return merged


def _is_unavailable(plain: PlainLines) -> _Codes:
    return np.where(plain.text == IS_UNAVAILABLE, 0, -1).astype(np.int32)


def _is_native(plain: PlainLines) -> NDArray[np.bool_]:
    is_vector: NDArray[np.bool_] = np.append(plain.is_vector, [False, False])[plain.text]
    return is_vector | ~np.isnan(plain.value)


def _nulls(values: list[float | None]) -> NDArray[np.bool_]:
    return np.array([value is None for value in values], bool)


def _merge_words(order: _Places, words: Sequence[str], plain: _Codes, others: Sequence[str | None]) -> pa.Array:
    """Give one dictionary to what keys of the plain lines mean and to the others' own words; -1 is null."""
    known: dict[str, int] = {}
    recoded = np.array([*(known.setdefault(word, len(known)) for word in words), -1], np.int32)
    told = [-1 if word is None else known.setdefault(word, len(known)) for word in others]
    codes = order.merge(recoded[plain], np.array(told, np.int32))
    indices = pa.array(codes, mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(known), pa.string())).cast(WORD)
