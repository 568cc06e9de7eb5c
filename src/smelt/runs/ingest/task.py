"""The kernel of ingest: landing files to sorted observation files and the small rows that go with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from smelt.copper.batch import Batch, make_batch
from smelt.copper.carry import last_values_of
from smelt.copper.duplicates import LINE_KEY, new_lines, new_numbered
from smelt.copper.last_values import last_values
from smelt.copper.layout import Layout, lay_out
from smelt.copper.period_sums import add_up, mark_stretches, period_sums
from smelt.copper.row_kernels import NONE, bounds
from smelt.copper.rows import PeriodSum, Run, merge_runs
from smelt.lake.location import Location
from smelt.lake.parquet import MAX_FILE_ROWS, ROW_GROUP_ROWS, write_file
from smelt.lake.reader import scan_files
from smelt.lake.table import LakeTable
from smelt.runs.ingest.batch import LandedModel, Readable, ReadBatch
from smelt.runs.ingest.read import read_batches
from smelt.runs.ingest.sequence_sets import SequenceSets
from smelt.terms.interval import LAST_US, from_us, iso_of
from smelt.terms.tables import ASSETS, DOCUMENTS, LAST_VALUES, OBSERVATIONS, QUARANTINE
from smelt.terms.work import DataFile

_MANY_RUNS = 10_000


@dataclass(frozen=True)
class IngestTask:
    """A group of landing files that makes few even observation files.

    known : the runs stored before this plan, and those that earlier tasks of it keep.
    stored_version : of copper/observations, for rows that nobody numbered: they may be stored.
    beside : files of earlier tasks of this plan that may hold such rows, too.
    """

    lake: str
    plan: int
    what: Readable
    buckets: int
    known: tuple[Run, ...] = ()
    stored_version: int = -1
    beside: tuple[DataFile, ...] = ()


@dataclass(frozen=True, order=True)
class LineSpan:
    """Where rows that nobody numbered lie: a device, and its first and last stamp in microseconds."""

    device_uuid: str
    first_us: int
    last_us: int

    def overlaps(self, other: "LineSpan") -> bool:
        """Say whether the two may hold the same row."""
        is_device = self.device_uuid == other.device_uuid
        return is_device and self.first_us <= other.last_us and other.first_us <= self.last_us


@dataclass(frozen=True)
class IngestWritten:
    """What a task wrote, and the small rows that the driver commits with it."""

    rows_written: int
    observations: tuple[DataFile, ...]
    runs: tuple[Run, ...]
    sums: tuple[PeriodSum, ...]
    lines: tuple[LineSpan, ...]
    documents: pa.Table
    last_values: pa.Table
    quarantine: pa.Table
    assets: pa.Table
    models: tuple[LandedModel, ...]


def ingest_files(task: IngestTask) -> IngestWritten:
    """Read, decode, drop what is known, sort and write, batch by batch: memory does not grow with the files."""
    writing = _Writing(task)
    for batch in read_batches(task.what):
        writing.add(batch)
    return writing.finish()


class _Writing:
    """What a task has written so far; what is known grows with it."""

    def __init__(self, task: IngestTask) -> None:
        self._task = task
        self._location = Location(task.lake)
        self._known: Sequence[Run] = task.known
        self._runs: list[Run] = []
        self._sets = SequenceSets()
        self._files: list[DataFile] = []
        self._sums: list[PeriodSum] = []
        self._spans: list[LineSpan] = []
        self._last: list[pl.DataFrame] = []
        self._documents: list[pl.DataFrame] = []
        self._quarantine: list[dict[str, object]] = []
        self._assets: list[dict[str, object]] = []
        self._models: list[LandedModel] = []

    def add(self, read: ReadBatch) -> None:
        """Write a batch."""
        count = read.documents.height
        lowest, observations = np.full(count, NONE), np.zeros(count, np.int64)
        if read.rows:
            batch = make_batch(read.rows, read.documents["agent"].to_list(), read.received_us)
            read.rows.clear()  # the batch holds copies
            bounds(batch.document, batch.sequence, lowest, np.full(count, -1))
            others = batch.document[np.flatnonzero(batch.part)]  # samples of a series but the first
            observations = np.bincount(batch.document, minlength=count) - np.bincount(others, minlength=count)
            self._write(batch)
        documents = read.documents.with_columns(
            lowest_sequence=pl.Series(lowest).replace(NONE, None),
            observations=pl.Series(observations, dtype=pl.Int64),
            plan=pl.lit(self._task.plan, pl.Int64),
        ).select(DOCUMENTS.schema.names)
        self._documents.append(self._with_last(documents) if read.goes_on else documents)
        self._quarantine += [
            {"path": p, "offset": r.offset, "length": r.length, "reason": r.reason, "batch": self._task.plan}
            for p, r in read.rejects
        ]
        self._assets += [asset | {"batch": self._task.plan} for asset in read.assets]
        self._models += read.models

    def _with_last(self, documents: pl.DataFrame) -> pl.DataFrame:
        """Return documents whose first one was the last one before, with what that one had."""
        before = self._documents.pop()
        self._documents.append(before.head(-1))
        both = pl.concat([before.tail(1), documents.head(1)])
        known = documents.head(1).with_columns(
            lowest_sequence=both["lowest_sequence"].sort(nulls_last=True).head(1),
            observations=pl.Series([both["observations"].sum()], dtype=pl.Int64),
        )
        return pl.concat([known, documents.slice(1)])

    def _write(self, batch: Batch) -> None:
        new = new_numbered(batch, self._known)
        hashes = batch.hashes()
        is_new = new.is_new
        self._sets.leave_out(batch, is_new)
        lines = np.flatnonzero(batch.is_line()).astype(np.int32)
        if len(lines):
            spans = _spans(batch, lines)
            is_new[lines] = new_lines(batch, hashes, lines, self._stored_lines(spans))
            self._spans = _joined([*self._spans, *spans])
        kept = np.flatnonzero(is_new).astype(np.int32)
        if not len(kept):
            return
        layout = lay_out(batch, hashes, kept, self._task.buckets)
        stretches = mark_stretches(batch, layout)
        self._sums = add_up([*self._sums, *period_sums(batch, hashes, new.place, layout, stretches)])
        self._last.append(last_values(batch, layout, stretches))
        self._files += _write_files(self._location, batch, layout)
        self._know(new.runs)

    def _know(self, runs: Sequence[Run]) -> None:
        """Know these runs from now on; very many are known as arrays."""
        if len(runs) > _MANY_RUNS:
            self._sets.add(runs)
        else:
            self._runs = merge_runs([*self._runs, *runs])
            self._known = merge_runs([*self._known, *runs])

    def _stored_lines(self, spans: Sequence[LineSpan]) -> pl.DataFrame:
        """Return stored rows that nobody numbered and that may be the same as these."""
        table = LakeTable(self._location, OBSERVATIONS)
        files = [*table.files(self._task.stored_version), *self._task.beside, *self._files]
        wanted = [f.path for f in files if any(_may_hold(f, span) for span in spans)]
        devices = [s.device_uuid for s in spans]
        first, last = from_us(min(s.first_us for s in spans)), from_us(min(max(s.last_us for s in spans), LAST_US))
        rows = scan_files(self._location, OBSERVATIONS, wanted).filter(
            pl.col("device_uuid").is_in(devices),
            pl.col("instance_id").is_null() | pl.col("sequence").is_null(),
            pl.col("event_time").is_between(first, last) | pl.col("event_time").is_null(),
        )
        return rows.select(LINE_KEY).collect()

    def finish(self) -> IngestWritten:
        """Return what the driver commits."""
        return IngestWritten(
            sum(f.rows for f in self._files),
            tuple(self._files),
            tuple(merge_runs([*self._runs, *self._sets.runs()])),
            tuple(self._sums),
            tuple(self._spans),
            pl.concat(self._documents).to_arrow(),
            self._last_values(),
            pa.Table.from_pylist(self._quarantine, schema=QUARANTINE.schema),
            pa.Table.from_pylist(self._assets, schema=ASSETS.schema),
            tuple(self._models),
        )

    def _last_values(self) -> pa.Table:
        if not self._last:
            return LAST_VALUES.schema.empty_table()
        last = self._last[0] if len(self._last) == 1 else last_values_of(pl.concat(self._last))
        numbered = last.with_columns(batch=pl.lit(self._task.plan, pl.Int64)).select(LAST_VALUES.schema.names)
        return numbered.to_arrow().cast(LAST_VALUES.schema)


def _write_files(location: Location, batch: Batch, layout: Layout) -> Iterator[DataFile]:
    for part in layout.partitions:
        partition = {"month": part.month, "bucket": str(part.bucket)}
        for start in range(part.start, part.end, MAX_FILE_ROWS):
            end = min(start + MAX_FILE_ROWS, part.end)
            yield write_file(location, OBSERVATIONS, _row_groups(batch, layout.order[start:end]), partition)


def _row_groups(batch: Batch, order: NDArray[np.int32]) -> Iterator[pa.Table]:
    return (batch.observations(order[i : i + ROW_GROUP_ROWS]) for i in range(0, len(order), ROW_GROUP_ROWS))


def _spans(batch: Batch, lines: NDArray[np.int32]) -> list[LineSpan]:
    device = batch.words["device_uuid"]
    count = len(device.values)
    first, last = np.full(count, NONE), np.full(count, -NONE)
    np.minimum.at(first, device.codes[lines], batch.time_us[lines])
    np.maximum.at(last, device.codes[lines], np.where(batch.time_us[lines] == NONE, -NONE, batch.time_us[lines]))
    there = np.unique(device.codes[lines])
    return [LineSpan(device.values[int(d)].as_py(), int(first[d]), int(max(last[d], first[d]))) for d in there]


def _joined(spans: Sequence[LineSpan]) -> list[LineSpan]:
    found: dict[str, LineSpan] = {}
    for span in sorted(spans):
        old = found.get(span.device_uuid, span)
        found[span.device_uuid] = replace(old, last_us=max(old.last_us, span.last_us))
    return list(found.values())


def _may_hold(file: DataFile, span: LineSpan) -> bool:
    low, high = dict(file.low), dict(file.high)
    if not str(low.get("device_uuid", "")) <= span.device_uuid <= str(high.get("device_uuid", "\U0010ffff")):
        return False
    if "event_time" not in low or span.last_us == NONE:
        return True
    first, last = (iso_of(from_us(min(t, LAST_US))) for t in (span.first_us, span.last_us))
    return str(low["event_time"]) <= last and first <= str(high["event_time"])
