"""Imputation: for a while, and never from the future."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.gold.impute import impute


def fill(cells: list[float | None], known: list[float | None], minutes: int) -> list[float | None]:
    frame = pl.DataFrame({"cell": cells, "known": known}, {"cell": pl.Float64, "known": pl.Float64})
    return frame.select(impute(pl.col("cell"), pl.col("known"), minutes).alias("out"))["out"].to_list()


@pytest.mark.parametrize(("minutes", "filled"), [(0, 0), (1, 1), (3, 3), (9, 4)])
def test_it_fills_for_so_many_minutes(minutes: int, filled: int) -> None:
    found = fill([1.0, None, None, None, None], [None, 2.0, 2.0, 2.0, 2.0], minutes)
    assert found == [1.0, *[2.0] * filled, *[None] * (4 - filled)]


def test_before_any_value_it_is_missing() -> None:
    assert fill([None, None, 1.0], [None, None, None], 15) == [None, None, 1.0]


cells = st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=30)


@given(cells, st.integers(0, 30), st.integers(0, 5))
def test_no_minute_knows_a_later_one(values: list[float | None], cut: int, minutes: int) -> None:
    known: list[float | None] = [None]
    for value in values[:-1]:
        known.append(known[-1] if value is None else value)
    whole = fill(values, known, minutes)
    assert whole[:cut] == fill(values[:cut], known[:cut], minutes)
