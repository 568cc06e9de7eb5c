"""Compaction on request: the same rows, fewer files, and refused while a plan is broken off."""

import gzip
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from tests.plants import (
    DEVICES,
    HOUR,
    START,
    TWO_CLASSES,
    assert_same_results,
    clock,
    hour_of_work,
    hourly,
    land,
    make_plant,
    packed,
    probe_xml,
    results_of,
    rows_of,
)  # fmt: skip

from smelt.lake.location import Location
from smelt.lake.plan import plan_to_do
from smelt.lake.table import LakeTable
from smelt.runs import compact as compact_file
from smelt.runs.compact import compact_lake
from smelt.runs.plant.config import read_plant
from smelt.runs.run import Request, run
from smelt.terms.errors import InputError

pytestmark = pytest.mark.system  # whole runs of a plant, again and again

PARTS = ("ingest", "stages")
A_SAW = '[[devices]]\nname = "SAW"\nuuid = "saw-uuid"\nclass = "machine"\n'


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    root = make_plant(tmp_path / "plant", 0)
    for file in hourly(3):
        land(root, [file])
        run(Request(root, {}, parts=PARTS), clock)
    return root


def test_rows_stay_and_files_go(plant: Path) -> None:
    before = results_of(plant)
    done = {c.table: c for c in compact_lake(read_plant(plant, {}, {}), clock, 0.0)}
    assert done["copper/observations"].files_before == 3
    assert done["copper/observations"].files_after == 1
    assert_same_results(results_of(plant), before)
    report = run(Request(plant, {}, parts=PARTS), clock)
    assert [s.plans for s in report.stages] == [0, 0, 0, 0]


def test_late_data_after_compaction_is_like_any_other(plant: Path, tmp_path: Path) -> None:
    compact_lake(read_plant(plant, {}, {}), clock, 0.0)
    land(plant, hourly(5))
    run(Request(plant, {}, parts=PARTS), clock)
    other = make_plant(tmp_path / "other", 5)
    run(Request(other, {}, parts=PARTS), clock)
    assert_same_results(results_of(plant), results_of(other))


def test_classes_whose_uuids_alternate_stay_apart_after_compaction(tmp_path: Path) -> None:
    steps, at_once = (make_plant(tmp_path / name, 0, TWO_CLASSES + A_SAW) for name in ("steps", "whole"))
    files = list(hourly(3))
    files += [(name.replace("cell", "saw"), _of_a_saw(body)) for name, body in files]
    for root in (steps, at_once):  # the saw is of the drill's class, and the mill's uuid is between theirs
        (root / "probe.xml").write_text(probe_xml({**DEVICES, "saw-uuid": "SAW"}))
    land(steps, files[::3] + files[2::3])
    run(Request(steps, {}, parts=PARTS), clock)
    compact_lake(read_plant(steps, {}, {}), clock, 0.0)
    for root, landed in ((steps, files[1::3]), (at_once, files)):
        land(root, landed)
        run(Request(root, {}, parts=PARTS), clock)
    for name in ("silver/machine", "silver/mills", "gold/machine_minutes", "gold/mills_minutes"):
        assert rows_of(steps, name).height > 0
        assert_frame_equal(rows_of(steps, name), rows_of(at_once, name), check_row_order=False)


def _of_a_saw(body: bytes) -> bytes:
    said = gzip.decompress(body)
    for old, new in ((b"drill", b"saw"), (b"DRILL", b"SAW"), (b"mill", b"none"), (b"MILL", b"NONE"), (b"-1", b"-2")):
        said = said.replace(old, new)
    return gzip.compress(said, mtime=0)


def test_a_broken_off_plan_has_to_be_finished_first(plant: Path) -> None:
    number = rows_of(plant, "ops/runs").filter(stage="ingest")["plan"].max() + 1
    plan_to_do(Location.of(plant / "lake"), "ingest", number, lambda: {"tasks": []})
    with pytest.raises(InputError, match="stage ingest was broken off in a plan; run 'smelt run' to finish it"):
        compact_lake(read_plant(plant, {}, {}), clock, 0.0)


def test_passes_that_go_on_leave_few_files_and_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact_file, "MANY_FILES", 4)
    one_by_one, at_once = (make_plant(tmp_path / name, 0) for name in ("passes", "whole"))
    first, files = 1, []
    for hour in range(2):
        said = hour_of_work(hour)
        for k in range(0, len(said), 25):
            name = f"{START + hour * HOUR:%Y/%m/%d/%H}/{k:03}.gz"
            files.append((name, packed(said[k : k + 25], first + k, said[min(k + 24, len(said) - 1)].time)))
        first += len(said)
    for file in files:
        land(one_by_one, [file])
        run(Request(one_by_one, {}, parts=PARTS), clock)
    land(at_once, files)
    run(Request(at_once, {}, parts=PARTS), clock)
    assert_same_results(results_of(one_by_one), results_of(at_once))
    for spec in compact_file.APPENDED:
        assert len(LakeTable(Location.of(one_by_one / "lake"), spec).files()) < 12, spec.name
    assert rows_of(one_by_one, "copper/documents").height == len(files) == len(rows_of(one_by_one, "copper/files"))
    assert rows_of(one_by_one, "copper/sequences").height < 5
    report = run(Request(one_by_one, {}, parts=PARTS, deletes_old=True), clock)
    assert [s.plans for s in report.stages] == [0, 0, 0, 0]


def test_no_lake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no lake at"):
        compact_lake(read_plant(make_plant(tmp_path / "p", 0), {}, {}), clock, 0.0)
