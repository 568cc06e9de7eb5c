"""The evidence of contact in documents and sequences: when a source spoke, restarted, or lost observations."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.copper.rows import Run, merge_runs
from smelt.terms.interval import DAY_US, Interval


@dataclass(frozen=True)
class Gap:
    """Sequences that an agent instance numbered and nobody stored: between `before` and `after`, both stored."""

    agent: str
    instance_id: int
    before: int
    after: int

    @property
    def count(self) -> int:
        """Return how many are missing."""
        return self.after - self.before - 1


def gaps(runs: list[Run]) -> list[Gap]:
    """Return the holes between the runs of each agent instance.

    Examples
    --------
    >>> [g.count for g in gaps([Run("a", 1, 1, 4), Run("a", 1, 8, 9), Run("a", 2, 1, 3)])]
    [3]
    """
    merged = merge_runs(runs)
    return [
        Gap(left.agent, left.instance_id, left.last, right.first)
        for left, right in pairwise(merged)
        if (left.agent, left.instance_id) == (right.agent, right.instance_id)
    ]


def with_contact(documents: pl.DataFrame) -> pl.DataFrame:
    """Add `contact_us`: a document's creation where that can be true, else its arrival; rows with neither go.

    A replayed document bears the time of its replay: creation counts only within a day of the arrival.
    """
    created, received = (pl.col(name).dt.timestamp("us") for name in ("created_at", "received_at"))
    near = (created - received).abs() < DAY_US
    contact = pl.when(received.is_null() | near).then(created).otherwise(received)
    return documents.with_columns(contact_us=contact).drop_nulls("contact_us").sort("agent", "contact_us")


def restarts(documents: pl.DataFrame) -> dict[str, tuple[Interval, ...]]:
    """Return for each agent the intervals between the last word of an instance and the first of the next.

    Parameters
    ----------
    documents : agent, instance_id, contact_us.
    """
    spans = (
        documents.drop_nulls("instance_id")
        .group_by("agent", "instance_id")
        .agg(first=pl.col("contact_us").min(), last=pl.col("contact_us").max())
        .sort("agent", "first", "instance_id")
    )
    found: dict[str, list[Interval]] = {}
    rows = spans.rows()
    for (agent, _, _, last), (next_agent, _, first, _) in pairwise(rows):
        if agent == next_agent:
            found.setdefault(agent, []).append(Interval(min(last, first), max(first, last + 1)))
    return {agent: tuple(intervals) for agent, intervals in found.items()}


def times_by_agent(documents: pl.DataFrame) -> dict[str, NDArray[np.int64]]:
    """Return each agent's contact times, sorted, in microseconds; a document delivered twice counts once."""
    return {str(agent): np.unique(group["contact_us"].to_numpy()) for (agent,), group in documents.group_by("agent")}
