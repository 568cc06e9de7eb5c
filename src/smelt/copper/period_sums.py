"""What rows add to each period of a device: how many, and a sum of hashes that is blind to their order and batches."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smelt.copper.batch import Batch, Words
from smelt.copper.layout import Layout
from smelt.copper.row_kernels import GROUP, NONE, mark_periods, sort_by_code
from smelt.copper.rows import PeriodSum
from smelt.terms.interval import PERIOD_US

_MASK = (1 << 64) - 1


def mark_stretches(batch: Batch, layout: Layout) -> NDArray[np.int64]:
    """Return where each (device, data item, period) of the plausible rows begins in the layout, and where they end."""
    marks = layout.marks.copy()
    mark_periods(layout.order, marks, batch.time_us, PERIOD_US)
    starts = np.flatnonzero(marks & GROUP)
    return np.append(starts[starts >= layout.plausible.start], len(layout.order))


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
    whole = _with_source(batch, hashes)
    found = list(_sums(batch, whole, layout, stretches))
    if layout.plausible.start:
        found += _implausible(batch, whole, layout, place)
    return add_up(found)


def add_up(sums: Iterable[PeriodSum]) -> list[PeriodSum]:
    """Join sums of the same device and period."""
    total: dict[tuple[str, int], tuple[int, int]] = {}
    for s in sums:
        rows, fingerprint = total.get((s.device_uuid, s.period_us), (0, 0))
        total[s.device_uuid, s.period_us] = (rows + s.rows, (fingerprint + s.fingerprint) & _MASK)
    return [PeriodSum(device, period, *total[device, period]) for device, period in sorted(total)]


def _with_source(batch: Batch, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the rows' hashes with what agent and which instance numbered them."""
    names = pa.array([s.agent for s in batch.sources], pa.string())
    agents = Words(np.zeros(0, np.int32), names).hashes()[:-1]
    instances = np.array([NONE if s.instance_id is None else s.instance_id for s in batch.sources], np.uint64)
    by = np.uint64(0x9E3779B97F4A7C15)
    mixed = (hashes ^ ((agents ^ instances * by) * by)[batch.source]) * by
    return mixed ^ (mixed >> np.uint64(32))


def _sums(
    batch: Batch, hashes: NDArray[np.uint64], layout: Layout, stretches: NDArray[np.int64]
) -> Iterator[PeriodSum]:
    starts = stretches[:-1]
    if not len(starts):
        return
    totals = np.add.reduceat(hashes[layout.order[starts[0] :]], starts - starts[0])  # wraps: uint64
    first = layout.order[starts]
    device = batch.words["device_uuid"].codes[first].astype(np.int64)
    period = batch.time_us[first] // PERIOD_US
    order = np.lexsort((period, device))
    begins = np.flatnonzero(np.diff(device[order], prepend=-1) | np.diff(period[order], prepend=-1))
    rows = np.add.reduceat(np.diff(stretches)[order], begins)
    names = batch.words["device_uuid"].values
    for at, count, total in zip(order[begins], rows, np.add.reduceat(totals[order], begins), strict=True):
        yield PeriodSum(names[device[at]].as_py(), int(period[at]) * PERIOD_US, int(count), int(total))


def _implausible(batch: Batch, hashes: NDArray[np.uint64], layout: Layout, place: NDArray[np.int64]) -> list[PeriodSum]:
    strange = layout.order[: layout.plausible.start]
    device = batch.words["device_uuid"]
    names = sorted({s.agent for s in batch.sources})
    agent = np.array([names.index(s.agent) for s in batch.sources], np.int32)[batch.source]
    speaker = agent * np.int32(len(device.values)) + device.codes
    is_asked = np.zeros(len(names) * len(device.values), np.bool_)
    is_asked[speaker[strange]] = True
    is_strange_row = np.zeros(len(batch), np.bool_)
    is_strange_row[strange] = True
    rows = layout.order[is_asked[speaker[layout.order]]]
    behind_all = int(place.max()) + 1
    for code, count in ((np.where(place < 0, behind_all, place), behind_all + 1), (speaker, len(is_asked))):
        ordered = np.empty_like(rows)
        sort_by_code(rows, code.astype(np.int32), np.zeros(count + 1, np.int64), ordered)
        rows = ordered
    is_strange = is_strange_row[rows]
    at = np.arange(len(rows))
    before = np.maximum.accumulate(np.where(is_strange, -1, at))
    behind = np.minimum.accumulate(np.where(is_strange, len(rows), at)[::-1])[::-1]
    found = []
    for i in np.flatnonzero(is_strange).tolist():
        for beside in (before[i], behind[i]):
            if 0 <= beside < len(rows) and speaker[rows[beside]] == speaker[rows[i]]:
                period = int(batch.time_us[rows[beside]]) // PERIOD_US * PERIOD_US
                found.append(PeriodSum(device.values[device.codes[rows[i]]].as_py(), period, 1, int(hashes[rows[i]])))
                break
    return found
