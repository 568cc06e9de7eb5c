"""Work cut into cycles (cuts, holes, bends): a table of stretches, and where each tick falls in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smelt.simulate.day import Floats


@dataclass(frozen=True)
class Cycles:
    """Stretches [start, end) in seconds of the day, in order and apart, with a table of numbers per stretch."""

    start_s: Floats
    end_s: Floats
    columns: dict[str, Floats]

    def at(self, seconds: Floats) -> "Position":
        """Find for each instant its stretch (or the one before it), and how far through it is."""
        if self.start_s.size == 0:
            nowhere = np.zeros(seconds.size, np.bool_)
            return Position(np.zeros(seconds.size, np.int64), nowhere, np.zeros(seconds.size), self)
        number = np.searchsorted(self.start_s, seconds, "right") - 1
        inside = (number >= 0) & (seconds < self.end_s[np.maximum(number, 0)])
        number = np.maximum(number, 0)
        phase = np.clip((seconds - self.start_s[number]) / (self.end_s[number] - self.start_s[number]), 0.0, 1.0)
        return Position(number, inside, np.where(inside, phase, 0.0), self)


@dataclass(frozen=True)
class Position:
    """Where instants fall: number of the stretch, whether inside it, and the share of it that has passed."""

    number: NDArray[np.int64]
    inside: NDArray[np.bool_]
    phase: Floats
    cycles: Cycles

    def column(self, name: str) -> Floats:
        """Return a column at each instant; 0 outside the stretches."""
        values = self.cycles.columns[name]
        if values.size == 0:
            return np.zeros(self.number.size)
        return np.where(self.inside, values[self.number], 0.0)

    def latest(self, name: str, before: float) -> Floats:
        """Return a column's value in the stretch now or before; `before` where none has begun."""
        values = self.cycles.columns[name]
        if values.size == 0:
            return np.full(self.number.size, before)
        begun = self.inside | (np.maximum.accumulate(self.inside) > 0)
        return np.where(begun, values[self.number], before)


def carry(where: Position, names: Sequence[str], last: dict[str, float]) -> dict[str, Floats]:
    """Return columns held from one stretch to the next and over midnight; `last` is brought up to the day's end."""
    held = {name: where.latest(name, last.get(name, 0.0)) for name in names}
    last.update({name: float(values[-1]) for name, values in held.items()})
    return held


def table(rows: Sequence[tuple[float, ...]], names: Sequence[str]) -> Cycles:
    """Make cycles of rows (start, end, *columns).

    Examples
    --------
    >>> table([(0.0, 2.0, 7.0)], ["depth"]).at(np.array([1.0, 3.0])).column("depth")
    array([7., 0.])
    """
    array = np.asarray(rows, np.float64).reshape(len(rows), len(names) + 2)
    return Cycles(array[:, 0], array[:, 1], {name: array[:, i + 2] for i, name in enumerate(names)})
