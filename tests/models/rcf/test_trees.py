import numpy as np

from smelt.models.rcf.forest import fit
from smelt.models.rcf.trees import empty_trees


def _rows_below(trees, tree, node):
    if node < 0:
        return trees.leaf[tree, [~node]]
    return np.concatenate([_rows_below(trees, tree, child) for child in trees.child[tree, node]])


def test_boxes_hold_exactly_their_leaves():
    points = np.random.default_rng(3).normal(size=(200, 5)).astype(np.float32)
    points[::3, 1] = np.nan
    trees = fit(points, trees=3, samples_per_tree=40).trees
    for tree in range(3):
        for node in range(trees.leaves[tree] - 1):
            rows = _rows_below(trees, tree, node)
            np.testing.assert_array_equal(trees.box[tree, node, 0], np.fmin.reduce(rows))
            np.testing.assert_array_equal(trees.box[tree, node, 1], np.fmax.reduce(rows))
            ranges = np.nansum(np.fmax.reduce(rows).astype(float) - np.fmin.reduce(rows))
            np.testing.assert_allclose(trees.range_sum[tree, node], ranges, rtol=1e-6)


def test_complete_says_whether_all_leaves_know_all():
    points = np.random.default_rng(3).normal(size=(30, 2)).astype(np.float32)
    assert fit(points, trees=2).trees.complete.tolist() == [1, 1]
    points[7, 0] = np.nan
    assert fit(points, trees=2).trees.complete.tolist() == [0, 0]


def test_empty_trees_are_padded_to_whole_lanes():
    trees = empty_trees(2, 3, 17)
    assert trees.leaf.shape == (2, 3, 32)
    assert trees.box.shape == (2, 3, 2, 32)
