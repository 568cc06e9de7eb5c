"""The coverage stage: every moment of a device once, losses and silences where they were, stale only what changed."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.plants import (
    HOUR,
    INSTANCE,
    MINUTE,
    NOW,
    START,
    TWO_CLASSES,
    Said,
    bound,
    clock,
    copy_plant,
    edit_mapping,
    hour_of_work,
    hourly,
    land,
    make_plant,
    name_of,
    packed,
    planned,
    reader_of,
    rows_of,
)
from typer.testing import CliRunner

from smelt.cli.main import app
from smelt.runs import coverage as coverage_file
from smelt.runs.coverage import Coverage
from smelt.runs.pages.pipeline_agents import agents_in
from smelt.runs.run import Request, run
from smelt.terms.interval import DAY_US, Interval, to_us

pytestmark = pytest.mark.system  # whole runs of a plant, again and again

MILL, DRILL = "mill-uuid", "drill-uuid"
HOURS, LOST = 5, 2
EVERY = {(d, h) for d in (MILL, DRILL) for h in range(HOURS)}
PARTS = ("ingest", "stages")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five hours of two classes, of which one never arrived."""
    root = make_plant(tmp_path_factory.mktemp("plants") / "done", 0, TWO_CLASSES)
    land(root, [f for hour, f in enumerate(hourly(HOURS)) if hour != LOST])
    run(Request(root, {}, parts=PARTS), clock)
    return root


@pytest.fixture
def plant(done: Path, tmp_path: Path) -> Path:
    return copy_plant(done, tmp_path / "plant")


def of_mill(root: Path) -> pl.DataFrame:
    return rows_of(root, "copper/coverage").filter(device_uuid=MILL).sort("start")


def test_the_intervals_tile_each_devices_hours(done: Path) -> None:
    for device in (MILL, DRILL):
        rows = rows_of(done, "copper/coverage").filter(device_uuid=device).sort("start")
        assert rows["start"].min() == START and rows["end"].max() == START + HOURS * HOUR
        assert rows["start"].to_list()[1:] == rows["end"].to_list()[:-1]
        assert (rows["end"] > rows["start"]).all()
        last = rows["end"] - timedelta(microseconds=1)
        assert rows["start"].dt.truncate("1h").equals(last.dt.truncate("1h"))


def test_the_lost_hour_says_how_much_is_lost(done: Path) -> None:
    (lost,) = of_mill(done).filter(pl.col("start") == START + LOST * HOUR).to_dicts()
    assert (lost["kind"], lost["end"]) == ("lost", START + (LOST + 1) * HOUR)
    assert of_mill(done)["count"].sum() == len(hour_of_work(LOST))  # counted once, where the loss begins
    assert set(of_mill(done)["kind"]) == {"unavailable", "live", "lost"}


def test_each_hours_quality_counts_its_observations(done: Path) -> None:
    quality = rows_of(done, "ops/quality").sort("device_uuid", "period")
    seen = rows_of(done, "copper/observations").group_by("device_uuid", period=pl.col("event_time").dt.truncate("1h"))
    assert quality.select("device_uuid", "period", "observations").equals(
        seen.agg(observations=pl.len().cast(pl.Int64)).sort("device_uuid", "period")
    )
    assert quality["lateness_rows"].list.sum().to_list() == quality["observations"].to_list()


def test_nothing_is_stale_after_a_run(done: Path) -> None:
    stage = Coverage(*bound(done))
    assert (stage.left(), stage.plan(2)) == (0, None)


def test_a_changed_mapping_makes_its_class_stale_and_no_other(plant: Path) -> None:
    edit_mapping(plant, "mills", '"mode" = {column = "mode", dtype = "string", fill = "hold"}', "")
    assert planned(Coverage(*bound(plant)).plan(2)) == {(MILL, h) for h in range(HOURS)}


def test_a_raised_step_makes_everything_stale(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage_file, "STEP", coverage_file.STEP + 1)
    assert planned(Coverage(*bound(done)).plan(2)) == EVERY


def test_another_timeout_makes_everything_stale(plant: Path) -> None:
    path = plant / "plant.toml"
    path.write_text("contact_timeout_minutes = 5\n" + path.read_text())
    assert planned(Coverage(*bound(plant)).plan(2)) == EVERY


