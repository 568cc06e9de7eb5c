"""Rows of parts without anything keep their columns."""

from pathlib import Path

from tests.pipeline_lake import PLANT, WHOLE

from smelt.lake.reader import LakeReader
from smelt.runs.pages import pipeline_rows as rows
from smelt.runs.pages.pipeline import pipeline


def test_columns_are_there_without_rows(tmp_path: Path) -> None:
    page = pipeline(LakeReader(str(tmp_path)), PLANT, WHOLE, PLANT.devices)
    assert rows.run_rows(page).columns[:3] == ["stage", "plan", "started"]
    assert rows.drift_rows(page).columns[0] == "device_name"
    assert rows.reject_group_rows(page).columns[-2:] == ["first", "last"]
    assert rows.gap_rows(page).columns == ["device", "kind", "start", "end", "count"]
