"""Sequences that are lost: a stream owes them, no document brought them, and no later one can."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.copper.coverage import Loss
from smelt.copper.streams import owed, stream_documents
from smelt.terms.interval import DAY_US, Interval

_Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Hole:
    """Numbers of an agent's instance between `first` and `last`, both missing; `count` of them were never stored.

    `since_us` is when a document had come as far as the hole, `until_us` when the first came from beyond it.
    """

    agent: str
    instance_id: int
    first: int
    last: int
    count: int
    since_us: int
    until_us: int

    def placed(self, before_us: int | None, after_us: int | None) -> Loss:
        """Return the loss in time, between the stamps of the observations beside the hole.

        A stamp counts only if it is near the documents (a day before the one that came as far as the hole, at most that
        of the one beyond it): a state of `/current` may be months old, and a clock may be wrong.
        """
        since = self.since_us
        is_near = before_us is not None and since - DAY_US <= before_us <= since
        start = before_us if is_near and before_us is not None else since
        is_between = after_us is not None and start <= after_us <= self.until_us
        end = after_us if is_between and after_us is not None else max(start, self.until_us)
        return Loss(Interval(start, end), self.count)


def holes(documents: pl.DataFrame, runs: pl.DataFrame) -> list[Hole]:
    """Return what is lost, one hole for what two neighbouring documents leave between them.

    Parameters
    ----------
    documents : agent, instance_id, source, first_sequence, next_sequence, lowest_sequence, observations, contact_us.
    runs : agent, instance_id, first, last of the stored sequences; they may overlap.

    Notes
    -----
    Numbers below the first that a stream asked for, and above the last `nextSequence`, are not lost: nobody asked for
    them, or a later document may bring them. What an agent calls OUT_OF_RANGE (`firstSequence` minus the `from` that
    was asked) is the count, less what another stream or a `/current` brought of it.
    """
    told = stream_documents(documents)
    stored = {key: _holes_between(group) for key, group in runs.group_by("agent", "instance_id")}
    passed = dict(told.group_by("agent", "instance_id"))
    found: list[Hole] = []
    for key, ranges in owed(told).group_by("agent", "instance_id", maintain_order=True):
        empty = stored.get(key, np.array([[0, np.iinfo(np.int64).max]]))
        missing = _within(empty, ranges.select("start", "end").to_numpy())
        found += _between_documents(str(key[0]), int(str(key[1])), missing, passed[key])
    return found


def _holes_between(runs: pl.DataFrame) -> _Numbers:
    """Return [start, end) of what the runs leave out, shape (n, 2)."""
    ordered = runs.sort("first")
    last = np.maximum.accumulate(ordered["last"].to_numpy())
    starts = np.concatenate([[0], last + 1])
    ends = np.append(ordered["first"].to_numpy(), np.iinfo(np.int64).max)
    return np.column_stack([starts, ends])[starts < ends]


def _within(empty: _Numbers, ranges: _Numbers) -> _Numbers:
    """Return the parts of `empty` that lie in one of the ranges (in order of start); all are [start, end)."""
    parts, at = [np.empty((0, 2), np.int64)], 0
    for begin, end in ranges:
        start = max(begin, at)
        if start >= end:
            continue
        first, last = np.searchsorted(empty[:, 1], start, "right"), np.searchsorted(empty[:, 0], end, "left")
        parts.append(np.clip(empty[first:last], start, end))
        at = end
    return np.concatenate(parts)


def _between_documents(agent: str, instance_id: int, missing: _Numbers, documents: pl.DataFrame) -> list[Hole]:
    """Join what lies between two neighbouring documents, and say when these came."""
    ordered = documents.select("next_sequence", "contact_us").unique().sort("next_sequence", "contact_us")
    nexts, contacts = ordered["next_sequence"].to_numpy(), ordered["contact_us"].to_numpy()
    behind = np.searchsorted(nexts, missing[:, 0], "right").tolist()
    found = []
    for position, pairs in groupby(zip(behind, missing.tolist(), strict=True), key=lambda pair: pair[0]):
        first = np.searchsorted(nexts, nexts[position - 1]) if position else 0
        until = int(contacts[position] if position < len(nexts) else contacts[-1])
        came = contacts[first:position]
        since = int(max(came[came <= until], default=until))  # heartbeats repeat a number; a late copy is no evidence
        parts = [part for _, part in pairs]
        count = sum(end - start for start, end in parts)
        found.append(Hole(agent, instance_id, parts[0][0], parts[-1][1] - 1, count, since, until))
    return found
