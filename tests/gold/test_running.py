"""Live and running minutes."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.gold.running import live_minutes, running, touched
from smelt.terms.interval import MINUTE_US, Interval
from smelt.terms.plant import ClassMapping, Column

GRID = np.arange(-5, 20, dtype=np.int64) * MINUTE_US
spans = st.tuples(st.integers(-10 * MINUTE_US, 25 * MINUTE_US), st.integers(0, 9 * MINUTE_US)).map(
    lambda s: Interval(s[0], s[0] + s[1])
)


@given(st.lists(spans, max_size=4))
def test_a_minute_is_touched_by_any_part_of_an_interval(intervals: list[Interval]) -> None:
    expected = [
        any(i.start_us < i.end_us and i.overlaps(Interval(start, start + MINUTE_US)) for i in intervals)
        for start in GRID.tolist()
    ]
    assert touched(GRID, intervals).tolist() == expected


def test_live_needs_a_live_part() -> None:
    coverage = pl.DataFrame(
        {
            "start": [0, 90_000_000, 120_000_000],
            "end": [90_000_000, 120_000_000, 240_000_000],
            "kind": ["silent", "live", "lost"],
        }
    ).with_columns(pl.col("start", "end").cast(pl.Datetime("us", "UTC")))
    minutes = pl.Series([0, 60_000_000, 120_000_000]).cast(pl.Datetime("us", "UTC"))
    assert live_minutes(minutes, coverage).to_list() == [False, True, False]


def test_by_default_a_sample_within_the_last_minutes_counts() -> None:
    frame = pl.DataFrame({"sampled": [False, True, False, False, False]})
    found = frame.select(running(ClassMapping("c", ()), 3))["sampled"].to_list()
    assert found == [False, True, True, True, False]


def test_an_expression_that_is_null_is_false() -> None:
    mapping = ClassMapping("c", (Column("m", "mode", "EVENT", "string"),), "mode = 'AUTO'")
    frame = pl.DataFrame({"mode": ["AUTO", "MANUAL", None]})
    assert frame.select(running(mapping, 10)).to_series().to_list() == [True, False, False]
