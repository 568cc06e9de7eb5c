"""The coverage stage: what can be said of each device-period, from observations, documents, losses and restarts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from smelt.copper.coverage import Evidence, Loss, cover
from smelt.copper.lateness import hourly_quality
from smelt.lake.location import Location
from smelt.lake.plan import Plan
from smelt.lake.reader import scan_files
from smelt.runs.driver import Driver
from smelt.runs.fingerprint import fingerprint
from smelt.runs.lake_state import LakeState
from smelt.runs.period_stage import PeriodPlanner, plan_json, targets, units_of
from smelt.runs.period_task import PeriodWritten, Target, within, write_periods
from smelt.runs.plant.classes import Classes, classes_of_plan
from smelt.runs.stage import Outcome
from smelt.runs.stale import Group, Unit, overlapping
from smelt.terms.interval import MINUTE_US, PERIOD_US, Interval, to_us
from smelt.terms.observation import UNAVAILABLE
from smelt.terms.tables import (
    COVERAGE,
    NO_MONTH,
    OBSERVATIONS,
    QUALITY,
    TableSpec,
)

STEP = 3  # raise when the same inputs give other rows
TABLES = (COVERAGE, QUALITY)


@dataclass(frozen=True)
class CoverageTask:
    """Units with the evidence that the driver knows; the kernel adds the observations of the files."""

    lake: str
    units: tuple[Unit, ...]
    evidence: tuple[Evidence, ...]
    until_us: int
    contact_timeout_minutes: int
    observations: tuple[str, ...]
    targets: tuple[Target, ...]


def cover_periods(task: CoverageTask) -> PeriodWritten:
    """Read when the units' devices said something; write the intervals, and how each hour arrived."""
    frames, qualities = [], []
    for unit, evidence in zip(task.units, task.evidence, strict=True):
        rows = _rows(task, unit)
        interval = Interval(unit.interval.start_us, min(unit.interval.end_us, task.until_us))
        known = Evidence(**{**evidence.__dict__, "observations": _brief(rows)})
        frames.append(cover(known, interval, task.contact_timeout_minutes))
        qualities.append(hourly_quality(rows))
    fresh = zip(task.targets, (pl.concat(frames), pl.concat(qualities)), strict=True)
    return write_periods(task.lake, task.units, list(fresh))


def _rows(task: CoverageTask, unit: Unit) -> pl.DataFrame:
    rows = scan_files(Location(task.lake), OBSERVATIONS, task.observations).filter(within(unit, "event_time"))
    order = ("event_time", "instance_id", "sequence", "part")
    found = rows.select("device_uuid", "data_item", "level", "received_at", *order).collect()
    part = pl.when(pl.col("sequence").is_not_null()).then("part")
    return found.sort(*order[:3], part, pl.col("level").ne_missing(UNAVAILABLE))  # a log's value is later, as in carry


def _brief(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "event_time", "data_item", is_unavailable=(pl.col("level") == UNAVAILABLE).fill_null(value=False)
    )


