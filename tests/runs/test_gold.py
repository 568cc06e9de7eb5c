"""The gold stage: what is stale, which silver it reads, and that nothing later than a minute changes it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plants import (
    HOUR,
    MINUTE,
    START,
    TWO_CLASSES,
    bound,
    clock,
    copy_plant,
    edit_mapping,
    hourly,
    land,
    make_plant,
    planned,
    rows_of,
)

from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.reader import scan_files
from smelt.runs import gold as gold_file
from smelt.runs.exclude import Exclusion, exclude_interval
from smelt.runs.gold import (
    SILVER_LOOK_BACK_MINUTES,
    Gold,
    GoldTask,
    look_back_minutes,
    look_back_periods,
    make_gold_periods,
)
from smelt.runs.plant.config import read_plant
from smelt.runs.run import Request, run
from smelt.runs.stale import Unit
from smelt.terms.class_tables import silver_table
from smelt.terms.interval import MINUTE_US, PERIOD_US, Interval, to_us
from smelt.terms.tables import TableSpec

pytestmark = pytest.mark.system  # whole runs of a plant, again and again

MILL, DRILL = "mill-uuid", "drill-uuid"
HOURS = 4
PARTS = ("ingest", "stages")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four hours of two classes in three deliveries: a silver file each of hour 0, hour 1, and hours 2 and 3."""
    root = make_plant(tmp_path_factory.mktemp("plants") / "done", 0, TWO_CLASSES)
    files = list(hourly(HOURS))
    for delivery in (files[:1], files[1:2], files[2:]):
        land(root, delivery)
        run(Request(root, {}, parts=PARTS), clock)
    return root


@pytest.fixture
def plant(done: Path, tmp_path: Path) -> Path:
    return copy_plant(done, tmp_path / "plant")


@pytest.fixture
def task(done: Path, monkeypatch: pytest.MonkeyPatch) -> GoldTask:
    """What is read and written for the mill's last hour alone."""
    monkeypatch.setattr(gold_file, "STEP", gold_file.STEP + 1)
    stage = Gold(*bound(done))
    plan = stage.plan(9)
    assert plan is not None
    found = next(t for t in stage.tasks(plan, 9) if t.units[0].device_uuid == MILL)
    hour = Unit(MILL, Interval(to_us(START) + 3 * PERIOD_US, to_us(START) + 4 * PERIOD_US))
    return replace(found, units=(hour,), anchors=(to_us(START) + PERIOD_US,), exclusions=((),))


def made(task: GoldTask, silver: Callable[[pl.DataFrame], pl.DataFrame], lake: Path) -> list[pl.DataFrame]:
    """Minutes and features that the task makes where silver is another."""
    old, new, spec = Location.of(task.lake), Location.of(lake), silver_table(task.mapping)
    rows = scan_files(old, spec, task.silver).collect().sort("device_uuid", "time")
    files = write_files(new, spec, silver(rows).to_arrow(), {"month": "2020-01"})
    for path in task.coverage:
        target = lake / "copper/coverage" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((Path(task.lake) / "copper/coverage" / path).read_bytes())
    targets = [replace(t, replaces=()) for t in (task.minutes_target, task.features_target)]
    written = make_gold_periods(
        replace(
            task,
            lake=new.uri,
            silver=tuple(f.path for f in files),
            minutes_target=targets[0],
            features_target=targets[1],
        )
    )
    return [scan_files(new, t.spec, [f.path for f in dict(written.files)[t.spec.name]]).collect() for t in targets]


