"""Cures: recipes of temperature and pressure, and which cure is in an autoclave when; they run over midnight."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from smelt.simulate.day import Day, Floats, Stop, Times
from smelt.simulate.faults import DAY_MS, HOUR_MS
from smelt.simulate.shifts import weekday


@dataclass(frozen=True)
class Recipe:
    """A cure: corner points of temperature (°C) and pressure (Pa) over seconds."""

    name: str
    time_s: tuple[float, ...]
    set_c: tuple[float, ...]
    set_pa: tuple[float, ...]


def _recipe(name: str, dwell: tuple[float, float], soak: tuple[float, float], rate_c_min: float, bar: float) -> Recipe:
    """Make a recipe: ramp to a dwell (°C, minutes), on to the soak, cool down; pressure is vented last."""
    legs = [0.0, (dwell[0] - 25.0) / rate_c_min, dwell[1], (soak[0] - dwell[0]) / rate_c_min, soak[1]]
    legs += [(soak[0] - 45.0) / 2.0, 20.0]
    time_s = tuple(float(t) for t in np.cumsum(legs) * 60.0)
    full = bar * 1.0e5
    return Recipe(name, time_s, (25.0, dwell[0], dwell[0], soak[0], soak[0], 45.0, 40.0), (0.0, *[full] * 5, 0.0))


RECIPES = (
    _recipe("EPOXY-180", (130.0, 45.0), (180.0, 120.0), 2.2, 7.0),
    _recipe("EPOXY-120", (80.0, 30.0), (121.0, 90.0), 1.8, 3.5),
    _recipe("BOND-175", (110.0, 30.0), (175.0, 75.0), 2.5, 5.0),
)


@dataclass
class Cure:
    """A cure under way: when it began and ends, its recipe, and how much laminate is inside."""

    start_ms: int
    end_ms: int
    number: int
    mass: float


@dataclass
class Cures:
    """The cures of one autoclave, those under way and those of the day; `phase_h` delays the first of all."""

    phase_h: float
    cures: list[Cure] = field(default_factory=list)
    free_ms: int = 0

    def plan(self, day: Day) -> None:
        """Start cures while the day lasts and people work; a stop ends the one that it meets."""
        end_ms = day.start_ms + DAY_MS
        self.cures = [c for c in self.cures if c.end_ms > day.start_ms]
        self.free_ms = max(self.free_ms, day.start_ms + int(self.phase_h * HOUR_MS) * (day.index == 0))
        for stop in day.stops:
            self._abort(stop)
        while self.free_ms < end_ms:
            opens_ms = day.start_ms + int((5.0 if weekday(day.start_ms) == 0 else 0.0) * HOUR_MS)
            closes_ms = day.start_ms + int({5: 10.0, 6: 0.0}.get(weekday(day.start_ms), 24.0) * HOUR_MS)
            start_ms = max(self.free_ms, opens_ms)
            if start_ms >= closes_ms:
                break
            number = int(day.rng.integers(len(RECIPES)))
            length_ms = int(RECIPES[number].time_s[-1] * 1000)
            self.cures.append(Cure(start_ms, start_ms + length_ms, number, day.rng.uniform(0.8, 1.25)))
            self.free_ms = start_ms + length_ms + int(day.rng.uniform(1.2, 3.5) * HOUR_MS)
            for stop in day.stops:
                self._abort(stop)

    def _abort(self, stop: Stop) -> None:
        """End the cure that a stop meets; the next begins an hour after the stop at the earliest."""
        for cure in self.cures:
            if cure.start_ms < stop.end_ms and cure.end_ms > stop.start_ms:
                cure.end_ms = max(stop.start_ms, cure.start_ms)
                self.free_ms = stop.end_ms + HOUR_MS
        self.cures = [c for c in self.cures if c.end_ms > c.start_ms]

    def targets(self, at_ms: Times) -> "Targets":
        """Return what is commanded at each tick."""
        out = Targets(
            np.zeros(at_ms.size, np.bool_),
            np.full(at_ms.size, 25.0),
            np.zeros(at_ms.size),
            np.ones(at_ms.size),
            np.zeros(at_ms.size),
        )
        for cure in self.cures:
            now = (cure.start_ms <= at_ms) & (at_ms < cure.end_ms)
            since_s, recipe = (at_ms[now] - cure.start_ms) / 1000.0, RECIPES[cure.number]
            out.curing[now] = True
            out.set_c[now] = np.interp(since_s, recipe.time_s, recipe.set_c)
            out.set_pa[now] = np.interp(since_s, recipe.time_s, recipe.set_pa)
            out.mass[now] = cure.mass
            out.step[now] = np.searchsorted(np.asarray(recipe.time_s), since_s, "right")
        return out


@dataclass(frozen=True)
class Targets:
    """Per tick: curing or not, commanded °C and Pa, the laminate's mass (1 is usual), the recipe's step."""

    curing: NDArray[np.bool_]
    set_c: Floats
    set_pa: Floats
    mass: Floats
    step: Floats
