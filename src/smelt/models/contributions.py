"""Why a minute scored high: the features' parts of the score summed by signal, and the largest of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smelt.terms.class_tables import signal_of
from smelt.terms.tables import CONTRIBUTIONS

MOST_SIGNALS = 8


@dataclass(frozen=True)
class SignalShares:
    """The share of the score (n, s) that each of s signals has; a row sums to 1, or is NaN without a score."""

    signals: tuple[str, ...]
    shares: NDArray[np.float32]

    def mean(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> "SignalShares":
        """Return the shares over some rows as one row, each row with the same weight; it sums to 1.

        Rows without a score are left out; with none left all signals have 0.
        """
        chosen = self.shares[rows]
        known = chosen[~np.isnan(chosen).any(axis=1)]
        total = known.sum(axis=0, dtype=np.float64)[None, :]
        return SignalShares(self.signals, (total / max(total.sum(), np.finfo(np.float64).tiny)).astype(np.float32))


def by_signal(parts: NDArray[np.float32], names: Sequence[str]) -> SignalShares:
    """Sum the parts (n, d) of the features `names` by the signals that they were made from.

    Examples
    --------
    >>> found = by_signal(np.array([[1, 2, 1]], np.float32), ["load__rolling_avg_15m", "load__rolling_std_15m", "rpm"])
    >>> found.signals, found.shares.tolist()
    (('load', 'rpm'), [[0.75, 0.25]])
    """
    of_feature = [signal_of(name) for name in names]
    signals = tuple(dict.fromkeys(of_feature))
    sums = np.zeros((parts.shape[0], len(signals)), np.float32)
    for feature, signal in enumerate(of_feature):
        sums[:, signals.index(signal)] += parts[:, feature]
    total = sums.sum(axis=1, keepdims=True)
    return SignalShares(signals, np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0))


def largest(found: SignalShares, most: int = MOST_SIGNALS) -> pa.ListArray:
    """Return each row's signals with their share, largest first, at most so many, as `terms.tables.CONTRIBUTIONS`.

    Signals without a share are left out; a row without a score has an empty list.

    Examples
    --------
    >>> largest(SignalShares(("load", "speed"), np.array([[0.25, 0.75]], np.float32)), 1).to_pylist()
    [[{'signal': 'speed', 'share': 0.75}]]
    """
    shares = np.nan_to_num(found.shares, nan=0.0)
    order = np.argsort(-shares, axis=1, kind="stable")[:, :most]
    values = np.take_along_axis(shares, order, axis=1)
    kept = values > 0
    offsets = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int32)
    signals = pa.DictionaryArray.from_arrays(
        pa.array(order[kept].astype(np.int32)), pa.array(found.signals, pa.string())
    )
    rows = pa.StructArray.from_arrays(
        [signals.cast(pa.string()), pa.array(values[kept])], fields=list(CONTRIBUTIONS.value_type)
    )
    return pa.ListArray.from_arrays(pa.array(offsets), rows, type=CONTRIBUTIONS)
