"""What every controller says about its work: execution, overrides, warnings that mean little, faults that stop it."""

import numpy as np
from numpy.typing import NDArray

from smelt.simulate.day import Day, Floats, State

_DAY_S = 86_400
Cause = tuple[str, str, str]  # condition, code, message
States = NDArray[np.generic]


def operation(active: NDArray[np.bool_], down: NDArray[np.bool_]) -> dict[str, States]:
    """Return the events that every class has: ACTIVE in a cycle, INTERRUPTED while down, else READY."""
    return {
        "execution": np.where(active, "ACTIVE", np.where(down, "INTERRUPTED", "READY")),
        "mode": np.where(down, "MANUAL", "AUTOMATIC"),
        "estop": np.where(down, "TRIGGERED", "ARMED"),
        "avail": np.full(active.size, "AVAILABLE"),
    }


def bridged(active: NDArray[np.bool_], ticks: int) -> NDArray[np.bool_]:
    """Return true in cycles and in the short gaps between them, which belong to the same program.

    Examples
    --------
    >>> bridged(np.array([True, False, True, False, False, False, True]), 1).tolist()
    [True, True, True, False, False, False, True]
    """
    ones = np.ones(ticks + 1)
    before = np.convolve(active, ones)[: active.size] > 0
    after = np.convolve(active[::-1], ones)[: active.size][::-1] > 0
    return before & after


def whole(numbers: Floats) -> NDArray[np.int64]:
    """Return whole numbers, which an agent prints without a point."""
    return np.round(numbers).astype(np.int64)


def conditions(day: Day, names: tuple[str, ...], warnings: tuple[Cause, ...], causes: dict[str, Cause]) -> list[State]:
    """Return the day's states of a device's conditions, in order of time.

    All are normal at the start of the first day. Benign warnings come about every second day and go by
    themselves; a fault warns late, raises its condition when it fails and clears it when repaired.
    """
    states = [State(day.start_ms + 1500, name, "Normal") for name in names if day.index == 0]
    for start, end in day.blocks:
        if day.noise.random() < 0.12:
            name, code, message = warnings[int(day.noise.integers(len(warnings)))]
            at_ms = day.start_ms + int(1000 * day.noise.uniform(start, min(end, _DAY_S - 4000)))
            states.append(State(at_ms, name, "Warning", code, message))
            states.append(State(at_ms + int(1000 * day.noise.uniform(240, 2400)), name, "Normal"))
    for fault in day.faults:
        name, code, message = causes[fault.kind]
        warn_ms = fault.failure_ms - (fault.failure_ms - fault.start_ms) // 8
        states.append(State(warn_ms, name, "Warning", code, message))
        states.append(State(fault.stop_ms, name, "Fault", code, message))
        states.append(State(fault.end_ms, name, "Normal"))
    today = [s for s in states if day.start_ms <= s.at_ms < day.start_ms + _DAY_S * 1000]
    return sorted(today, key=lambda s: s.at_ms)
