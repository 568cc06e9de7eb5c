import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from smelt.mtconnect.digits import fifteen_digits, short


@given(arrays(np.float64, st.integers(0, 20), elements=st.floats(width=64)))
def test_every_fraction_is_printed_with_15_digits_and_read_again(values):
    expected = np.array([short(v) for v in values.tolist()], np.float64)
    np.testing.assert_array_equal(fifteen_digits(values), expected, strict=True)


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 22))
def test_numbers_of_15_digits_stay_to_the_last_bit(digits, places):
    value = float(f"{digits}e-{places}")
    assert fifteen_digits(np.array([value])).tolist() == [value]


def test_whole_numbers_stay_whole():
    microseconds = 1_697_500_000_123_456.0
    assert fifteen_digits(np.array([microseconds, -0.0, 2.0**60])).tolist() == [microseconds, -0.0, 2.0**60]
