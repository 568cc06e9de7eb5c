"""Exclusions: what is appended, and that a run recomputes what they touch and only that."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.plants import HOUR, START, clock, copy_plant, make_plant, results_of, rows_of, snapshot

from smelt.runs.exclude import Exclusion, exclude_interval
from smelt.runs.plant.config import read_plant
from smelt.runs.run import Request, run
from smelt.terms.errors import InputError

FROM, TO = START + 3 * HOUR + timedelta(minutes=10), START + 3 * HOUR + timedelta(minutes=40)
PARTS = ("ingest", "stages")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_plant(tmp_path_factory.mktemp("plants") / "done", 8)
    run(Request(root, {}, parts=PARTS), clock)
    return root


@pytest.fixture
def plant(done: Path, tmp_path: Path) -> Path:
    return copy_plant(done, tmp_path / "plant")


def exclude(root: Path, device: str = "MILL", interval: tuple[datetime, datetime] = (FROM, TO)) -> bool:
    return exclude_interval(read_plant(root, {}, {}), clock, Exclusion(device, *interval, "probe fell off", "ann"))


def made_by(root: Path, stage: str) -> set[tuple[str, int]]:
    rows = rows_of(root, "ops/tasks").filter(pl.col("stage") == stage, pl.col("plan") == 2)
    return {(d, int((p - START) / HOUR)) for d, p in rows.select("device_uuid", "period").rows()}


def test_it_is_appended_once(plant: Path) -> None:
    assert exclude(plant)
    assert not exclude(plant)
    assert exclude(plant, interval=(FROM, TO + HOUR))
    rows = rows_of(plant, "people/exclusions").sort("end")
    assert rows.select("device_uuid", "start", "end", "why", "author").rows() == [
        ("mill-uuid", FROM, TO, "probe fell off", "ann"),
        ("mill-uuid", FROM, TO + HOUR, "probe fell off", "ann"),
    ]
    assert rows["exclusion_id"].n_unique() == 2


def test_a_run_leaves_out_what_is_excluded_and_recomputes_only_what_it_touches(plant: Path) -> None:
    before = results_of(plant)
    exclude(plant)
    report = run(Request(plant, {}, parts=PARTS), clock)
    # mode and system were last said before the exclusion: hour 4 begins without them, hour 5 is as it was;
    # gold looks back on an hour and the last silver row before that
    assert made_by(plant, "silver") == {("mill-uuid", 3), ("mill-uuid", 4)}
    assert made_by(plant, "gold") == {("mill-uuid", h) for h in (3, 4, 5, 6)}
    assert {s.stage: s.rows_written for s in report.stages}["coverage"] == 0
    after = results_of(plant)
    assert after["copper/observations"].equals(before["copper/observations"])
    bad = pl.col("time").is_between(FROM, TO, "left") & (pl.col("device_uuid") == "mill-uuid")
    assert before["silver/machine"].filter(bad).height == 30
    assert after["silver/machine"].filter(bad).height == 0
    far = ~((pl.col("device_uuid") == "mill-uuid") & pl.col("time").is_between(FROM, START + 5 * HOUR, "left"))
    assert after["silver/machine"].filter(far).equals(before["silver/machine"].filter(far))


def test_no_minute_of_it_is_live(plant: Path) -> None:
    exclude(plant)
    run(Request(plant, {}, parts=PARTS), clock)
    minutes = rows_of(plant, "gold/machine_minutes").filter(pl.col("device_uuid") == "mill-uuid")
    inside = minutes.filter(pl.col("minute").is_between(FROM, TO, "left"))
    assert inside.height == 30
    assert not inside["is_live"].any() and inside["load"].null_count() == 30
    assert minutes.filter(~pl.col("minute").is_between(FROM, TO, "left"))["is_live"].all()


def test_an_unknown_device_or_an_empty_interval_is_refused_and_nothing_is_written(plant: Path) -> None:
    before = snapshot(plant)
    with pytest.raises(InputError, match="no device 'MIL'; did you mean 'MILL'"):
        exclude(plant, "MIL")
    with pytest.raises(InputError, match="is empty; give the earlier time first"):
        exclude(plant, interval=(TO, FROM))
    assert snapshot(plant) == before


def test_without_a_lake_there_is_nothing_to_exclude_from(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 1)
    with pytest.raises(InputError, match="no lake at"):
        exclude(root)
    assert not (root / "lake").exists()
