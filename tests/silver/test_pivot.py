"""Long to wide: instants, the carry, fill, and the measured bitmap."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.silver.pivot import pivot
from smelt.silver.resolve import Feed, Resolved
from smelt.terms.class_tables import silver_table
from smelt.terms.plant import ClassMapping, Column, Fill


def resolved(*fills: Fill) -> Resolved:
    columns = tuple(Column(f"i{i}", f"c{i}", "SAMPLE", "float64", fill=fill) for i, fill in enumerate(fills))
    feeds = tuple(Feed(i, column, column.item) for i, column in enumerate(columns))
    return Resolved(ClassMapping("mills", columns), feeds)


def cells(*said: tuple[int, int, str, float | None]) -> pl.DataFrame:
    """Cells of (column, microsecond, kind, number)."""
    schema = {"column": pl.Int32, "event_time": pl.Int64, "kind": pl.String, "number": pl.Float64}
    frame = pl.DataFrame(said, schema, orient="row").sort("column", "event_time", maintain_order=True)
    marks = {"string": pl.lit(None, pl.String), "is_repaired": pl.lit(value=False)}
    return frame.with_columns(pl.col("event_time").cast(pl.Datetime("us", "UTC")), **marks)


def test_the_last_value_is_carried_until_null_stops_it() -> None:
    wide = pivot(
        cells(
            (0, 0, "carry", 1.0), (0, 20, "row", 2.0), (0, 30, "row", None), (1, 10, "row", 7.0), (1, 40, "row", 8.0)
        ),
        resolved("hold", "hold"),
        "d",
    )
    assert wide["time"].dt.epoch("us").to_list() == [10, 20, 30, 40]
    assert wide["c0"].to_list() == [1.0, 2.0, None, None]
    assert wide["c1"].to_list() == [7.0, 7.0, 7.0, 8.0]
    assert wide["measured"].to_list() == [b"\x02", b"\x01", b"\x01", b"\x02"]


def test_without_fill_a_cell_is_where_it_was_measured() -> None:
    wide = pivot(cells((0, 0, "carry", 1.0), (0, 20, "row", 2.0), (1, 10, "row", 7.0), (1, 40, "row", 8.0)),
                 resolved("none", "hold"), "d")  # fmt: skip
    assert wide["c0"].to_list() == [None, 2.0, None]


def test_a_stop_makes_no_instant_and_forgets() -> None:
    wide = pivot(cells((0, 0, "row", 1.0), (0, 5, "stop", None), (1, 10, "row", 7.0)), resolved("hold", "hold"), "d")
    assert wide["time"].dt.epoch("us").to_list() == [0, 10]
    assert wide["c0"].to_list() == [1.0, None]


def test_nothing_said_gives_the_schema_and_no_row() -> None:
    wide = pivot(cells((0, 0, "carry", 1.0)), resolved("hold"), "d")
    assert wide.height == 0
    assert wide.columns == silver_table(resolved("hold").mapping).file_schema().names


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 30)), min_size=1, max_size=60))
def test_a_bit_is_set_exactly_where_a_column_was_observed(said: list[tuple[int, int]]) -> None:
    wide = pivot(cells(*((column, time, "row", 1.0) for column, time in said)), resolved(*["hold"] * 20), "d")
    times = wide["time"].dt.epoch("us").to_list()
    bits = {
        (column, time)
        for time, mask in zip(times, wide["measured"], strict=True)
        for column in range(24)
        if mask[column // 8] >> (column % 8) & 1
    }
    assert bits == set(said)
    assert times == sorted({time for _, time in said})
