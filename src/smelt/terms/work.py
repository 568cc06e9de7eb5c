"""What stages and the lake hand each other: data files written, files replaced, and what a task wrote."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DataFile:
    """A Parquet file that stands in a table's folder and is (or is not yet) part of the table.

    `low` and `high` hold the first and last value of the table's sort columns, as Delta writes them.
    """

    path: str
    size: int
    rows: int
    partition: tuple[tuple[str, str], ...] = ()
    low: tuple[tuple[str, str | int], ...] = ()
    high: tuple[tuple[str, str | int], ...] = ()

    def value(self, column: str) -> str:
        """Return the partition's value of a column."""
        return dict(self.partition)[column]


@dataclass(frozen=True)
class PeriodDone:
    """A period of a device that a task made: its rows and the fingerprint of what they were made from."""

    device_uuid: str
    period_us: int
    rows: int
    fingerprint: int


@dataclass(frozen=True)
class Finished:
    """One stage's part of a run, as `smelt run --json` prints it."""

    stage: str
    plans: int
    tasks: int
    rows_written: int
    files_written: int
    bytes_written: int
    rejects: int
    seconds: float
