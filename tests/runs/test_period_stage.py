"""The planner of periods: few tasks, newest first, no file in two of them; what it commits is stale no more."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plants import clock

from smelt.lake.location import Location
from smelt.lake.memory import Sum
from smelt.lake.parquet import write_files
from smelt.lake.table import LakeTable
from smelt.runs.driver import Driver
from smelt.runs.period_stage import PeriodPlanner, plan_json, targets, units_of
from smelt.runs.period_task import PeriodWritten, Target
from smelt.runs.plant.config import PlantFolder
from smelt.runs.stage import MAX_TASKS, Change
from smelt.runs.stale import Group, Unit, stale_units
from smelt.terms.interval import PERIOD_US, Interval, from_us
from smelt.terms.plant import Plant
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile, PeriodDone

HEAD = [pa.field("device_uuid", pa.string(), nullable=False), pa.field("time", pa.timestamp("us", tz="UTC"))]
SAID = TableSpec("silver/said", "a word", pa.schema(HEAD), (), ("device_uuid", "time"))
Wanted = dict[tuple[str, int], int]
a_key = st.tuples(st.sampled_from("abc"), st.integers(0, 80).map(lambda h: h * PERIOD_US))
fingerprints = st.dictionaries(a_key, st.integers(0, 3), max_size=60)


def planner_of(root: Path, wanted: Wanted, memory: dict[tuple[str, int], Sum] | None = None) -> PeriodPlanner:
    driver = Driver(PlantFolder(root, Plant()), Location.of(root / "lake"), clock)
    return PeriodPlanner(driver, "said", wanted, memory or {}, lambda _: (SAID,), {"*": "time"})


def plan(planner: PeriodPlanner) -> list[dict[str, Any]]:
    return planner.plan(lambda group: {"reads": sorted(u.device_uuid for u in group.units)})


def periods_of(tasks: Sequence[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(u.device_uuid, p) for task in tasks for u in units_of(task) for p in u.periods]


def written(*counts: tuple[str, int, int], files: tuple[DataFile, ...] = ()) -> PeriodWritten:
    return PeriodWritten(sum(n for *_, n in counts), ((SAID.name, files),), counts)


def put(root: Path, *periods: tuple[str, int]) -> str:
    """Commit a file that holds a row of each of these (device, hour)."""
    table = LakeTable(Location.of(root / "lake"), SAID)
    rows = [{"device_uuid": d, "time": from_us(h * PERIOD_US)} for d, h in sorted(periods)]
    files = write_files(table.location, SAID, pa.Table.from_pylist(rows, SAID.schema), {})
    assert table.commit("test", table.done("test") + 1, files)
    return files[0].path


@given(fingerprints)
def test_at_most_so_many_units_are_planned_newest_first(
    tmp_path_factory: pytest.TempPathFactory, wanted: Wanted
) -> None:
    planner = planner_of(tmp_path_factory.getbasetemp(), wanted)
    tasks = plan(planner)
    units = [u for task in tasks for u in units_of(task)]
    assert len(units) == min(MAX_TASKS, planner.left())
    starts = [u.interval.start_us for u in units]
    assert starts == sorted(starts, reverse=True)
    assert all(u.interval.start_us <= starts[-1] for u in stale_units(wanted, {})[MAX_TASKS:])
    for task in tasks:
        for device, start, end, made in task["units"]:
            assert made == [wanted[device, p] for p in range(start, end, PERIOD_US)]


@given(fingerprints)
def test_taking_plan_after_plan_does_each_stale_period_once_and_leaves_none(
    tmp_path_factory: pytest.TempPathFactory, wanted: Wanted
) -> None:
    planner, done = planner_of(tmp_path_factory.getbasetemp(), wanted), []
    while tasks := plan(planner):
        outcome = planner.outcome(tasks, [written() for _ in tasks])
        done += [(p.device_uuid, p.period_us, p.fingerprint) for p in outcome.periods]
    assert planner.left() == 0
    assert sorted(done) == sorted((d, p, made) for (d, p), made in wanted.items())


def test_planning_again_gives_the_same_tasks(tmp_path: Path) -> None:
    put(tmp_path, ("a", 1), ("b", 2))
    wanted = {(d, h * PERIOD_US): h for d in "ab" for h in range(0, 100, 3)}
    first = plan(planner_of(tmp_path, wanted))
    assert plan(planner_of(tmp_path, dict(reversed(wanted.items())))) == first
    planner = planner_of(tmp_path, wanted)
    assert plan(planner) == plan(planner) == first


def test_units_that_replace_one_file_are_one_task(tmp_path: Path) -> None:
    both, alone = put(tmp_path, ("a", 1), ("a", 5)), put(tmp_path, ("b", 5))
    put(tmp_path, ("c", 5))
    tasks = plan(planner_of(tmp_path, {("a", PERIOD_US): 1, ("a", 5 * PERIOD_US): 2, ("b", 5 * PERIOD_US): 3}))
    assert [task["replaces"] for task in tasks] == [{SAID.name: [both]}, {SAID.name: [alone]}]
    assert periods_of(tasks) == [("a", 5 * PERIOD_US), ("a", PERIOD_US), ("b", 5 * PERIOD_US)]
    assert [task["reads"] for task in tasks] == [["a", "a"], ["b"]]


def test_an_outcome_says_what_is_added_removed_and_remembered(tmp_path: Path) -> None:
    old = put(tmp_path, ("a", 0), ("a", 1))
    planner = planner_of(tmp_path, {("a", 0): 7, ("a", PERIOD_US): 8})
    tasks = plan(planner)
    file = DataFile("new.parquet", 1, 3)
    outcome = planner.outcome(tasks, [written(("a", PERIOD_US, 3), files=(file,))])
    assert outcome.changes == (Change(SAID, (file,), (old,)),)
    assert outcome.periods == (PeriodDone("a", 0, 0, 7), PeriodDone("a", PERIOD_US, 3, 8))
    assert outcome.rows_written == 3
    assert planner.memory == {("a", 0): Sum(0, 7), ("a", PERIOD_US): Sum(3, 8)}
    assert (planner.left(), plan(planner)) == (0, [])


def test_what_was_planned_under_old_wishes_stays_stale(tmp_path: Path) -> None:
    """A plan found in the lake was made from other inputs: it is done as planned, and its periods again after."""
    planned = plan(planner_of(tmp_path, {("a", 0): 7}))
    planner = planner_of(tmp_path, {("a", 0): 8})
    planner.outcome(planned, [written()])
    assert planner.memory == {("a", 0): Sum(0, 7)}
    assert planner.left() == 1


def test_a_tables_time_is_its_own_or_the_rest(tmp_path: Path) -> None:
    planner = planner_of(tmp_path, {})
    assert planner.time_of("any") == "time"
    planner.time = {SAID.name: "start", "*": "time"}
    assert (planner.time_of(SAID.name), planner.time_of("other")) == ("start", "time")
    task = {"units": [["a", 0, PERIOD_US, [7]]], "replaces": {SAID.name: ["x"]}}
    assert targets(task, (SAID,), planner) == (Target(SAID, "start", ("x",)),)
    assert units_of(task) == (Unit("a", Interval(0, PERIOD_US)),)


def test_no_tasks_are_no_plan(tmp_path: Path) -> None:
    def unread(group: Group) -> dict[str, Any]:
        raise AssertionError(group)

    assert planner_of(tmp_path, {}).plan(unread) == []
    assert plan_json([], versions={}) is None
    assert plan_json([{"units": []}], until=3) == {"tasks": [{"units": []}], "until": 3}
