"""The driver: takes a stage's plans one after the other, runs their tasks on an engine, commits each exactly once."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

import pyarrow as pa

from smelt.engines.engine import Engine
from smelt.engines.in_process import InProcess
from smelt.engines.process_pool import ProcessPool, end_shared_pool, shared_pool, workers
from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.plan import plan_to_do
from smelt.lake.reader import LakeReader
from smelt.lake.table import LakeTable
from smelt.runs.plant.config import PlantFolder
from smelt.runs.stage import Change, Learning, Outcome, Stage
from smelt.runs.stuck_plan import naming_plan
from smelt.runs.warm import warm_stage
from smelt.terms.errors import TransientError
from smelt.terms.interval import from_us
from smelt.terms.tables import (
    FIXED_TABLES,
    RUNS,
    TASKS,
    TableSpec,
)
from smelt.terms.work import Finished, PeriodDone

COMMIT_ATTEMPTS = 5
POOL_FROM_TASKS = 8


class Progress(Protocol):
    """Told about work as it goes on; a terminal's bars or nothing."""

    def begin(self, stage: str, total: int) -> None:
        """Say that a stage begins with so many tasks."""
        ...

    def advance(self, stage: str, tasks: int, rows: int) -> None:
        """Say that tasks have ended."""
        ...

    def committed(self, stage: str, outcome: Outcome) -> None:
        """Say what a plan has just committed."""
        ...

    def end(self, finished: Finished) -> None:
        """Say that a stage has ended."""
        ...


class Silent:
    """Progress that nobody looks at."""

    def begin(self, stage: str, total: int) -> None:
        """Say nothing."""

    def advance(self, stage: str, tasks: int, rows: int) -> None:
        """Say nothing."""

    def committed(self, stage: str, outcome: Outcome) -> None:
        """Say nothing."""

    def end(self, finished: Finished) -> None:
        """Say nothing."""


@dataclass
class Driver:
    """One run over one lake: its tables, its engines, its clock; `should_stop` is asked between plans."""

    folder: PlantFolder
    location: Location
    clock: Callable[[], datetime]
    progress: Progress = field(default_factory=Silent)
    renew: Callable[[], None] = lambda: None
    should_stop: Callable[[], bool] = lambda: False
    _tables: dict[str, LakeTable] = field(default_factory=dict)
    _pool: ProcessPool | None = None

    @property
    def reader(self) -> LakeReader:
        """Read the lake's newest versions."""
        return LakeReader(self.location.uri)

    def table(self, spec: TableSpec) -> LakeTable:
        """Return the table, opened once per run."""
        found = self._tables.get(spec.name)
        if found is None or found.spec != spec:
            found = self._tables[spec.name] = LakeTable(self.location, spec)
        return found

    def make_tables(self) -> None:
        """Make every table that does not depend on a mapping, so that a question about it has an answer."""
        for spec in FIXED_TABLES:
            self.table(spec).make()

    def run(self, stage: Stage) -> Finished:
        """Take the stage's plans until nothing is stale, or the run is to stop."""
        began = time.perf_counter()
        total = Finished(stage.name, 0, 0, 0, 0, 0, 0, 0.0)
        self.progress.begin(stage.name, stage.left())
        while not self.should_stop():
            number = self.table(RUNS).done(stage.name) + 1
            plan = plan_to_do(self.location, stage.name, number, lambda n=number: stage.plan(n))  # type: ignore[misc]
            if plan is None:
                break
            with naming_plan(self.location, stage.name, number):
                total = self._take(stage, number, plan, total)
        finished = _with_seconds(total, time.perf_counter() - began)
        self.progress.end(finished)
        return finished

    def _take(self, stage: Stage, number: int, plan: dict[str, Any], total: Finished) -> Finished:
        began, clock_began = time.perf_counter(), self.clock()
        tasks = stage.tasks(plan, number)
        results: list[Any] = [None] * len(tasks)
        before: list[Any] = []
        begun = (stage.informed(task, before) for task in tasks) if isinstance(stage, Learning) else tasks
        with closing(self._engine(stage.name, len(tasks)).run(stage.kernel, begun)) as ended:
            for result in ended:
                results[result.index] = result.value
                before.append(result.value)
                self.progress.advance(stage.name, 1, getattr(result.value, "rows_written", 0))
        outcome = stage.outcome(plan, number, results)
        for change in outcome.changes:
            self.commit(change, stage.name, number)
        self._remember(stage.name, number, outcome.periods)
        files = [f for change in outcome.changes for f in change.adds]
        row = {
            "stage": stage.name,
            "plan": number,
            "started_at": clock_began.astimezone(UTC),
            "seconds": time.perf_counter() - began,
            "tasks": len(tasks),
            "rows_written": outcome.rows_written,
            "files_written": len(files),
            "bytes_written": sum(f.size for f in files),
            "rejects": outcome.rejects,
        }
        self.commit(self.small_change(RUNS, [row]), stage.name, number)
        self.renew()
        self.progress.committed(stage.name, outcome)
        return _add(total, outcome, len(tasks), files_written=len(files), bytes_written=int(str(row["bytes_written"])))

    def small_change(self, spec: TableSpec, rows: Sequence[dict[str, Any]] | pa.Table) -> Change:
        """Write a few rows of a table without partitions as a file to commit."""
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows), schema=spec.schema)
        return Change(spec, tuple(write_files(self.location, spec, table, {})))

    def commit(self, change: Change, stage: str, number: int) -> bool:
        """Commit one table's change once; a table that has this plan is left as it is."""
        if not change.adds and not change.removes and change.spec is not RUNS:
            return False
        for attempt in range(1, COMMIT_ATTEMPTS + 1):
            try:
                return self.table(change.spec).commit(stage, number, change.adds, change.removes)
            except TransientError:
                if attempt == COMMIT_ATTEMPTS:
                    raise
        return False

    def close(self) -> None:
        """End the processes of an earlier run that this one had no use for: they hold memory."""
        if self._pool is None:
            end_shared_pool()

    def _remember(self, stage: str, number: int, periods: Sequence[PeriodDone]) -> None:
        rows = [
            {
                "stage": stage,
                "device_uuid": p.device_uuid,
                "period": from_us(p.period_us),
                "plan": number,
                "rows": p.rows,
                "fingerprint": signed(p.fingerprint),
            }
            for p in periods
        ]
        if rows:
            self.commit(self.small_change(TASKS, rows), stage, number)

    def _engine(self, stage: str, tasks: int) -> Engine:
        work = self.folder.plant.work
        if work.engine == "in-process" or (work.engine == "auto" and tasks < POOL_FROM_TASKS and self._pool is None):
            return InProcess()
        self._pool = shared_pool(workers(work.workers))
        self._pool.start(partial(warm_stage, stage))
        return self._pool


def signed(fingerprint: int) -> int:
    """Turn an unsigned 64-bit number into the signed one that Delta stores."""
    return fingerprint - (1 << 64) if fingerprint >= 1 << 63 else fingerprint


def _add(total: Finished, outcome: Outcome, tasks: int, files_written: int, bytes_written: int) -> Finished:
    return Finished(
        total.stage,
        total.plans + 1,
        total.tasks + tasks,
        total.rows_written + outcome.rows_written,
        total.files_written + files_written,
        total.bytes_written + bytes_written,
        total.rejects + outcome.rejects,
        total.seconds,
    )


def _with_seconds(total: Finished, seconds: float) -> Finished:
    return replace(total, seconds=round(seconds, 3))
