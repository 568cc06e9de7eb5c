"""CSV: what was written is read back, and no cell is a formula."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.cli.csv_out import FORMULA_STARTS, write_csv


def written(*rows: Sequence[object]) -> list[list[str]]:
    out = io.StringIO()
    write_csv([f"c{i}" for i in range(len(rows[0]))], rows, out)
    return list(csv.reader(io.StringIO(out.getvalue(), newline="")))


@given(st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), min_size=2, max_size=4))
def test_text_is_read_back_and_is_never_a_formula(cells: list[str]) -> None:
    header, row = written(cells)
    assert header == [f"c{i}" for i in range(len(cells))]
    for cell, found in zip(cells, row, strict=True):
        assert found == ("'" + cell if cell.startswith(FORMULA_STARTS) else cell)
        assert not found.startswith(FORMULA_STARTS)


def test_a_carriage_return_ends_no_row() -> None:
    assert written(["a\rb", None, 1])[1:] == [["a\rb", "", "1"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (-1.5, "-1.5"),
        (7, "7"),
        (True, "True"),
        (datetime(2020, 1, 1, 12, tzinfo=UTC), "2020-01-01T12:00:00Z"),
        (date(2020, 1, 1), "2020-01-01"),
        ([{"signal": "load", "share": 0.5}], '[{"signal":"load","share":0.5}]'),
        ({"at": datetime(2020, 1, 1, tzinfo=UTC)}, '{"at":"2020-01-01T00:00:00Z"}'),
        (b"\x01", "01"),
    ],
)
def test_other_cells(value: object, text: str) -> None:
    assert written([value, "end"])[1] == [text, "end"]
