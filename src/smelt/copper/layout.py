"""Where copper keeps each row of a batch: its partition, and its place by device, data item and time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from smelt.copper.batch import Batch
from smelt.copper.row_kernels import GROUP, NONE, mark_groups, merge_late, number_months, sort_by_code
from smelt.copper.rows import EARLIEST, LATEST_AHEAD_US
from smelt.terms.tables import NO_MONTH

_MONTHS = np.arange(np.datetime64(EARLIEST, "M"), np.datetime64("9999-12", "M") + 1)
_EDGES = _MONTHS.astype("datetime64[us]").astype(np.int64)
Key = tuple[NDArray[np.int32], int]  # codes and how many there are of them


@dataclass(frozen=True)
class Partition:
    """Rows order[start:end] of a layout."""

    month: str
    bucket: int
    start: int
    end: int


@dataclass(frozen=True)
class Layout:
    """The rows of a batch that are kept, in their order; `marks` says where the rows of a data item begin."""

    order: NDArray[np.int32]
    marks: NDArray[np.uint8]
    partitions: tuple[Partition, ...]

    @property
    def plausible(self) -> slice:
        """The places of rows whose stamp can be true: month '0000-00' comes first."""
        without = [p.end for p in self.partitions if p.month == NO_MONTH]
        return slice(max(without, default=0), len(self.order))


def lay_out(batch: Batch, hashes: NDArray[np.uint64], kept: NDArray[np.int32], buckets: int) -> Layout:
    """Sort rows as copper keeps them: month, bucket, device, data item, time, instance, sequence, part.

    Rows of a data item mostly come in order, so the sort is linear: stable counting sorts by codes, then
    a look at neighbours; stretches of a data item that are out of order are merged. Rows that are alike in
    all of this stand in the order of their hashes, never in that of their arrival.
    """
    device, item = batch.words["device_uuid"], batch.words["data_item"]
    months, partition = _months(batch)
    if buckets > 1:
        of_device = np.array([crc32(d.encode()) % buckets for d in device.values.to_pylist()], np.int32)
        partition = partition * np.int32(buckets) + of_device[device.codes]
    order = kept
    keys = ((item.codes, len(item.values)), (device.codes, len(device.values)), (partition, len(months) * buckets))
    for code, count in _together(keys, len(kept)):
        placed = np.empty_like(order)
        sort_by_code(order, code, np.zeros(count + 1, np.int64), placed)
        order = placed
    marks = np.empty(len(order), np.uint8)
    within = (batch.time_us, batch.source, batch.sequence, batch.part, hashes)
    if mark_groups(order, partition, device.codes, item.codes, *within, marks):
        merge_late(order, marks, *within)
    starts = np.flatnonzero(marks & GROUP)
    places = _partitions(partition[order[starts]], np.append(starts, len(order)), months, buckets)
    return Layout(order, marks, tuple(places))


def _together(keys: Sequence[Key], most: int) -> Sequence[Key]:
    """Make one key of several, the last of which counts most, if that has no more codes than there are rows."""
    (code, total), *others = keys
    if prod(count for _, count in keys) > most:
        return keys
    for more, count in others:
        code = more * np.int32(total) + code if count > 1 else code
        total *= count
    return ((code, total),)


def _months(batch: Batch) -> tuple[list[str], NDArray[np.int32]]:
    """Return the months that rows are in, in order, and for each row which of them it is in."""
    limits = np.where(batch.received_us == NONE, NONE, batch.received_us + LATEST_AHEAD_US)
    numbers, counts = np.empty(len(batch), np.int32), np.zeros(len(_EDGES) + 1, np.int64)
    number_months(batch.time_us, batch.document, limits, _EDGES, numbers, counts)
    present = np.flatnonzero(counts)
    names = [NO_MONTH if m == 0 else str(_MONTHS[m - 1]) for m in present]
    if len(present) <= 1:
        return names, np.zeros(len(batch), np.int32)
    code = np.zeros(len(_MONTHS) + 1, np.int32)
    code[present] = np.arange(len(present))
    return names, code[numbers]


def _partitions(
    partition: NDArray[np.int32], starts: NDArray[np.int64], months: list[str], buckets: int
) -> Iterator[Partition]:
    """Yield the partitions of data items, which begin at `starts`; the last of these is where all end."""
    begins = np.flatnonzero(np.diff(partition, prepend=-1)).tolist()
    for first, end in pairwise([*begins, len(partition)]):
        month, bucket = divmod(int(partition[first]), buckets)
        yield Partition(months[month], bucket, int(starts[first]), int(starts[end]))
