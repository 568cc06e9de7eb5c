"""The whole way end to end on a small plant: only what is new, only what it reaches, nothing on a mistake."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.plants import (
    HOUR,
    START,
    Said,
    assert_same_results,
    clock,
    copy_plant,
    hour_of_work,
    hourly,
    land,
    make_plant,
    name_of,
    packed,
    results_of,
    rows_of,
    snapshot,
)

from smelt.runs.run import Request, check, run
from smelt.terms.errors import InputError


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fourteen hours of two machines, taken the whole way; tests copy it."""
    root = make_plant(tmp_path_factory.mktemp("plants") / "done", 14)
    run(Request(root, {}), clock)
    return root


@pytest.fixture
def plant(done: Path, tmp_path: Path) -> Path:
    return copy_plant(done, tmp_path / "plant")


def made_by(root: Path, stage: str, plan: int) -> set[tuple[str, int]]:
    """The (device, hour since START) that a plan of a stage made."""
    rows = rows_of(root, "ops/tasks").filter(pl.col("stage") == stage, pl.col("plan") == plan)
    return {(d, int((p - START) / HOUR)) for d, p in rows.select("device_uuid", "period").rows()}


def test_every_stage_makes_rows(done: Path) -> None:
    heights = {name: frame.height for name, frame in results_of(done).items()}
    said = sum(len(hour_of_work(h)) for h in range(14))
    assert heights["copper/observations"] == said
    assert heights["gold/machine_minutes"] == heights["gold/machine_features"] == 2 * 14 * 60
    assert heights["models/versions"] == 2
    # 40 % of the running minutes train; everything after the cut is scored
    assert heights["results/scores"] == 2 * (14 * 60 - int(14 * 60 * 0.4))


def test_observations_are_what_was_said(done: Path) -> None:
    rows = rows_of(done, "copper/observations")
    said = [s for h in range(14) for s in hour_of_work(h)]
    load = [(s.device, s.time, s.value) for s in said if s.item == "load"]
    found = rows.filter(pl.col("data_item").str.ends_with("_load")).select("device_uuid", "event_time", "value")
    assert sorted(found.rows()) == sorted(load)
    assert sorted(rows["sequence"]) == list(range(1, len(said) + 1))


def test_a_second_run_does_nothing(plant: Path) -> None:
    before = {k: v for k, v in snapshot(plant).items() if not k.endswith(".lock")}
    report = run(Request(plant, {}), clock)
    assert [(s.stage, s.plans, s.rows_written, s.files_written) for s in report.stages] == [
        (name, 0, 0, 0) for name in ("ingest", "coverage", "silver", "gold", "train", "scores", "episodes")
    ]
    assert {k: v for k, v in snapshot(plant).items() if not k.endswith(".lock")} == before


def test_a_second_delivery_changes_no_row_and_recomputes_nothing(plant: Path) -> None:
    before = results_of(plant)
    for path in sorted((plant / "raw").rglob("*.gz")):
        shutil.copy(path, path.with_name("again.json.gz"))
    report = run(Request(plant, {}), clock)
    assert_same_results(results_of(plant), before)
    assert {s.stage: s.rows_written for s in report.stages if s.rows_written} == {}
    assert report.stages[0].tasks > 0
    assert rows_of(plant, "copper/files").height == 28


def test_files_at_once_equal_files_one_by_one(done: Path, tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 0)
    order = list(hourly(14))
    for batch in (order[3:5], order[9:], order[:3], order[5:9]):
        land(root, batch)
        run(Request(root, {}, parts=("ingest", "stages")), clock)
    left, right = results_of(root), results_of(done)
    assert_same_results(left, {name: right[name] for name in left})


def test_a_late_file_recomputes_the_periods_that_it_reaches(done: Path, tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 14)
    late = root / "raw" / name_of(5)
    kept = late.read_bytes()
    late.unlink()
    parts = ("ingest", "stages")
    run(Request(root, {}, parts=parts), clock)
    kinds = rows_of(root, "copper/coverage")["kind"]
    assert "lost" in set(kinds)
    late.write_bytes(kept)
    run(Request(root, {}, parts=parts), clock)
    both = ("mill-uuid", "drill-uuid")
    assert made_by(root, "ingest", 2) == {(d, 5) for d in both}
    assert made_by(root, "silver", 2) == {(d, h) for d in both for h in (5, 6)}
    left, right = results_of(root), results_of(done)
    assert_same_results(left, {name: right[name] for name in left})


