"""The ingest stage: which landing files are new, which tasks read them, and what one plan commits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from typing import Any

import pyarrow as pa

from smelt.copper.rows import Run, merge_runs
from smelt.ingest.landing import Landing, LandingFile
from smelt.ingest.newest import NEWEST
from smelt.lake.plan import Plan
from smelt.runs.driver import Driver
from smelt.runs.folded_tables import joined_runs
from smelt.runs.ingest.batch import Readable
from smelt.runs.ingest.landed_assets import change_assets
from smelt.runs.ingest.landed_models import change_models
from smelt.runs.ingest.log_devices import declared_devices, log_device, recorded_device
from smelt.runs.ingest.new_files import median_lateness_s, new_files
from smelt.runs.ingest.read import GONE
from smelt.runs.ingest.task import IngestTask, IngestWritten, ingest_files
from smelt.runs.stage import MAX_TASKS, Change, Outcome
from smelt.terms.errors import TransientError
from smelt.terms.observation import ProbedDevice
from smelt.terms.tables import (
    DATA_ITEMS,
    DOCUMENTS,
    FILES,
    LAST_VALUES,
    OBSERVATIONS,
    QUARANTINE,
    SEQUENCES,
)
from smelt.terms.work import PeriodDone

BUCKETS = 1
TARGET_BYTES = 32 << 20  # of packed landing files for one task, about: 3 M observations
LEAST_BYTES = 4 << 20


@dataclass(frozen=True)
class _Group:
    source: int
    files: tuple[LandingFile, ...]
    device_uuid: str | None


class Ingest:
    """landing → copper: documents (and logs) that have not been read become observations, each once."""

    name = "ingest"
    kernel = staticmethod(ingest_files)

    def __init__(
        self,
        driver: Driver,
        documents: Landing | None,
        logs: Landing | None,
        newest_at: datetime | None = None,
        count: int = NEWEST,
    ) -> None:
        self._driver = driver
        self._sources = (documents, logs)
        self._devices_of = cache(partial(declared_devices, driver.reader))
        self._known = cache(self._stored_runs)
        self._devices = self._devices_of(driver.table(DATA_ITEMS).version())
        self._new = new_files(driver.reader, self._sources, newest_at, count)

    def left(self) -> int:
        """Return how many tasks the unread files make."""
        return len(self._groups())

    def plan(self, number: int) -> Plan | None:
        """Group unread files, in the order of their paths, into at most MAX_TASKS tasks."""
        groups = self._groups()[:MAX_TASKS]
        if not groups:
            return None
        return {
            "roots": [None if s is None else [s.root, s.pattern] for s in self._sources],
            "versions": {
                spec.name: self._driver.table(spec).version() for spec in (SEQUENCES, OBSERVATIONS, DATA_ITEMS)
            },
            "tasks": [
                {"source": g.source, "device": g.device_uuid, "files": [[f.path, f.size, f.etag] for f in g.files]}
                for g in groups
            ],
        }

    def tasks(self, plan: Plan, number: int) -> Sequence[IngestTask]:
        """Return the plan's tasks, each with what was stored at the plan's versions."""
        known = self._known(plan["versions"][SEQUENCES.name])
        devices = self._devices_of(plan["versions"][DATA_ITEMS.name])
        of_uuid = {d.uuid: d for d in devices}
        rates = tuple(_sample_rates(devices))
        agents = self._driver.folder.plant.agents
        return [
            IngestTask(
                self._driver.location.uri,
                number,
                Readable(
                    Landing(*plan["roots"][t["source"]]),
                    tuple(LandingFile(*f) for f in t["files"]),
                    agents,
                    of_uuid.get(t["device"]),
                    t["device"],
                    rates,
                ),
                BUCKETS,
                known,
                plan["versions"][OBSERVATIONS.name],
            )
            for t in plan["tasks"]
        ]

    def informed(self, task: IngestTask, before: Sequence[IngestWritten]) -> IngestTask:
        """Let a task know what those before it keep: it need not do its work again then."""
        return replace(task, known=tuple(merge_runs([*task.known, *(r for w in before for r in w.runs)])))

    def outcome(self, plan: Plan, number: int, results: Sequence[IngestWritten]) -> Outcome:
        """Put the tasks' rows together; of two tasks that overlap the earlier keeps the rows."""
        written = _without_overlaps(self.tasks(plan, number), results)
        read = [f for t in plan["tasks"] for f in t["files"]]
        self._forget([LandingFile(*f) for f in read])
        small = self._driver.small_change
        periods = [PeriodDone(s.device_uuid, s.period_us, s.rows, s.fingerprint) for w in written for s in w.sums]
        quarantine = pa.concat_tables([w.quarantine for w in written])
        self._refuse_loss(quarantine, number)
        return Outcome(
            (
                small(QUARANTINE, quarantine),
                small(DOCUMENTS, pa.concat_tables([w.documents for w in written]).cast(DOCUMENTS.schema)),
                small(FILES, [_file_row(LandingFile(*f), number) for f in read]),
                small(SEQUENCES, _run_rows((r for w in written for r in w.runs), number)),
                small(LAST_VALUES, pa.concat_tables([w.last_values for w in written]).cast(LAST_VALUES.schema)),
                change_assets(self._driver, pa.concat_tables([w.assets for w in written])),
                change_models(self._driver, [m for w in written for m in w.models], number),
                Change(OBSERVATIONS, tuple(f for w in written for f in w.observations)),
            ),
            tuple(periods),
            sum(w.rows_written for w in written),
            quarantine.num_rows,
            len(read),
            median_lateness_s([w.documents for w in written]),
        )

    def _refuse_loss(self, quarantine: pa.Table, number: int) -> None:
        """Stop if a file is gone whose rows an earlier try has begun to commit: they would count as stored."""
        if self._driver.table(FILES).done(self.name) < number:
            return
        gone = [row["path"] for row in quarantine.to_pylist() if row["reason"].startswith(GONE)]
        if gone:
            raise TransientError(
                f"landing file {gone[0]} is gone, and plan {number} of ingest, which was broken off, has begun to "
                "commit what it said: put it back, then run again."
            )

    def _forget(self, read: Sequence[LandingFile]) -> None:
        gone = set(read)
        self._new = [(i, f) for i, f in self._new if f not in gone]

    def _groups(self) -> list[_Group]:
        documents: list[LandingFile] = []
        logs: dict[tuple[str, int], list[LandingFile]] = {}
        for source, file in self._new:
            uuid = self._device_of(source, file)
            (documents if uuid is None else logs.setdefault((uuid, source), [])).append(file)
        # one task a device in a plan: neighbouring logs overlap, and a task sees what earlier plans stored
        return [
            *(_Group(0, files, None) for files in _even(documents)),
            *(_Group(source, next(_even(files)), uuid) for (uuid, source), files in sorted(logs.items())),
        ]

    def _device_of(self, source: int, file: LandingFile) -> str | None:
        if source == 0:
            return recorded_device(file.path, self._devices)
        return log_device(file.path, self._devices, self._sources[source]).uuid

    def _stored_runs(self, version: int) -> tuple[Run, ...]:
        if version <= 0:
            return ()  # a table is made without rows
        runs = self._driver.reader.scan(SEQUENCES.name, version).select("agent", "instance_id", "first", "last")
        return tuple(Run(*row) for row in joined_runs(runs).collect().rows())


