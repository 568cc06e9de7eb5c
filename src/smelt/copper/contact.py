"""The evidence of contact in documents: when a source spoke, and when it restarted."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.terms.interval import DAY_US, Interval


def with_contact(documents: pl.DataFrame) -> pl.DataFrame:
    """Add `contact_us`: a document's creation where that can be true, else its arrival; rows with neither go.

    A replayed document bears the time of its replay: creation counts only within a day of the arrival.
    """
    created, received = (pl.col(name).dt.timestamp("us") for name in ("created_at", "received_at"))
    near = (created - received).abs() < DAY_US
    contact = pl.when(received.is_null() | near).then(created).otherwise(received)
    return documents.with_columns(contact_us=contact).drop_nulls("contact_us").sort("agent", "contact_us")


def restarts(documents: pl.DataFrame) -> dict[str, tuple[Interval, ...]]:
    """Return for each agent the intervals between the last word before a new instance and the new one's first.

    Parameters
    ----------
    documents : agent, instance_id, contact_us.

    Notes
    -----
    A broker that retains messages repeats an older instance in the midst of the present one: an instance with a lower
    id than one that speaks before and after it is no restart.
    """
    told = documents.drop_nulls("instance_id").sort("agent", "contact_us", "instance_id")
    spans = (
        told.with_columns(before=pl.col("contact_us").shift(1).over("agent"))
        .group_by("agent", "instance_id", maintain_order=True)
        .agg(pl.col("before", "contact_us").first(), last=pl.col("contact_us").max())
    )
    found: dict[str, list[Interval]] = {}
    newest: dict[str, tuple[int, int]] = {}
    for agent, instance_id, before, first, last in spans.rows():
        highest, spoke_until = newest.get(agent, (-1, -1))
        if before is not None and not (instance_id < highest and first < spoke_until):
            found.setdefault(agent, []).append(Interval(before, max(first, before + 1)))
        newest[agent] = max((highest, spoke_until), (instance_id, last))
    return {agent: tuple(intervals) for agent, intervals in found.items()}


def times_by_agent(documents: pl.DataFrame) -> dict[str, NDArray[np.int64]]:
    """Return each agent's contact times, sorted, in microseconds; a document delivered twice counts once."""
    return {str(agent): np.unique(group["contact_us"].to_numpy()) for (agent,), group in documents.group_by("agent")}
