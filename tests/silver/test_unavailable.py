"""UNAVAILABLE leaves no value behind, and the row stays to stop the carry."""

import polars as pl

from smelt.silver.unavailable import blank_unavailable


def test_value_and_text_go_and_the_row_stays() -> None:
    rows = pl.DataFrame(
        {
            "level": ["UNAVAILABLE", None, "UNAVAILABLE", "FAULT"],
            "value": [1.0, 2.0, None, None],
            "text": [None, None, "UNAVAILABLE", "too hot"],
        }
    )
    found = blank_unavailable(rows)
    assert found["value"].to_list() == [None, 2.0, None, None]
    assert found["text"].to_list() == [None, None, None, "too hot"]
    assert found["level"].to_list() == rows["level"].to_list()
