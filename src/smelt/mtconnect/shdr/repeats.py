"""Numbers the rows of a log that are equal in everything, so that each of them has a key."""

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import entry

_ODD = np.uint64(0x9E3779B97F4A7C15)
_FEW = 4_000  # rows: below that they are sorted before compiled code is loaded


def count_repeats(*columns: NDArray[np.generic]) -> NDArray[np.int32]:
    """Return for each row how many equal ones stand before it; NaN is equal to itself, -0.0 to 0.0.

    Examples
    --------
    >>> count_repeats(np.array([7, 7, 7]), np.array([1.0, 2.0, 1.0])).tolist()
    [0, 0, 1]
    """
    ordinals = np.zeros(len(columns[0]), np.int32)
    words = [_bits(column) for column in columns]
    seen: dict[tuple[int, ...], int] = {}
    for place in _with_equal_hash(words):
        row = tuple(int(word[place]) for word in words)
        ordinals[place] = seen.get(row, 0)
        seen[row] = int(ordinals[place]) + 1
    return ordinals


def _bits(column: NDArray[np.generic]) -> NDArray[np.uint64]:
    if column.dtype.kind == "f":
        number = column.astype(np.float64)
        return np.where(np.isnan(number), np.nan, number + 0.0).view(np.uint64)
    return column.astype(np.int64).view(np.uint64)


def _with_equal_hash(words: list[NDArray[np.uint64]]) -> NDArray[np.int64]:
    """Return the places of rows that may have an equal one; hashes are cheap, and twins rare."""
    rows = len(words[0])
    hashes = np.zeros(rows, np.uint64)
    for word in words:
        hashes = (hashes ^ word) * _ODD
        hashes ^= hashes >> np.uint64(29)
    if rows < _FEW:
        _, first, count = np.unique(hashes, return_inverse=True, return_counts=True)
        return np.flatnonzero(count[first] > 1)
    has_twin = np.zeros(rows, np.bool_)
    mark_equal(hashes, np.zeros(1 << (2 * rows).bit_length(), np.int32), has_twin)
    return np.flatnonzero(has_twin)


@entry
def mark_equal(hashes: NDArray[np.uint64], slots: NDArray[np.int32], is_equal: NDArray[np.bool_]) -> None:
    """Mark each hash that stands more than once; `slots` are zeros, a power of two and twice as many at least."""
    mask = len(slots) - 1
    for i in range(len(hashes)):
        at = np.int64(hashes[i]) & mask
        while slots[at] != 0 and hashes[slots[at] - 1] != hashes[i]:
            at = (at + 1) & mask
        if slots[at] == 0:
            slots[at] = i + 1
        else:
            is_equal[i] = True
            is_equal[slots[at] - 1] = True