def loud(where: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Make the mill's load and speed huge in some rows."""
    return lambda rows: rows.with_columns(pl.when(where).then(1e9).otherwise(pl.col("load", "speed")).name.keep())


def test_nothing_is_stale_after_a_run(done: Path) -> None:
    stage = Gold(*bound(done))
    assert (stage.left(), stage.plan(9)) == (0, None)
    minutes = rows_of(done, "gold/mills_minutes")
    assert sorted(minutes["minute"]) == [START + k * MINUTE for k in range(HOURS * 60)]


def test_a_changed_mapping_makes_its_class_stale_and_no_other(plant: Path) -> None:
    edit_mapping(plant, "mills", 'unit = "PERCENT"', 'unit = "PERCENT", range = [0, 100]')
    assert planned(Gold(*bound(plant)).plan(9)) == {(MILL, h) for h in range(HOURS)}


def test_a_raised_step_makes_everything_stale(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gold_file, "STEP", gold_file.STEP + 1)
    assert planned(Gold(*bound(done)).plan(9)) == {(d, h) for d in (MILL, DRILL) for h in range(HOURS)}


def test_an_exclusion_makes_the_periods_stale_that_look_back_on_it(plant: Path) -> None:
    said = Exclusion("MILL", START + HOUR, START + HOUR + 5 * MINUTE, "crash test", "me")
    exclude_interval(read_plant(plant, {}, {}), clock, said)
    back = look_back_periods(15)
    assert planned(Gold(*bound(plant)).plan(9)) == {(MILL, h) for h in range(1, 2 + back)}


def test_another_silver_period_makes_those_stale_that_read_it(done: Path) -> None:
    gold, hour = Gold(*bound(done)), to_us(START) + PERIOD_US
    before = gold._wanted()
    gold._silver[MILL, hour] = replace(gold._silver[MILL, hour], fingerprint=1)
    changed = {(d, (p - to_us(START)) // PERIOD_US) for (d, p), made in gold._wanted().items() if before[d, p] != made}
    # its own, the next that looks back on it, and the one after that for which it is the anchor
    assert changed == {(MILL, 1), (MILL, 2), (MILL, 3)}


def test_only_files_of_the_anchor_and_the_look_back_are_read(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gold_file, "STEP", gold_file.STEP + 1)
    driver, classes, state = bound(done)
    spec: TableSpec = silver_table(classes.of(MILL))
    of_hour = {dict(f.low)["time"]: f.path for f in driver.table(spec).files()}
    files = [path for _, path in sorted(of_hour.items())]
    assert len(files) == 3
    plan = Gold(driver, classes, state).plan(9)
    assert plan is not None
    unit = Unit(MILL, Interval(to_us(START) + 3 * PERIOD_US, to_us(START) + 4 * PERIOD_US))
    reads = Gold(driver, classes, state)._reads(gold_file.Group((unit,), {}))
    assert look_back_periods(15) == 1
    assert reads["anchors"] == [to_us(START) + PERIOD_US]
    assert reads["silver"] == sorted(files[1:])


def test_silver_before_the_look_back_counts_only_by_its_last_row(task: GoldTask, tmp_path: Path) -> None:
    begin = START + 3 * HOUR - (look_back_minutes(15) + SILVER_LOOK_BACK_MINUTES) * MINUTE
    anchor = START + 2 * HOUR + 14 * MINUTE + timedelta(seconds=5)  # the last word before it
    assert anchor < begin < anchor + MINUTE
    plain = made(task, lambda rows: rows, tmp_path / "plain")
    earlier = made(task, loud(pl.col("time") < anchor), tmp_path / "earlier")
    assert [a.equals(b) for a, b in zip(plain, earlier, strict=True)] == [True, True]
    without = made(task, lambda rows: rows.filter(pl.col("time") >= anchor), tmp_path / "without")
    assert [a.equals(b) for a, b in zip(plain, without, strict=True)] == [True, True]


@pytest.mark.parametrize("minute", [0, 1, 29, 59])
def test_no_minute_and_no_feature_knows_what_came_after_it(task: GoldTask, tmp_path: Path, minute: int) -> None:
    at = START + 3 * HOUR + minute * MINUTE
    plain = made(task, lambda rows: rows, tmp_path / "plain")
    later = made(task, loud(pl.col("time") >= at), tmp_path / "later")
    gone = made(task, lambda rows: rows.filter(pl.col("time") < at), tmp_path / "gone")
    for other in (later, gone):
        for before, after in zip(plain, other, strict=True):
            assert before.filter(pl.col("minute") < at).equals(after.filter(pl.col("minute") < at))
    assert not plain[1].equals(later[1])


@given(st.integers(1, 240))
def test_so_many_periods_hold_the_whole_look_back(window: int) -> None:
    minutes = look_back_minutes(window) + SILVER_LOOK_BACK_MINUTES
    assert (look_back_periods(window) - 1) * 60 < minutes <= look_back_periods(window) * 60
    assert minutes * MINUTE_US <= look_back_periods(window) * PERIOD_US
