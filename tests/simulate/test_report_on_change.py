import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.simulate.report_on_change import changed, leave_band

VALUES = st.lists(st.integers(-20, 20).map(lambda n: n / 4), min_size=1, max_size=50).map(np.asarray)


@given(VALUES, st.integers(0, 12).map(lambda n: n / 4))
def test_what_was_sent_is_never_further_off_than_the_band(values, band):
    sent = leave_band(values, band, np.nan)
    held = values[np.maximum.accumulate(np.where(sent, np.arange(values.size), 0))]
    assert sent[0]
    assert (np.abs(values - held) < max(band, 1e-9)).all()


@given(VALUES)
def test_no_value_is_sent_twice_in_a_row(values):
    out = values[leave_band(values, 0.0, np.nan)]
    assert (np.diff(out) != 0).all()


@given(VALUES, st.integers(1, 49), st.integers(0, 8).map(lambda n: n / 4))
def test_day_by_day_sends_the_same(values, cut, band):
    whole = leave_band(values, band, np.nan)
    first = leave_band(values[:cut], band, np.nan)
    rest = leave_band(values[cut:], band, values[:cut][first][-1])
    assert np.array_equal(whole, np.concatenate((first, rest)))


def test_states_are_sent_when_they_change():
    states = np.array(["A", "A", "B", "A"])
    assert changed(states, None).tolist() == [True, False, True, True]
    assert changed(states, "A").tolist() == [False, False, True, True]
    assert changed(states[:0], "A").tolist() == []
