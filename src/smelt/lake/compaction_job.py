"""Many small files to few even ones: a rewrite that changes no row, fenced so that two of them cannot double any."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from smelt.lake.location import Location
from smelt.lake.parquet import MAX_FILE_ROWS, write_files
from smelt.lake.reader import scan_files
from smelt.lake.table import LakeTable
from smelt.terms.errors import TransientError
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

ATTEMPTS = 5
FULL_ROWS = MAX_FILE_ROWS // 2


@dataclass(frozen=True)
class Compacted:
    """Files of a table before and after, and whether this job was the one that rewrote them."""

    table: str
    files_before: int
    files_after: int
    deleted: int = 0


def compact(location: Location, spec: TableSpec, fewest: int = 2) -> Compacted:
    """Rewrite each partition's small files, if there are at least `fewest`, sorted and even.

    The commit carries Transaction("rewrite:<table>", n + 1) and dataChange false. Without it two
    rewrites at once both succeed and rows double. After a conflict the table is opened anew and the
    commit tried again, if every file that it removes still stands there; else another job has done it.
    """
    table = LakeTable(location, spec)
    before = table.files()
    groups = [g for g in _small_by_partition(before) if len(g) >= fewest]
    adds: list[DataFile] = []
    for group in groups:
        adds += write_files(location, spec, _rows(location, spec, group), dict(group[0].partition))
    removed = [f.path for group in groups for f in group]
    done = bool(removed) and rewrite(table, adds, removed)
    return Compacted(spec.name, len(before), len(table.files()) if done else len(before))


def rewrite(table: LakeTable, adds: Sequence[DataFile], removes: Sequence[str]) -> bool:
    """Commit a rewrite; False if another writer removed one of its files first."""
    app = f"rewrite:{table.spec.name}"
    for _ in range(ATTEMPTS):
        if not set(removes) <= {f.path for f in table.files()}:
            return False
        try:
            return table.commit(app, table.done(app) + 1, adds, removes, data_change=False)
        except TransientError:
            table.refresh()
    return False


def _small_by_partition(files: Iterable[DataFile]) -> list[list[DataFile]]:
    groups: dict[tuple[tuple[str, str], ...], list[DataFile]] = {}
    for file in files:
        if file.rows < FULL_ROWS:
            groups.setdefault(file.partition, []).append(file)
    return list(groups.values())


def _rows(location: Location, spec: TableSpec, group: Sequence[DataFile]) -> pa.Table:
    scanned = scan_files(location, spec.name, [f.path for f in group])
    have = scanned.collect_schema().names()
    names = spec.file_schema().names
    filled = scanned.with_columns(pl.lit(None).alias(name) for name in names if name not in have).select(names)
    ordered = filled.sort(spec.sort_by, nulls_last=True, maintain_order=True) if spec.sort_by else filled
    return ordered.collect().to_arrow().cast(spec.file_schema())


def delete_unnamed(location: Location, spec: TableSpec) -> int:
    """Delete files that have not been part of the table for a day; call it only while no plan is open."""
    delta = LakeTable(location, spec).delta()
    if delta is None:
        return 0
    return len(delta.vacuum(dry_run=False, full=True))
