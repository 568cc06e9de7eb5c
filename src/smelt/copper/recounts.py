"""Agents that begin their numbers anew under the same instance id: what they number as before is not in copper."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.copper.contact import restarts
from smelt.copper.coverage import Loss
from smelt.copper.streams import stream_documents
from smelt.terms.interval import DAY_US, PERIOD_US, Interval

SLACK_US = 10_000_000  # documents that are made at about one time may tell their numbers in any order
_INSTANCE = ("agent", "instance_id")
_SAME = ("created_at", "first_sequence", "next_sequence", "last_sequence", "lowest_sequence", "observations")
_Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Recount:
    """A stretch in which an instance numbered observations as it had numbered others before.

    before_us : its last document before the stretch.
    began_us, until_us : the first and the last document of the stretch.
    count : observations whose numbers were taken: copper has those that were read first.
    losses : the same by UTC hour.
    """

    agent: str
    instance_id: int
    before_us: int
    began_us: int
    until_us: int
    count: int
    losses: tuple[Loss, ...]

    @property
    def restart(self) -> Interval:
        """Return when the agent began anew, as far as its documents tell."""
        return Interval(self.before_us, max(self.began_us, self.before_us + 1))


def recounts(documents: pl.DataFrame) -> tuple[Recount, ...]:
    """Return where agents counted again, by agent and instance, in the order of time.

    Parameters
    ----------
    documents : agent, instance_id, source, first_sequence, next_sequence, last_sequence, lowest_sequence, observations,
        created_at, received_at, offset, contact_us.

    Notes
    -----
    An agent's `lastSequence` only ever grows. A document proves a recount if one that came before it, and was made
    before it, had a higher one, and if numbers of its observations had been handed on by then. What is delivered again,
    or late, was made earlier; a clock that was set back lets numbers go on; neither is a recount. One that passes its
    old numbers before anybody asks leaves no trace.
    """
    arrival = pl.coalesce("received_at", "created_at")
    told = documents.drop_nulls((*_INSTANCE, "last_sequence")).sort(*_INSTANCE, arrival, "offset")
    is_below = pl.col("last_sequence") < pl.col("last_sequence").cum_max().over(_INSTANCE)
    odd = told.filter(is_below).select(_INSTANCE).unique()
    groups = told.join(odd, on=_INSTANCE, how="semi", maintain_order="left").group_by(_INSTANCE, maintain_order=True)
    return tuple(found for _, group in groups for found in _of_instance(group))


def all_restarts(documents: pl.DataFrame, again: Sequence[Recount]) -> dict[str, tuple[Interval, ...]]:
    """Return each agent's restarts, under another instance id (see `restarts`) or under the same."""
    found = restarts(documents)
    for recount in again:
        found[recount.agent] = tuple(sorted((*found.get(recount.agent, ()), recount.restart)))
    return found


def _of_instance(group: pl.DataFrame) -> list[Recount]:
    """Return the recounts of one instance, whose documents are in the order of their arrival."""
    group = group.unique(_SAME, keep="first", maintain_order=True)
    is_again = _is_again(group)
    if not is_again.any():
        return []
    new_from = (pl.col("last_sequence").cum_max().shift(1) + 1).fill_null(0)
    marked = group.with_columns(again=pl.Series(is_again), new_from=new_from)
    streams = stream_documents(marked).drop_nulls("lowest_sequence")
    passes = pl.col("again").shift(1, fill_value=False) & (pl.col("lowest_sequence") < pl.col("new_from"))
    parted = streams.with_columns(
        old_end=pl.when(pl.col("again") | passes).then(pl.min_horizontal("next_sequence", "new_from")),
        new_start=pl.when(passes).then("new_from").otherwise("lowest_sequence"),
    )
    taken = _ranges(parted.filter(~pl.col("again")).select("new_start", "next_sequence"))
    again = parted.drop_nulls("old_end")
    overlap = _length_below(taken, again["old_end"].to_numpy())
    overlap -= _length_below(taken, again["lowest_sequence"].to_numpy())
    count = np.minimum(overlap, again["observations"].fill_null(0).to_numpy())
    again = again.with_columns(count=pl.Series(count, dtype=pl.Int64)).filter(pl.col("count") > 0)
    back = pl.col("last_sequence") < pl.col("last_sequence").shift(1)
    later = pl.col("contact_us") - pl.col("contact_us").shift(1) > SLACK_US
    stretched = again.with_columns(stretch=(back & later).fill_null(value=False).cum_sum())
    return [
        _recount(part, group["contact_us"].to_numpy()) for _, part in stretched.group_by("stretch", maintain_order=True)
    ]


def _is_again(group: pl.DataFrame) -> NDArray[np.bool_]:
    """Say of each document whether one that came and was made before it had a higher last sequence."""
    last, made = group["last_sequence"].to_numpy(), _made(group)
    highest = np.maximum.accumulate(last)
    tops = np.flatnonzero(np.diff(highest, prepend=highest[0] - 1) > 0)
    above = np.searchsorted(last[tops], last, "right")
    is_passed = above < len(tops)
    top = tops[np.minimum(above, len(tops) - 1)]
    return np.asarray(is_passed & (top < np.arange(len(last))) & (made > made[top] + SLACK_US))


def _made(group: pl.DataFrame) -> _Numbers:
    """Return when documents were made: by their agent's clock if it was ever near their arrival, else as they came.

    A document that comes days late has its arrival for `contact_us`, and would seem to be made after what it preceded.
    """
    created, received = (group[name].dt.timestamp("us") for name in ("created_at", "received_at"))
    is_sane = ((created - received).abs() < DAY_US).any()
    return (created.fill_null(group["contact_us"]) if is_sane else group["contact_us"]).to_numpy()


def _ranges(parts: pl.DataFrame) -> _Numbers:
    """Join [start, end), a row each, to ranges without overlaps in order, shape (n, 2)."""
    ordered = parts.sort(parts.columns[0]).to_numpy()
    if not len(ordered):
        return np.empty((0, 2), np.int64)
    end = np.maximum.accumulate(ordered[:, 1])
    first = np.flatnonzero(np.concatenate([[True], ordered[1:, 0] > end[:-1]]))
    return np.column_stack([ordered[first, 0], end[np.append(first[1:], len(end)) - 1]])


def _length_below(ranges: _Numbers, numbers: _Numbers) -> _Numbers:
    """Return how many numbers of the ranges are below each number."""
    if not len(ranges):
        return np.zeros(len(numbers), np.int64)
    before = np.concatenate([[0], np.cumsum(ranges[:, 1] - ranges[:, 0])])
    at = np.searchsorted(ranges[:, 0], numbers, "right")
    inside = np.maximum(0, ranges[np.maximum(at - 1, 0), 1] - numbers)
    return np.asarray(before[at] - np.where(at > 0, inside, 0))


def _recount(stretch: pl.DataFrame, contacts: _Numbers) -> Recount:
    began, until = (int(stretch["contact_us"].min()), int(stretch["contact_us"].max()))  # type: ignore[arg-type]
    earlier = contacts[contacts < began]
    hours = stretch.group_by(hour=pl.col("contact_us") // PERIOD_US).agg(pl.col("count").sum()).sort("hour")
    losses = tuple(
        Loss(Interval(max(began, hour * PERIOD_US), min(until + 1, (hour + 1) * PERIOD_US)), count)
        for hour, count in hours.rows()
    )
    agent, instance_id = stretch.select(_INSTANCE).row(0)
    before = int(earlier.max()) if len(earlier) else began
    return Recount(agent, instance_id, before, began, until, int(stretch["count"].sum()), losses)
