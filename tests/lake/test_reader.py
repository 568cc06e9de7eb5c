"""Reading: only tables that were made, newest or recorded versions, and files that a plan names."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from smelt.lake.location import Location
from smelt.lake.reader import LakeReader, scan_files
from smelt.lake.table import LakeTable
from smelt.terms.errors import InputError
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

Write = Callable[..., list[DataFile]]


def test_a_lake_without_tables(location: Location) -> None:
    reader = LakeReader(location.uri)
    assert reader.names() == []
    assert not reader.exists("ops/counts")
    with pytest.raises(InputError, match=r"no table 'ops/counts' in .*; run 'smelt run'"):
        reader.scan("ops/counts")


def test_an_empty_log_is_no_table(location: Location) -> None:
    """A run killed while it made the table leaves the folder of its log."""
    log = Path(location.table("ops/counts")) / "_delta_log"
    log.mkdir(parents=True)
    (log / ".tmp").write_text("half a commit")
    reader = LakeReader(location.uri)
    assert not reader.exists("ops/counts")
    assert reader.names() == []
    with pytest.raises(InputError, match="no table"):
        reader.scan("ops/counts")


def test_newest_and_recorded_versions(location: Location, spec: TableSpec, write: Write) -> None:
    table, reader = LakeTable(location, spec), LakeReader(location.uri)
    table.commit("a", 1, write([1]))
    then = reader.version(spec.name)
    table.commit("a", 2, write([2]))
    assert reader.version(spec.name) == then + 1
    assert reader.names() == [spec.name]
    assert sorted(reader.scan(spec.name).collect()["number"]) == [1, 2]
    assert reader.scan(spec.name, then).collect()["number"].to_list() == [1]


def test_a_recorded_version_stays_readable_when_its_files_are_replaced(
    location: Location, spec: TableSpec, write: Write
) -> None:
    table, reader = LakeTable(location, spec), LakeReader(location.uri)
    old = write([1])
    table.commit("a", 1, old)
    then = reader.version(spec.name)
    table.commit("a", 2, write([2]), [f.path for f in old])
    assert reader.scan(spec.name, then).collect()["number"].to_list() == [1]
    assert reader.scan(spec.name).collect()["number"].to_list() == [2]


def test_filters_on_the_partition_and_other_columns(location: Location, spec: TableSpec, write: Write) -> None:
    LakeTable(location, spec).commit("a", 1, [*write([1, 2]), *write([3], month="2020-02"), *write([4], device="m2")])
    rows = LakeReader(location.uri).scan(spec.name)
    assert rows.filter(pl.col("month") == "2020-02").collect()["number"].to_list() == [3]
    assert sorted(rows.filter(pl.col("device_uuid") == "m1", pl.col("number") > 1).collect()["number"]) == [2, 3]


def test_named_files_are_read_before_and_after_they_are_committed(
    location: Location, spec: TableSpec, write: Write
) -> None:
    one, two = write([1, 2]), write([3])
    assert scan_files(location, spec, [f.path for f in (*one, *two)]).collect()["number"].to_list() == [1, 2, 3]
    assert scan_files(location, spec, [two[0].path]).collect().columns == ["device_uuid", "number"]


def test_no_files_are_no_rows_of_the_right_kind(location: Location, spec: TableSpec) -> None:
    rows = scan_files(location, spec, ()).collect()
    assert rows.height == 0
    assert rows.schema == {"device_uuid": pl.String, "number": pl.Int64}


def test_columns_that_came_later_are_null_and_those_that_went_are_left_out(
    location: Location, spec: TableSpec, write: Write
) -> None:
    paths = [f.path for f in write([1])]
    grown = TableSpec(spec.name, spec.row, spec.schema.append(pa.field("note", pa.string())), ("month",))
    assert scan_files(location, grown, paths).collect().row(0) == ("m1", 1, None)
    shrunk = TableSpec(spec.name, spec.row, pa.schema([f for f in spec.schema if f.name != "number"]), ("month",))
    assert scan_files(location, shrunk, paths).collect().row(0) == ("m1",)
