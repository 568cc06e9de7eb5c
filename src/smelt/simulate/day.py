"""What a device is told about a day, and what it answers: readings on its ticks, moments and states."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from smelt.simulate.faults import DAY_MS, Fault
from smelt.simulate.shifts import Block

Floats = NDArray[np.float64]
Times = NDArray[np.int64]


@dataclass(frozen=True)
class Stop:
    """A stretch in which the device is down for a repair or a service."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Day:
    """A device's day: when people work, what is failing, when it is down, and randomness of its own.

    `rng` decides what is done, `noise` is what sensors add: a stop changes decisions after it, and
    nothing before it.
    """

    index: int
    start_ms: int
    rng: np.random.Generator
    noise: np.random.Generator
    blocks: tuple[Block, ...]
    faults: tuple[Fault, ...] = ()
    stops: tuple[Stop, ...] = ()

    def ticks(self, period_s: int) -> Times:
        """Return the instants at which the adapter looks, in milliseconds, evenly but for some jitter."""
        count = 86_400 // period_s
        jitter = self.noise.integers(0, period_s * 250, count)
        return self.start_ms + np.arange(count, dtype=np.int64) * (period_s * 1000) + period_s * 100 + jitter

    def seconds(self, at_ms: Times) -> Floats:
        """Return the seconds since midnight."""
        return (at_ms - self.start_ms) / 1000.0

    def severity(self, kind: str, at_ms: Times) -> Floats:
        """Return how bad faults of a kind are at each instant, 0 to 1."""
        return sum((f.severity(at_ms) for f in self.faults if f.kind == kind), np.zeros(at_ms.size))

    def stopped(self, at_ms: Times) -> NDArray[np.bool_]:
        """Return true where the device is down."""
        out = np.zeros(at_ms.size, np.bool_)
        for stop in self.stops:
            out |= (stop.start_ms <= at_ms) & (at_ms < stop.end_ms)
        return out

    def next_stop(self, second: float) -> tuple[float, float]:
        """Return the seconds of the day at which the next stop that ends after `second` begins and ends."""
        spans = [((s.start_ms - self.start_ms) / 1000, (s.end_ms - self.start_ms) / 1000) for s in self.stops]
        return min((s for s in spans if s[1] > second), default=(np.inf, np.inf))


@dataclass(frozen=True)
class State:
    """A CONDITION's state: level, the controller's code and message."""

    at_ms: int
    name: str
    level: str
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Job:
    """A row for the maintenance log."""

    at_ms: int
    kind: str
    component: str
    note: str


@dataclass
class Readings:
    """A device's day as its adapter sees it.

    `samples` and `events` are on the ticks; `moments` hold numbers, (n,) or (n, 3), at their own
    instants; `states` are the conditions and `jobs` what the operators did.
    """

    at_ms: Times
    samples: dict[str, Floats]
    events: dict[str, NDArray[np.generic]]
    moments: dict[str, tuple[Times, Floats]] = field(default_factory=dict)
    states: list[State] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)


def ambient_c(at_ms: Times) -> Floats:
    """Return the hall's temperature in degrees Celsius: warmest in the afternoon, drifting over days."""
    days = at_ms / DAY_MS
    return 21.0 + 2.0 * np.sin(2 * np.pi * (days - 0.4)) + 1.2 * np.sin(2 * np.pi * days / 9.0)


def hold(values: Floats, known: NDArray[np.bool_], before: float) -> Floats:
    """Return values where known, else the last known one.

    Examples
    --------
    >>> hold(np.array([1.0, 2.0, 3.0]), np.array([False, True, False]), 9.0)
    array([9., 2., 2.])
    """
    last = np.maximum.accumulate(np.where(known, np.arange(values.size), -1))
    return np.where(last >= 0, values[np.maximum(last, 0)], before)
