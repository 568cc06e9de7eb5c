"""Replacing periods: what is not of the units stays, what is of them is replaced, each month in its own file."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plants import START

from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.reader import scan_files
from smelt.runs.period_task import Target, within, write_periods
from smelt.runs.stale import Unit
from smelt.terms.interval import MINUTE_US, PERIOD_US, Interval, month_of, to_us
from smelt.terms.tables import TableSpec

MIDNIGHT = to_us(START)  # of 1 January: the hour before is of another month
TIME = pl.Datetime("us", "UTC")
Row = tuple[str, int, int]  # device, minutes from midnight, value


def spec_of(partition_by: tuple[str, ...] = ("month",), more: Sequence[pa.Field] = ()) -> TableSpec:
    month = [pa.field("month", pa.string(), nullable=False)] if partition_by else []
    fields = [
        pa.field("device_uuid", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("value", pa.int64(), nullable=False),
    ]
    return TableSpec(
        "silver/said", "a word", pa.schema([*month, *fields, *more]), partition_by, ("device_uuid", "time")
    )


def frame(rows: Sequence[Row]) -> pl.DataFrame:
    columns = {"device_uuid": pl.String, "time": pl.Int64, "value": pl.Int64}
    made = pl.DataFrame([(d, MIDNIGHT + m * MINUTE_US, v) for d, m, v in rows], schema=columns, orient="row")
    return made.with_columns(pl.col("time").cast(TIME))


def unit(device: str, first_hour: int, hours: int = 1) -> Unit:
    start = MIDNIGHT + first_hour * PERIOD_US
    return Unit(device, Interval(start, start + hours * PERIOD_US))


def is_of(row: Row, units: Sequence[Unit]) -> bool:
    time = MIDNIGHT + row[1] * MINUTE_US
    return any(u.device_uuid == row[0] and u.interval.start_us <= time < u.interval.end_us for u in units)


def in_files(location: Location, spec: TableSpec, paths: Sequence[str]) -> list[Row]:
    rows = scan_files(location, spec, paths).with_columns(pl.col("time").dt.timestamp("us")).collect()
    return [(d, (t - MIDNIGHT) // MINUTE_US, v) for d, t, v in rows.select("device_uuid", "time", "value").rows()]


minutes = st.integers(-180, 180)
some_rows = st.lists(
    st.tuples(st.sampled_from("abc"), minutes, st.integers(0, 9)), max_size=25, unique_by=lambda r: r[:2]
)
some_units = st.lists(
    st.builds(unit, st.sampled_from("abc"), st.integers(-3, 2), st.integers(1, 2)), min_size=1, max_size=3
)


@given(some_rows, some_rows, some_units)
def test_rows_of_the_units_are_replaced_and_all_others_stay(
    tmp_path_factory: pytest.TempPathFactory, old: list[Row], drawn: list[Row], units: list[Unit]
) -> None:
    location, spec = Location.of(tmp_path_factory.mktemp("lake")), spec_of()
    before = write_files(location, spec, frame(sorted(old)).to_arrow(), {"month": "2020-01"})
    fresh = [r for r in drawn if is_of(r, units)]
    written = write_periods(location.uri, units, [(Target(spec, "time", tuple(f.path for f in before)), frame(fresh))])

    ((name, files),) = written.files
    assert name == spec.name
    expected = [r for r in old if not is_of(r, units)] + fresh
    assert sorted(in_files(location, spec, [f.path for f in files])) == sorted(expected)
    for file in files:
        rows = in_files(location, spec, [file.path])
        assert rows == sorted(rows, key=lambda r: r[:2])
        assert {month_of(MIDNIGHT + m * MINUTE_US) for _, m, _ in rows} == {file.value("month")}
        assert file.path not in {f.path for f in before}
    assert written.rows_written == len(fresh)
    counted = {(d, p): n for d, p, n in written.counts}
    assert sum(counted.values()) == len(fresh)
    assert all(
        n == sum(is_of(r, [unit(d, (p - MIDNIGHT) // PERIOD_US)]) for r in fresh) for (d, p), n in counted.items()
    )


def test_months_are_split_and_one_file_each(tmp_path: Path) -> None:
    spec, fresh = spec_of(), frame([("a", -1, 1), ("a", 0, 2), ("a", 1, 3)])
    written = write_periods(str(tmp_path), [unit("a", -1, 2)], [(Target(spec, "time", ()), fresh)])
    ((_, files),) = written.files
    assert [(f.value("month"), f.rows) for f in files] == [("2019-12", 1), ("2020-01", 2)]
    assert written.counts == (("a", MIDNIGHT - PERIOD_US, 1), ("a", MIDNIGHT, 2))


def test_a_table_without_months_is_one_file(tmp_path: Path) -> None:
    spec = spec_of(partition_by=())
    written = write_periods(
        str(tmp_path), [unit("a", -1, 2)], [(Target(spec, "time", ()), frame([("a", -1, 1), ("a", 0, 2)]))]
    )
    ((_, (file,)),) = written.files
    assert (file.rows, file.partition) == (2, ())


def test_a_column_that_an_old_file_lacks_is_null_there(tmp_path: Path) -> None:
    location, old = Location.of(tmp_path), spec_of()
    before = write_files(location, old, frame([("a", 0, 1), ("a", 90, 2)]).to_arrow(), {"month": "2020-01"})
    grown = spec_of(more=[pa.field("mode", pa.string())])
    fresh = frame([("a", 91, 3)]).with_columns(mode=pl.lit("AUTO"))
    written = write_periods(location.uri, [unit("a", 1)], [(Target(grown, "time", (before[0].path,)), fresh)])
    ((_, files),) = written.files
    rows = scan_files(location, grown, [f.path for f in files]).select("value", "mode").collect()
    assert rows.rows() == [(1, None), (3, "AUTO")]


def test_the_first_table_is_counted_and_both_are_written(tmp_path: Path) -> None:
    one, two = spec_of(), TableSpec("gold/said", "a word", spec_of().schema, ("month",), ("device_uuid", "time"))
    fresh = [
        (Target(one, "time", ()), frame([("a", 0, 1), ("a", 1, 1)])),
        (Target(two, "time", ()), frame([("a", 0, 5)])),
    ]
    written = write_periods(str(tmp_path), [unit("a", 0)], fresh)
    assert [(table, sum(f.rows for f in files)) for table, files in written.files] == [
        ("silver/said", 2),
        ("gold/said", 1),
    ]
    assert (written.rows_written, written.counts) == (3, (("a", MIDNIGHT, 2),))


def test_nothing_fresh_and_nothing_kept_is_no_file(tmp_path: Path) -> None:
    location, spec = Location.of(tmp_path), spec_of()
    before = write_files(location, spec, frame([("a", 0, 1)]).to_arrow(), {"month": "2020-01"})
    written = write_periods(location.uri, [unit("a", 0)], [(Target(spec, "time", (before[0].path,)), frame([]))])
    assert written.files == (("silver/said", ()),)
    assert written.counts == ()


def test_within_is_half_open_and_of_one_device() -> None:
    rows = frame([("a", 59, 0), ("a", 60, 1), ("a", 119, 2), ("a", 120, 3), ("b", 60, 4)])
    found = rows.filter(within(unit("a", 1), "time"))
    assert found["value"].to_list() == [1, 2]
