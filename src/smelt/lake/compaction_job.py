"""Many small files to few even ones: a rewrite that changes no row, fenced so that two of them cannot double any."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
EVERY = 2  # fewest files that can become fewer
CHUNK_CELLS = 32_000_000  # rows × columns that are sorted at once: about 256 MB


@dataclass(frozen=True)
class Compacted:
    """Files of a table before and after, and how many that nothing names any more were deleted."""

    table: str
    files_before: int
    files_after: int
    deleted: int = 0


Fold = Callable[[pl.LazyFrame], pl.LazyFrame]


def compact(
    location: Location, spec: TableSpec, fewest: int = EVERY, before: str | None = None, fold: Fold | None = None
) -> Compacted:
    """Open a table and compact it, as `compact_table` does."""
    return compact_table(LakeTable(location, spec), fewest, before, fold)


def compact_table(
    table: LakeTable, fewest: int = EVERY, before: str | None = None, fold: Fold | None = None
) -> Compacted:
    """Rewrite each partition's small files, if there are at least `fewest`, sorted and even.

    Of many files the large ones stay as they are, so that a row is written anew once in a while, not each time.

    Parameters
    ----------
    before : ISO time; files with later rows are left as they are, for open periods are rewritten soon.
    fold : makes fewer rows of some that say the same.

    Notes
    -----
    The commit carries Transaction("rewrite:<table>", n + 1) and dataChange false. Without it two
    rewrites at once both succeed and rows double. After a conflict the table is opened anew and the
    commit tried again, if every file that it removes still stands there; else another job has done it.
    """
    location, spec, files = table.location, table.spec, table.files()
    chunks = [
        chunk
        for small in _small_by_partition(files, spec, before)
        if len(small) >= fewest
        for chunk in _chunks(small if fewest == EVERY else _without_large(small), spec)
    ]
    adds: list[DataFile] = []
    for chunk in chunks:
        adds += write_files(location, spec, _rows(location, spec, chunk, fold), dict(chunk[0].partition))
    removed = [f.path for chunk in chunks for f in chunk]
    done = bool(removed) and rewrite(table, adds, removed)
    return Compacted(spec.name, len(files), len(table.files()) if done else len(files))


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


def _small_by_partition(files: Iterable[DataFile], spec: TableSpec, before: str | None) -> list[list[DataFile]]:
    time = next((name for name in spec.sort_by if pa.types.is_timestamp(spec.schema.field(name).type)), None)
    groups: dict[tuple[tuple[str, str], ...], list[DataFile]] = {}
    for file in files:
        is_fresh = before is not None and time is not None and str(dict(file.high).get(time, "")) >= before
        if not is_fresh and file.rows * len(spec.schema) < CHUNK_CELLS // 2 and file.rows < MAX_FILE_ROWS // 2:
            groups.setdefault(file.partition, []).append(file)
    return [sorted(group, key=lambda f: f.low) for group in groups.values()]


def _chunks(files: Sequence[DataFile], spec: TableSpec) -> Iterator[list[DataFile]]:
    """Cut files, in the order of their rows, into chunks that fit into memory; a file alone stays as it is."""
    most = min(MAX_FILE_ROWS, CHUNK_CELLS // len(spec.schema))
    chunk: list[DataFile] = []
    for file in files:
        if chunk and sum(f.rows for f in chunk) + file.rows > most:
            if len(chunk) > 1:
                yield chunk
            chunk = []
        chunk.append(file)
    if len(chunk) > 1:
        yield chunk


def _without_large(files: Sequence[DataFile]) -> list[DataFile]:
    """Leave out files, in their order, that have more rows than all the smaller ones together."""
    total, kept = 0, set[str]()
    for file in sorted(files, key=lambda f: f.rows):
        if len(kept) < EVERY or file.rows <= total:
            kept.add(file.path)
            total += file.rows
    return [file for file in files if file.path in kept]


def _rows(location: Location, spec: TableSpec, group: Sequence[DataFile], fold: Fold | None) -> pa.Table:
    rows = scan_files(location, spec, [f.path for f in group])
    rows = rows if fold is None else fold(rows)
    ordered = rows.sort(spec.sort_by, nulls_last=True, maintain_order=True) if spec.sort_by else rows
    return ordered.collect().to_arrow()


def delete_unnamed(location: Location, spec: TableSpec) -> int:
    """Delete files that have not been part of the table for a day; call it only while no plan is open."""
    delta = LakeTable(location, spec).delta()
    if delta is None:
        return 0
    return len(delta.vacuum(dry_run=False, full=True))
