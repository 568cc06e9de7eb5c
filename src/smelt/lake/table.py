"""One Delta table: its files, and commits that carry a plan's number so that none happens twice."""

import json
import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import obstore
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import CommitFailedError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction
from obstore.exceptions import AlreadyExistsError

from smelt.lake.location import Location
from smelt.lake.parquet import statistics
from smelt.lake.reader import LakeReader, open_table
from smelt.terms.errors import TransientError
from smelt.terms.interval import iso_of
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

KEPT_A_DAY = {
    "delta.deletedFileRetentionDuration": "interval 1 days",
    "delta.logRetentionDuration": "interval 1 days",
}
NOTHING_INDEXED = {"delta.dataSkippingNumIndexedCols": "0"}
FIRST = "_delta_log/00000000000000000000.json"
PROTOCOL = {"minReaderVersion": 1, "minWriterVersion": 2}  # what our types and settings ask for


@dataclass
class LakeTable:
    """A table of the lake, opened when first asked; made when first committed to."""

    location: Location
    spec: TableSpec
    _delta: DeltaTable | None = field(default=None, repr=False)
    _files: tuple[int, list[DataFile]] = field(default=(-1, []), repr=False)
    _is_behind: bool = field(default=False, repr=False)  # our own commit has not been read yet

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
                delta = open_table(self.location.table(self.spec.name), wanted)
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
        self.make()
        self._add_columns()
        delta = self.delta()
        assert delta is not None, "it has just been made"
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
        self._is_behind = True
        return True

    def _actions(
        self, adds: Sequence[DataFile], removes: Sequence[str], data_change: bool
    ) -> list[AddAction | RemoveAction]:
        """Stamp them with the time: vacuum spares a removed file for a day from then."""
        now = _now_ms()
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
        if self._delta is not None and self._is_behind:
            self._delta.update_incremental()
        self._is_behind = False
        if self._delta is None:
            address = self.location.table(self.spec.name)
            if self.location.is_local and not (Path(address) / "_delta_log").is_dir():
                return None
            try:
                self._delta = open_table(address)
            except TableNotFoundError:
                return None
        return self._delta

    def make(self) -> None:
        """Make the table, without rows, if it is not there."""
        if self._delta is None and not LakeReader(self.location.uri).exists(self.spec.name):
            with suppress(AlreadyExistsError):  # another driver made it just now
                obstore.put(self.location.store, f"{self.spec.name}/{FIRST}", self._first_commit(), mode="create")

    def _first_commit(self) -> bytes:
        """Return the commit that makes the table; a put is a third of the time of delta-rs's own way."""
        # readers must not take a column without statistics for one without values: delta-rs' Arrow dataset does
        indexed = (
            {"delta.dataSkippingStatsColumns": ",".join(self.spec.sort_by)} if self.spec.sort_by else NOTHING_INDEXED
        )
        metadata = {
            "id": str(uuid.uuid4()),
            "description": self.spec.row,
            "format": {"provider": "parquet", "options": {}},
            "schemaString": Schema.from_arrow(self.spec.schema).to_json(),
            "partitionColumns": list(self.spec.partition_by),
            "createdTime": _now_ms(),
            "configuration": {"delta.checkpointInterval": "50"} | KEPT_A_DAY | indexed,
        }
        made = {"timestamp": _now_ms(), "operation": "CREATE TABLE", "operationParameters": {}}
        actions = ({"commitInfo": made}, {"protocol": PROTOCOL}, {"metaData": metadata})
        return "\n".join(json.dumps(action) for action in actions).encode()

    def _data_file(self, row: dict[str, object]) -> DataFile:
        def bound(side: str) -> tuple[tuple[str, str | int], ...]:
            found = ((name, row.get(f"{side}.{name}")) for name in self.spec.sort_by)
            return tuple((name, _plain(value)) for name, value in found if value is not None)

        partition = tuple((name, str(row[f"partition.{name}"])) for name in self.spec.partition_by)
        size, rows = row["size_bytes"], row["num_records"]
        assert isinstance(size, int) and isinstance(rows, int)
        return DataFile(str(row["path"]), size, rows, partition, bound("min"), bound("max"))


def _now_ms() -> int:
    return int(time.time() * 1000)  # noqa: TID251 as every writer of Delta stamps what it does


def _plain(value: object) -> str | int:
    if isinstance(value, datetime):
        return iso_of(value)
    return value if isinstance(value, int) else str(value)
