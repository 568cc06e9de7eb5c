"""Stages: newest runs, rows in from what stands in the periods that a plan took, small files that could be merged."""

from pathlib import Path

import pytest
from tests.pipeline_lake import build

from smelt.lake.reader import LakeReader
from smelt.runs.pages.pipeline_stages import of_stages, stage_runs, table_files


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> LakeReader:
    return build(tmp_path_factory.mktemp("stages"))


def test_rows_in_and_out(reader: LakeReader) -> None:
    told = {run.stage: (run.rows_in, run.rows_out, run.rejects) for run in stage_runs(reader)}
    assert told["ingest"] == (1500, 1500, 3)  # what the documents of the plan held
    assert told["silver"] == (2000, 150, 0)
    assert told["gold"] == (200, 360, 0)  # of silver: the newest plan of each period
    assert told["coverage"][0] is None  # no task is remembered


def test_the_newest_run_of_each_stage_in_the_order_of_the_way(reader: LakeReader) -> None:
    assert [run.stage for run in stage_runs(reader)] == ["gold", "silver", "coverage", "ingest"]
    assert [run.stage for run in of_stages(stage_runs(reader))] == ["ingest", "coverage", "silver", "gold"]
    assert [run.stage for run in stage_runs(reader, most=1)] == ["gold"]


def test_files_that_could_be_merged_are_small(reader: LakeReader) -> None:
    found = {t.table: t for t in table_files(reader)}
    assert (found["copper/observations"].files, found["copper/observations"].small) == (2, 2)
    assert (found["ops/runs"].files, found["ops/runs"].small) == (1, 0)  # alone in its partition
    assert all(t.bytes > 0 for t in found.values())


def test_an_empty_lake_has_neither(tmp_path: Path) -> None:
    assert stage_runs(LakeReader(str(tmp_path))) == table_files(LakeReader(str(tmp_path))) == ()
