"""What goes wrong with the data, not the machines: dropouts, clocks set back, restarts, late and doubled files."""

from dataclasses import dataclass

import numpy as np

from smelt.simulate.channels import Channels
from smelt.simulate.classes import CLASSES
from smelt.simulate.fleet import FLEET, Machine
from smelt.simulate.observations import Latest, Observations, merge, said

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
# kind: (every so many days, on which of them); all kinds are there within the first two days
_ROTA = {
    "sensor_dropout": (2, 0),
    "late_file": (3, 0),
    "adapter_dropout": (4, 1),
    "duplicated_file": (3, 1),
    "clock_set_back": (5, 1),
    "agent_restart": (9, 1),
}
_MINUTES = {
    "sensor_dropout": (25, 90),
    "adapter_dropout": (5, 20),
    "clock_set_back": (30, 90),
    "agent_restart": (2, 3),
    "late_file": (120, 300),
    "duplicated_file": (20, 150),
}


@dataclass(frozen=True)
class DataFault:
    """A fault of the data from `start_ms` to `end_ms`; `shift_ms` is how far a clock is set back."""

    kind: str
    device: str
    data_item: str
    start_ms: int
    end_ms: int
    shift_ms: int = 0


def plan_data_faults(day_index: int, day_start_ms: int, seed: int) -> tuple[DataFault, ...]:
    """Plan a day's data faults; they do not depend on how long the run is."""
    rng = np.random.default_rng([seed, 4, day_index])
    faults = []
    for kind, (every, on) in _ROTA.items():
        start_ms = day_start_ms + int(rng.uniform(8.0, 18.0) * 60) * MINUTE_MS
        end_ms = start_ms + int(rng.uniform(*_MINUTES[kind])) * MINUTE_MS
        machine = FLEET[int(rng.integers(len(FLEET)))]
        item = _sensor(machine, rng)
        shift_ms = int(rng.integers(3, 12)) * MINUTE_MS + 417
        if day_index % every == on:
            device = "" if kind in ("late_file", "duplicated_file", "agent_restart") else machine.name
            faults.append(
                DataFault(
                    kind,
                    device,
                    item if kind == "sensor_dropout" else "",
                    start_ms,
                    end_ms,
                    shift_ms if kind == "clock_set_back" else 0,
                )
            )
    return tuple(faults)


def _sensor(machine: Machine, rng: np.random.Generator) -> str:
    items = [i for c in CLASSES[machine.class_name].root("").walk() for i in c.items if i.category == "SAMPLE"]
    return str(rng.choice([i.name for i in items if i.type in ("TEMPERATURE", "PRESSURE", "VELOCITY")]))


def spoil(seen: Observations, before: Latest, fault: DataFault, channels: Channels) -> Observations:
    """Return a day's observations as a dropout or a clock leaves them; `before` is what was known at its start."""
    name = fault.device
    if fault.kind == "clock_set_back":
        number = channels.device[channels.of[name, "avail", None]]
        hit = (channels.device[seen.channel] == number) & _during(seen, fault)
        stamp_ms = np.where(hit, seen.stamp_ms - fault.shift_ms, seen.stamp_ms)
        return Observations(seen.arrive_ms, stamp_ms, seen.channel, seen.token)
    if fault.kind == "sensor_dropout":
        return _drop(seen, before, fault, channels, np.asarray([channels.of[name, fault.data_item, None]]))
    if fault.kind == "adapter_dropout":
        link = channels.of["Agent", f"{name}_connection_status", None]
        dropped = _drop(seen, before, fault, channels, channels.of_device(name))
        closed = said(fault.start_ms, [link], ['"CLOSED"'])
        return merge([closed, said(fault.end_ms, [link], ['"ESTABLISHED"']), dropped])
    return seen


def _during(seen: Observations, fault: DataFault) -> np.ndarray:
    return (fault.start_ms <= seen.arrive_ms) & (seen.arrive_ms < fault.end_ms)


def _drop(seen: Observations, before: Latest, fault: DataFault, channels: Channels, silent: np.ndarray) -> Observations:
    """Silence data items for a while: UNAVAILABLE, nothing, then what they are by then."""
    items = channels.item[silent]
    until = before.copy()
    until.update(seen.take(seen.arrive_ms < fault.end_ms))
    gone = said(fault.start_ms, silent, [channels.all[c].unavailable for c in silent])
    hit = np.isin(channels.item[seen.channel], items) & _during(seen, fault)
    return merge([gone, until.again(fault.end_ms, items), seen.take(~hit)])