class Coverage:
    """copper → copper/coverage and ops/quality for every device-period since the device's first observation."""

    name = "coverage"
    kernel = staticmethod(cover_periods)

    def __init__(self, driver: Driver, classes: Classes, state: LakeState) -> None:
        self._driver, self._classes, self._state = driver, classes, state
        self._timeout_us = driver.folder.plant.contact_timeout_minutes * MINUTE_US
        memory = state.memory(self.name)
        times = {COVERAGE.name: "start", QUALITY.name: "period"}
        self._planner = PeriodPlanner(driver, self.name, self._wanted(), memory, self._tables, times)

    def left(self) -> int:
        """Return the number of stale units."""
        return self._planner.left()

    def plan(self, number: int) -> Plan | None:
        """Plan the newest stale units."""
        tasks = self._planner.plan(self._reads)
        return plan_json(
            tasks, versions=self._state.recorded(), mappings=self._classes.texts(), timeout=self._timeout_us
        )

    def tasks(self, plan: Plan, number: int) -> Sequence[CoverageTask]:
        """Return the plan's tasks with their evidence."""
        state = self._state.at(plan["versions"])
        classes = classes_of_plan(plan["mappings"], self._classes, state.data_items, state.ended_items)
        return [self._task(task, plan, state, classes) for task in plan["tasks"]]

    def outcome(self, plan: Plan, number: int, results: Sequence[PeriodWritten]) -> Outcome:
        """Return what the plan commits."""
        return self._planner.outcome(plan["tasks"], results)

    def _task(self, task: dict[str, Any], plan: Plan, state: LakeState, classes: Classes) -> CoverageTask:
        units = units_of(task)
        return CoverageTask(
            self._driver.location.uri,
            units,
            tuple(_evidence(state, classes, u, plan["timeout"]) for u in units),
            state.until_us,
            plan["timeout"] // MINUTE_US,
            tuple(task["observations"]),
            targets(task, TABLES, self._planner),
        )

    def _tables(self, device_uuid: str) -> tuple[TableSpec, ...]:
        return TABLES

    def _reads(self, group: Group) -> dict[str, Any]:
        files = self._driver.table(OBSERVATIONS).files(self._state.versions[OBSERVATIONS.name])
        stamped = [f for f in files if f.value("month") != NO_MONTH]
        found = {f.path for u in group.units for f in overlapping(stamped, u.device_uuid, u.interval, "event_time")}
        return {"observations": sorted(found)}

    def _wanted(self) -> dict[tuple[str, int], int]:
        carries = self._state.carry_fingerprints(None)
        wanted = {}
        for device, mapping in self._classes.fingerprints.items():
            agents = self._state.agents_of(device)
            for period in self._state.periods(device):
                hour = Interval(period, period + PERIOD_US)
                total = self._state.sums.get((device, period))
                documents, losses, restarts = _of_agents(self._state, agents, hour, self._timeout_us)
                wanted[device, period] = fingerprint(
                    STEP, total, carries.get((device, period), 0), mapping, documents, losses, restarts,
                    self._timeout_us, min(self._state.until_us, hour.end_us),
                )  # fmt: skip
        return wanted


def _evidence(state: LakeState, classes: Classes, unit: Unit, timeout_us: int) -> Evidence:
    items = state.data_items.filter(pl.col("device_uuid") == unit.device_uuid)
    availability = items.filter(pl.col("type") == "AVAILABILITY")["id"]
    last = state.last_values.get(unit.device_uuid)
    carry = state.carry(unit.device_uuid, unit.interval.start_us)
    documents, losses, restarts = _of_agents(state, state.agents_of(unit.device_uuid), unit.interval, timeout_us)
    latest = carry["event_time"].max()
    before = last.filter(pl.col("period").dt.timestamp("us") < unit.interval.start_us) if last is not None else carry
    said = before.filter(pl.col("data_item").is_in(availability.implode()), pl.col("text") == "AVAILABLE")
    return Evidence(
        unit.device_uuid,
        observations=_brief(carry.clear()),
        carry=_brief(carry),
        mapped=classes.resolved(unit.device_uuid).item_ids,
        availability=availability[0] if len(availability) else None,
        was_available=said.height > 0,
        last_contact_us=to_us(latest) if latest is not None else None,  # type: ignore[arg-type]
        document_times=documents,
        losses=losses,
        restarts=restarts,
    )


def _of_agents(
    state: LakeState, agents: tuple[str, ...], interval: Interval, timeout_us: int
) -> tuple[tuple[int, ...], tuple[Loss, ...], tuple[Interval, ...]]:
    documents: list[int] = []
    for agent in agents:
        times = state.contacts[agent]
        first, last = np.searchsorted(times, [interval.start_us - timeout_us, interval.end_us])
        documents += times[first:last].tolist()
    losses = tuple(x for agent in agents for x in state.losses.get(agent, ()) if x.interval.overlaps(interval))
    restarts = tuple(r for agent in agents for r in state.restarts.get(agent, ()) if r.overlaps(interval))
    return tuple(sorted(documents)), losses, restarts
