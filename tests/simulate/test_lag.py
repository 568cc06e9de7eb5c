import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.simulate.lag import follow


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(20, 2_000))
def test_a_step_is_followed_exponentially(start, target, time_constant_s):
    out = follow(np.full(50, target), 10.0, time_constant_s, start)
    expected = target + (start - target) * np.exp(-10.0 * np.arange(1, 51) / time_constant_s)
    assert np.allclose(out, expected, atol=1e-9)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=40).map(np.asarray), st.integers(1, 39))
def test_two_stretches_follow_as_one(target, cut):
    whole = follow(target, 10.0, 60.0, 0.0)
    first = follow(target[:cut], 10.0, 60.0, 0.0)
    rest = follow(target[cut:], 10.0, 60.0, float(first[-1]))
    assert np.array_equal(whole, np.concatenate((first, rest)))
