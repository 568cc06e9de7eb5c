"""What rows add to each period of a device: how many, and a sum of hashes that is blind to their order and batches."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smelt.copper.batch import Batch, Words
from smelt.copper.layout import Layout
from smelt.copper.period_kernels import add_hashes, find_nearest, find_stretches
from smelt.copper.row_kernels import NONE
from smelt.copper.rows import PeriodSum
from smelt.terms.interval import PERIOD_US

_MASK = (1 << 64) - 1


def mark_stretches(batch: Batch, layout: Layout) -> NDArray[np.int64]:
    """Return where each (device, data item, period) of the plausible rows begins in the layout, and where they end."""
    first = layout.plausible.start
    starts = np.empty(len(layout.order) + 1 - first, np.int64)
    count = find_stretches(layout.order, layout.marks, first, batch.time_us, PERIOD_US, starts)
    starts[count] = len(layout.order)
    return starts[: count + 1].copy()  # few


def period_sums(
    batch: Batch, hashes: NDArray[np.uint64], place: NDArray[np.int64], layout: Layout, stretches: NDArray[np.int64]
) -> list[PeriodSum]:
    """Return what a batch's rows add to each (device, period).

    A row with an implausible stamp counts in the period of the plausible row before it (by sequence)
    of its device, else of the one after it; a device with none has no period.

    Parameters
    ----------
    hashes : of all rows of the batch, as `Batch.hashes` gives them.
    place : of each row among those of its agent, in the order of instances and sequences; -1 for lines.
    """
    found = list(_sums(batch, hashes, layout, stretches))
    if layout.plausible.start:
        found += _implausible(batch, hashes, layout, place)
    return add_up(found)


def add_up(sums: Iterable[PeriodSum]) -> list[PeriodSum]:
    """Join sums of the same device and period."""
    total: dict[tuple[str, int], tuple[int, int]] = {}
    for s in sums:
        rows, fingerprint = total.get((s.device_uuid, s.period_us), (0, 0))
        total[s.device_uuid, s.period_us] = (rows + s.rows, (fingerprint + s.fingerprint) & _MASK)
    return [PeriodSum(device, period, *total[device, period]) for device, period in sorted(total)]


def _totals(
    batch: Batch, hashes: NDArray[np.uint64], order: NDArray[np.int32], starts: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Add up rows' hashes, each with what agent and which instance numbered the row, from each start to the next."""
    names = pa.array([s.agent for s in batch.sources], pa.string())
    agents = Words(np.zeros(0, np.int32), names).hashes()[:-1]
    instances = np.array([NONE if s.instance_id is None else s.instance_id for s in batch.sources], np.uint64)
    by = np.uint64(0x9E3779B97F4A7C15)
    sums = np.empty(len(starts) - 1, np.uint64)
    add_hashes(order, starts, batch.source, (agents ^ instances * by) * by, hashes, sums)
    return sums


def _sums(
    batch: Batch, hashes: NDArray[np.uint64], layout: Layout, stretches: NDArray[np.int64]
) -> Iterator[PeriodSum]:
    starts = stretches[:-1]
    if not len(starts):
        return
    totals = _totals(batch, hashes, layout.order, stretches)
    first = layout.order[starts]
    device = batch.words["device_uuid"].codes[first].astype(np.int64)
    period = batch.time_us[first] // PERIOD_US
    order = np.lexsort((period, device))
    begins = np.flatnonzero(np.diff(device[order], prepend=-1) | np.diff(period[order], prepend=-1))
    rows = np.add.reduceat(np.diff(stretches)[order], begins)
    names = batch.words["device_uuid"].values
    for at, count, total in zip(order[begins], rows, np.add.reduceat(totals[order], begins), strict=True):
        yield PeriodSum(names[device[at]].as_py(), int(period[at]) * PERIOD_US, int(count), int(total))


def _implausible(
    batch: Batch, hashes: NDArray[np.uint64], layout: Layout, place: NDArray[np.int64]
) -> Iterator[PeriodSum]:
    """Yield what each implausible row adds."""
    rows = layout.order[: layout.plausible.start]
    device = batch.words["device_uuid"]
    names = sorted({s.agent for s in batch.sources})
    agent = np.array([names.index(s.agent) for s in batch.sources], np.int32)
    speaker = agent[batch.source[rows]] * len(device.values) + device.codes[rows]
    key = place.view(np.uint64)  # lines come last
    order = np.lexsort((key[rows], speaker))
    rows, speaker = rows[order], speaker[order]
    firsts = np.searchsorted(speaker, np.arange(len(names) * len(device.values) + 1))
    nearest = np.empty(len(rows), np.int32)
    find_nearest(
        layout.order[layout.plausible], key, agent, batch.source, device.codes, len(device.values),
        key[rows], firsts, nearest,
    )  # fmt: skip
    totals = _totals(batch, hashes, rows, np.arange(len(rows) + 1))
    for row, beside, total in zip(rows.tolist(), nearest.tolist(), totals.tolist(), strict=True):
        if beside >= 0:
            period = int(batch.time_us[beside]) // PERIOD_US * PERIOD_US
            yield PeriodSum(device.values[int(device.codes[row])].as_py(), period, 1, total)
