"""Which sequences have come where they come in very many runs: a document longer than a batch tells item by item."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from smelt.copper.batch import Batch
from smelt.copper.rows import Run


@dataclass
class SequenceSets:
    """Runs of sequences as arrays, by agent and instance.

    Examples
    --------
    >>> sets = SequenceSets()
    >>> sets.add([Run("a", 1, 1, 1), Run("a", 1, 3, 3)])
    >>> sets.add([Run("a", 1, 2, 2)])
    >>> list(sets.runs())
    [Run(agent='a', instance_id=1, first=1, last=3)]
    """

    _of: dict[tuple[str, int], NDArray[np.int64]] = field(default_factory=dict)  # first and last, in order

    def add(self, runs: Iterable[Run]) -> None:
        """Add runs, in any order."""
        found: dict[tuple[str, int], list[int]] = {}
        for run in runs:
            found.setdefault((run.agent, run.instance_id), []).extend((run.first, run.last))
        for key, ends in found.items():
            told = np.array(ends, np.int64).reshape(-1, 2)
            self._of[key] = _merged(np.concatenate([self._of[key], told]) if key in self._of else told)

    def runs(self) -> Iterator[Run]:
        """Yield the runs; those that touch are one."""
        for (agent, instance_id), spans in self._of.items():
            yield from (Run(agent, instance_id, first, last) for first, last in spans.tolist())

    def leave_out(self, batch: Batch, is_new: NDArray[np.bool_]) -> None:
        """Call no row of a batch new whose sequence is among these."""
        for number, source in enumerate(batch.sources):
            spans = None if source.instance_id is None else self._of.get((source.agent, source.instance_id))
            if spans is not None:
                rows = np.flatnonzero(batch.source == number)
                place = np.searchsorted(spans[:, 0], batch.sequence[rows], side="right") - 1
                is_new[rows] &= (place < 0) | (batch.sequence[rows] > spans[place, 1])


def _merged(spans: NDArray[np.int64]) -> NDArray[np.int64]:
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    last = np.maximum.accumulate(spans[:, 1])
    begins = np.flatnonzero(np.append(True, spans[1:, 0] > last[:-1] + 1))
    return np.stack([spans[begins, 0], last[np.append(begins[1:], len(spans)) - 1]], axis=1)
