"""The four classes: what a device of each consists of, how one is made, what it warns of, what its faults raise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from smelt.simulate import autoclave, drill, mill, tube_bender
from smelt.simulate.day import Day, Readings
from smelt.simulate.layout import Component, event
from smelt.simulate.operation import Cause


class Body(Protocol):
    """A device that lives a day at a time and keeps its state in between."""

    def live(self, day: Day) -> Readings:
        """Return the readings of the day."""
        ...


@dataclass(frozen=True)
class DeviceClass:
    """What the devices of a class have in common."""

    layout: tuple[Component, ...]
    make: Callable[[np.random.Generator], Body]
    warnings: tuple[Cause, ...]
    fault_conditions: dict[str, Cause]

    def root(self, name: str) -> Component:
        """Return a device of this class as a tree."""
        return Component("Device", name, (event("avail", "AVAILABILITY"),), self.layout)

    def conditions(self) -> tuple[str, ...]:
        """Return the names of the CONDITIONs, in order of the tree."""
        items = [i for c in self.root("").walk() for i in c.items]
        return tuple(i.name for i in items if i.category == "CONDITION")


CLASSES = {
    "autoclaves": DeviceClass(
        autoclave.LAYOUT, autoclave.make_autoclave, autoclave.WARNINGS, autoclave.FAULT_CONDITIONS
    ),
    "mills": DeviceClass(mill.LAYOUT, mill.make_mill, mill.WARNINGS, mill.FAULT_CONDITIONS),
    "drills": DeviceClass(drill.LAYOUT, drill.make_drill, drill.WARNINGS, drill.FAULT_CONDITIONS),
    "tube_benders": DeviceClass(
        tube_bender.LAYOUT, tube_bender.make_tube_bender, tube_bender.WARNINGS, tube_bender.FAULT_CONDITIONS
    ),
}
