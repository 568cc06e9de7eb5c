"""Visiting trees: the score of a row and its split by dimension, from the leaf up, with the early stop.

A box gives p = E / (R + E), the chance that a random cut of box and row separates the row first;
dimensions that the row or the box does not know are left out of E and R. One compiled kernel serves every
width: rows are padded to whole lanes, so nothing is compiled again for another number of features.
"""

# ruff: noqa: PLR0917 - kernels take arrays one by one: a field of a tuple costs a reference count at each use

import numpy as np
from numba import types
from numpy.typing import NDArray

from smelt.compiled import entry_of, inlined
from smelt.models.rcf.grow import bounded
from smelt.models.rcf.lanes import blend_excess, excess
from smelt.models.rcf.trees import TREES, Trees

_POINTS = types.Array(types.float32, 2, "C", readonly=True)
_LOGS = types.Array(types.float32, 1, "C", readonly=True)
_ROWS = types.Array(types.float32, 2, "C")
_SCORES = types.Array(types.float64, 1, "C")


@inlined
def _pad(points: NDArray[np.float32], first: int, rows: NDArray[np.float32], known: NDArray[np.int64]) -> None:
    """Copy a block of points into whole lanes, bound them, and count each row's known dimensions."""
    dims = points.shape[1]
    for i in range(known.size):
        known[i] = 0
        for dim in range(dims):
            value = points[first + i, dim]
            known[i] += 0 if np.isnan(value) else 1
            rows[i, dim] = bounded(value)
        for dim in range(dims, rows.shape[1]):
            rows[i, dim] = 0


@inlined
def _descend(
    cut_dim: NDArray[np.int32],
    cut: NDArray[np.float32],
    missing_side: NDArray[np.uint8],
    child: NDArray[np.int32],
    root: int,
    rows: NDArray[np.float32],
    row: int,
    path: NDArray[np.int64],
) -> int:
    """Return the depth of the row's leaf; path[:depth] are its ancestors from the root, path[depth] is ~leaf."""
    node = root
    depth = 0
    while node >= 0:
        path[depth] = node
        depth += 1
        value = rows[row, cut_dim[node]]
        side = 1 if value > cut[node] else 0
        if np.isnan(value):
            side = missing_side[node]
        node = child[node, side]
    path[depth] = node
    return depth


@inlined
def _known_range(box: NDArray[np.float32], node: int, rows: NDArray[np.float32], row: int) -> float:
    """Return the sum of the box's ranges over the dimensions that the row knows."""
    total = 0.0
    for dim in range(rows.shape[1]):
        size = box[node, 1, dim] - box[node, 0, dim]
        if size > 0 and rows[row, dim] == rows[row, dim]:
            total += np.float64(size)
    return total


@inlined
def _split_seen(
    child: NDArray[np.int32],
    leaf: NDArray[np.float32],
    box: NDArray[np.float32],
    rows: NDArray[np.float32],
    row: int,
    dims: int,
    path: NDArray[np.int64],
    depth: int,
    score: float,
    split: NDArray[np.float32],
) -> None:
    """Split the score of a row that equals its leaf by what sets it apart from the nearest sibling box."""
    width, at = split.size, row * split.size
    for k in range(depth - 1, -1, -1):
        sibling = np.int64(child[path[k], 0] + child[path[k], 1]) - path[k + 1]
        if sibling >= 0:
            low = sibling * 2 * width
            out = excess(box, low, low + width, rows, at, width)
            if out > 0:
                blend_excess(box, low, low + width, rows, at, split, np.float32(0), np.float32(score / out))
                return
        else:
            low = ~sibling * width
            out = excess(leaf, low, low, rows, at, width)
            if out > 0:
                blend_excess(leaf, low, low, rows, at, split, np.float32(0), np.float32(score / out))
                return
    known = 0
    for dim in range(dims):
        known += 1 if rows[row, dim] == rows[row, dim] else 0
    for dim in range(dims):  # nothing sets it apart
        split[dim] = np.float32(score / known) if rows[row, dim] == rows[row, dim] else np.float32(0)


