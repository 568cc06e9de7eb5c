"""Windows: against numpy on each window alone, huge values leave no trace, splits give the same bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.gold.windows import DAY_MINUTES, Rolling, last_completed, rolling, sort_lanes
from smelt.terms.errors import ShapeError

numbers = st.floats(-1e6, 1e6) | st.just(float("nan"))
series = st.lists(numbers, max_size=60).map(lambda values: np.array(values, np.float64))
windows = st.integers(1, 20)


def fields(found: Rolling) -> list[np.ndarray]:
    return [found.avg, found.median, found.std, found.low, found.high, found.total]


@given(series, windows)
def test_each_window_is_what_numpy_says_of_it_alone(values: np.ndarray, window: int) -> None:
    found = fields(rolling(values, window))
    for end in range(1, len(values) + 1):
        known = values[max(0, end - window) : end]
        known = known[~np.isnan(known)]
        expected = [np.nan] * 6
        if len(known):
            std = known.std(ddof=1) if len(known) > 1 else np.nan
            expected = [known.mean(), np.median(known), std, known.min(), known.max(), known.sum()]
        assert [f[end - 1] for f in found] == pytest.approx(expected, nan_ok=True, rel=1e-9, abs=1e-6)


@given(series, windows, st.integers(0, 60))
def test_a_later_start_gives_the_same_bits(values: np.ndarray, window: int, cut: int) -> None:
    late = values[cut:]
    for whole, part in zip(fields(rolling(values, window)), fields(rolling(late, window)), strict=True):
        assert np.array_equal(whole[cut:][window - 1 :], part[window - 1 :], equal_nan=True)


def test_a_huge_value_leaves_no_trace() -> None:
    values = np.array([0.1, 0.2, 1e300, *[0.3] * 10])
    clean = np.array([*[0.3] * 13])
    for dirty, expected in zip(fields(rolling(values, 5)), fields(rolling(clean, 5)), strict=True):
        assert np.array_equal(dirty[-5:], expected[-5:])


def test_more_rows_than_one_chunk() -> None:
    values = np.random.default_rng(0).normal(size=40_000)
    assert rolling(values, 7).high[20_000] == values[19_994:20_001].max()


@given(st.integers(1, 40))
def test_the_network_sorts(size: int) -> None:
    lanes = np.random.default_rng(size).normal(size=(size, 50))
    expected = np.sort(lanes, axis=0)
    sort_lanes(lanes)
    assert np.array_equal(lanes, expected)


def test_a_wrong_shape_is_told() -> None:
    with pytest.raises(ShapeError, match=r"shape \(2, 2\), window 3"):
        rolling(np.zeros((2, 2)), 3)


@given(st.integers(1, 200), st.integers(0, 3 * DAY_MINUTES))
def test_the_last_completed_window_is_aligned_to_the_day_and_over(window: int, minute: int) -> None:
    since, is_short = last_completed(np.array([minute]), window)
    end = minute + 1 - int(since[0])  # exclusive
    assert minute + 1 - window < end <= minute + 1
    of_day = end % DAY_MINUTES
    assert of_day % window == 0
    assert bool(is_short[0]) == (of_day == 0 and DAY_MINUTES % window > 0)