def test_the_lost_hour_arrives(plant: Path) -> None:
    land(plant, [f for hour, f in enumerate(hourly(HOURS)) if hour == LOST])
    run(Request(plant, {}, parts=("ingest",)), clock)
    # its own, those beside it (the loss reached there), and what its last values are carried into
    assert {(MILL, h) for h in (LOST - 1, LOST, LOST + 1)} <= planned(Coverage(*bound(plant)).plan(2))
    assert (MILL, 0) not in planned(Coverage(*bound(plant)).plan(2))
    run(Request(plant, {}, parts=PARTS), clock)
    assert set(of_mill(plant)["kind"]) == {"unavailable", "live"}


def test_a_device_is_silent_where_not_even_a_document_came(tmp_path: Path) -> None:
    """The mill says nothing from 1:00 to 3:00; the agent sends a document with the drill's words at 2:30."""
    root = make_plant(tmp_path / "plant", 1, TWO_CLASSES)
    first = len(hour_of_work(0)) + 1
    word = [Said(DRILL, "load", START + 2 * HOUR + 25 * MINUTE, 1.0)]
    land(root, [(name_of(2), packed(word, first, START + 2 * HOUR + 30 * MINUTE))])
    land(root, [(name_of(3), packed(hour_of_work(3), first + 1, START + 4 * HOUR))])
    run(Request(root, {}, parts=PARTS), clock)
    rows = of_mill(root).filter(pl.col("start") >= START + HOUR, pl.col("start") < START + 3 * HOUR)
    timeout = 10 * MINUTE
    contact = START + 2 * HOUR + 30 * MINUTE
    assert rows.filter(kind="live").select("start", "end").rows()[-1] == (contact, contact + timeout)
    assert rows.filter(kind="silent")["start"].to_list()[-1] == contact + timeout
    assert set(rows["kind"]) == {"live", "silent"}


def made(hour: int) -> datetime:
    """When the document of an hour is made."""
    return START + (hour + 1) * HOUR - timedelta(seconds=1)


def test_numbers_that_begin_anew_under_the_same_instance_are_told_and_files_that_come_again_are_not(
    tmp_path: Path,
) -> None:
    """The agent counts from 1 again at 2:00; an hour arrives again 40 days later."""
    root = make_plant(tmp_path / "plant", 2, TWO_CLASSES)
    hours = [hour_of_work(hour) for hour in range(6)]
    old, first = len(hours[0]) + len(hours[1]), 1
    for hour in range(2, 6):
        land(root, [(name_of(hour), packed(hours[hour], first, made(hour)))])
        first += len(hours[hour])
    run(Request(root, {}, parts=PARTS), clock)
    lost = of_mill(root).filter(kind="lost")
    by_hour = [len(hours[2]), len(hours[3]), max(0, old - len(hours[2]) - len(hours[3]))]
    assert lost["count"].sum() == sum(by_hour) == old
    assert rows_of(root, "copper/observations").height == sum(map(len, hours)) - old
    whole = Interval(to_us(START), to_us(START + 6 * HOUR))
    [agent] = agents_in(reader_of(root), whole)
    [again] = agent.recounts
    assert (again.instance_id, again.began_us, again.count) == (INSTANCE, to_us(made(2)), old)
    assert agent.restarts == (Interval(to_us(made(1)), to_us(made(2))),)

    before = of_mill(root).rows()
    land(root, [(name_of(40 * 24), body) for _, body in hourly(1)])
    run(Request(root, {}, parts=PARTS), clock)
    assert of_mill(root).rows() == before
    assert [a.recounts for a in agents_in(reader_of(root), Interval(whole.start_us, to_us(NOW) + DAY_US))] == [(again,)]
    told = CliRunner().invoke(app, ["coverage", "MILL", "--plant", str(root), "--to", "2020-01-01T06:00:00"])
    sentence = "numbers again: instance 7 began anew at 2020-01-01 02:59 without a new instance id; "
    assert f"{sentence}{old} observations are not in copper" in told.output


def test_a_value_and_an_unavailable_of_one_instant_of_logs_are_live_whichever_was_read_first(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 0)
    for hour in range(8):  # in each the names of the files decide anew
        for number, value in enumerate(["1.5", "UNAVAILABLE"]):
            line = f"2020-01-01T{hour:02}:00:00Z|load|{value}\n".encode()
            land(root, [(f"shdr/MILL/2020/01/01/{hour:02}/{number}", line)])
            run(Request(root, {}, parts=("ingest",)), clock)
    run(Request(root, {}, parts=PARTS), clock)
    assert of_mill(root).filter(pl.col("start").dt.minute() == 0)["kind"].to_list() == ["live"] * 8
