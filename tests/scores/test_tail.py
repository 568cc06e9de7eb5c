import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.scores.tail import MOST_KNOTS, Pareto, fit_pareto, fit_tail


@given(st.integers(0, 10_000), st.integers(1, 3000), st.sampled_from([None, 1, 0]))
def test_chances_fall_from_one_and_are_finite(seed, size, digits):
    scores = np.random.default_rng(seed).gamma(4, 0.3, size)
    scores = scores if digits is None else scores.round(digits)
    tail = fit_tail(scores.astype(np.float32))
    grid = np.sort(np.concatenate([scores, np.linspace(-1, 3 * scores.max() + 1, 500)]))
    chances = tail.log_chance(grid)
    assert (np.diff(chances) <= 1e-12).all()
    assert chances[0] == 0
    assert np.isfinite(chances).all()
    assert len(tail.scores) == len(tail.log_chances) <= MOST_KNOTS + 2


def test_chances_are_the_shares_of_minutes():
    scores = np.random.default_rng(1).gamma(4, 0.3, 20_000)
    tail = fit_tail(scores)
    for share in (0.9, 0.5, 0.1, 0.02, 0.002):
        found = np.exp(tail.log_chance(np.quantile(scores, [1 - share])))
        assert found == pytest.approx(share, rel=0.15)


def test_beyond_all_scores_the_tail_goes_on():
    scores = np.random.default_rng(2).exponential(1.0, 20_000)
    tail = fit_tail(scores)
    assert np.exp(tail.log_chance(np.array([13.8]))) == pytest.approx(1e-6, rel=2)
    assert tail.log_chance(np.array([30.0])) < tail.log_chance(np.array([20.0]))


@pytest.mark.parametrize("shape", [0.0, 0.2, 0.4])
def test_pareto_is_found_again(shape):
    chances = np.random.default_rng(3).random(50_000)
    values = 1 + 2 * (np.expm1(-shape * np.log(chances)) / shape if shape else -np.log(chances))
    found = fit_pareto(values, 1.0)
    assert found.shape == pytest.approx(shape, abs=0.05)
    assert found.scale == pytest.approx(2, rel=0.05)


def test_few_or_bounded_excesses_give_an_exponential():
    assert fit_pareto(np.array([1.0, 2.0, 3.0]), 0.0) == Pareto(0.0, 2.0, 0.0)
    assert fit_pareto(np.linspace(0, 1, 100), 0.0).shape == 0
    assert fit_pareto(np.ones(50), 1.0).scale > 0


@given(st.floats(0, 0.5), st.floats(1e-6, 1))
def test_value_and_chance_are_inverses(shape, chance):
    tail = Pareto(2.0, 0.5, shape if shape > 1e-6 else 0.0)
    value = tail.exceeded_with(chance)
    np.testing.assert_allclose(tail.log_survival(np.array([value])), np.log(chance), rtol=1e-4, atol=1e-6)
