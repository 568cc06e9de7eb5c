"""The worst active level, case by case from tests/golden/conditions, and against the standard's sentences."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.silver.conditions import worst_levels

CASES = sorted((Path(__file__).parents[1] / "golden" / "conditions").glob("*.txt"))
SCHEMA = {"data_item": pl.String, "category": pl.String, "level": pl.String, "native_code": pl.String}


def frame(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame([(item, "CONDITION", level, code) for item, level, code in rows], SCHEMA, orient="row")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    """Each line: data item, level, code ('-' is none), '=>' and the worst level after it."""
    lines = [line.split() for line in path.read_text().splitlines() if line and not line.startswith("#")]
    rows = frame(*((item, level, None if code == "-" else code) for item, level, code, _, _ in lines))
    expected = [None if line[4] == "null" else line[4] for line in lines]
    assert worst_levels(rows)["level"].to_list() == expected


def test_other_categories_pass_untouched() -> None:
    rows = pl.concat([frame(("c", "FAULT", "1")), pl.DataFrame([("x", "SAMPLE", None, None)], SCHEMA, orient="row")])
    assert sorted(worst_levels(rows).rows()) == sorted(rows.rows())


codes = st.sampled_from([None, "1", "2", "3"])
levels = st.sampled_from(["NORMAL", "WARNING", "FAULT", "UNAVAILABLE"])


@given(st.lists(st.tuples(levels, codes), max_size=20))
def test_an_empty_normal_ends_everything(said: list[tuple[str, str | None]]) -> None:
    rows = frame(*(("c", level, code) for level, code in [*said, ("NORMAL", None)]))
    assert worst_levels(rows)["level"].to_list()[-1] == "NORMAL"


@given(st.lists(st.tuples(levels, codes), max_size=20))
def test_two_conditions_do_not_meet(said: list[tuple[str, str | None]]) -> None:
    alone = worst_levels(frame(*(("a", level, code) for level, code in said)))["level"].to_list()
    both = worst_levels(frame(("0", "FAULT", "1"), *(("a", level, code) for level, code in said), ("b", "FAULT", "2")))
    assert both["level"].to_list() == ["FAULT", *alone, "FAULT"]
