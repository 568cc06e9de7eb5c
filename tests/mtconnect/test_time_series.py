from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.digits import short
from smelt.mtconnect.rows import Cell, Row
from smelt.mtconnect.time_series import Series, expand_all, expand_series, series_rate
from smelt.terms.interval import FIRST_US

LAST = Row(7, 0, "series", "SAMPLE", 10**15, Cell())


def test_rates():
    assert series_rate(1000) == series_rate("1000") == series_rate(1000.0) == 1000.0
    assert [series_rate(r) for r in (None, "", 0, -1, "abc", True, "NaN", "Infinity", 1e300)] == [None] * 9


def test_without_a_rate_or_with_one_that_spans_years_values_cannot_be_placed():
    assert expand_series(LAST, [Cell(1.0)] * 2, None) == []
    assert expand_series(LAST, [Cell(1.0)] * 2, 1e-12) == []


def test_no_value_lies_before_the_year_one():
    first = LAST._replace(time_us=FIRST_US + 1_000_000)
    times = [FIRST_US, FIRST_US, FIRST_US + 500_000, FIRST_US + 1_000_000]
    assert [r.time_us for r in expand_series(first, [Cell(1.0)] * 4, 2.0)] == times
    assert expand_all([Series(7, "series", first.time_us, 2.0, [1.0] * 4)]).time_us.tolist() == times


@given(st.integers(1, 300), st.floats(0.01, 1e6))
def test_the_last_value_has_the_timestamp_and_the_others_lie_before(count, rate):
    rows = expand_series(LAST, [Cell(float(i)) for i in range(count)], rate)
    assert [r.part for r in rows] == list(range(count))
    assert rows[-1].time_us == LAST.time_us
    assert all(abs((LAST.time_us - r.time_us) - (count - 1 - r.part) * 1e6 / rate) <= 0.5 for r in rows)


SHAPES = st.lists(st.tuples(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=9), st.floats(0.01, 1e6)), max_size=6)


@given(SHAPES)
def test_all_at_once_are_what_each_alone_is(shapes):
    found = [Series(n, "series", 10**15 + n, rate, values) for n, (values, rate) in enumerate(shapes)]
    alone = [
        (n, row.part, row.time_us, short(row.cell.value))
        for n, series in enumerate(found)
        for row in expand_series(LAST._replace(time_us=series.time_us), [Cell(v) for v in series.values], series.rate)
    ]
    expanded = expand_all(found)
    assert list(zip(*(column.tolist() for column in expanded), strict=True)) == alone
