"""Compaction changes no row, and two of them at once double none."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lake.conftest import COUNTS

from smelt.lake import compaction_job
from smelt.lake import table as table_file
from smelt.lake.compaction_job import Compacted, compact, delete_unnamed, rewrite
from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.reader import LakeReader
from smelt.lake.table import LakeTable
from smelt.terms.errors import TransientError
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

Write = Callable[..., list[DataFile]]


def rows(location: Location) -> list[tuple[object, ...]]:
    return sorted(LakeReader(location.uri).scan("ops/counts").select("month", "device_uuid", "number").collect().rows())


def last_commit(location: Location) -> list[dict[str, dict[str, object]]]:
    log = max(Path(location.uri, "ops/counts/_delta_log").glob("*.json"))
    return [json.loads(line) for line in log.read_text().splitlines()]


def fill(location: Location, spec: TableSpec, write: Write) -> None:
    table = LakeTable(location, spec)
    for n in range(1, 4):
        files = [*write([10 - n, n]), *write([n], "m2"), *write([n, n], "m2", "2020-02")]
        assert table.commit("stage", n, files)


def test_rows_are_the_same_and_files_are_few_and_sorted(location: Location, spec: TableSpec, write: Write) -> None:
    fill(location, spec, write)
    before = rows(location)
    assert compact(location, spec) == Compacted("ops/counts", 9, 2)
    assert rows(location) == before
    for file in LakeTable(location, spec).files():
        frame = pl.read_parquet(f"{location.table(spec.name)}/{file.path}")
        assert frame.rows() == sorted(frame.rows())
        assert file.rows == frame.height


@given(st.lists(st.lists(st.integers(-5, 5), min_size=1, max_size=5), min_size=1, max_size=5))
def test_any_files_keep_their_rows(tmp_path_factory: pytest.TempPathFactory, batches: Sequence[Sequence[int]]) -> None:
    location = Location.of(tmp_path_factory.mktemp("lakes") / "lake")
    table = LakeTable(location, COUNTS)
    for number, batch in enumerate(batches, 1):
        data = pa.table({"device_uuid": ["m"] * len(batch), "number": sorted(batch)})
        table.commit("stage", number, write_files(location, COUNTS, data, {"month": "2020-01"}))
    compact(location, COUNTS)
    assert [n for *_, n in rows(location)] == sorted(n for batch in batches for n in batch)
    assert len(LakeTable(location, COUNTS).files()) == 1


def test_a_second_compaction_has_nothing_to_do(location: Location, spec: TableSpec, write: Write) -> None:
    fill(location, spec, write)
    compact(location, spec)
    version = LakeTable(location, spec).version()
    assert compact(location, spec) == Compacted("ops/counts", 2, 2)
    assert LakeTable(location, spec).version() == version


def test_big_files_stay(location: Location, spec: TableSpec, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    table = LakeTable(location, spec)
    table.commit("stage", 1, [*write([1, 2, 3]), *write([4]), *write([5])])
    monkeypatch.setattr(compaction_job, "CHUNK_CELLS", 18)  # nine cells are half of it
    big = next(f.path for f in table.files() if f.rows == 3)
    assert compact(location, spec).files_after == 2
    assert big in {f.path for f in LakeTable(location, spec).files()}


def test_the_log_says_that_no_data_changed_and_carries_the_fence(
    location: Location, spec: TableSpec, write: Write
) -> None:
    fill(location, spec, write)
    compact(location, spec)
    actions = last_commit(location)
    changes = [a["dataChange"] for line in actions for kind, a in line.items() if kind in ("add", "remove")]
    assert len(changes) == 11 and not any(changes)
    (txn,) = [line["txn"] for line in actions if "txn" in line]
    assert (txn["appId"], txn["version"]) == ("rewrite:ops/counts", 1)


def test_the_number_of_the_stage_is_kept(location: Location, spec: TableSpec, write: Write) -> None:
    fill(location, spec, write)
    compact(location, spec)
    table = LakeTable(location, spec)
    assert table.done("stage") == 3
    assert not table.commit("stage", 3, write([99]))


def test_a_table_that_is_not_there_or_empty_is_left(location: Location, spec: TableSpec, write: Write) -> None:
    assert compact(location, spec) == Compacted("ops/counts", 0, 0)
    assert delete_unnamed(location, spec) == 0
    table = LakeTable(location, spec)
    table.commit("stage", 1, write([1]))
    table.commit("stage", 2, [], [table.files()[0].path])
    assert compact(location, spec) == Compacted("ops/counts", 0, 0)


def test_columns_that_older_files_lack_are_filled(location: Location, spec: TableSpec, write: Write) -> None:
    LakeTable(location, spec).commit("stage", 1, write([1]))
    grown = replace(spec, schema=spec.schema.append(pa.field("note", pa.string())))
    data = pa.table({"device_uuid": ["m1"], "number": [2], "note": ["new"]})
    LakeTable(location, grown).commit("stage", 2, write_files(location, grown, data, {"month": "2020-01"}))
    assert compact(location, grown).files_after == 1
    found = LakeReader(location.uri).scan("ops/counts").select("number", "note").collect()
    assert sorted(found.rows()) == [(1, None), (2, "new")]


@pytest.mark.parametrize("inner_first", [True, False])
def test_two_compactions_at_once_double_no_row(
    location: Location, spec: TableSpec, write: Write, monkeypatch: pytest.MonkeyPatch, inner_first: bool
) -> None:
    """The second comes in before the first commits, or between its look at the files and its commit."""
    fill(location, spec, write)
    before = rows(location)
    real = compaction_job.rewrite
    others: list[Compacted] = []

    def late(table: LakeTable, adds: Sequence[DataFile], removes: Sequence[str]) -> bool:
        if not others:
            others.append(Compacted("", 0, 0))
            others.append(compact(location, spec))
        return real(table, adds, removes)

    def refresh_late(self: LakeTable, *args: object, **kwargs: object) -> bool:
        if not others:
            others.append(Compacted("", 0, 0))
            others.append(compact(location, spec))
        return real_commit(self, *args, **kwargs)  # type: ignore[arg-type]

    real_commit = LakeTable.commit
    if inner_first:
        monkeypatch.setattr(compaction_job, "rewrite", late)
    else:
        monkeypatch.setattr(LakeTable, "commit", refresh_late)
    mine = compact(location, spec)
    assert others[1] == Compacted("ops/counts", 9, 2)
    assert mine.files_before == mine.files_after == 9
    assert rows(location) == before
    assert len(LakeTable(location, spec).files()) == 2


def test_after_a_conflict_that_leaves_its_files_it_commits_again(
    location: Location, spec: TableSpec, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rewrite of another partition was first: the fence sends this one back, it looks again and goes on."""
    fill(location, spec, write)
    before = rows(location)
    table, other = LakeTable(location, spec), LakeTable(location, spec)
    assert table.done("rewrite:ops/counts") == 0
    by_month = {m: [f for f in other.files() if f.value("month") == m] for m in ("2020-01", "2020-02")}
    old = [f.path for f in by_month["2020-02"]]
    assert rewrite(other, write([1, 1, 2, 2, 3, 3], "m2", "2020-02"), old)
    adds = [*write([1, 2, 3, 7, 8, 9]), *write([1, 2, 3], "m2")]
    assert rewrite(table, adds, [f.path for f in by_month["2020-01"]])
    assert rows(location) == before
    assert LakeTable(location, spec).done("rewrite:ops/counts") == 2


