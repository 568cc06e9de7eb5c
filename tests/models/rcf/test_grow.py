import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.models.rcf.forest import fit
from smelt.models.rcf.trees import Trees


def _points(seed: int, rows: int, dims: int, missing: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    points = np.round(rng.normal(size=(rows, dims)), 1).astype(np.float32)
    points[rng.random(points.shape) < missing] = np.nan
    return points


def _leaf_of(trees: Trees, tree: int, row: np.ndarray) -> int:
    node = 0 if trees.leaves[tree] > 1 else -1
    while node >= 0:
        value = row[trees.cut_dim[tree, node]]
        side = trees.missing_side[tree, node] if np.isnan(value) else int(value > trees.cut[tree, node])
        node = trees.child[tree, node, side]
    return ~node


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 5), st.sampled_from([0.0, 0.3]))
def test_every_row_reaches_a_leaf_that_equals_it(seed, rows, dims, missing):
    points = _points(seed, rows, dims, missing)
    forest = fit(points, trees=2, samples_per_tree=rows, seed=seed)
    for tree in range(2):
        reached = np.zeros(forest.trees.mass.shape[1], int)
        for row in points:
            leaf = _leaf_of(forest.trees, tree, row)
            reached[leaf] += 1
            point = forest.trees.leaf[tree, leaf, :dims]
            known = ~np.isnan(row)
            np.testing.assert_array_equal(point[known], row[known])
        np.testing.assert_array_equal(reached, forest.trees.mass[tree])


@given(st.integers(0, 10_000), st.integers(1, 80), st.integers(1, 80))
def test_samples_are_drawn_without_replacement(seed, rows, samples):
    points = np.arange(rows, dtype=np.float32)[:, None]
    trees = fit(points, trees=3, samples_per_tree=samples, seed=seed).trees
    for tree in range(3):
        drawn = trees.leaf[tree, : trees.leaves[tree], 0]
        assert np.unique(drawn).size == drawn.size == min(rows, samples)
        assert (trees.mass[tree, : trees.leaves[tree]] == 1).all()


def test_samples_are_uniform():
    trees = fit(np.arange(50, dtype=np.float32)[:, None], trees=2000, samples_per_tree=10).trees
    counts = np.bincount(trees.leaf[:, :, 0].astype(int).ravel(), minlength=50)
    assert abs(counts - 400).max() < 5 * np.sqrt(400 * 0.8)


def test_cuts_fall_in_proportion_to_range_and_uniformly():
    corners = np.array([[0, 0, 5], [1, 3, 5], [0.5, 1, 5]], np.float32)
    trees = fit(corners, trees=4000, samples_per_tree=3).trees
    dims, cuts = trees.cut_dim[:, 0], trees.cut[:, 0]
    assert abs((dims == 1).mean() - 0.75) < 0.03
    assert (dims != 2).all()
    of_wide = np.sort(cuts[dims == 1]) / 3
    assert abs(of_wide - np.linspace(0, 1, of_wide.size)).max() < 0.03


def test_missing_values_follow_the_odds_of_the_known():
    points = np.array([[0], [1], [1], [1], [np.nan]], np.float32)
    sides = fit(points, trees=4000, samples_per_tree=5).trees.missing_side[:, 0]
    assert abs(sides.mean() - 0.75) < 0.03


def test_equal_rows_share_a_leaf():
    trees = fit(np.ones((40, 3), np.float32), trees=2, samples_per_tree=30).trees
    assert trees.leaves.tolist() == [1, 1]
    assert trees.mass[:, 0].tolist() == [30, 30]


def test_neighbouring_floats_are_still_separated():
    low = np.float32(1)
    points = np.array([[low], [np.nextafter(low, np.float32(2))]], np.float32)
    trees = fit(points, trees=50, samples_per_tree=2).trees
    assert (trees.leaves == 2).all()
    assert (trees.cut[:, 0] == low).all()
