import hashlib

import krcf
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from smelt.models.rcf.forest import attribute, fit, score, score_and_attribute
from smelt.terms.errors import InputError, ShapeError


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(7).normal(size=(600, 6)).astype(np.float32)


def test_rank_agreement_with_krcf_is_within_its_own_noise():
    rng = np.random.default_rng(5)
    points = rng.normal(size=(450, 4)).astype(np.float32)
    points[:, 3] = points[:, 0] + 0.1 * points[:, 3]
    queries = np.concatenate([rng.normal(size=(120, 4)), 2.5 * rng.normal(size=(30, 4))]).astype(np.float32)
    peers = [_krcf_scores(points, queries, seed) for seed in range(1, 6)]
    ours = [score(fit(points, seed=seed), queries) for seed in range(5)]
    among_peers = [spearmanr(a, b).statistic for i, a in enumerate(peers) for b in peers[:i]]
    with_ours = [spearmanr(a, b).statistic for a in peers for b in ours]
    assert len(among_peers) == 10
    assert np.mean(with_ours) >= min(among_peers)
    assert abs(np.mean(ours) / np.mean(peers) - 1) < 0.02


def _krcf_scores(points, queries, seed):
    options = {"dimensions": points.shape[1], "shingle_size": 1, "num_trees": 100, "sample_size": 256}
    forest = krcf.RandomCutForest(options | {"random_seed": seed, "lambda": 0.0, "output_after": 1})
    for point in points:
        forest.update(point)
    return np.array([forest.score(query) for query in queries])


def test_a_seed_gives_these_bits_on_every_machine():
    grid = (np.arange(4000, dtype=np.float32) * 37 % 1009).reshape(400, 10) / 64
    grid[::17, 3] = np.nan
    forest = fit(grid, trees=10, samples_per_tree=64, seed=42)
    digest = hashlib.sha256()
    for array in (forest.trees.cut_dim, forest.trees.cut, forest.trees.child, forest.trees.range_sum):
        digest.update(array.tobytes())
    digest.update(score(forest, grid).tobytes())
    assert digest.hexdigest()[:16] == "eaad2d46bf31e095"


def test_results_do_not_depend_on_threads_or_on_the_company_of_a_row(points):
    forest = fit(points, trees=20)
    many = np.tile(points, (8, 1))
    alone, together = score(forest, many), score(forest, many, threads=3)
    np.testing.assert_array_equal(alone, together)
    np.testing.assert_array_equal(alone[:600], np.concatenate([score(forest, row[None]) for row in points]))
    np.testing.assert_array_equal(attribute(forest, many), attribute(forest, many, threads=3))
    both = score_and_attribute(forest, points)
    np.testing.assert_array_equal(both.scores, score(forest, points))


def test_read_only_strided_and_float64_input_is_the_same(points):
    forest = fit(points, trees=5)
    frozen = points.copy()
    frozen.flags.writeable = False
    for other in (frozen, np.asfortranarray(points), points.astype(np.float64), np.repeat(points, 2, axis=0)[::2]):
        np.testing.assert_array_equal(score(forest, other), score(forest, points))
        np.testing.assert_array_equal(score(fit(other, trees=5), points), score(forest, points))
    for array in forest.trees:
        array.flags.writeable = False
    assert score(forest, points).shape == (600,)


def test_seeds_differ(points):
    assert not np.array_equal(score(fit(points, trees=5, seed=1), points), score(fit(points, trees=5, seed=2), points))
    assert score(fit(points, trees=5, seed=-1), points).shape == (600,)


@given(st.integers(0, 10_000))
def test_a_planted_outlier_scores_highest_and_says_why(seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(300, 5)).astype(np.float32)
    forest = fit(points, trees=30, samples_per_tree=64, seed=seed)
    dim = int(rng.integers(5))
    odd = points[:50].copy()
    odd[0, dim] = 12
    found = score_and_attribute(forest, odd)
    assert found.scores.argmax() == 0
    assert found.parts[0].argmax() == dim


def test_missing_dimensions_neither_hide_nor_make_an_outlier(points):
    forest = fit(points)
    rows = np.zeros((2, 6), np.float32)
    rows[1, 2] = 15
    rows[:, 5] = np.nan
    ordinary, odd = score(forest, rows)
    assert odd > 2 * ordinary
    assert ordinary < 1.2


def test_a_row_of_nothing_known_has_no_score(points):
    forest = fit(points, trees=3)
    rows = np.stack([np.full(6, np.nan, np.float32), points[0]])
    assert np.isnan(score(forest, rows)).tolist() == [True, False]
    assert np.isnan(attribute(forest, rows)).all(axis=1).tolist() == [True, False]


def test_huge_values_score_like_far_ones_and_never_overflow(points):
    forest = fit(points, trees=10)
    rows = np.zeros((4, 6), np.float32)
    rows[:, 1] = [1e30, 3e38, np.inf, -np.inf]
    found = score_and_attribute(forest, rows)
    assert np.isfinite(found.scores).all()
    np.testing.assert_allclose(found.parts.sum(axis=1), found.scores, rtol=1e-4)
    tiny = fit(np.float32(1e-38) * points, trees=2)
    assert np.isfinite(attribute(tiny, np.float32(1e-40) * points)).all()


def test_no_rows_give_no_scores(points):
    forest = fit(points, trees=2)
    assert score(forest, points[:0]).shape == (0,)
    assert attribute(forest, points[:0]).shape == (0, 6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"trees": 0}, "trees is 0; expected 1 to 10000"),
        ({"samples_per_tree": 0}, "samples_per_tree is 0; expected 1 to"),
    ],
)
def test_settings_out_of_range_are_refused(points, settings, message):
    with pytest.raises(InputError, match=message):
        fit(points, **settings)


def test_wrong_shapes_and_infinities_are_refused(points):
    with pytest.raises(ShapeError, match=r"shape \(0, 6\)"):
        fit(points[:0])
    with pytest.raises(ShapeError, match=r"expected \(rows, columns\)"):
        fit(points[0])
    with pytest.raises(ShapeError, match="points have 5 columns, the forest was fitted on 6"):
        score(fit(points, trees=1), points[:, :5])
    points = points.copy()
    points[3, 3] = np.inf
    with pytest.raises(InputError, match="Make infinite values NaN"):
        fit(points)
