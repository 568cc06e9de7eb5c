"""What breaks: which device fails of what, from when on it shows, when it stops, when it is repaired."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smelt.simulate.fleet import FLEET, Machine
from smelt.simulate.shifts import weekday

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
_PER_28_DAYS = 8
_FIRST_START, _FIRST_FAILURE, _LAST_FAILURE = 0.66, 0.76, 0.97  # shares of the run: what comes before is healthy

# (class, kind, component, what a technician would write); each class has its turn before one repeats
_COURSES = (
    ("mills", "bearing_wear", "spindle bearing", "front spindle bearing spalled: temperature, vibration and load rise"),
    ("autoclaves", "seal_leak", "door seal", "door seal leaks: vacuum and pressure decay, heating works harder"),
    ("drills", "tool_breakage", "drill bit", "drill wears fast and breaks: thrust rises, spikes, then is gone"),
    ("tube_benders", "seal_leak", "clamp cylinder seal", "hydraulic seal leaks: clamp pressure falls, pump labours"),
    ("mills", "coolant_loss", "coolant pump", "coolant runs out: pressure falls, coolant and spindle warm up"),
    ("autoclaves", "bearing_wear", "fan bearing", "circulation fan bearing worn: vibration, load and heat rise"),
    ("mills", "tool_breakage", "end mill", "end mill chips and breaks: load rises, spikes, then is gone"),
    (
        "drills",
        "coolant_loss",
        "minimum quantity lubrication",
        "lubrication starves: pressure falls, thrust and heat rise",
    ),
    ("tube_benders", "bearing_wear", "pump bearing", "hydraulic pump bearing worn: vibration, load and oil heat rise"),
    ("drills", "bearing_wear", "spindle bearing", "spindle bearing worn: temperature, vibration and torque rise"),
)
_GROWTH_HOURS = {"bearing_wear": (56, 84), "seal_leak": (30, 50), "coolant_loss": (8, 14), "tool_breakage": (3, 6)}
_REPAIR_HOURS = {"bearing_wear": (8, 20), "seal_leak": (4, 9), "coolant_loss": (1.5, 3), "tool_breakage": (0.8, 1.6)}
_SHAPE = {"bearing_wear": 1.5, "seal_leak": 1.0, "coolant_loss": 1.0, "tool_breakage": 1.5}
RUN_ON_MS = 8 * 60_000  # a broken tool cuts air until somebody sees it


@dataclass(frozen=True)
class Fault:
    """A fault of one device: it shows from `start_ms`, fails at `failure_ms`, is repaired by `end_ms`."""

    device: str
    kind: str
    component: str
    description: str
    start_ms: int
    failure_ms: int
    end_ms: int

    @property
    def stop_ms(self) -> int:
        """When the device stands still."""
        return self.failure_ms + (RUN_ON_MS if self.kind == "tool_breakage" else 0)

    def severity(self, at_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how bad it is, 0 to 1, at each instant; 1 from the failure to the repair's end."""
        grown = np.clip((at_ms - self.start_ms) / (self.failure_ms - self.start_ms), 0.0, 1.0)
        return np.where(at_ms < self.end_ms, grown ** _SHAPE[self.kind], 0.0)


def plan_faults(days: int, start_ms: int, seed: int) -> tuple[Fault, ...]:
    """Plan a run's faults: every class gets one, about eight in 28 days, all after two thirds of the run."""
    rng = np.random.default_rng([seed, 9_001])
    count = max(4, round(days * _PER_28_DAYS / 28))
    slots = (np.arange(count) + rng.uniform(0.1, 0.9, count)) / count
    shares = rng.permutation(_FIRST_FAILURE + slots * (_LAST_FAILURE - _FIRST_FAILURE))
    first_ms = start_ms + int(_FIRST_START * days * DAY_MS)
    busy_until: dict[str, int] = {}
    faults = []
    for number in range(count):
        course = _COURSES[number % len(_COURSES)]
        failure_ms = _at_work(start_ms, shares[number] * days, first_ms)
        device = _device_for(course[0], busy_until, rng)
        faults.append(_fault(device, course, failure_ms, max(first_ms, busy_until.get(device.name, 0)), rng))
        busy_until[device.name] = faults[-1].end_ms
    return tuple(sorted(_without_overlap(faults), key=lambda f: f.failure_ms))


def _at_work(start_ms: int, day: float, first_ms: int) -> int:
    """Move a failure into working hours of a weekday, unless the run is too short for that."""
    plain_ms = start_ms + int(day * DAY_MS)
    midnight_ms = plain_ms - plain_ms % DAY_MS
    midnight_ms -= DAY_MS * max(0, weekday(midnight_ms) - 4)
    moved_ms = midnight_ms + int((8.0 + 12.0 * (day % 1.0)) * HOUR_MS)
    return moved_ms if moved_ms - 4 * HOUR_MS > first_ms else plain_ms


def _device_for(class_name: str, busy_until: dict[str, int], rng: np.random.Generator) -> Machine:
    devices = [m for m in FLEET if m.class_name == class_name]
    free = [m for m in devices if m.name not in busy_until]
    return free[int(rng.integers(len(free)))] if free else min(devices, key=lambda m: busy_until[m.name])


def _fault(
    device: Machine, course: tuple[str, str, str, str], failure_ms: int, after_ms: int, rng: np.random.Generator
) -> Fault:
    _, kind, component, description = course
    growth_ms = int(rng.uniform(*_GROWTH_HOURS[kind]) * HOUR_MS)
    repair_ms = int(rng.uniform(*_REPAIR_HOURS[kind]) * HOUR_MS)
    start_ms = min(max(failure_ms - growth_ms, after_ms), failure_ms - HOUR_MS // 2)
    return Fault(device.name, kind, component, description, start_ms, failure_ms, failure_ms + repair_ms)


def _without_overlap(faults: list[Fault]) -> list[Fault]:
    """Keep the first of two faults that would share a device's time."""
    kept: list[Fault] = []
    for fault in faults:
        if all(k.device != fault.device or k.end_ms <= fault.start_ms or fault.end_ms <= k.start_ms for k in kept):
            kept.append(fault)
    return kept
