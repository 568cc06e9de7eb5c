"""Tables whose rows can be said in fewer: what compaction makes of them, so that a plant stays quick for years.

Each function takes any rows of its table and returns fewer that say the same to every reader.
"""

from collections.abc import Callable

import polars as pl

from smelt.copper.carry import last_values_of
from smelt.terms.tables import LAST_VALUES, SEQUENCES, TASKS


def joined_runs(runs: pl.LazyFrame) -> pl.LazyFrame:
    """Join runs of sequences that touch or overlap, in order, as `merge_runs` does, but for many.

    Parameters
    ----------
    runs : agent, instance_id, first and last, and batch if it is to be kept: of runs that are joined the highest.
    """
    key = ["agent", "instance_id"]
    reached = pl.col("last").cum_max().shift(1).over(key)
    ordered = runs.sort(*key, "first").with_columns(begins=(pl.col("first") > reached + 1).fill_null(value=True))
    joined = ordered.with_columns(number=pl.col("begins").cum_sum()).group_by(*key, "number", maintain_order=True)
    found = joined.agg(pl.col("first").min(), pl.col("last").max(), pl.col("^batch$").max())
    return found.drop("number")


def latest_values(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the last value of each data item in each period: passes of one hour each added their own."""
    found = rows.collect()
    if found.is_empty():
        return found.lazy()
    batch = pl.lit(found["batch"].max(), pl.Int64)
    return last_values_of(found.drop("batch")).with_columns(batch=batch).select(LAST_VALUES.schema.names).lazy()


def latest_tasks(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add up what ingest added to each period; of the other stages keep what the latest plan left."""
    key = ("stage", "device_uuid", "period")
    plan, is_sum = pl.col("plan"), pl.col("stage") == "ingest"
    added = rows.filter(is_sum).group_by(key).agg(plan.max(), pl.col("rows", "fingerprint").sum())  # wraps: mod 2^64
    left = rows.filter(~is_sum).sort("plan", maintain_order=True).group_by(key).last()
    return pl.concat([found.select(TASKS.schema.names) for found in (added, left)])


FOLDED: dict[str, Callable[[pl.LazyFrame], pl.LazyFrame]] = {
    SEQUENCES.name: joined_runs,
    LAST_VALUES.name: latest_values,
    TASKS.name: latest_tasks,
}
