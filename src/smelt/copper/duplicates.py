"""Which rows of a batch are new: by the numbers that an agent gave them, else by everything that they say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.copper.batch import Batch
from smelt.copper.row_kernels import KNOWN, NONE, bounds, claim, find_places
from smelt.copper.rows import Run

LINE_KEY = ("device_uuid", "data_item", "event_time", "sequence", "value", "text", "level", "native_code", "part")
_ROOM = 8  # slots a row that a table of claimed numbers may have


@dataclass(frozen=True)
class NewRows:
    """Whether each row of a batch is new, and the runs of sequences that the new ones hold.

    `place` is a row's among all of its agent, in the order of instances and sequences; -1 for lines.
    """

    is_new: NDArray[np.bool_]
    place: NDArray[np.int64]
    runs: tuple[Run, ...]


def new_numbered(batch: Batch, known: Sequence[Run]) -> NewRows:
    """Leave out rows whose sequence lies in a known run, and what another document of the batch said before.

    Rows of one sequence and several parts (a time series) come and go together. Rows that nobody
    numbered are all called new here; see `new_lines`.
    """
    is_new = np.ones(len(batch), np.bool_)
    numbers = _Numbers(batch)
    claimed = np.zeros(numbers.size, np.int64)
    for run in known:
        numbers.mark_known(claimed, run)
    claim(numbers.place, batch.document, batch.part, claimed, is_new)
    return NewRows(is_new, numbers.place, tuple(numbers.runs(claimed)))


class _Numbers:
    """Gives each (source, sequence) of a batch a place in one table; far apart numbers are counted, not spread."""

    def __init__(self, batch: Batch) -> None:
        self._sources = batch.sources
        count = len(batch.sources)
        self._low, high = np.full(count, NONE), np.full(count, -1)
        bounds(batch.source, batch.sequence, self._low, high)
        is_numbered = np.array([s.instance_id is not None for s in batch.sources], np.bool_) & (high >= 0)
        width = np.where(is_numbered, high - np.where(is_numbered, self._low, 0) + 1, 0)
        self._counted: dict[int, NDArray[np.int64]] = {}
        spread: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        for s in np.flatnonzero(width > _ROOM * len(batch)).tolist():
            rows = np.flatnonzero((batch.source == s) & (batch.sequence != NONE))
            self._counted[s], counted = np.unique(batch.sequence[rows], return_inverse=True)
            spread[s] = (rows, counted)
            width[s] = len(self._counted[s])
        self._base = np.concatenate(([0], np.cumsum(width)))
        self.size = int(self._base[-1])
        self.place = np.empty(len(batch), np.int64)
        first = np.where(is_numbered, self._base[:-1] - np.where(is_numbered, self._low, 0), NONE)
        find_places(batch.source, batch.sequence, first, self.place)
        for s, (rows, counted) in spread.items():
            self.place[rows] = self._base[s] + counted

    def mark_known(self, claimed: NDArray[np.int64], run: Run) -> None:
        """Mark the numbers of a run that is stored."""
        for s, source in enumerate(self._sources):
            if (source.agent, source.instance_id) != (run.agent, run.instance_id):
                continue
            start, width = int(self._base[s]), int(self._base[s + 1] - self._base[s])
            if s in self._counted:
                first = int(np.searchsorted(self._counted[s], run.first))
                end = int(np.searchsorted(self._counted[s], run.last, side="right"))
            else:
                first, end = run.first - int(self._low[s]), run.last + 1 - int(self._low[s])
            claimed[start + min(max(first, 0), width) : start + min(max(end, 0), width)] = KNOWN

    def runs(self, claimed: NDArray[np.int64]) -> list[Run]:
        """Return the runs of numbers that were claimed."""
        found: list[Run] = []
        for s, source in enumerate(self._sources):
            taken = np.flatnonzero(claimed[self._base[s] : self._base[s + 1]] > 0)
            if not len(taken) or source.instance_id is None:
                continue
            numbers = self._counted[s][taken] if s in self._counted else taken + self._low[s]
            breaks = np.flatnonzero(np.diff(numbers) != 1)
            firsts = numbers[np.concatenate(([0], breaks + 1))].tolist()
            lasts = numbers[np.concatenate((breaks, [len(numbers) - 1]))].tolist()
            found += [Run(source.agent, source.instance_id, f, l) for f, l in zip(firsts, lasts, strict=True)]  # noqa: E741
        return sorted(found)


def new_lines(
    batch: Batch, hashes: NDArray[np.uint64], rows: NDArray[np.int32], stored: pl.DataFrame
) -> NDArray[np.bool_]:
    """Say of rows that nobody numbered whether each is new: said neither by one before it nor by one that is stored.

    `part` counts identical lines of one file, so a line that stands twice in one log and once in the
    next is kept twice: the larger count wins.

    Parameters
    ----------
    rows : which rows of the batch.
    stored : LINE_KEY columns of rows that may be the same.
    """
    is_new = np.ones(len(rows), np.bool_)
    twins = _may_repeat(hashes[rows])
    if len(twins):
        is_first = batch.frame(rows[twins]).select(LINE_KEY).select(pl.struct(pl.all()).is_first_distinct())
        is_new[twins] = is_first.to_series().to_numpy()
    if stored.height:
        inside = _within(batch.time_us[rows], stored)
        said = batch.frame(rows[inside]).select(LINE_KEY).with_row_index("row")
        left = said.join(stored.select(LINE_KEY), on=LINE_KEY, how="anti", nulls_equal=True)
        is_fresh = np.zeros(len(inside), np.bool_)
        is_fresh[left["row"].to_numpy()] = True
        is_new[inside] &= is_fresh
    return is_new


def _may_repeat(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the places of equal hashes, in order."""
    order = np.argsort(hashes, kind="stable")
    is_equal = hashes[order[1:]] == hashes[order[:-1]]
    twin = np.zeros(len(hashes), np.bool_)
    twin[order[1:]] |= is_equal
    twin[order[:-1]] |= is_equal
    return np.flatnonzero(twin)


def _within(times: NDArray[np.int64], stored: pl.DataFrame) -> NDArray[np.int64]:
    stamped = stored["event_time"].dt.timestamp("us").drop_nulls().to_numpy()
    if stored["event_time"].null_count() or not len(stamped):
        return np.arange(len(times))
    return np.flatnonzero((times >= stamped.min()) & (times <= stamped.max()))