@inlined
def _visit_tree(
    trees: Trees,
    tree: int,
    logs: NDArray[np.float32],
    rows: NDArray[np.float32],
    known: NDArray[np.int64],
    dims: int,
    scores: NDArray[np.float64],
    shares: NDArray[np.float32],
    path: NDArray[np.int64],
    split: NDArray[np.float32],
) -> None:
    """Add one tree's scores of the block, and the parts of them unless `split` is empty."""
    cut_dim, cut, missing_side = trees.cut_dim[tree], trees.cut[tree], trees.missing_side[tree]
    child, leaf, mass = trees.child[tree], trees.leaf[tree], trees.mass[tree]
    box, range_sum, is_complete = trees.box[tree], trees.range_sum[tree], trees.complete[tree] != 0
    root = 0 if trees.leaves[tree] > 1 else -1
    width = rows.shape[1]
    for row in range(scores.size):
        depth = _descend(cut_dim, cut, missing_side, child, root, rows, row, path)
        end, at = ~path[depth], row * width
        low = end * width
        out = np.float64(excess(leaf, low, low, rows, at, width))
        if out > 0:
            score = 1.0 / (depth + 1.0)
            if split.size > 0:
                blend_excess(leaf, low, low, rows, at, split, np.float32(0), np.float32(score / out))
        else:
            score = (1.0 - mass[end] / (2.0 * (logs.size - 2))) / (depth + np.float64(logs[mass[end] + 1]))
            if split.size > 0:
                _split_seen(child, leaf, box, rows, row, dims, path, depth, score, split)
        for k in range(depth - 1, -1, -1):
            if out <= 0 and is_complete:  # inside this box, hence inside every box above
                break
            low = path[k] * 2 * width
            out = np.float64(excess(box, low, low + width, rows, at, width))
            if out > 0:
                ranges = float(range_sum[path[k]])
                if known[row] < dims:
                    ranges = _known_range(box, path[k], rows, row)
                chance = out / (ranges + out)
                new = chance / (k + 1.0)
                score = new + (1.0 - chance) * score
                if split.size > 0:
                    keep, add = np.float32(1.0 - chance), np.float32(new / out)
                    blend_excess(box, low, low + width, rows, at, split, keep, add)
        scores[row] += score
        if split.size > 0:
            for dim in range(dims):
                shares[row, dim] += split[dim]


@entry_of(types.void(TREES, _LOGS, _POINTS, types.int64, _SCORES, _ROWS))
def visit_rows(
    trees: Trees,
    logs: NDArray[np.float32],
    points: NDArray[np.float32],
    first: int,
    scores: NDArray[np.float64],
    shares: NDArray[np.float32],
) -> None:
    """Set the scores (block,) of the points from `first` on, and each dimension's part in shares (block, d).

    `shares` of shape (0, 0) leaves the parts out; logs[i] is log2(i) up to i = the tree's mass + 1.
    A row without any known dimension gets NaN.
    """
    dims, width = points.shape[1], trees.leaf.shape[2]
    rows = np.empty((scores.size, width), np.float32)
    known = np.empty(scores.size, np.int64)
    path = np.empty(trees.leaf.shape[1] + 1, np.int64)
    split = np.zeros(width if shares.size > 0 else 0, np.float32)
    _pad(points, first, rows, known)
    for row in range(scores.size):
        scores[row] = 0
        for dim in range(shares.shape[1]):
            shares[row, dim] = 0
    for tree in range(trees.leaves.size):
        _visit_tree(trees, tree, logs, rows, known, dims, scores, shares, path, split)
    scale = np.float64(logs[logs.size - 1]) / trees.leaves.size
    for row in range(scores.size):
        factor = scale if known[row] > 0 else np.nan
        scores[row] *= factor
        for dim in range(shares.shape[1]):
            shares[row, dim] *= np.float32(factor)
