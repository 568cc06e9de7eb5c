"""A table's commits: each number once, adds and removes together, columns that grow, statistics that prune."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from deltalake import DeltaTable, Schema
from tests.terms.test_tables import ALL

from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.reader import LakeReader
from smelt.lake.table import FIRST, LakeTable
from smelt.terms.errors import TransientError
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

Write = Callable[..., list[DataFile]]


def numbers(location: Location, version: int | None = None) -> list[int]:
    return sorted(LakeReader(location.uri).scan("ops/counts", version).collect()["number"])


def test_a_table_that_has_not_been_made(location: Location, spec: TableSpec) -> None:
    table = LakeTable(location, spec)
    assert table.version() == -1
    assert table.done("a") == 0
    assert table.files() == []
    assert table.files(-1) == []


def test_a_commit_makes_the_table_and_remembers_its_number(location: Location, spec: TableSpec, write: Write) -> None:
    table = LakeTable(location, spec)
    assert table.commit("stage", 3, write([1, 2]))
    assert table.done("stage") == 3
    assert LakeTable(location, spec).done("stage") == 3
    assert table.done("other") == 0
    assert numbers(location) == [1, 2]


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("is_fresh", [True, False])
def test_a_number_that_was_committed_is_refused(
    location: Location, spec: TableSpec, write: Write, number: int, is_fresh: bool
) -> None:
    table = LakeTable(location, spec)
    assert table.commit("stage", 2, write([1]))
    again = LakeTable(location, spec) if is_fresh else table
    version = again.version()
    assert not again.commit("stage", number, write([9]))
    assert again.version() == version
    assert numbers(location) == [1]


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.name)
def test_a_table_is_made_as_delta_itself_would(tmp_path: Path, spec: TableSpec) -> None:
    table = LakeTable(Location.of(tmp_path), spec)
    table.make()
    ours = table.delta()
    assert ours is not None and ours.version() == 0
    said = ours.metadata()
    theirs = DeltaTable.create(
        str(tmp_path / "theirs"),
        Schema.from_arrow(spec.schema),
        partition_by=list(spec.partition_by),
        configuration=said.configuration,
        description=said.description,
    )
    assert ours.schema() == theirs.schema()
    assert ours.protocol() == theirs.protocol()
    assert said.partition_columns == theirs.metadata().partition_columns
    assert said.description == spec.row
    assert said.configuration["delta.checkpointInterval"] == "50"
    assert ours.history()[0]["operation"] == "CREATE TABLE"


def test_a_table_that_is_there_is_not_made_again(location: Location, spec: TableSpec, write: Write) -> None:
    """Nor if what made it has been cleaned from its log."""
    one, two = LakeTable(location, spec), LakeTable(location, spec)
    one.commit("stage", 1, write([1]))
    delta = one.delta()
    assert delta is not None
    delta.create_checkpoint()
    location.store.delete(f"{spec.name}/{FIRST}")
    two.make()
    assert two.done("stage") == 1
    assert not (Path(location.uri) / spec.name / FIRST).exists()
    assert numbers(location) == [1]


def test_of_many_that_make_a_table_at_once_one_does(location: Location, spec: TableSpec) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: LakeTable(location, spec).make(), range(32)))
    assert len(made) == 32
    assert LakeTable(location, spec).version() == 0


def test_a_log_without_a_commit_is_no_table_and_hinders_none(location: Location, spec: TableSpec, write: Write) -> None:
    (Path(location.uri) / spec.name / FIRST).parent.mkdir(parents=True)
    table = LakeTable(location, spec)
    assert table.version() == -1
    assert table.commit("stage", 1, write([1]))
    assert numbers(location) == [1]


def test_another_app_has_numbers_of_its_own(location: Location, spec: TableSpec, write: Write) -> None:
    table = LakeTable(location, spec)
    assert table.commit("a", 1, write([1]))
    assert table.commit("b", 1, write([2]))
    assert numbers(location) == [1, 2]


@pytest.mark.parametrize("is_second_first", [False, True])
def test_of_two_that_race_exactly_one_commits(
    location: Location, spec: TableSpec, write: Write, is_second_first: bool
) -> None:
    LakeTable(location, spec).commit("stage", 1, write([1]))
    one, two = LakeTable(location, spec), LakeTable(location, spec)
    assert one.done("stage") == two.done("stage") == 1  # both have looked: neither knows of the other
    first, second = (two, one) if is_second_first else (one, two)
    assert first.commit("stage", 2, write([2]))
    with pytest.raises(TransientError, match=r"another writer.*stage 2.*try again"):
        second.commit("stage", 2, write([3]))
    assert not second.commit("stage", 2, write([3]))
    assert numbers(location) == [1, 2]


def test_adds_and_removes_are_one_commit(location: Location, spec: TableSpec, write: Write) -> None:
    table = LakeTable(location, spec)
    table.commit("stage", 1, [*write([1, 2]), *write([3])])
    before = table.version()
    old = next(f.path for f in table.files() if f.rows == 2)
    assert table.commit("stage", 2, write([7]), [old])
    assert table.version() == before + 1
    assert numbers(location) == [3, 7]
    assert numbers(location, before) == [1, 2, 3]
    assert old not in {f.path for f in LakeTable(location, spec).files()}


def test_files_of_a_version_are_those_of_then(location: Location, spec: TableSpec, write: Write) -> None:
    table = LakeTable(location, spec)
    table.commit("stage", 1, write([1]))
    then, version = table.files(), table.version()
    table.commit("stage", 2, write([2]), [f.path for f in then])
    assert table.files(version) == then
    assert table.files() != then
    assert table.files(-1) == []


def test_a_file_comes_back_as_it_was_added(location: Location, spec: TableSpec, write: Write) -> None:
    added = [*write([5, -3]), *write([9], "m2", "2020-02")]
    table = LakeTable(location, spec)
    table.commit("stage", 1, added)
    found = LakeTable(location, spec).files()
    assert sorted(found, key=lambda f: f.path) == sorted(added, key=lambda f: f.path)
    assert {f.value("month") for f in found} == {"2020-01", "2020-02"}
    low = {f.value("month"): dict(f.low) for f in found}
    assert low["2020-01"] == {"device_uuid": "m1", "number": -3}


def test_statistics_prune_files(location: Location, spec: TableSpec, write: Write) -> None:
    """A file that the filter cannot touch is not even opened: it may be missing."""
    table = LakeTable(location, spec)
    table.commit("stage", 1, [*write([1, 2]), *write([100])])
    far = next(f.path for f in table.files() if dict(f.low)["number"] == 100)
    LakeReader(location.uri)
    location.store.delete(f"{spec.name}/{far}")
    near = LakeReader(location.uri).scan(spec.name).filter(pl.col("number") < 50).collect()
    assert sorted(near["number"]) == [1, 2]
    with pytest.raises(Exception, match=r"(?i)no such file|not found"):
        LakeReader(location.uri).scan(spec.name).collect()


def test_a_column_is_added_when_the_spec_has_grown(location: Location, spec: TableSpec, write: Write) -> None:
    LakeTable(location, spec).commit("stage", 1, write([1]))
    grown = replace(spec, schema=spec.schema.append(pa.field("note", pa.string())))
    rows = pa.table({"device_uuid": ["m1"], "number": [2], "note": ["new"]})
    table = LakeTable(location, grown)
    assert table.commit("stage", 2, write_files(location, grown, rows, {"month": "2020-01"}))
    found = LakeReader(location.uri).scan(spec.name).select("number", "note").collect()
    assert sorted(found.rows()) == [(1, None), (2, "new")]
    # a spec that has shrunk leaves the column, empty
    assert LakeTable(location, spec).commit("stage", 3, write([3]))
    assert sorted(LakeReader(location.uri).scan(spec.name).select("number", "note").collect().rows())[2] == (3, None)


def test_months_prune_too(location: Location, spec: TableSpec, write: Write) -> None:
    LakeTable(location, spec).commit("stage", 1, [*write([1]), *write([2], month="2020-02")])
    found = LakeReader(location.uri).scan(spec.name).filter(pl.col("month") == "2020-02").collect()
    assert found.rows() == [("2020-02", "m1", 2)]


def test_refresh_sees_what_others_wrote(location: Location, spec: TableSpec, write: Write) -> None:
    table = LakeTable(location, spec)
    table.commit("stage", 1, write([1]))
    assert table.done("stage") == 1
    LakeTable(location, spec).commit("stage", 2, write([2]))
    assert table.done("stage") == 1
    table.refresh()
    assert table.done("stage") == 2
