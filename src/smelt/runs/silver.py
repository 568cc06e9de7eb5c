"""The silver stage: observations of a device's stale periods, and what is carried into them, to the wide table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from smelt.lake.location import Location
from smelt.lake.memory import Key
from smelt.lake.plan import Plan
from smelt.lake.reader import scan_files
from smelt.runs.driver import Driver
from smelt.runs.fingerprint import fingerprint
from smelt.runs.lake_state import LakeState
from smelt.runs.period_stage import PeriodPlanner, plan_json, targets, units_of
from smelt.runs.period_task import PeriodWritten, Target, within, write_periods
from smelt.runs.plant.classes import MAPPINGS, Classes, classes_of_plan
from smelt.runs.stage import Outcome
from smelt.runs.stale import Group, Unit, of_device, overlapping
from smelt.silver.pivot import DTYPES
from smelt.silver.resolve import Resolved
from smelt.silver.steps import make_silver
from smelt.silver.timestamps import repair_times
from smelt.terms.class_tables import silver_table
from smelt.terms.errors import InputError
from smelt.terms.interval import PERIOD_US, Interval
from smelt.terms.tables import NO_MONTH, OBSERVATIONS

STEP = 2  # raise when the same inputs give other rows


@dataclass(frozen=True)
class SilverTask:
    """Units of one class, with what was carried into each and the observation files to read."""

    lake: str
    units: tuple[Unit, ...]
    resolved: tuple[Resolved, ...]
    carries: tuple[pl.DataFrame, ...]
    exclusions: tuple[tuple[Interval, ...], ...]
    observations: tuple[str, ...]
    implausible: tuple[str, ...]
    anchors: tuple[str, ...]
    target: Target


def make_silver_periods(task: SilverTask) -> PeriodWritten:
    """Read the units' observations, make their silver rows, write them."""
    frames = []
    inputs = zip(task.units, task.resolved, task.carries, task.exclusions, strict=True)
    for unit, resolved, carry, exclusions in inputs:
        rows = _observations(task, unit)
        frames.append(make_silver(rows, carry, resolved, unit.interval, exclusions))
    return write_periods(task.lake, task.units, [(task.target, pl.concat(frames))])


def _observations(task: SilverTask, unit: Unit) -> pl.DataFrame:
    mine = pl.col("device_uuid") == unit.device_uuid
    location = Location(task.lake)
    rows = scan_files(location, OBSERVATIONS, task.observations).filter(within(unit, "event_time")).collect()
    if not task.implausible or rows.height == 0:  # an implausible row takes the time of one before it
        return rows
    odd = scan_files(location, OBSERVATIONS, task.implausible).filter(mine).collect()
    if odd.height == 0:
        return rows
    whole = scan_files(location, OBSERVATIONS, task.anchors).filter(mine)
    anchors = whole.select("device_uuid", "agent", "instance_id", "sequence", "event_time").collect()
    repaired = repair_times(odd, anchors).filter(within(unit, "event_time"))
    return pl.concat(
        [rows.with_columns(is_repaired=pl.lit(value=False)), repaired.with_columns(is_repaired=pl.lit(value=True))]
    )


def _check_types(driver: Driver, classes: Classes) -> None:
    """Refuse a mapping that gives a column another type than its table has, before a plan is made that cannot end."""
    for name, mapping in classes.mappings.items():
        spec = silver_table(mapping)
        if not driver.reader.exists(spec.name):
            continue
        have = driver.reader.scan(spec.name).collect_schema()
        for column in mapping.columns:
            dtype = DTYPES[column.dtype]
            if have.get(column.name, dtype) != dtype:
                path = driver.folder.root / MAPPINGS / f"{name}.toml"
                raise InputError(
                    f"mapping '{path}': column '{column.name}' has dtype '{column.dtype}', and {spec.name} has it as "
                    f"{have[column.name]}; a column keeps its type. Nothing was written. "
                    f"Give it another name, such as '{column.name}_{column.dtype}'."
                )


class Silver:
    """copper → silver; periods without observations are done once, so that a day is one task and not one an hour."""

    name = "silver"
    kernel = staticmethod(make_silver_periods)

    def __init__(self, driver: Driver, classes: Classes, state: LakeState) -> None:
        _check_types(driver, classes)
        self._driver, self._classes, self._state = driver, classes, state
        self._planner = PeriodPlanner(
            driver, self.name, self._wanted(), state.memory(self.name), self._tables, {"*": "time"}
        )

    def left(self) -> int:
        """Return the number of stale units."""
        return self._planner.left()

    def plan(self, number: int) -> Plan | None:
        """Plan the newest stale units."""
        tasks = self._planner.plan(self._reads)
        return plan_json(tasks, versions=self._state.recorded(), mappings=self._classes.texts())

    def tasks(self, plan: Plan, number: int) -> Sequence[SilverTask]:
        """Return the plan's tasks, with carry and mapping as the plan recorded them."""
        state = self._state.at(plan["versions"])
        classes = classes_of_plan(plan["mappings"], self._classes, state.data_items, state.ended_items)
        return [self._task(task, state, classes) for task in plan["tasks"]]

    def outcome(self, plan: Plan, number: int, results: Sequence[PeriodWritten]) -> Outcome:
        """Return what the plan commits."""
        return self._planner.outcome(plan["tasks"], results)

    def _task(self, task: dict[str, Any], state: LakeState, classes: Classes) -> SilverTask:
        units = units_of(task)
        spec = silver_table(classes.of(units[0].device_uuid))
        return SilverTask(
            self._driver.location.uri,
            units,
            tuple(classes.resolved(u.device_uuid) for u in units),
            tuple(state.carry(u.device_uuid, u.interval.start_us) for u in units),
            tuple(state.exclusions.get(u.device_uuid, ()) for u in units),
            tuple(task["observations"]),
            tuple(task["implausible"]),
            tuple(task["anchors"]),
            targets(task, (spec,), self._planner)[0],
        )

    def _tables(self, device_uuid: str) -> tuple[Any, ...]:
        return (silver_table(self._classes.of(device_uuid)),)

    def _reads(self, group: Group) -> dict[str, Any]:
        files = self._driver.table(OBSERVATIONS).files(self._state.versions[OBSERVATIONS.name])
        odd = [f for f in files if f.value("month") == NO_MONTH]
        stamped = [f for f in files if f.value("month") != NO_MONTH]
        found = {f.path for u in group.units for f in overlapping(stamped, u.device_uuid, u.interval, "event_time")}
        implausible = {f.path for u in group.units for f in of_device(odd, u.device_uuid)}
        anchors = {f.path for u in group.units for f in of_device(stamped, u.device_uuid)} if implausible else set()
        return {"observations": sorted(found), "implausible": sorted(implausible), "anchors": sorted(anchors)}

    def _wanted(self) -> dict[Key, int]:
        carries = self._state.carry_fingerprints(self._classes.mapped)
        return {
            (device, period): self._made_from(device, period, carries.get((device, period), 0))
            for device in self._classes.fingerprints
            for period in self._state.periods(device)
        }

    def _made_from(self, device: str, period: int, carry: int) -> int:
        total = self._state.sums.get((device, period))
        if total is None:
            return fingerprint(STEP, "no observations, no rows")
        mapping, excluded = self._classes.fingerprints[device], self._excluded(device, period)
        return fingerprint(STEP, total.rows, total.fingerprint, carry, mapping, excluded)

    def _excluded(self, device: str, period: int) -> list[Interval]:
        hour = Interval(period, period + PERIOD_US)
        return [i for i in self._state.exclusions.get(device, ()) if i.overlaps(hour)]
