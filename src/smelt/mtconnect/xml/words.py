"""Columns of words: stretches of the bytes of documents, each text kept once."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smelt.mtconnect.xml_scanner.scan import copy_spans


class Words(NamedTuple):
    """A column of words: codes, -1 where there is none, and the words themselves."""

    codes: NDArray[np.int32]
    words: list[str]

    def array(self) -> pa.DictionaryArray:
        """Return the column."""
        codes = pa.array(self.codes, mask=self.codes < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(self.words, pa.string()))


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
