"""The minute grid: golden cases, and each cell against the definition."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.gold.resample import MinuteSettings, grid, resample
from smelt.gold.steps import make_minutes
from smelt.terms.class_tables import silver_table
from smelt.terms.interval import MINUTE_US, Interval
from smelt.terms.plant import ClassMapping, Column

CASES = sorted((Path(__file__).parents[1] / "golden" / "minutes").glob("*.txt"))
COLUMNS = (
    Column("x", "x", "SAMPLE", "float64", low=0.0, high=200.0),
    Column("spark", "spark", "SAMPLE", "float64", fill="none"),
    Column("mode", "mode", "EVENT", "string"),
    Column("servo", "servo", "CONDITION", "string"),
)
MAPPING = ClassMapping("mills", COLUMNS)
TIME = pl.Datetime("us", "UTC")
SECOND = 1_000_000


def silver(rows: list[tuple[object, ...]], mapping: ClassMapping = MAPPING) -> pl.DataFrame:
    """Rows of (microsecond, cells…, measured as 'm' and '.')."""
    names = silver_table(mapping).file_schema().names
    empty = pl.DataFrame(silver_table(mapping).file_schema().empty_table())
    records = [("d", time, *cells, bits(str(marks)), False) for time, *cells, marks in rows]
    raw = pl.DataFrame(records, {**empty.schema, "time": pl.Int64()}, orient="row") if rows else empty
    return raw.with_columns(pl.col("time").cast(TIME)).select(names)


def bits(marks: str) -> bytes:
    mask = sum(1 << i for i, mark in enumerate(marks) if mark == "m")
    return mask.to_bytes((len(marks) + 7) // 8, "little")


def covered(kind: str, start_us: int, end_us: int) -> pl.DataFrame:
    row = {"device_uuid": ["d"], "start": [start_us], "end": [end_us], "kind": [kind], "count": [None]}
    return pl.DataFrame(row, schema_overrides={"count": pl.Int64}).with_columns(pl.col("start", "end").cast(TIME))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    """Lines 'second x spark mode servo measured' before '=>', 'minute x spark mode servo origin' after it."""
    told, expected = path.read_text().split("=>\n")
    wanted = [line.split() for line in expected.splitlines() if line]
    end = len(wanted) * MINUTE_US
    lines = [line.split() for line in told.splitlines() if line and not line.startswith("#")]
    spans = [(word[0], *(int(n) * SECOND for n in word[1:])) for word in lines if len(word) == 3]
    bad = tuple(Interval(a, b) for word, a, b in spans if word == "excluded")
    silent = [(a, b) for word, a, b in spans if word == "silent"]
    edges = [0, *(edge for span in silent for edge in span), end]
    coverage = pl.concat([covered("live", a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)])
    rows = [
        (
            int(s) * SECOND,
            *(None if c == "-" else f(c) for f, c in zip((float, float, str, str), cells, strict=True)),
            marks,
        )
        for s, *cells, marks in (line for line in lines if len(line) == 6)
    ]
    made = make_minutes(silver(rows), coverage, MAPPING, Interval(0, end), MinuteSettings(2, 10, bad))
    found = made.with_columns(pl.col("minute").dt.epoch("us") // MINUTE_US).select("minute", *MAPPING_NAMES, "origin")
    assert [["-" if cell is None else str(cell) for cell in row] for row in found.rows()] == wanted


MAPPING_NAMES = [c.name for c in COLUMNS]
ONE = ClassMapping("mills", COLUMNS[:1])
values = st.none() | st.sampled_from([0.0, 5.0, 200.0, 201.0, float("nan")])
histories = st.lists(st.tuples(st.integers(0, 20 * 4 - 1), values, st.booleans()), max_size=15).map(
    lambda said: sorted(
        {step: (step * MINUTE_US // 4, value, "m" if m else ".") for step, value, m in said}.values(),
        key=lambda r: r[0],
    )
)


def clean(value: float | None) -> float | None:
    return value if value is not None and 0 <= value <= 200 else None


def oracle(rows: list[tuple[int, float | None, str]], minutes: int, impute: int) -> list[tuple[float | None, str]]:
    """The definition, minute by minute."""
    found: list[tuple[float | None, str]] = []
    known_until = None
    for k in range(minutes):
        start = k * MINUTE_US
        inside = [clean(v) for t, v, m in rows if start <= t < start + MINUTE_US and m == "m"]
        inside = [v for v in inside if v is not None]
        before = [clean(v) for t, v, _ in rows if t < start]
        last = [v for v in before if v is not None]
        if inside:
            found.append((sum(inside) / len(inside), "m"))
        elif before and before[-1] is not None:
            found.append((before[-1], "h"))
        elif known_until is not None and k - known_until <= impute:
            found.append((last[-1], "i"))
        else:
            found.append((None, "x"))
        known_until = k if found[-1][1] in "mh" else known_until
    return found


@given(histories, st.integers(0, 4))
def test_each_cell_is_what_the_definition_says(rows: list[tuple[int, float | None, str]], impute: int) -> None:
    settings = MinuteSettings(impute_minutes=impute)
    made = resample(silver(rows, ONE), grid(Interval(0, 20 * MINUTE_US), 0), ONE, settings)
    found = made.select("x", "origin:x").rows()
    expected = oracle(rows, 20, impute)
    assert [origin for _, origin in found] == [origin for _, origin in expected]
    assert [cell for cell, _ in found] == pytest.approx([cell for cell, _ in expected])


def test_the_grid_holds_every_minute_that_begins_in_the_interval() -> None:
    found = grid(Interval(30 * SECOND, 3 * MINUTE_US + 1), 1)["minute"].dt.epoch("us")
    assert (found // MINUTE_US).to_list() == [0, 1, 2, 3]


def test_look_back_reaches_the_oldest_minute_that_decides() -> None:
    assert MinuteSettings().look_back_minutes == 15
    assert MinuteSettings(impute_minutes=2, running_minutes=10).look_back_minutes == 9
