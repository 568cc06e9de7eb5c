"""Growing trees: draw a sample, cut it at random in proportion to its ranges, until equal points are left.

The random numbers are splitmix64 of (tree key, counter), so a seed gives the same trees everywhere.
A missing value (NaN) extends no box; at a cut of its dimension it follows the node's missing side, which
is drawn once per node with the odds of the known rows, in fitting and in scoring alike.
"""

# ruff: noqa: PLR0917 - kernels take arrays one by one: a field of a tuple costs a reference count at each use

import numpy as np
from numba import types
from numpy.typing import NDArray

from smelt.compiled import entry_of, inlined
from smelt.models.rcf.trees import TREES, Trees

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)

_FAR, _NEAR = np.float32(1e30), np.float32(1e-30)

_POINTS = types.Array(types.float32, 2, "C", readonly=True)
_KEYS = types.Array(types.uint64, 1, "C", readonly=True)


@inlined
def bounded(value: np.float32) -> np.float32:
    """Return the value within ±1e30, and 0 instead of values under 1e-30, so that neither sums nor shares overflow."""
    if abs(value) < _NEAR:
        return np.float32(0)
    value = _FAR if value > _FAR else value
    return -_FAR if value < -_FAR else value


@inlined
def _uniform(key: np.uint64, counter: int) -> float:
    """Return draw number `counter` of the stream `key`, uniform in [0, 1)."""
    z = key + np.uint64(counter) * _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return np.float64((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53


@inlined
def _draw(pool: NDArray[np.int64], swaps: NDArray[np.int64], size: int, key: np.uint64) -> None:
    """Bring `size` places drawn without replacement to the front of the pool, and note the swaps."""
    for i in range(size):
        j = i + int(_uniform(key, i) * (pool.size - i))
        swaps[i] = j
        pool[i], pool[j] = pool[j], pool[i]


@inlined
def _put_back(pool: NDArray[np.int64], swaps: NDArray[np.int64], size: int) -> None:
    """Undo `_draw`, so that no tree's sample depends on the trees before it."""
    for i in range(size - 1, -1, -1):
        j = swaps[i]
        pool[i], pool[j] = pool[j], pool[i]


@inlined
def _measure(
    sample: NDArray[np.float32],
    rows: NDArray[np.int64],
    start: int,
    end: int,
    low: NDArray[np.float32],
    high: NDArray[np.float32],
) -> float:
    """Set the corners of the rows' box and return the sum of its ranges; unknown dimensions stay inverted."""
    for dim in range(low.size):
        low[dim], high[dim] = np.inf, -np.inf
    for i in range(start, end):
        row = rows[i]
        for dim in range(low.size):
            value = sample[row, dim]
            low[dim] = value if value < low[dim] else low[dim]
            high[dim] = value if value > high[dim] else high[dim]
    total = 0.0
    for dim in range(low.size):
        if high[dim] > low[dim]:
            total += np.float64(high[dim]) - np.float64(low[dim])
    return total


@inlined
def _choose(low: NDArray[np.float32], high: NDArray[np.float32], at: float) -> int:
    """Return the dimension at this place of the ranges laid end to end; set high[dim] to the cut within it."""
    chosen = -1
    for dim in range(low.size):
        if high[dim] > low[dim] and (chosen < 0 or at >= 0):
            chosen = dim
            place = np.float64(low[dim]) + at
            at -= np.float64(high[dim]) - np.float64(low[dim])
    cut = np.float32(place)
    if not (low[chosen] <= cut < high[chosen]):  # rounding: keep a row on either side
        cut = low[chosen]
    high[chosen] = cut
    return chosen


@inlined
def _missing_side(
    sample: NDArray[np.float32], rows: NDArray[np.int64], start: int, end: int, dim: int, cut: np.float32, draw: float
) -> int:
    """Draw the side that missing values take, with the odds of the known rows."""
    left = right = 0
    for i in range(start, end):
        value = sample[rows[i], dim]
        left += 1 if value <= cut else 0
        right += 1 if value > cut else 0
    return 1 if draw * (left + right) >= left else 0


@inlined
def _divide(
    sample: NDArray[np.float32], rows: NDArray[np.int64], start: int, end: int, dim: int, cut: np.float32, side: int
) -> int:
    """Order the rows in place, left ones first; return where the right ones begin."""
    while start < end:
        value = sample[rows[start], dim]
        if value > cut or (side == 1 and np.isnan(value)):
            end -= 1
            rows[start], rows[end] = rows[end], rows[start]
        else:
            start += 1
    return start


@inlined
def _grow_tree(trees: Trees, tree: int, sample: NDArray[np.float32], key: np.uint64) -> None:
    """Cut the sample until equal points are left, left part first, and write the tree."""
    cut_dim, cut, missing_side = trees.cut_dim[tree], trees.cut[tree], trees.missing_side[tree]
    child, leaf, mass = trees.child[tree], trees.leaf[tree], trees.mass[tree]
    size, dims = sample.shape
    low, high = np.empty(dims, np.float32), np.empty(dims, np.float32)
    rows, waiting = np.empty(size, np.int64), np.empty((size + 1, 3), np.int64)
    for i in range(size):
        rows[i] = i
    waiting[0, 0], waiting[0, 1], waiting[0, 2] = 0, size, -1  # first row, end, place among the children
    count, nodes, leaves = 1, 0, 0
    while count > 0:
        count -= 1
        start, end, place = waiting[count, 0], waiting[count, 1], waiting[count, 2]
        total = _measure(sample, rows, start, end, low, high)
        if place >= 0:
            child[place >> 1, place & 1] = nodes if total > 0 else ~leaves
        if total <= 0:
            for dim in range(dims):
                leaf[leaves, dim] = low[dim] if low[dim] <= high[dim] else np.float32(np.nan)
            mass[leaves] = end - start
            leaves += 1
            continue
        dim = _choose(low, high, _uniform(key, 2 * nodes) * total)
        side = _missing_side(sample, rows, start, end, dim, high[dim], _uniform(key, 2 * nodes + 1))
        middle = _divide(sample, rows, start, end, dim, high[dim], side)
        cut_dim[nodes], cut[nodes], missing_side[nodes] = dim, high[dim], side
        waiting[count, 0], waiting[count, 1], waiting[count, 2] = middle, end, 2 * nodes + 1
        waiting[count + 1, 0], waiting[count + 1, 1], waiting[count + 1, 2] = start, middle, 2 * nodes
        count += 2
        nodes += 1
    trees.leaves[tree] = leaves


@entry_of(types.void(TREES, _POINTS, _KEYS, types.int64))
def grow(trees: Trees, points: NDArray[np.float32], keys: NDArray[np.uint64], size: int) -> None:
    """Grow every tree from its own `size` rows of `points` (n, d); keys[2t] draws the rows, keys[2t+1] the cuts."""
    dims = points.shape[1]
    pool, swaps = np.empty(points.shape[0], np.int64), np.empty(size, np.int64)
    sample = np.empty((size, dims), np.float32)
    for i in range(pool.size):
        pool[i] = i
    for tree in range(trees.leaves.size):
        _draw(pool, swaps, size, keys[2 * tree])
        for i in range(size):
            for dim in range(dims):
                sample[i, dim] = bounded(points[pool[i], dim])
        _put_back(pool, swaps, size)
        _grow_tree(trees, tree, sample, keys[2 * tree + 1])
