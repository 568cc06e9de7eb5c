"""Landed files that have been in copper long enough are deleted: what was read, committed, and is not in dispute."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from smelt.ingest.landing import Landing, LandingFile, received_at
from smelt.lake.plan import plan_to_do
from smelt.lake.reader import LakeReader
from smelt.runs.driver import Driver
from smelt.terms.tables import DOCUMENTS, FILES, QUARANTINE, RUNS

AT_ONCE = 8  # requests to the store


@dataclass(frozen=True)
class Retained:
    """Landed files that were deleted, and old ones that were kept because parts of them are in quarantine."""

    files_deleted: int
    bytes_deleted: int
    kept_with_rejects: int


def add(a: Retained | None, b: Retained | None) -> Retained | None:
    """Return what two passes did; what was kept is what the last one kept."""
    if a is None or b is None:
        return a or b
    return Retained(a.files_deleted + b.files_deleted, a.bytes_deleted + b.bytes_deleted, b.kept_with_rejects)


def retain(driver: Driver, landing: Landing, age: timedelta) -> Retained:
    """Delete files of the landing zone that arrived longer ago than `age` and whose observations are in copper.

    The arrival is the time in the file's key, else what its documents say; a file without any stays. So does one
    that an unfinished plan names, one whose content is no longer what was read, and one with rejects: its bytes
    are all that is left to find out why. Logs that `[source] shdr` names are an archive, not the landing zone.
    """
    before = driver.clock() - age
    committed = _committed(driver)
    arrivals = _arrivals(driver.reader)
    with_rejects = _paths(driver.reader, QUARANTINE.name)
    old = [f for f in landing.files() if f in committed and _is_before(f.path, before, arrivals)]
    wanted = [f for f in old if f.path not in with_rejects]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        deleted = [f for f, is_gone in zip(wanted, threads.map(landing.delete, wanted), strict=True) if is_gone]
    return Retained(len(deleted), sum(f.size for f in deleted), sum(f.path in with_rejects for f in old))


def _committed(driver: Driver) -> set[LandingFile]:
    """Return the files of plans that are done to the end, but for those that a plan not yet done names again."""
    done = driver.table(RUNS).done("ingest")
    rows = driver.reader.scan(FILES.name).filter(pl.col("batch") <= done).select("path", "size", "etag").collect()
    unfinished = plan_to_do(driver.location, "ingest", done + 1, lambda: None) or {"tasks": []}
    return {LandingFile(*r) for r in rows.rows()} - {LandingFile(*f) for t in unfinished["tasks"] for f in t["files"]}


def _arrivals(reader: LakeReader) -> dict[str, datetime]:
    """Return for each path the latest arrival that its documents say."""
    latest = reader.scan(DOCUMENTS.name).group_by("path").agg(pl.col("received_at").max())
    return dict(latest.drop_nulls().collect().rows())


def _paths(reader: LakeReader, table: str) -> set[str]:
    return set(reader.scan(table).select("path").collect()["path"])


def _is_before(path: str, moment: datetime, arrivals: dict[str, datetime]) -> bool:
    named = received_at(path)
    arrival = datetime.fromisoformat(named) if named else arrivals.get(path)
    return arrival is not None and arrival < moment
