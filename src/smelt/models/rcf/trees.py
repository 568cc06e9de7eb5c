"""The forest's trees as flat arrays, one contiguous block per tree, and the boxes that follow from the leaves."""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from smelt.models.rcf.lanes import LANES, padded


class Trees(NamedTuple):
    """Trees as arrays; T trees of up to m leaves over W lanes (the dimensions, padded with zeros).

    Inner nodes are numbered in preorder from the root 0, leaves in the same order; a child is an inner
    node, or ~leaf if negative. A tree of one leaf has no inner node. Unused places are zero.
    """

    cut_dim: NDArray[np.int32]  # (T, m) dimension of the node's cut
    cut: NDArray[np.float32]  # (T, m) values up to it go left (0), above it right (1)
    missing_side: NDArray[np.uint8]  # (T, m) where a value that is NaN goes
    child: NDArray[np.int32]  # (T, m, 2)
    leaves: NDArray[np.int32]  # (T,) how many leaves
    leaf: NDArray[np.float32]  # (T, m, W) the point; NaN in dimensions that none of its rows knows
    mass: NDArray[np.int32]  # (T, m) rows in the leaf
    box: NDArray[np.float32]  # (T, m, 2, W) lowest and highest corner of the inner node; NaN like the leaf's
    range_sum: NDArray[np.float32]  # (T, m) sum of the box's ranges
    complete: NDArray[np.uint8]  # (T,) 1 if no leaf has a NaN


def _array(kind: types.Type, dims: int) -> types.Type:
    return types.Array(kind, dims, "C")


_named: Any = types.NamedTuple
TREES = _named(
    (
        _array(types.int32, 2),
        _array(types.float32, 2),
        _array(types.uint8, 2),
        _array(types.int32, 3),
        _array(types.int32, 1),
        _array(types.float32, 3),
        _array(types.int32, 2),
        _array(types.float32, 4),
        _array(types.float32, 2),
        _array(types.uint8, 1),
    ),
    Trees,
)


def empty_trees(trees: int, leaves: int, dims: int) -> Trees:
    """Return unused trees of the given size, for the kernels to fill."""
    width = padded(dims)
    return Trees(
        cut_dim=np.zeros((trees, leaves), np.int32),
        cut=np.zeros((trees, leaves), np.float32),
        missing_side=np.zeros((trees, leaves), np.uint8),
        child=np.zeros((trees, leaves, 2), np.int32),
        leaves=np.zeros(trees, np.int32),
        leaf=np.zeros((trees, leaves, width), np.float32),
        mass=np.zeros((trees, leaves), np.int32),
        box=np.zeros((trees, leaves, 2, width), np.float32),
        range_sum=np.zeros((trees, leaves), np.float32),
        complete=np.zeros(trees, np.uint8),
    )


def fill_boxes(trees: Trees) -> None:
    """Fill `box`, `range_sum` and `complete` in place, from the leaves up; cuts and leaves must be there."""
    for node in range(trees.leaf.shape[1] - 2, -1, -1):
        tree = np.flatnonzero(node < trees.leaves - 1)
        left, right = (_corners(trees, tree, trees.child[tree, node, side]) for side in (0, 1))
        trees.box[tree, node, 0] = np.fmin(left[:, 0], right[:, 0])
        trees.box[tree, node, 1] = np.fmax(left[:, 1], right[:, 1])
    trees.range_sum[:] = _range_sums(trees.box)
    trees.complete[:] = ~np.isnan(trees.leaf).any(axis=(1, 2))


def _range_sums(box: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the sums of the boxes' known ranges, in one order of adding (numpy's may depend on the machine)."""
    total = np.zeros((*box.shape[:2], LANES), np.float64)
    for lane in range(0, box.shape[3], LANES):
        ranges = box[:, :, 1, lane : lane + LANES] - box[:, :, 0, lane : lane + LANES]
        total += np.nan_to_num(ranges, copy=False, nan=0.0)
    while total.shape[2] > 1:
        half = total.shape[2] // 2
        total = total[:, :, :half] + total[:, :, half:]
    return total[:, :, 0]


def _corners(trees: Trees, tree: NDArray[np.intp], child: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return the boxes (n, 2, W) of children, a leaf being a box without extent."""
    is_leaf = child < 0
    inner = trees.box[tree, np.where(is_leaf, 0, child)]
    point = trees.leaf[tree, np.where(is_leaf, ~child, 0)]
    return np.where(is_leaf[:, None, None], point[:, None, :], inner)
