"""One device: its own hours and gaps, the rejects of its agents, the newest week of what ingest told."""

from pathlib import Path

import pytest
from tests.pipeline_lake import DRILL, MILL, PLANT, WHOLE, build, write

from smelt.lake.reader import LakeReader
from smelt.runs.pages.device_coverage import device_coverage, heard_of, week_of
from smelt.runs.plant.config import PlantFolder
from smelt.terms.interval import PERIOD_US, Interval
from smelt.terms.plant import Device
from smelt.terms.tables import DOCUMENTS, QUARANTINE

FOLDER = PlantFolder(Path("shop"), PLANT)


@pytest.fixture
def reader(tmp_path: Path) -> LakeReader:
    return build(tmp_path)


def test_a_device_has_its_own_numbers(reader: LakeReader) -> None:
    found = device_coverage(reader, FOLDER, MILL, WHOLE)
    assert found.is_covered and found.arrival.observations == 1500
    assert {g.device_uuid for g in found.gaps} == {MILL.uuid}
    assert [a.lost for a in found.agents] == [700]
    assert any(c.line.startswith("smelt coverage MILL --plant") for c in found.commands)
    assert found.hours.bin_us == PERIOD_US


def test_rejects_of_another_agents_file_are_not_shown(reader: LakeReader) -> None:
    other = {"offset": 0, "length": 1, "kind": "SHDR", "dialect": "shdr", "agent": "elsewhere", "plan": 1}
    write(Path(reader.uri), DOCUMENTS, [other | {"path": "2026/03/26/00/other.gz"}])
    write(
        Path(reader.uri),
        QUARANTINE,
        [{"path": "2026/03/26/00/other.gz", "offset": 0, "length": 1, "reason": "not ours", "batch": 1}],
    )
    assert [r.reason for r in device_coverage(reader, FOLDER, MILL, WHOLE).rejects] == ["torn", "not gzip"]


def test_a_long_range_has_a_cell_a_day(reader: LakeReader) -> None:
    week = Interval(WHOLE.start_us, WHOLE.start_us + 7 * 24 * PERIOD_US)
    assert device_coverage(reader, FOLDER, DRILL, week).hours.bin_us == 24 * PERIOD_US


def test_the_week_ends_where_the_data_does(reader: LakeReader) -> None:
    assert heard_of(reader, MILL) == Interval(WHOLE.start_us, WHOLE.start_us + 3 * PERIOD_US)
    assert week_of(reader, MILL, 2 * PERIOD_US) == Interval(WHOLE.start_us + PERIOD_US, WHOLE.start_us + 3 * PERIOD_US)
    assert heard_of(reader, Device("u-none", "NONE")) is None
    assert week_of(reader, Device("u-none", "NONE"), PERIOD_US) == Interval(0, PERIOD_US)