def test_a_rewrite_that_always_conflicts_gives_up(
    location: Location, spec: TableSpec, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(location, spec, write)
    tries: list[int] = []

    def conflict(self: LakeTable, *_: object, **__: object) -> bool:
        tries.append(1)
        raise TransientError("another writer")

    monkeypatch.setattr(LakeTable, "commit", conflict)
    table = LakeTable(location, spec)
    assert not rewrite(table, write([1]), [f.path for f in table.files()])
    assert len(tries) == compaction_job.ATTEMPTS


def test_an_append_between_look_and_commit_keeps_its_rows(
    location: Location, spec: TableSpec, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(location, spec, write)
    before = rows(location)
    real = compaction_job.rewrite

    def late(table: LakeTable, adds: Sequence[DataFile], removes: Sequence[str]) -> bool:
        LakeTable(location, spec).commit("stage", 4, write([77]))
        return real(table, adds, removes)

    monkeypatch.setattr(compaction_job, "rewrite", late)
    compact(location, spec)
    assert rows(location) == sorted([*before, ("2020-01", "m1", 77)])


def test_files_of_the_last_day_are_not_deleted(location: Location, spec: TableSpec, write: Write) -> None:
    fill(location, spec, write)
    compact(location, spec)
    assert delete_unnamed(location, spec) == 0
    assert len(list(Path(location.uri, spec.name).rglob("*.parquet"))) == 11


def test_files_that_were_removed_long_ago_are_deleted(
    location: Location, spec: TableSpec, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(location, spec, write)
    before = rows(location)
    with monkeypatch.context() as patch:
        patch.setattr(table_file.time, "time", lambda: 0.0)
        compact(location, spec)
    assert delete_unnamed(location, spec) == 9
    assert rows(location) == before
    assert len(list(Path(location.uri, spec.name).rglob("*.parquet"))) == 2


@pytest.mark.system
def test_two_processes_that_compact_at_once_double_no_row(
    location: Location, spec: TableSpec, write: Write, tmp_path: Path
) -> None:
    fill(location, spec, write)
    before = rows(location)
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from smelt.lake.compaction_job import compact\nfrom smelt.lake.location import Location\n"
        "from tests.lake.conftest import COUNTS\n"
        "Path(sys.argv[2]).touch()\n"
        "while len(list(Path(sys.argv[2]).parent.glob('ready*'))) < 2: time.sleep(0.001)\n"
        "compact(Location(sys.argv[1]), COUNTS)\n"
    )
    where = Path(__file__).parents[2]
    processes = [
        subprocess.Popen([sys.executable, "-c", code, location.uri, str(tmp_path / f"ready{n}")], cwd=where)
        for n in (1, 2)
    ]
    assert [p.wait(60) for p in processes] == [0, 0]
    assert rows(location) == before
    assert len(LakeTable(location, spec).files()) == 2
