"""The last values of a batch: a linear look at rows in their order leaves few, among which `carry` decides."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.copper.batch import Batch
from smelt.copper.carry import last_values_of
from smelt.copper.layout import Layout
from smelt.copper.row_kernels import mark_last


def last_values(batch: Batch, layout: Layout, stretches: NDArray[np.int64]) -> pl.DataFrame:
    """Return what `last_values_of` finds among all plausible rows of a batch: LAST_VALUES columns without batch.

    Parameters
    ----------
    stretches : where each (device, data item, period) begins, as `mark_stretches` gives them.

    Notes
    -----
    Handed on are the rows of a stretch's last instant; all of a stretch whose stamps do not run as its
    numbers do, and all conditions, whose codes each have a last value.
    """
    is_last = np.zeros(len(layout.order), np.bool_)
    category = batch.words["category"]
    has_codes = np.array([c == "CONDITION" for c in category.values.to_pylist()], np.bool_)
    mark_last(
        layout.order, stretches, has_codes, category.codes, batch.time_us, batch.source, batch.sequence, is_last
    )  # fmt: skip
    return last_values_of(batch.frame(layout.order[is_last]))
