"""Files of rows: even parts, bounds as Delta writes them, folders that no partition's text breaks out of."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.lake import parquet as parquet_file
from smelt.lake.location import Location
from smelt.lake.parquet import statistics, write_files
from smelt.lake.reader import LakeReader, scan_files
from smelt.lake.table import LakeTable
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

T0 = datetime(2020, 1, 1, 0, 0, 0, 123_457, tzinfo=UTC)
SAID = TableSpec(
    "copper/said",
    "something said",
    pa.schema(
        [
            pa.field("site", pa.string(), nullable=False),
            pa.field("device_uuid", pa.string(), nullable=False),
            pa.field("time", pa.timestamp("us", tz="UTC")),
            pa.field("sequence", pa.int64()),
            pa.field("value", pa.float64()),
        ]
    ),
    ("site",),
    ("device_uuid", "time", "sequence"),
)


def rows(count: int) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"device_uuid": f"m{i % 2}", "time": T0 + timedelta(microseconds=i), "sequence": i, "value": i / 4}
            for i in range(count)
        ],
        SAID.file_schema(),
    )


def write(location: Location, table: pa.Table, site: str = "north") -> list[DataFile]:
    return write_files(location, SAID, table, {"site": site})


def test_a_file_holds_the_rows_as_given(location: Location) -> None:
    (file,) = write(location, rows(7))
    path = Path(location.table(SAID.name)) / file.path
    assert (file.rows, file.size) == (7, path.stat().st_size)
    found = pq.read_table(path, partitioning=None)
    assert found.schema.names == SAID.file_schema().names
    assert found.to_pylist() == rows(7).to_pylist()
    assert {c.compression for c in (pq.ParquetFile(path).metadata.row_group(0).column(i) for i in range(4))} == {"ZSTD"}


def test_columns_may_come_in_any_order_and_too_many(location: Location) -> None:
    table = rows(3).append_column("other", pa.array([1, 2, 3]))
    (file,) = write(location, table.select(["value", "other", "sequence", "time", "device_uuid"]))
    assert scan_files(location, SAID, [file.path]).collect().to_arrow().to_pylist() == rows(3).to_pylist()


def test_no_rows_are_no_file(location: Location) -> None:
    assert write(location, rows(0)) == []
    assert not (Path(location.table(SAID.name))).exists()


@given(st.integers(0, 40), st.integers(1, 12))
def test_more_rows_than_a_file_holds_are_even_parts_in_order(
    tmp_path_factory: pytest.TempPathFactory, count: int, most: int
) -> None:
    location = Location.of(tmp_path_factory.getbasetemp() / "even")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet_file, "MAX_FILE_ROWS", most)
        files = write(location, rows(count))
    sizes = [f.rows for f in files]
    assert sum(sizes) == count and len(files) == -(-count // most)
    assert all(0 < size <= most for size in sizes)
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert scan_files(location, SAID, [f.path for f in files]).collect()["sequence"].to_list() == list(range(count))
    assert [dict(f.low)["sequence"] for f in files] == [sum(sizes[:i]) for i in range(len(sizes))]


def test_bounds_are_the_first_and_last_of_the_sort_columns(location: Location) -> None:
    (file,) = write(location, rows(4))
    low = {"device_uuid": "m0", "time": "2020-01-01T00:00:00.123457Z", "sequence": 0}
    high = {"device_uuid": "m1", "time": "2020-01-01T00:00:00.123460Z", "sequence": 3}
    assert (dict(file.low), dict(file.high)) == (low, high)
    assert json.loads(statistics(file)) == {"numRecords": 4, "minValues": low, "maxValues": high}


def test_bounds_of_times_compare_as_the_times_do(location: Location) -> None:
    times = [datetime(1, 1, 1, tzinfo=UTC), T0]
    (file,) = write(
        location, pa.table({"device_uuid": ["m"] * 2, "time": times, "sequence": [1, 2], "value": [0.0] * 2})
    )
    assert dict(file.low)["time"] == "0001-01-01T00:00:00.000000Z" < dict(file.high)["time"]


def test_a_column_without_values_has_no_bounds(location: Location) -> None:
    table = pa.Table.from_pylist([{"device_uuid": "m1"}, {"device_uuid": "m2", "sequence": 5}], SAID.file_schema())
    (file,) = write(location, table)
    assert dict(file.low) == {"device_uuid": "m1", "sequence": 5}
    assert dict(file.high) == {"device_uuid": "m2", "sequence": 5}


device_uuids = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


@given(
    st.lists(st.tuples(device_uuids, st.none() | st.integers(-(1 << 62), 1 << 62)), min_size=1, max_size=20),
    st.integers(1, 5),
)
def test_bounds_are_of_all_row_groups(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, int | None]], most: int
) -> None:
    location = Location.of(tmp_path_factory.getbasetemp() / "groups")
    table = pa.Table.from_pylist([{"device_uuid": d, "sequence": n} for d, n in said], SAID.file_schema())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet_file, "ROW_GROUP_ROWS", most)
        (file,) = write(location, table)
    devices, numbers = [d.encode() for d, _ in said], [n for _, n in said if n is not None]
    some = {"sequence": min(numbers)} if numbers else {}
    assert dict(file.low) == {"device_uuid": min(devices).decode(), **some}
    some = {"sequence": max(numbers)} if numbers else {}
    assert dict(file.high) == {"device_uuid": max(devices).decode(), **some}


def test_a_text_that_is_too_long_for_statistics_leaves_its_column_without_bounds(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_file, "ROW_GROUP_ROWS", 1)
    table = pa.Table.from_pylist([{"device_uuid": d, "sequence": 1} for d in ("m", "z" * 9000)], SAID.file_schema())
    (file,) = write(location, table)
    assert (dict(file.low), dict(file.high)) == ({"sequence": 1}, {"sequence": 1})


@pytest.mark.parametrize("site", ["../../out", "a/b", "a=b", "a b%2F", "日本", ".", "x" * 40, "\n'\"\\"])
def test_a_partitions_text_names_a_folder_and_is_kept_as_it_is(location: Location, site: str) -> None:
    (file,) = write(location, rows(2), site)
    path = (Path(location.table(SAID.name)) / file.path).resolve()
    assert path.is_file() and path.parent.parent == Path(location.table(SAID.name)).resolve()
    assert file.value("site") == site
    table = LakeTable(location, SAID)
    table.commit("test", 1, [file])
    (stored,) = LakeTable(location, SAID).files()
    assert (stored.path, stored.value("site")) == (file.path, site)


def test_each_attempt_has_new_names(location: Location) -> None:
    assert write(location, rows(2))[0].path != write(location, rows(2))[0].path


def test_a_reader_sees_the_partition_that_was_written(location: Location) -> None:
    LakeTable(location, SAID).commit("test", 1, [*write(location, rows(2)), *write(location, rows(1), "south")])
    found = LakeReader(location.uri).scan(SAID.name).collect()
    assert sorted(found["site"]) == ["north", "north", "south"]
