"""What counts as a value: finite and within the range, both ends included."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.gold.outliers import plausible
from smelt.terms.plant import Column

INF = float("inf")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (None, None, [-1.0, 0.0, 200.0, 201.0, None, None, None]),
        (0.0, None, [None, 0.0, 200.0, 201.0, None, None, None]),
        (None, 200.0, [-1.0, 0.0, 200.0, None, None, None, None]),
        (0.0, 200.0, [None, 0.0, 200.0, None, None, None, None]),
    ],
)
def test_the_range_holds_both_ends(low: float | None, high: float | None, expected: list[float | None]) -> None:
    column = Column("i", "c", "SAMPLE", "float64", low=low, high=high)
    cells = pl.DataFrame({"c": [-1.0, 0.0, 200.0, 201.0, float("nan"), INF, None]})
    assert cells.select(plausible(column))["c"].to_list() == expected


def test_states_pass() -> None:
    assert pl.DataFrame({"c": ["A", None]}).select(plausible(Column("i", "c", "EVENT", "string")))["c"].to_list() == [
        "A",
        None,
    ]


@given(st.lists(st.floats()))
def test_what_is_left_is_finite_and_unchanged(values: list[float]) -> None:
    found = pl.DataFrame({"c": values}, {"c": pl.Float64}).select(plausible(Column("i", "c", "SAMPLE", "float64")))["c"]
    assert all(cell is None or cell == value for cell, value in zip(found, values, strict=True))
    assert found.drop_nulls().is_finite().all()
