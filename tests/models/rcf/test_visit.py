"""The kernel against the definition of RCF.md, written out slowly."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.models.rcf.forest import Forest, attribute, fit, score


def _box(trees, tree, node):
    if node < 0:
        point = trees.leaf[tree, ~node].astype(float)
        return point, point
    corners = [_box(trees, tree, child) for child in trees.child[tree, node]]
    return np.fmin(corners[0][0], corners[1][0]), np.fmax(corners[0][1], corners[1][1])


def _out_and_range(box, row):
    """Return E and R over the dimensions that both know."""
    low, high = (corner[: row.size] for corner in box)
    known = ~np.isnan(row) & ~np.isnan(low)
    out = np.maximum(np.maximum(low - row, row - high), 0)[known].sum()
    return out, (high - low)[~np.isnan(row) & ~np.isnan(low)].sum()


def _score_below(forest: Forest, tree: int, node: int, row: np.ndarray, depth: int) -> float:
    trees, total = forest.trees, forest.samples_per_tree
    out, ranges = _out_and_range(_box(trees, tree, node), row)
    if node < 0:
        mass = trees.mass[tree, ~node]
        return 1 / (depth + 1) if out > 0 else (1 - mass / (2 * total)) / (depth + np.log2(mass + 1))
    value = row[trees.cut_dim[tree, node]]
    side = trees.missing_side[tree, node] if np.isnan(value) else int(value > trees.cut[tree, node])
    below = _score_below(forest, tree, trees.child[tree, node, side], row, depth + 1)
    chance = out / (ranges + out) if out > 0 else 0.0
    return chance / (depth + 1) + (1 - chance) * below


def _reference(forest: Forest, row: np.ndarray) -> float:
    roots = np.where(forest.trees.leaves > 1, 0, -1)
    scores = [_score_below(forest, tree, root, row.astype(float), 0) for tree, root in enumerate(roots)]
    return float(np.mean(scores) * np.log2(forest.samples_per_tree + 1))


@given(
    st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 20), st.sampled_from([0, 0.3]), st.sampled_from([0, 0.3])
)
def test_kernel_follows_the_definition(seed, rows, dims, missing_rows, missing_query):
    rng = np.random.default_rng(seed)
    points = np.round(rng.normal(size=(rows, dims)), 1).astype(np.float32)
    points[rng.random(points.shape) < missing_rows] = np.nan
    forest = fit(points, trees=2, samples_per_tree=16, seed=seed)
    queries = np.concatenate([points[:3], np.round(2 * rng.normal(size=(3, dims)), 1).astype(np.float32)])
    queries[rng.random(queries.shape) < missing_query] = np.nan
    queries = queries[~np.isnan(queries).all(axis=1)]
    expected = [_reference(forest, row) for row in queries]
    np.testing.assert_allclose(score(forest, queries), expected, rtol=2e-5)


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 40), st.sampled_from([0, 0.3]))
def test_parts_are_positive_and_sum_to_the_score(seed, rows, dims, missing):
    rng = np.random.default_rng(seed)
    points = np.round(rng.normal(size=(rows, dims)), 1).astype(np.float32)
    forest = fit(points, trees=3, samples_per_tree=32, seed=seed)
    queries = np.concatenate([points, 3 * rng.normal(size=(8, dims)).astype(np.float32)])
    queries[rng.random(queries.shape) < missing] = np.nan
    parts = attribute(forest, queries)
    np.testing.assert_allclose(parts.sum(axis=1), score(forest, queries), rtol=1e-4)
    known = ~np.isnan(queries).all(axis=1)
    assert (parts[known] >= 0).all()
    assert (parts[known][np.isnan(queries[known])] == 0).all()


def test_a_row_that_equals_its_leaf_is_split_by_what_sets_it_apart():
    points = np.array([[0, 0], [0, 4]], np.float32)
    forest = fit(points, trees=5, samples_per_tree=2)
    parts = attribute(forest, points)
    assert (parts[:, 0] == 0).all()
    assert (parts[:, 1] > 0).all()


def test_in_a_tree_of_one_leaf_the_known_dimensions_share_evenly():
    forest = fit(np.ones((5, 3), np.float32), trees=2)
    parts = attribute(forest, np.array([[1, np.nan, 1]], np.float32))
    assert parts[0, 0] == parts[0, 2] > 0 == parts[0, 1]
