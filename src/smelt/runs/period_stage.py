"""What the stages by device and period share: the stale units of a plan, its JSON, and what it commits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smelt.lake.memory import Key, Sum
from smelt.lake.plan import Plan
from smelt.runs.driver import Driver
from smelt.runs.period_task import PeriodWritten, Target
from smelt.runs.stage import MAX_TASKS, Change, Outcome
from smelt.runs.stale import Group, Unit, grouped, stale_units
from smelt.terms.errors import DataError
from smelt.terms.interval import Interval
from smelt.terms.tables import TableSpec
from smelt.terms.work import PeriodDone


@dataclass
class PeriodPlanner:
    """Plans one stage over (device, period): `wanted` fingerprints against what `memory` remembers.

    `time` names the time column of each table that the stage writes; the first is counted.
    """

    driver: Driver
    stage: str
    wanted: Mapping[Key, int]
    memory: dict[Key, Sum]
    tables: Callable[[str], tuple[TableSpec, ...]]
    time: Mapping[str, str]
    _stale: list[Unit] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stale = stale_units(self.wanted, self.memory)

    def left(self) -> int:
        """Return the number of stale units."""
        return len(self._stale)

    def plan(self, reads: Callable[[Group], dict[str, Any]]) -> list[dict[str, Any]]:
        """Return up to MAX_TASKS tasks as JSON; `reads` adds what the stage's kernel has to read."""
        units = self._stale[:MAX_TASKS]
        specs = {spec.name: spec for unit in units for spec in self.tables(unit.device_uuid)}
        files = {name: self.driver.table(spec).files() for name, spec in specs.items()}
        times = {name: self.time_of(name) for name in files}
        groups = grouped(units, files, times, lambda uuid: [spec.name for spec in self.tables(uuid)])
        return [self._task(group) | reads(group) for group in groups]

    def time_of(self, table: str) -> str:
        """Return the time column of a table."""
        return self.time[table] if table in self.time else self.time["*"]

    def outcome(self, tasks: Sequence[dict[str, Any]], results: Sequence[PeriodWritten]) -> Outcome:
        """Return the files to add and to remove by table, and what each period was made from."""
        adds: dict[str, list[Any]] = {}
        removes: dict[str, list[str]] = {}
        specs: dict[str, TableSpec] = {}
        for task, result in zip(tasks, results, strict=True):
            specs |= {spec.name: spec for device, *_ in task["units"] for spec in self.tables(device)}
            for table, files in result.files:
                adds.setdefault(table, []).extend(files)
                removes.setdefault(table, []).extend(task["replaces"].get(table, ()))
        periods = [done for task, result in zip(tasks, results, strict=True) for done in _done(task, result)]
        self._forget(periods)
        changes = [Change(specs[t], tuple(adds[t]), tuple(removes[t])) for t in specs if t in adds]
        return Outcome(tuple(changes), tuple(periods), sum(r.rows_written for r in results))

    def _task(self, group: Group) -> dict[str, Any]:
        units = [
            [u.device_uuid, u.interval.start_us, u.interval.end_us, [self.wanted[u.device_uuid, p] for p in u.periods]]
            for u in group.units
        ]
        return {"units": units, "replaces": {table: list(paths) for table, paths in group.replaces.items()}}

    def _forget(self, periods: Sequence[PeriodDone]) -> None:
        for p in periods:
            self.memory[p.device_uuid, p.period_us] = Sum(p.rows, p.fingerprint)
        self._stale = stale_units(self.wanted, self.memory)


def _done(task: dict[str, Any], result: PeriodWritten) -> list[PeriodDone]:
    rows = {(device, period): n for device, period, n in result.counts}
    return [
        PeriodDone(unit.device_uuid, period, rows.get((unit.device_uuid, period), 0), fingerprint)
        for unit, (_, _, _, fingerprints) in zip(units_of(task), task["units"], strict=True)
        for period, fingerprint in zip(unit.periods, fingerprints, strict=True)
    ]


def units_of(task: Mapping[str, Any]) -> tuple[Unit, ...]:
    """Return the units of a plan's task."""
    return tuple(Unit(device, Interval(start, end)) for device, start, end, _ in task["units"])


def targets(task: Mapping[str, Any], specs: Sequence[TableSpec], planner: PeriodPlanner) -> tuple[Target, ...]:
    """Return the tables that a task writes, with the files it replaces.

    Raises
    ------
    DataError
        If a device of the task has its rows elsewhere: they would come among those of another class.
    """
    names = {spec.name for spec in specs}
    for unit in units_of(task):
        if (own := {spec.name for spec in planner.tables(unit.device_uuid)}) != names:
            raise DataError(
                f"one task for tables {', '.join(sorted(names))} and for device {unit.device_uuid}, "
                f"whose tables are {', '.join(sorted(own))}"
            )
    return tuple(Target(s, planner.time_of(s.name), tuple(task["replaces"].get(s.name, ()))) for s in specs)


def plan_json(tasks: list[dict[str, Any]], **more: Any) -> Plan | None:
    """Return the plan, or None where there are no tasks."""
    return {"tasks": tasks, **more} if tasks else None
