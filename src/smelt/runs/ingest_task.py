"""The kernel of ingest: landing files to sorted observation files and the small rows that go with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import pyarrow as pa

from smelt.copper.carry import last_values_of
from smelt.copper.rows import (
    PeriodSum,
    Run,
    drop_duplicates,
    drop_known_lines,
    in_order,
    is_plausible,
    period_sums,
    runs_of,
    with_month_and_bucket,
)
from smelt.ingest.landing import Landing, LandingFile, received_at
from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.reader import scan_files
from smelt.mtconnect.dialect import decode
from smelt.mtconnect.unpack import unpack
from smelt.terms.observation import WORD, Decoded, Origin, ProbedDevice, Reject
from smelt.terms.plant import Agent
from smelt.terms.tables import (
    DOCUMENTS,
    LAST_VALUES,
    OBSERVATIONS,
    QUARANTINE,
)
from smelt.terms.work import DataFile


@dataclass(frozen=True)
class IngestTask:
    """A group of landing files that makes one even observation file.

    `known` are the runs stored before this plan. For logs, `stored` are the observation files that may
    hold the same lines.
    """

    lake: str
    plan: int
    landing: Landing
    files: tuple[LandingFile, ...]
    agents: tuple[Agent, ...]
    buckets: int
    known: tuple[Run, ...] = ()
    log_device: ProbedDevice | None = None
    stored: tuple[str, ...] = ()


@dataclass(frozen=True)
class IngestWritten:
    """What a task wrote, and the small rows that the driver commits with it."""

    rows_written: int
    observations: tuple[DataFile, ...]
    runs: tuple[Run, ...]
    sums: tuple[PeriodSum, ...]
    documents: pa.Table
    last_values: pa.Table
    quarantine: pa.Table


def ingest_files(task: IngestTask) -> IngestWritten:
    """Read, decode, drop what is known, sort and write."""
    decoded = [_read(task, file) for file in task.files]
    rows = _new_rows(task, pl.concat([d.rows for d in decoded]))
    documents = pl.concat([d.documents for d in decoded]).to_arrow().select(DOCUMENTS.schema.names)
    quarantine = pa.Table.from_pylist([q for d in decoded for q in d.quarantine], schema=QUARANTINE.schema)
    return _write(task, rows, documents, quarantine)


def without_claimed(task: IngestTask, written: IngestWritten, claimed: Sequence[Run]) -> IngestWritten:
    """Write a task's rows again without those of claimed runs: another task of the plan keeps them."""
    paths = [f.path for f in written.observations]
    rows = scan_files(Location(task.lake), OBSERVATIONS, paths).collect()
    return _write(task, drop_duplicates(rows, claimed), written.documents, written.quarantine)


def _write(task: IngestTask, rows: pl.DataFrame, documents: pa.Table, quarantine: pa.Table) -> IngestWritten:
    rows = with_month_and_bucket(in_order(rows), task.buckets)
    files: list[DataFile] = []
    for (month, bucket), group in rows.group_by("month", "bucket", maintain_order=True):
        partition = {"month": str(month), "bucket": str(bucket)}
        files += write_files(Location(task.lake), OBSERVATIONS, group.to_arrow(), partition)
    last = last_values_of(rows.filter(is_plausible())).with_columns(batch=pl.lit(task.plan, pl.Int64))
    return IngestWritten(
        rows.height,
        tuple(files),
        tuple(runs_of(rows)),
        tuple(period_sums(rows)),
        documents,
        last.to_arrow().select(LAST_VALUES.schema.names),
        quarantine,
    )


@dataclass(frozen=True)
class _File:
    rows: pl.DataFrame
    documents: pl.DataFrame
    quarantine: list[dict[str, object]]


def _read(task: IngestTask, file: LandingFile) -> _File:
    unpacked = unpack(task.landing.read(file))
    uuid = task.log_device.uuid if task.log_device else None
    decoded = decode(unpacked.data, Origin(task.log_device, uuid))
    arrival = received_at(file.path)
    documents = _documents(task, file, decoded, arrival)
    plain = pa.schema([pa.field(f.name, pa.string()) if f.type == WORD else f for f in decoded.rows.schema])
    rows = pl.DataFrame(decoded.rows.cast(plain)).join(
        documents.select("agent", "received_at").with_row_index("document").cast({"document": pl.Int32}), on="document"
    )
    return _File(rows.drop("document"), documents, _quarantine(task, file, (*unpacked.rejects, *decoded.rejects)))


def _documents(task: IngestTask, file: LandingFile, decoded: Decoded, arrival: str | None) -> pl.DataFrame:
    named = next((a.name for a in task.agents if a.prefix is not None and file.path.startswith(a.prefix)), None)
    fallback = task.log_device.name if task.log_device else "unknown"
    recorded = [pl.when(pl.col("source").str.starts_with(a.url)).then(pl.lit(a.name)) for a in task.agents if a.url]
    agent = pl.coalesce(*recorded, pl.lit(named, pl.String), "sender", pl.lit(fallback))
    arrived = pl.lit(datetime.fromisoformat(arrival) if arrival else None, pl.Datetime("us", "UTC"))
    return _with_counts(decoded).with_columns(
        path=pl.lit(file.path),
        agent=agent,
        received_at=pl.col("received_at").fill_null(arrived).fill_null(pl.col("created_at")),
        plan=pl.lit(task.plan, pl.Int64),
    )


def _with_counts(decoded: Decoded) -> pl.DataFrame:
    """Add to the documents how many observations each holds and the lowest of their sequences."""
    rows = pl.DataFrame(decoded.rows.select(["document", "sequence", "part"]))
    counts = rows.group_by("document").agg(
        lowest_sequence=pl.col("sequence").min(), observations=(pl.col("part") == 0).sum().cast(pl.Int64)
    )
    documents = pl.DataFrame(decoded.documents).with_row_index("document").cast({"document": pl.Int32})
    counted = documents.join(counts, on="document", how="left", maintain_order="left").drop("document")
    return counted.with_columns(pl.col("observations").fill_null(0))


def _quarantine(task: IngestTask, file: LandingFile, rejects: Iterable[Reject]) -> list[dict[str, object]]:
    return [
        {"path": file.path, "offset": r.offset, "length": r.length, "reason": r.reason, "batch": task.plan}
        for r in rejects
    ]


def _new_rows(task: IngestTask, rows: pl.DataFrame) -> pl.DataFrame:
    rows = drop_duplicates(rows, task.known)
    if not task.stored or task.log_device is None or rows.height == 0:
        return rows
    stored = scan_files(Location(task.lake), OBSERVATIONS, task.stored).filter(
        pl.col("device_uuid") == task.log_device.uuid,
        pl.col("sequence").is_null(),
        pl.col("event_time").is_between(rows["event_time"].min(), rows["event_time"].max()),
    )
    return drop_known_lines(rows, stored.collect())
