"""Time series of a scan against the plain way, value by value."""

import pytest

from smelt.mtconnect.cells import sample_cell
from smelt.mtconnect.time_series import Series
from smelt.mtconnect.xml.series import read_series


@pytest.mark.parametrize(
    ("text", "told", "rates", "said"),
    [
        ("1 2", "4", {}, Series(0, "v", 7, 4.0, [1.0, 2.0])),
        ("1 2", None, {("m", "v"): 5.0}, Series(0, "v", 7, 5.0, [1.0, 2.0])),
        ("1 2", "0", {("m", "v"): 5.0}, Series(0, "v", 7, 5.0, [1.0, 2.0])),
        ("1 2", None, {("n", "v"): 5.0}, sample_cell(["1", "2"])),
        ("1 x", "4", {}, sample_cell(["1", "x"])),
        ("1 2", "1e-9", {}, sample_cell(["1", "2"])),
        ("1 UNAVAILABLE", "4", {}, None),
    ],
)
def test_a_series_is_placed_or_stays_one_cell(text, told, rates, said):
    assert list(read_series([("m", "v", 7, text, told)], rates)) == [said]
