"""What each period of a device was made from: the memory behind incremental runs, corrections and lineage."""

from dataclasses import dataclass

import polars as pl

MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Sum:
    """Rows that ingest added to a period, and the sum mod 2^64 of their hashes: the period's fingerprint."""

    rows: int
    fingerprint: int


Key = tuple[str, int]


def sums(tasks: pl.DataFrame) -> dict[Key, Sum]:
    """Add up what ingest reported for each (device, period in microseconds).

    Parameters
    ----------
    tasks : rows of ops/tasks.

    Examples
    --------
    >>> sums(pl.DataFrame(schema={"stage": pl.String, "device_uuid": pl.String, "period": pl.Datetime("us", "UTC"),
    ...     "plan": pl.Int64, "rows": pl.Int64, "fingerprint": pl.Int64}))
    {}
    """
    found: dict[Key, Sum] = {}
    for device, period, rows, fingerprint in _rows(tasks, "ingest"):
        old = found.get((device, period), Sum(0, 0))
        found[device, period] = Sum(old.rows + rows, (old.fingerprint + fingerprint) & MASK)
    return found


def made_from(tasks: pl.DataFrame, stage: str) -> dict[Key, Sum]:
    """Return for each (device, period) the rows and fingerprint that the stage's latest plan left."""
    return {(device, period): Sum(rows, fingerprint) for device, period, rows, fingerprint in _rows(tasks, stage)}


def _rows(tasks: pl.DataFrame, stage: str) -> list[tuple[str, int, int, int]]:
    chosen = tasks.filter(pl.col("stage") == stage).sort("plan", maintain_order=True)
    return chosen.select("device_uuid", pl.col("period").dt.timestamp("us"), "rows", pl.col("fingerprint")).rows()
