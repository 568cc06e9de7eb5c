"""Stretches of bytes become words, each once."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.xml.words import words_at


@given(st.lists(st.tuples(st.text("aé🛠b", max_size=5), st.booleans()), max_size=12))
def test_stretches_become_words_each_once(stretches):
    encoded = [text.encode() for text, _ in stretches]
    ends = np.cumsum([0, *(len(text) for text in encoded)])
    buffer = np.frombuffer(b"".join(encoded) + bytes(8), np.uint8)
    there = np.array([is_there for _, is_there in stretches], np.bool_)
    found = words_at(buffer, ends[:-1].astype(np.int64), np.diff(ends).astype(np.int64), there)
    assert found.array().to_pylist() == [text if is_there else None for text, is_there in stretches]
    assert sorted(found.words) == sorted({text for text, is_there in stretches if is_there})
    assert isinstance(found.array(), pa.DictionaryArray)
