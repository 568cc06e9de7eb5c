"""Numbers the rows of a log that are equal in everything, so that each of them has a key."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

_IDENTITY = ["data_item", "event_time", "value", "text", "level", "native_code"]


def count_repeats(rows: pl.DataFrame) -> NDArray[np.int32]:
    """Return for each row how many equal ones stand before it.

    Examples
    --------
    >>> same = {"data_item": "a", "event_time": 0, "value": 1.0, "text": None, "level": None, "native_code": None}
    >>> count_repeats(pl.DataFrame([same, same | {"value": 2.0}, same])).tolist()
    [0, 0, 1]
    """
    ordinals = np.zeros(len(rows), np.int32)
    places = _with_equal_hash(rows)
    if len(places):
        counted = rows[places].select(pl.int_range(pl.len(), dtype=pl.Int32).over(_IDENTITY)).to_series()
        ordinals[places] = counted.to_numpy()
    return ordinals


def _with_equal_hash(rows: pl.DataFrame) -> NDArray[np.int64]:
    """Return the places of rows that may have an equal one; hashes are cheap, and twins rare."""
    hashes = rows.select(_IDENTITY).hash_rows().to_numpy()
    order = np.argsort(hashes, kind="stable")
    is_like_next = hashes[order[:-1]] == hashes[order[1:]]
    is_twin = np.zeros(len(hashes), bool)
    is_twin[order[:-1]] |= is_like_next
    is_twin[order[1:]] |= is_like_next
    return np.flatnonzero(is_twin)
