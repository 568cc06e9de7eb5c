"""The hash that fingerprints are made of is the published one: a change of it would make every period stale."""

import numpy as np

from smelt.copper.row_kernels import NONE, bounds, hash_texts


def test_texts_are_hashed_as_fnv_1a_is_published() -> None:
    texts = [b"", b"a", b"foobar"]
    offsets = np.cumsum([0, *map(len, texts)]).astype(np.int32)
    hashes = np.empty(len(texts), np.uint64)
    hash_texts(offsets, np.frombuffer(b"".join(texts), np.uint8), hashes)
    assert hashes.tolist() == [0xCBF29CE484222325, 0xAF63DC4C8601EC8C, 0x85944171F73967E8]


def test_the_bounds_of_each_source_leave_out_what_has_no_number() -> None:
    low, high = np.full(2, NONE), np.full(2, -1)
    bounds(np.array([0, 0, 1, 0], np.int32), np.array([7, NONE, NONE, 3]), low, high)
    assert (low.tolist(), high.tolist()) == ([3, NONE], [7, -1])
