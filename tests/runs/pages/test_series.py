from itertools import pairwise

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.runs.pages.series import Run, fill_between, series, strip
from smelt.terms.interval import MINUTE_US, Interval

CELLS = st.lists(st.one_of(st.just(float("nan")), st.floats(-1e6, 1e6)), max_size=200)


def _frame(values: list[str | None]) -> pl.DataFrame:
    minute = pl.Series(np.arange(len(values), dtype=np.int64) * MINUTE_US).cast(pl.Datetime("us", "UTC"))
    return pl.DataFrame({"minute": minute, "value": pl.Series(values, dtype=pl.String)})


@given(CELLS)
def test_short_series_keep_every_value_and_break_once_in_each_gap(values):
    times = np.arange(len(values), dtype=np.int64) * MINUTE_US
    cells = np.array(values, dtype=float)
    line = series(times, cells, 1000)
    known = ~np.isnan(cells)
    assert line.values[~np.isnan(line.values)].tolist() == cells[known].tolist()
    gaps = int((np.diff(times[known]) > MINUTE_US).sum())
    assert int(np.isnan(line.values).sum()) == gaps
    assert (np.diff(line.times_us) > 0).all()


@given(st.integers(0, 49_999))
def test_a_spike_of_one_minute_survives(at):
    values = np.zeros(50_000)
    values[at] = 9
    line = series(np.arange(50_000, dtype=np.int64) * MINUTE_US, values, 400)
    assert len(line.values) <= 400
    assert np.nanmax(line.values) == 9


def test_a_gap_breaks_a_thinned_line():
    times = np.arange(10_000, dtype=np.int64) * MINUTE_US
    values = np.ones(10_000)
    values[4_000:6_000] = np.nan
    line = series(times, values, 100)
    (at,) = np.flatnonzero(np.isnan(line.values))
    assert 4_000 * MINUTE_US <= line.times_us[at] < 6_000 * MINUTE_US


def test_an_empty_series_is_empty():
    assert len(series(np.array([], dtype=np.int64), np.array([]), 100).values) == 0


def test_runs_end_where_the_value_changes_or_a_minute_is_missing():
    runs = strip(_frame(["a", "a", None, "a", "b"]), 100).runs
    assert runs == (
        Run(0, 2 * MINUTE_US, "a"),
        Run(3 * MINUTE_US, 4 * MINUTE_US, "a"),
        Run(4 * MINUTE_US, 5 * MINUTE_US, "b"),
    )


def test_too_many_runs_are_binned_and_the_worst_level_speaks():
    values = ["NORMAL", "WARNING"] * 50
    values[61] = "FAULT"
    found = strip(_frame(values), 10, ("FAULT", "WARNING", "NORMAL"))
    assert found.is_summarised and found.step_us == 10 * MINUTE_US
    assert [r.value for r in found.runs] == ["WARNING", "FAULT", "WARNING"]
    assert found.runs[1] == Run(60 * MINUTE_US, 70 * MINUTE_US, "FAULT")


def test_without_an_order_the_most_frequent_state_speaks():
    assert {r.value for r in strip(_frame(["a", "b", "b"] * 40), 6).runs} == {"b"}


@given(st.lists(st.integers(0, 30), max_size=8))
def test_filled_runs_cover_the_interval_without_overlap(edges):
    pairs = sorted(set(edges))
    runs = tuple(Run(a, b, "live") for a, b in zip(pairs[::2], pairs[1::2], strict=False))
    filled = fill_between(runs, Interval(5, 25), "none")
    assert filled[0].start_us == 5 and filled[-1].end_us == 25
    assert all(a.end_us == b.start_us for a, b in pairwise(filled))
