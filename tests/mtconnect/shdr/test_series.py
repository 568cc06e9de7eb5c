"""A line that is one time series says what its fields say one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.rows import Rows
from smelt.mtconnect.shdr.fields import Keys, read_fields
from smelt.mtconnect.shdr.series import add_series, read_series

VALUES = st.lists(st.sampled_from(["1", "1.50", "-0", "NaN", "1e400", "0.12345678901234567", "x", "UNAVAILABLE"]))
LINES = st.builds(
    lambda key, count, rate, values, more: f"{key}|{len(values) + count}|{rate}|{' '.join(values)}{more}",
    st.sampled_from(["vib", " vib", "Xpos", "motion", "new"]),
    st.sampled_from([0, 0, 0, 1]),
    st.sampled_from(["10", "3", "", "0", "1e-12", "x"]),
    VALUES,
    st.sampled_from(["", "", "|Xpos", " "]),
)


@given(LINES)
def test_a_series_is_what_its_fields_are(machine, line):
    keys, at_once, one_by_one = Keys.of(machine, "m1"), Rows(), Rows()
    series = read_series(line, keys)
    if series is not None:
        add_series(at_once, series)
        said = read_fields(line, keys)
        one_by_one.add_all(said.rows)
        assert said.fault is None and repr(at_once.columns()) == repr(one_by_one.columns())


@pytest.mark.parametrize("line", ["vib|2|10|1 2", " vib|1|3|NaN"])
def test_plain_series_are_read_at_once(machine, line):
    assert read_series(line, Keys.of(machine, "m1")) is not None


@pytest.mark.parametrize(
    "line", ["vib|3|10|1 2", "vib|2|10|1 x", "vib|2||1 2", "vib|UNAVAILABLE", "Xpos|2|10|1 2", "vib|0|10|"]
)
def test_others_are_left(machine, line):
    assert read_series(line, Keys.of(machine, "m1")) is None