def _sample_rates(devices: Sequence[ProbedDevice]) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield what only a probe tells of time series: values a second of each (device, data item)."""
    for device in devices:
        for item in device.data_items:
            if item.sample_rate is not None:
                yield (device.uuid, item.id), item.sample_rate


def _even(files: Sequence[LandingFile]) -> Iterator[tuple[LandingFile, ...]]:
    """Cut files, in order, into groups of about equal bytes: about TARGET_BYTES, at most MAX_TASKS of them if small."""
    target = min(TARGET_BYTES, max(LEAST_BYTES, sum(f.size for f in files) // MAX_TASKS + 1))
    ends = accumulate(f.size for f in files)
    numbered = zip(files, ((end - f.size) // target for f, end in zip(files, ends, strict=True)), strict=True)
    for _, group in groupby(numbered, key=itemgetter(1)):
        yield tuple(file for file, _ in group)


def _without_overlaps(tasks: Sequence[IngestTask], results: Sequence[IngestWritten]) -> list[IngestWritten]:
    """Let a task that shares rows with earlier ones do its work again, knowing what all of them keep."""
    kept: list[IngestWritten] = []
    claimed: list[Run] = []
    for task, result in zip(tasks, results, strict=True):
        beside = [w for w in kept if any(a.overlaps(b) for a in w.lines for b in result.lines)]
        if _share(claimed, result.runs) or beside:
            known = tuple(merge_runs([*task.known, *claimed]))
            files = tuple(f for w in beside for f in w.observations)
            kept.append(ingest_files(replace(task, known=known, beside=files)))
        else:
            kept.append(result)
        claimed = merge_runs([*claimed, *kept[-1].runs])
    return kept


def _share(one: Sequence[Run], other: Sequence[Run]) -> bool:
    """Say whether two lists of runs hold a number in common; within a list no two do, so neighbours tell."""
    return any(
        (a.agent, a.instance_id) == (b.agent, b.instance_id) and b.first <= a.last
        for a, b in pairwise(sorted([*one, *other]))
    )


def _file_row(file: LandingFile, number: int) -> dict[str, Any]:
    return {"path": file.path, "size": file.size, "etag": file.etag, "folder": file.folder, "batch": number}


def _run_rows(runs: Iterator[Run], number: int) -> list[dict[str, Any]]:
    return [
        {"agent": r.agent, "instance_id": r.instance_id, "first": r.first, "last": r.last, "batch": number}
        for r in merge_runs(runs)
    ]
