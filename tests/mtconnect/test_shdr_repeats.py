import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.shdr_repeats import count_repeats

ROW = st.tuples(
    st.sampled_from("ab"), st.integers(0, 1), st.sampled_from([None, 0.0, 1.0]), st.sampled_from([None, "", "x"])
)


@given(st.lists(ROW, max_size=40))
def test_ordinals_make_every_row_unique(rows):
    schema = {"data_item": pl.String, "event_time": pl.Int64, "value": pl.Float64, "text": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        level=pl.lit(None, pl.String), native_code=pl.lit(None, pl.String)
    )
    expected = [rows[:i].count(row) for i, row in enumerate(rows)]
    assert count_repeats(frame).tolist() == expected
