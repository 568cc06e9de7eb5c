"""Reading a lake's tables as Polars frames, newest version or a recorded one; readers are never blocked."""

from collections.abc import Sequence
from dataclasses import dataclass
from os import scandir
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from obstore.store import ObjectStore

from smelt.lake.location import Location
from smelt.lake.store_options import delta_options, polars_options
from smelt.terms.errors import InputError
from smelt.terms.tables import TableSpec


@dataclass(frozen=True)
class LakeReader:
    """A lake to read from; a table is named by its folder, such as 'results/scores'."""

    uri: str

    def exists(self, name: str) -> bool:
        """Say whether the table has been made."""
        address = self._address(name)
        if "://" in address:
            return bool(DeltaTable.is_deltatable(address, delta_options(address)))
        return _has_commit(Path(address) / "_delta_log")

    def version(self, name: str) -> int:
        """Return the table's newest version."""
        return int(open_table(self._address(name)).version())

    def scan(self, name: str, version: int | None = None) -> pl.LazyFrame:
        """Return the table as a lazy frame; filters on partition and sort columns prune files.

        Raises
        ------
        InputError
            If the lake has no such table.
        """
        if not self.exists(name):
            raise InputError(
                f"no table '{name}' in {self.uri}; run 'smelt run' to make it, or 'smelt sql' to see what is there."
            )
        return pl.scan_delta(self._address(name), version=version, storage_options=polars_options(self.uri))

    def names(self) -> list[str]:
        """Return the names of all tables, sorted."""
        if "://" in self.uri:
            store = Location(self.uri).store
            folders = [t for f in _folders(store, None) for t in _folders(store, f)]
            return sorted(f for f in folders if next(iter(store.list(f"{f}/_delta_log", chunk_size=1)), None))
        root = Path(self.uri)
        return sorted(p.parent.relative_to(root).as_posix() for p in root.glob("*/*/_delta_log") if _has_commit(p))

    def _address(self, name: str) -> str:
        return f"{self.uri}/{name}"


def open_table(address: str, version: int | None = None) -> DeltaTable:
    """Open a table with delta-rs, at its newest version or the one named."""
    return DeltaTable(address, version=version, storage_options=delta_options(address))


def _folders(store: ObjectStore, prefix: str | None) -> list[str]:
    return [f.rstrip("/") for f in store.list_with_delimiter(prefix)["common_prefixes"]]


def _has_commit(log: Path) -> bool:
    """Say whether a table's log holds a commit; a run killed while making the table leaves an empty folder."""
    try:
        with scandir(log) as entries:
            return any(entry.name.endswith(".json") for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return False


def scan_files(location: Location, spec: TableSpec, paths: Sequence[str]) -> pl.LazyFrame:
    """Scan data files that a plan names, without looking at the table's log.

    Columns are those of the spec but for the partition's; one that an older file lacks is null. No
    files are no rows.
    """
    schema = pl.DataFrame(spec.file_schema().empty_table()).schema
    if not paths:
        return pl.LazyFrame(schema=schema)
    addresses = [f"{location.table(spec.name)}/{p}" for p in paths]
    return pl.scan_parquet(
        addresses,
        schema=schema,
        missing_columns="insert",
        extra_columns="ignore",
        storage_options=polars_options(location.uri),
    )
