"""The last values of a batch: a linear look at rows in their order leaves few, among which `carry` decides."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.copper.batch import Batch
from smelt.copper.carry import as_last_values, last_values_of
from smelt.copper.layout import Layout
from smelt.copper.period_kernels import mark_last
from smelt.terms.observation import UNAVAILABLE

_RESETS = {UNAVAILABLE: 2, "NORMAL": 1}  # whatever the code is; if there is none


def last_values(batch: Batch, layout: Layout, stretches: NDArray[np.int64]) -> pl.DataFrame:
    """Return what `last_values_of` finds among all plausible rows of a batch: LAST_VALUES columns without batch.

    Parameters
    ----------
    stretches : where each (device, data item, period) begins, as `mark_stretches` gives them.

    Notes
    -----
    Within a period the numbers of an item say what came last, whatever its stamps say (`settle_order`).
    Handed on are the highest number of each item, for conditions of each code and of the last reset; of rows
    that nobody numbered those of the last instant, but all conditions, and all that stand among numbered ones.
    """
    category, level, code = (batch.words[name] for name in ("category", "level", "native_code"))
    is_condition = np.array([*(c == "CONDITION" for c in category.values.to_pylist()), False], np.bool_)
    resets = np.array([*(_RESETS.get(v, 0) for v in level.values.to_pylist()), 0], np.uint8)
    is_unnumbered = np.array([s.instance_id is None for s in batch.sources], np.bool_)
    is_last = np.zeros(len(layout.order), np.bool_)
    open_ = mark_last(
        layout.order, stretches, category.codes, level.codes, code.codes, is_condition, resets, is_unnumbered,
        batch.time_us, batch.source, batch.sequence, batch.part, np.full(2 * len(code.values) + 3, -1), is_last,
    )  # fmt: skip
    found = batch.frame(layout.order[is_last])
    return last_values_of(found) if open_ else as_last_values(found)
