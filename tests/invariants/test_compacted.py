"""Compacted or not, a lake gives the same rows, and takes late files the same way."""

from pathlib import Path

import pytest
from tests import plants

from smelt.runs.compact import compact_lake
from smelt.runs.plant.config import read_plant
from smelt.runs.run import Request, run

pytestmark = pytest.mark.system  # whole runs of a plant, again and again

HOURS = 14
LATE = 5


@pytest.fixture(scope="module")
def without_one_hour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plant that was run before one of its files had arrived."""
    root = plants.make_plant(tmp_path_factory.mktemp("late") / "plant", HOURS)
    (root / "raw" / plants.name_of(LATE)).unlink()
    run(Request(root, {}), plants.clock)
    return root


def arrive_late(root: Path) -> None:
    """Land the missing file and run again."""
    plants.land(root, [list(plants.hourly(HOURS))[LATE]])
    run(Request(root, {}), plants.clock)


def test_compaction_changes_no_row(without_one_hour: Path, tmp_path: Path) -> None:
    root = plants.copy_plant(without_one_hour, tmp_path / "plant")
    before = plants.results_of(root)
    done = {c.table: c for c in compact_lake(read_plant(root, {}), plants.clock, 0.0)}
    assert done["silver/machine"].files_before > done["silver/machine"].files_after == 1
    plants.assert_same_results(before, plants.results_of(root))
    report = run(Request(root, {}), plants.clock)
    assert [s.rows_written for s in report.stages] == [0] * len(report.stages)


def test_a_late_file_reaches_a_compacted_lake_as_any_other(without_one_hour: Path, tmp_path: Path) -> None:
    plain = plants.copy_plant(without_one_hour, tmp_path / "plain")
    compacted = plants.copy_plant(without_one_hour, tmp_path / "compacted")
    compact_lake(read_plant(compacted, {}), plants.clock, 0.0)
    arrive_late(plain)
    arrive_late(compacted)
    plants.assert_same_results(plants.results_of(plain), plants.results_of(compacted))
