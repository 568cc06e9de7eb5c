import math

from hypothesis import given
from hypothesis import strategies as st

from smelt.scores.provisional import days_wanted, is_provisional


@given(st.integers(0, 20_000), st.floats(1, 1440), st.floats(0.1, 0.7), st.floats(0.05, 0.3))
def test_after_the_days_wanted_a_model_is_not_provisional(running, per_day, train, calibration):
    days = days_wanted(running, per_day, train, calibration)
    then = math.ceil(running + days * per_day + 1e-6)
    assert not is_provisional(round(then * train + 0.5), round(then * calibration + 0.5))
    if days > 0.01:
        before = running + (days - 0.01) * per_day - 1
        assert is_provisional(math.floor(before * train), math.floor(before * calibration))


def test_a_device_that_never_runs_waits_forever():
    assert days_wanted(0, 0, 0.4, 0.25) == math.inf
    assert days_wanted(7_500, 0, 0.4, 0.25) == 0
