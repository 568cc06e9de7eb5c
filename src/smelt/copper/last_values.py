"""The last values of a batch: a linear look at rows in their order leaves few, among which `carry` decides."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.copper.batch import Batch
from smelt.copper.carry import last_values_of
from smelt.copper.layout import Layout
from smelt.copper.row_kernels import mark_last
from smelt.terms.observation import UNAVAILABLE


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
    kind, count = _kinds(batch)
    is_last = np.zeros(len(layout.order), np.bool_)
    mark_last(
        layout.order, stretches, kind, batch.is_line(), batch.time_us, batch.source, batch.sequence, batch.part,
        np.full(count, -1), is_last,
    )  # fmt: skip
    return last_values_of(batch.frame(layout.order[is_last]))


def _kinds(batch: Batch) -> tuple[NDArray[np.int32], int]:
    """Return what each row competes with to be an item's last: 0, but a condition's code, and whether it resets."""
    category, level, code = (batch.words[name] for name in ("category", "level", "native_code"))
    is_condition = np.array([*(c == "CONDITION" for c in category.values.to_pylist()), False], np.bool_)
    count = 2 * len(code.values) + 3
    if not is_condition.any():
        return np.zeros(len(batch), np.int32), count
    ends_all = np.array([*(v == UNAVAILABLE for v in level.values.to_pylist()), False], np.bool_)
    ends_own = np.array([*(v == "NORMAL" for v in level.values.to_pylist()), False], np.bool_)
    is_reset = ends_all[level.codes] | (ends_own[level.codes] & (code.codes < 0))
    kind = 2 * (code.codes + 1) + is_reset + 1
    return np.where(is_condition[category.codes], kind, 0).astype(np.int32), count
