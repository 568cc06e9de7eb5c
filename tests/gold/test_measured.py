"""Reading the measured bitmap back."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.gold.measured import measured_flags
from smelt.terms.errors import ShapeError


@given(st.integers(1, 20).flatmap(lambda w: st.tuples(st.just(w), st.lists(st.integers(0, 2**w - 1), max_size=9))))
def test_bit_i_is_column_i(case: tuple[int, list[int]]) -> None:
    width, masks = case
    cells = pl.Series([mask.to_bytes((width + 7) // 8, "little") for mask in masks], dtype=pl.Binary)
    flags = measured_flags(cells, width)
    assert flags.shape == (len(masks), width)
    assert [sum(1 << i for i, flag in enumerate(row) if flag) for row in flags.tolist()] == masks


def test_slices_and_pieces_read_the_same() -> None:
    cells = pl.concat([pl.Series([b"\x01", b"\x02"]), pl.Series([b"\x03"])], rechunk=False)
    assert measured_flags(cells[1:], 2).tolist() == [[False, True], [True, True]]


def test_rows_of_another_mapping_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"cells of \[1\] bytes, but 9 columns need 2"):
        measured_flags(pl.Series([b"\x01"]), 9)
