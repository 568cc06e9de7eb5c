"""Numbers the rows of a log that are equal in everything, so that each of them has a key."""

import numpy as np
from numpy.typing import NDArray

_ODD = np.uint64(0x9E3779B97F4A7C15)


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
    hashes = np.zeros(len(words[0]), np.uint64)
    for word in words:
        hashes = (hashes ^ word) * _ODD
        hashes ^= hashes >> np.uint64(29)
    ordered = np.sort(hashes)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return np.empty(0, np.int64)
    at = np.minimum(np.searchsorted(twice, hashes), len(twice) - 1)
    return np.flatnonzero(twice[at] == hashes)
