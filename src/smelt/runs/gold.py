"""The gold stage: silver and coverage to device-minutes and their features, looking back but never ahead."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from smelt.gold.resample import MinuteSettings
from smelt.gold.steps import make_features, make_minutes
from smelt.lake.location import Location
from smelt.lake.memory import Key
from smelt.lake.plan import Plan
from smelt.lake.reader import scan_files
from smelt.runs.driver import Driver
from smelt.runs.fingerprint import fingerprint
from smelt.runs.lake_state import LakeState
from smelt.runs.period_stage import PeriodPlanner, plan_json, targets, units_of
from smelt.runs.period_task import PeriodWritten, Target, at, write_periods
from smelt.runs.plant.classes import Classes, classes_of_plan
from smelt.runs.stage import Outcome
from smelt.runs.stale import Group, Unit, overlapping
from smelt.terms.class_tables import features_table, minutes_table, silver_table
from smelt.terms.interval import MINUTE_US, PERIOD_US, Interval
from smelt.terms.plant import ClassMapping
from smelt.terms.tables import COVERAGE, TableSpec

STEP = 1  # raise when the same inputs give other rows
SILVER_LOOK_BACK_MINUTES = 15


@dataclass(frozen=True)
class GoldTask:
    """Units of one class, with the silver and coverage files to read and how far to look back."""

    lake: str
    units: tuple[Unit, ...]
    anchors: tuple[int | None, ...]
    exclusions: tuple[tuple[Interval, ...], ...]
    mapping: ClassMapping
    window_minutes: int
    until_us: int
    silver: tuple[str, ...]
    coverage: tuple[str, ...]
    minutes_target: Target
    features_target: Target


def make_gold_periods(task: GoldTask) -> PeriodWritten:
    """Read silver and coverage, make minutes with enough look-back, then their features; write both."""
    minutes, features = [], []
    for unit, anchor, bad in zip(task.units, task.anchors, task.exclusions, strict=True):
        wanted = Interval(unit.interval.start_us, min(unit.interval.end_us, task.until_us))
        wide = Interval(wanted.start_us - look_back_minutes(task.window_minutes) * MINUTE_US, wanted.end_us)
        settings = MinuteSettings(exclusions=bad)
        silver, coverage = _silver(task, unit, wide, anchor), _coverage(task, unit, wide)
        made = make_minutes(silver, coverage, task.mapping, wide, settings)
        minutes.append(made.filter(pl.col("minute") >= at(wanted.start_us)))
        features.append(make_features(made, task.mapping, wanted, task.window_minutes))
    fresh = [(task.minutes_target, pl.concat(minutes)), (task.features_target, pl.concat(features))]
    return write_periods(task.lake, task.units, fresh)


def look_back_minutes(window_minutes: int) -> int:
    """Return how many minutes before a period its features look at."""
    return 2 * window_minutes


def look_back_periods(window_minutes: int) -> int:
    """Return how many periods before a period its minutes and features are made from."""
    minutes = look_back_minutes(window_minutes) + SILVER_LOOK_BACK_MINUTES
    return -(-minutes * MINUTE_US // PERIOD_US)


def _silver(task: GoldTask, unit: Unit, wide: Interval, anchor: int | None) -> pl.DataFrame:
    spec = silver_table(task.mapping)
    mine = scan_files(Location(task.lake), spec, task.silver).filter(pl.col("device_uuid") == unit.device_uuid)
    first = wide.start_us - SILVER_LOOK_BACK_MINUTES * MINUTE_US
    near = mine.filter(pl.col("time").is_between(at(first), at(wide.end_us), "left"))
    if anchor is None:
        return near.sort("time").collect()
    earlier = mine.filter(pl.col("time").is_between(at(anchor), at(first), "left")).sort("time").tail(1)
    return pl.concat([earlier, near.sort("time")]).collect()


def _coverage(task: GoldTask, unit: Unit, wide: Interval) -> pl.DataFrame:
    rows = scan_files(Location(task.lake), COVERAGE, task.coverage).filter(
        pl.col("device_uuid") == unit.device_uuid, pl.col("end") > at(wide.start_us), pl.col("start") < at(wide.end_us)
    )
    return rows.sort("start").collect()


class Gold:
    """silver and coverage → gold minutes and features for every device-period."""

    name = "gold"
    kernel = staticmethod(make_gold_periods)

    def __init__(self, driver: Driver, classes: Classes, state: LakeState) -> None:
        self._driver, self._classes, self._state = driver, classes, state
        self._window = driver.folder.plant.training.window_minutes
        self._silver, self._coverage = state.memory("silver"), state.memory("coverage")
        self._filled = _filled_periods(self._silver)
        memory = state.memory(self.name)
        self._planner = PeriodPlanner(driver, self.name, self._wanted(), memory, self._tables, {"*": "minute"})

    def left(self) -> int:
        """Return the number of stale units."""
        return self._planner.left()

    def plan(self, number: int) -> Plan | None:
        """Plan the newest stale units."""
        tasks = self._planner.plan(self._reads)
        return plan_json(tasks, mappings=self._classes.texts(), window_minutes=self._window, until=self._state.until_us)

    def tasks(self, plan: Plan, number: int) -> Sequence[GoldTask]:
        """Return the plan's tasks."""
        state = self._state
        classes = classes_of_plan(plan["mappings"], self._classes, state.data_items, state.ended_items)
        return [self._task(task, plan, classes) for task in plan["tasks"]]

    def outcome(self, plan: Plan, number: int, results: Sequence[PeriodWritten]) -> Outcome:
        """Return what the plan commits."""
        return self._planner.outcome(plan["tasks"], results)

    def _task(self, task: dict[str, Any], plan: Plan, classes: Classes) -> GoldTask:
        units = units_of(task)
        mapping = classes.of(units[0].device_uuid)
        specs = (minutes_table(mapping), features_table(mapping, plan["window_minutes"]))
        minutes, features = targets(task, specs, self._planner)
        return GoldTask(
            self._driver.location.uri,
            units,
            tuple(task["anchors"]),
            tuple(tuple(Interval(*i) for i in bad) for bad in task["exclusions"]),
            mapping,
            plan["window_minutes"],
            plan["until"],
            tuple(task["silver"]),
            tuple(task["coverage"]),
            minutes,
            features,
        )

    def _tables(self, device_uuid: str) -> tuple[TableSpec, ...]:
        mapping = self._classes.of(device_uuid)
        return minutes_table(mapping), features_table(mapping, self._window)

    def _reads(self, group: Group) -> dict[str, Any]:
        silver_spec = silver_table(self._classes.of(group.units[0].device_uuid))
        silver, coverage = self._driver.table(silver_spec).files(), self._driver.table(COVERAGE).files()
        read: set[str] = set()
        covered: set[str] = set()
        anchors = []
        for unit in group.units:
            first = unit.interval.start_us - look_back_periods(self._window) * PERIOD_US
            wide = Interval(first, unit.interval.end_us)
            anchors.append(self._anchor(unit.device_uuid, first))
            read |= {f.path for f in overlapping(silver, unit.device_uuid, wide, "time")}
            covered |= {f.path for f in overlapping(coverage, unit.device_uuid, wide, "start")}
            if anchors[-1] is not None:
                hour = Interval(anchors[-1], anchors[-1] + PERIOD_US)
                read |= {f.path for f in overlapping(silver, unit.device_uuid, hour, "time")}
        bad = [[[i.start_us, i.end_us] for i in self._bad(u.device_uuid, u.interval)] for u in group.units]
        return {"anchors": anchors, "exclusions": bad, "silver": sorted(read), "coverage": sorted(covered)}

    def _bad(self, device: str, interval: Interval) -> list[Interval]:
        """Return the exclusions that the interval or what it looks back on touches."""
        back = look_back_periods(self._window) * PERIOD_US
        wide = Interval(interval.start_us - back, interval.end_us)
        return [i for i in self._state.exclusions.get(device, ()) if i.overlaps(wide)]

    def _anchor(self, device: str, before_us: int) -> int | None:
        """Return the last period before an instant in which the device has silver rows."""
        filled = self._filled.get(device, [])
        found = bisect_left(filled, before_us)
        return filled[found - 1] if found else None

    def _wanted(self) -> dict[Key, int]:
        back = look_back_periods(self._window)
        wanted = {}
        for device, mapping in self._classes.fingerprints.items():
            for period in self._state.periods(device):
                window = range(period - back * PERIOD_US, period + PERIOD_US, PERIOD_US)
                anchor = self._anchor(device, window.start)
                made = [self._silver.get((device, p)) for p in window]
                made.append(self._silver[device, anchor] if anchor is not None else None)
                covered = [self._coverage.get((device, p)) for p in window]
                until = min(self._state.until_us, period + PERIOD_US)
                bad = self._bad(device, Interval(period, period + PERIOD_US))
                wanted[device, period] = fingerprint(STEP, made, covered, mapping, self._window, until, bad)
        return wanted


def _filled_periods(silver: dict[Key, Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for device, period in sorted(key for key, total in silver.items() if total.rows):
        found.setdefault(device, []).append(period)
    return found
