"""Fewer rows that say the same: runs, last values, what periods were made from."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.carry import fold_carry
from smelt.copper.rows import Run, merge_runs
from smelt.lake.memory import made_from, sums
from smelt.runs.folded_tables import joined_runs, latest_tasks, latest_values
from smelt.terms.interval import PERIOD_US
from smelt.terms.tables import LAST_VALUES, TASKS

INSTANT = pl.Datetime("us", "UTC")
VALUES = pl.DataFrame(LAST_VALUES.schema.empty_table())
WORK = pl.DataFrame(TASKS.schema.empty_table())


@given(
    st.lists(st.builds(Run, st.sampled_from("ab"), st.integers(1, 2), st.integers(1, 40), st.just(0)), max_size=12),
    st.lists(st.integers(0, 10), min_size=12, max_size=12),
)
def test_many_runs_are_joined_as_few_are(firsts: list[Run], more: list[int]) -> None:
    runs = [Run(r.agent, r.instance_id, r.first, r.first + m) for r, m in zip(firsts, more, strict=False)]
    columns = {"agent": pl.String, "instance_id": pl.Int64, "first": pl.Int64, "last": pl.Int64, "batch": pl.Int64}
    rows = [(r.agent, r.instance_id, r.first, r.last, batch) for batch, r in enumerate(runs)]
    found = joined_runs(pl.LazyFrame(rows, schema=columns, orient="row")).collect()
    assert found.columns == list(columns)
    assert [Run(*row[:4]) for row in found.rows()] == merge_runs(runs)
    assert found["batch"].max() == (len(runs) - 1 if runs else None)
    again = joined_runs(found.lazy().drop("batch")).collect()
    assert again.equals(found.drop("batch"))


TASK = st.tuples(
    st.sampled_from(["ingest", "silver", "gold"]), st.sampled_from("de"), st.integers(0, 2), st.integers(1, 9),
    st.integers(0, 50), st.integers(-(1 << 63), (1 << 63) - 1),
)  # fmt: skip


@given(st.lists(TASK, max_size=30, unique_by=lambda t: t[:4]))
def test_what_periods_were_made_from_stays(drawn: list[tuple[str, str, int, int, int, int]]) -> None:
    raw = pl.DataFrame(drawn, schema={**WORK.schema, "period": pl.Int64()}, orient="row")
    tasks = raw.with_columns((pl.col("period") * PERIOD_US).cast(INSTANT))
    folded = latest_tasks(tasks.lazy()).collect()
    assert folded.schema == WORK.schema
    assert sums(folded) == sums(tasks)
    assert all(made_from(folded, stage) == made_from(tasks, stage) for stage in ("silver", "gold"))
    assert folded.select("stage", "device_uuid", "period").is_unique().all()


VALUE = st.builds(
    lambda item, period, at, sequence, value: {
        "device_uuid": item[0], "period": period, "data_item": item,
        "category": "CONDITION" if "c" in item else "SAMPLE",
        "event_time": period * PERIOD_US + at, "instance_id": 1, "sequence": sequence, "value": float(value),
        "level": "FAULT" if "c" in item else None, "native_code": str(value % 2) if "c" in item else None,
        "native_units": False,
    },
    st.sampled_from(["d1", "d2", "ec"]), st.integers(0, 2), st.integers(0, 9), st.integers(1, 60), st.integers(0, 3),
)  # fmt: skip


@given(st.lists(VALUE, max_size=30, unique_by=lambda v: v["sequence"]))
def test_what_is_carried_stays(drawn: list[dict[str, object]]) -> None:
    numbered = [row | {"batch": batch} for batch, row in enumerate(drawn)]
    raw = pl.DataFrame(numbered, schema={**VALUES.schema, "period": pl.Int64(), "event_time": pl.Int64()})
    rows = raw.with_columns((pl.col("period") * PERIOD_US).cast(INSTANT), pl.col("event_time").cast(INSTANT))
    folded = latest_values(rows.lazy()).collect()
    assert folded.schema == VALUES.schema
    for device in "de":
        mine, fewer = (f.filter(pl.col("device_uuid").str.starts_with(device)) for f in (rows, folded))
        for before in range(4):
            assert fold_carry(fewer, before * PERIOD_US).equals(fold_carry(mine, before * PERIOD_US))
    assert folded.select("device_uuid", "period", "data_item", "native_code").is_unique().all()
