"""The silver stage: what is stale and only that, and a redone plan that reads what it recorded."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.plants import (
    HOUR,
    MINUTE,
    START,
    TWO_CLASSES,
    bound,
    clock,
    copy_plant,
    edit_mapping,
    hour_of_work,
    land,
    make_plant,
    name_of,
    packed,
    planned,
    rows_of,
)

from smelt.runs import silver as silver_file
from smelt.runs.exclude import Exclusion, exclude_interval
from smelt.runs.plant.config import read_plant
from smelt.runs.run import Request, run
from smelt.runs.silver import Silver, make_silver_periods
from smelt.terms.errors import InputError

pytestmark = pytest.mark.system  # whole runs of a plant, again and again

MILL, DRILL = "mill-uuid", "drill-uuid"
HOURS = 4
PARTS = ("ingest", "stages")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four hours of a mill and a drill, each of its own class, up to gold; tests that write copy it."""
    root = make_plant(tmp_path_factory.mktemp("plants") / "done", HOURS, TWO_CLASSES)
    run(Request(root, {}, parts=PARTS), clock)
    return root


@pytest.fixture
def plant(done: Path, tmp_path: Path) -> Path:
    return copy_plant(done, tmp_path / "plant")


def test_nothing_is_stale_after_a_run(done: Path) -> None:
    stage = Silver(*bound(done))
    assert (stage.left(), stage.plan(2)) == (0, None)


def test_a_row_at_each_instant_with_what_was_known(done: Path) -> None:
    rows = rows_of(done, "silver/mills").sort("time")
    said = [s for h in range(HOURS) for s in hour_of_work(h) if s.device == MILL]
    # availability is not mapped; all else is said at an instant of its own or together with others
    assert rows["time"].to_list() == sorted({s.time for s in said if s.item != "avail"})
    load = {s.time: s.value for s in said if s.item == "load"}
    found = rows.filter(pl.col("time").is_in(list(load))).select("time", "load")
    assert dict(found.rows()) == load
    for hour in range(1, HOURS):
        first = rows.filter(pl.col("time") == START + hour * HOUR + timedelta(seconds=1))
        assert first["load"].item() == load[max(t for t in load if t < START + hour * HOUR)]


def test_a_changed_mapping_makes_its_class_stale_and_no_other(plant: Path) -> None:
    edit_mapping(plant, "mills", 'unit = "PERCENT"', 'unit = "PERCENT", range = [0, 100]')
    assert planned(Silver(*bound(plant)).plan(2)) == {(MILL, h) for h in range(HOURS)}


def test_a_column_of_another_type_is_refused_until_it_has_another_name(plant: Path) -> None:
    line = '"mode" = {column = "mode", dtype = "string"'
    edit_mapping(plant, "machine", line, line.replace("string", "float64"))
    for _ in range(2):  # no plan is made that every run would meet again
        with pytest.raises(InputError, match=r"column 'mode' has dtype 'float64'.* such as 'mode_float64'"):
            run(Request(plant, {}, parts=PARTS), clock)
    edit_mapping(plant, "machine", '"mode" = {column = "mode",', '"mode" = {column = "mode_number",')
    run(Request(plant, {}, parts=PARTS), clock)
    assert rows_of(plant, "silver/machine").schema["mode_number"] == pl.Float64


def test_a_raised_step_makes_everything_stale(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silver_file, "STEP", silver_file.STEP + 1)
    assert planned(Silver(*bound(done)).plan(2)) == {(d, h) for d in (MILL, DRILL) for h in range(HOURS)}


def test_an_exclusion_makes_the_periods_stale_that_it_touches(plant: Path) -> None:
    said = Exclusion("MILL", START + 2 * HOUR + 50 * MINUTE, START + 3 * HOUR + MINUTE, "crash test", "me")
    exclude_interval(read_plant(plant, {}, {}), clock, said)
    assert planned(Silver(*bound(plant)).plan(2)) == {(MILL, 2), (MILL, 3)}


def test_a_redone_plan_reads_what_it_recorded(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the plan and its redo more has landed and the mapping has changed."""
    monkeypatch.setattr(silver_file, "STEP", silver_file.STEP + 1)
    stage = Silver(*bound(plant))
    plan = stage.plan(2)
    assert plan is not None
    before = stage.tasks(plan, 2)
    late = [s for s in hour_of_work(1, seed=9) if s.item == "load"]
    land(plant, [(name_of(HOURS, "late"), packed(late, 50_000, START + (HOURS + 1) * HOUR))])
    run(Request(plant, {}, parts=("ingest",)), clock)
    edit_mapping(plant, "mills", 'column = "load"', 'column = "spindle_load"')
    after = Silver(*bound(plant)).tasks(plan, 2)
    for one, other in zip(before, after, strict=True):
        assert (one.units, one.observations, one.resolved) == (other.units, other.observations, other.resolved)
        assert all(a.equals(b) for a, b in zip(one.carries, other.carries, strict=True))
        assert make_silver_periods(one).counts == make_silver_periods(other).counts


def test_periods_without_observations_are_done_once_and_without_rows(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 1, TWO_CLASSES)
    said = [s for s in hour_of_work(5) if s.device == MILL]
    land(root, [(name_of(5), packed(said, 10_000, START + 6 * HOUR))])
    run(Request(root, {}, parts=PARTS), clock)
    tasks = rows_of(root, "ops/tasks").filter(stage="silver").sort("period")
    rows = dict(tasks.filter(device_uuid=MILL).select("period", "rows").rows())
    assert [rows[START + h * HOUR] > 0 for h in range(6)] == [True, False, False, False, False, True]
    assert Silver(*bound(root)).left() == 0
