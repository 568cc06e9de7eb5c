import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.models.contributions import by_signal, largest
from smelt.terms.tables import CONTRIBUTIONS

NAMES = ("load__rolling_avg_15m", "speed__rolling_avg_15m", "load__rolling_std_15m", "a__b__rolling_sum_15m")


@given(st.integers(0, 10_000), st.integers(0, 30))
def test_shares_sum_to_one(seed, rows):
    parts = np.random.default_rng(seed).random((rows, 4)).astype(np.float32)
    found = by_signal(parts, NAMES)
    assert found.signals == ("load", "speed", "a__b")
    np.testing.assert_allclose(found.shares.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(found.shares[:, 0], (parts[:, 0] + parts[:, 2]) / parts.sum(axis=1), rtol=1e-5)
    if rows:
        np.testing.assert_allclose(found.mean(np.arange(rows)).shares, found.shares.mean(axis=0)[None], rtol=1e-4)


def test_rows_without_a_score_have_no_signals():
    found = by_signal(np.array([[np.nan] * 4, [0, 3, 1, 0]], np.float32), NAMES)
    assert largest(found).to_pylist() == [
        [],
        [{"signal": "speed", "share": 0.75}, {"signal": "load", "share": 0.25}],
    ]
    np.testing.assert_array_equal(found.mean(np.array([True, True])).shares, found.shares[1:])
    assert found.mean(np.array([True, False])).shares.tolist() == [[0, 0, 0]]


def test_the_largest_come_first_and_fit_the_tables():
    shares = by_signal(np.array([[1, 5, 1, 2]], np.float32), NAMES)
    found = largest(shares, 2)
    assert found.type == CONTRIBUTIONS
    assert [entry["signal"] for entry in found.to_pylist()[0]] == ["speed", "load"]
    assert largest(shares).to_pylist()[0] == largest(shares, 9).to_pylist()[0]
