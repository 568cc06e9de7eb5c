"""Gaps: whole across hours, cut to the range, one for all devices of an agent."""

from pathlib import Path

import pytest
from tests.pipeline_lake import DRILL, HOUR, MILL, PLANT, START, WHOLE, build, covered, write

from smelt.lake.reader import LakeReader
from smelt.runs.pages.gaps import Gap, gaps_in, shared_gaps
from smelt.runs.pages.pipeline_hours import hours
from smelt.terms.interval import MINUTE_US, Interval
from smelt.terms.plant import Device
from smelt.terms.tables import COVERAGE, TASKS


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> LakeReader:
    return build(tmp_path_factory.mktemp("gaps"))


def told(gaps: tuple[Gap, ...]) -> list[tuple[str, int, int, int | None]]:
    start = WHOLE.start_us
    return [(g.kind, (g.start_us - start) // MINUTE_US, (g.end_us - start) // MINUTE_US, g.count) for g in gaps]


def test_a_gap_goes_on_across_an_hour_and_counts_once(reader: LakeReader) -> None:
    assert told(gaps_in(reader, [MILL], WHOLE)) == [("lost", 110, 130, 700), ("restarted", 90, 95, None)]


def test_gaps_of_other_kinds_come_newest_first(reader: LakeReader) -> None:
    kinds = [g.kind for g in gaps_in(reader, [DRILL], WHOLE)]
    assert kinds == ["silent", "lost", "restarted", "unavailable"]


def test_gaps_are_cut_to_the_range_and_a_loss_that_began_before_it_counts_nothing(reader: LakeReader) -> None:
    start = WHOLE.start_us
    cut = Interval(start + 115 * MINUTE_US, start + 125 * MINUTE_US)
    assert told(gaps_in(reader, [MILL], cut)) == [("lost", 115, 125, 0)]


def test_devices_share_what_happened_to_their_agent(reader: LakeReader) -> None:
    shared = shared_gaps(gaps_in(reader, PLANT.devices, WHOLE))
    assert {(g.kind, len(g.device_uuids)) for g in shared} == {
        ("silent", 1), ("lost", 2), ("restarted", 2), ("unavailable", 1),
    }  # fmt: skip


def test_before_it_was_connected_a_device_had_no_gap(tmp_path: Path) -> None:
    saw = Device("u-saw", "SAW", "saws")
    root = tmp_path / "lake"
    write(root, COVERAGE, covered(saw, ("silent", 60, 90, None), ("live", 90, 120, None), ("silent", 120, 180, None)))
    row = {"stage": "ingest", "device_uuid": saw.uuid, "plan": 1, "fingerprint": 0}
    write(root, TASKS, [row | {"period": START + HOUR, "rows": 50}, row | {"period": START, "rows": 0}])
    reader = LakeReader(str(root))
    assert told(gaps_in(reader, [saw], WHOLE)) == [("silent", 120, 180, None)]
    first = hours(reader, [saw], WHOLE).cells.row(1, named=True)
    assert (first["received"], first["expected"], first["contact"]) == (50, 50, 1)


def test_a_lake_without_coverage_has_no_gaps(tmp_path: Path) -> None:
    assert gaps_in(LakeReader(str(tmp_path)), PLANT.devices, WHOLE) == ()