def test_a_late_value_reaches_as_far_as_it_is_carried(tmp_path: Path) -> None:
    """`mode` is said once an hour, but not in hours 6 to 8: a late one of hour 5 is carried until hour 9."""
    root = make_plant(tmp_path / "plant", 0)
    late = Said("mill-uuid", "mode", START + 5.5 * HOUR, "EDIT")
    everything = sorted((s for h in range(12) for s in (*hour_of_work(h), *([late] if h == 5 else []))), key=_time)
    said = [s for s in everything if (s.device, s.item) != ("mill-uuid", "mode") or not 6 <= _hour(s) <= 8]
    at = said.index(late)
    pieces = [("first", 0, at), ("last", at + 1, len(said))]
    land(root, [(name_of(_hour(said[i]), n), packed(said[i:j], i + 1, START + 12 * HOUR)) for n, i, j in pieces])
    parts = ("ingest", "stages")
    run(Request(root, {}, parts=parts), clock)
    land(root, [(name_of(11, "late"), packed([late], at + 1, START + 12 * HOUR))])
    run(Request(root, {}, parts=parts), clock)
    assert made_by(root, "silver", 2) == {("mill-uuid", h) for h in (5, 6, 7, 8, 9)}
    minutes = rows_of(root, "gold/machine_minutes").filter(pl.col("device_uuid") == "mill-uuid")
    held = minutes.filter(pl.col("mode") == "EDIT")["minute"]
    assert held.min() == START + 5.5 * HOUR
    assert held.max() == START + 9 * HOUR - timedelta(minutes=1)


def _time(said: Said) -> datetime:
    return said.time


def _hour(said: Said) -> int:
    return int((said.time - START) / HOUR)


def test_check_reads_without_writing(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 1)
    before = snapshot(root)
    checked = check(Request(root, {}))
    assert checked.documents is not None and checked.logs is None
    assert checked.probe is not None and len(checked.probe.devices) == 2
    assert snapshot(root) == before


def test_dry_run_writes_nothing_and_says_what_is_left(plant: Path) -> None:
    land(plant, [(name_of(14), packed(hour_of_work(14), 10_000, START + 15 * HOUR))])
    before = snapshot(plant)
    report = run(Request(plant, {}, is_dry=True), clock)
    assert report.is_dry
    assert {s.stage: s.tasks for s in report.stages}["ingest"] == 1
    assert snapshot(plant) == before


def test_dry_run_of_a_new_plant_writes_nothing(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 2)
    before = snapshot(root)
    report = run(Request(root, {}, is_dry=True), clock)
    assert [(s.stage, s.tasks) for s in report.stages] == [("ingest", 1)]
    assert snapshot(root) == before
    assert not (root / "lake").exists()


def test_no_source_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no source; expected --landing"):
        run(Request(tmp_path, {}), clock)
    assert snapshot(tmp_path) == {}


def test_an_unknown_device_to_train_is_refused_before_anything_is_written(plant: Path) -> None:
    before = snapshot(plant)
    with pytest.raises(InputError, match="no device 'MIL'; did you mean 'MILL'"):
        run(Request(plant, {}, parts=("train",), devices=("MIL",)), clock)
    assert snapshot(plant) == before


def test_train_on_request_makes_a_model_from_what_is_there_now(plant: Path) -> None:
    land(plant, [(name_of(14), packed(hour_of_work(14), 10_000, START + 15 * HOUR))])
    run(Request(plant, {}, parts=("ingest", "stages")), clock)
    report = run(Request(plant, {}, parts=("train",), devices=("MILL",)), clock)
    assert report.stages[0].rows_written == 1
    versions = rows_of(plant, "models/versions")
    assert versions.group_by("device_uuid").len().sort("device_uuid").rows() == [("drill-uuid", 1), ("mill-uuid", 2)]
    again = run(Request(plant, {}, parts=("train",), devices=("MILL",)), clock)
    assert again.stages[0].rows_written == 0
