"""One Delta table: its files, and commits that carry a plan's number so that none happens twice."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import CommitFailedError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from smelt.lake.location import Location
from smelt.lake.parquet import statistics
from smelt.terms.errors import TransientError
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

REWRITTEN = ("silver/", "gold/", "results/")  # their open periods are rewritten every pass: kept for a day, not a month
KEPT_A_DAY = {
    "delta.deletedFileRetentionDuration": "interval 1 days",
    "delta.logRetentionDuration": "interval 1 days",
}
NOTHING_INDEXED = {"delta.dataSkippingNumIndexedCols": "0"}


@dataclass
class LakeTable:
    """A table of the lake, opened when first asked; made when first committed to."""

    location: Location
    spec: TableSpec
    _delta: DeltaTable | None = field(default=None, repr=False)
    _files: tuple[int, list[DataFile]] = field(default=(-1, []), repr=False)

    def version(self) -> int:
        """Return the newest version, or -1 if the table has not been made."""
        delta = self.delta()
        return -1 if delta is None else int(delta.version())

    def done(self, app: str) -> int:
        """Return the highest number that `app` has committed, or 0."""
        delta = self.delta()
        return 0 if delta is None else int(delta.transaction_version(app) or 0)

    def files(self, version: int | None = None) -> list[DataFile]:
        """Return the table's data files, at a version if one is named."""
        delta = self.delta()
        if delta is None or version == -1:
            return []
        wanted = int(delta.version()) if version is None else version
        if self._files[0] != wanted:
            if wanted != delta.version():
                delta = DeltaTable(self.location.table(self.spec.name), version=wanted)
            rows = pa.table(delta.get_add_actions(flatten=True)).to_pylist()
            self._files = (wanted, [self._data_file(row) for row in rows])
        return self._files[1]

    def commit(
        self,
        app: str,
        number: int,
        adds: Sequence[DataFile],
        removes: Iterable[str] = (),
        data_change: bool = True,
    ) -> bool:
        """Add and remove files in one commit that carries Transaction(app, number).

        Returns False, without a commit, if the table already has that number or a higher one.
        The number is checked on the very object that commits: delta-rs refuses a repeated number
        only if it came after the version it knows.

        Raises
        ------
        TransientError
            If another writer committed in between; open the table anew and look again.
        """
        self._add_columns()
        delta = self.delta() or self._create()
        if (delta.transaction_version(app) or 0) >= number:
            return False
        try:
            delta.create_write_transaction(
                self._actions(adds, list(removes), data_change),
                "append",
                Schema.from_arrow(self.spec.schema),
                list(self.spec.partition_by),
                commit_properties=CommitProperties(app_transactions=[Transaction(app, number)]),
            )
        except CommitFailedError as error:
            self._delta = None
            raise TransientError(
                f"table {self.spec.name}: a commit of another writer came before {app} {number} ({error}); try again."
            ) from error
        delta.update_incremental()
        return True

    def _actions(
        self, adds: Sequence[DataFile], removes: Sequence[str], data_change: bool
    ) -> list[AddAction | RemoveAction]:
        """Stamp them with the time: vacuum spares a removed file for a day from then."""
        now = int(time.time() * 1000)  # noqa: TID251 as every writer of Delta stamps them
        old = {f.path: f for f in self.files()} if removes else {}
        added = [AddAction(f.path, f.size, dict(f.partition), now, data_change, statistics(f)) for f in adds]
        return added + [RemoveAction(p, data_change, now, old[p].size, dict(old[p].partition)) for p in removes]

    def refresh(self) -> None:
        """Forget what was read, so that the next call sees the newest version."""
        self._delta = None

    def _add_columns(self) -> None:
        """Add the spec's columns that the table lacks: a mapping has grown."""
        delta = self.delta()
        if delta is None:
            return
        have = {f.name for f in delta.schema().fields}
        missing = [f for f in Schema.from_arrow(self.spec.schema).fields if f.name not in have]
        if missing:
            delta.alter.add_columns(missing)
            self.refresh()

    def delta(self) -> DeltaTable | None:
        """Return the table as delta-rs has it, None if it has not been made."""
        if self._delta is None:
            address = self.location.table(self.spec.name)
            if self.location.is_local and not (Path(address) / "_delta_log").is_dir():
                return None
            try:
                self._delta = DeltaTable(address)
            except TableNotFoundError:
                return None
        return self._delta

    def make(self) -> None:
        """Make the table, without rows, if it is not there."""
        if self.delta() is None:
            self._create()

    def _create(self) -> DeltaTable:
        address = self.location.table(self.spec.name)
        kept = KEPT_A_DAY if self.spec.name.startswith(REWRITTEN) else {}
        # readers must not take a column without statistics for one without values: delta-rs' Arrow dataset does
        indexed = (
            {"delta.dataSkippingStatsColumns": ",".join(self.spec.sort_by)} if self.spec.sort_by else NOTHING_INDEXED
        )
        self._delta = DeltaTable.create(
            address,
            schema=Schema.from_arrow(self.spec.schema),
            partition_by=list(self.spec.partition_by),
            mode="ignore",
            configuration={"delta.checkpointInterval": "50"} | kept | indexed,
            description=self.spec.row,
        )
        return self._delta

    def _data_file(self, row: dict[str, object]) -> DataFile:
        def bound(side: str) -> tuple[tuple[str, str | int], ...]:
            found = ((name, row.get(f"{side}.{name}")) for name in self.spec.sort_by)
            return tuple((name, _plain(value)) for name, value in found if value is not None)

        partition = tuple((name, str(row[f"partition.{name}"])) for name in self.spec.partition_by)
        size, rows = row["size_bytes"], row["num_records"]
        assert isinstance(size, int) and isinstance(rows, int)
        return DataFile(str(row["path"]), size, rows, partition, bound("min"), bound("max"))


def _plain(value: object) -> str | int:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value if isinstance(value, int) else str(value)
