"""The four classes: what a device of each consists of, how one is made, what it warns of, what its faults raise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from smelt.simulate import autoclave_parts, drill_parts, mill_parts, tube_bender_parts
from smelt.simulate.autoclave import make_autoclave
from smelt.simulate.day import Day, Readings
from smelt.simulate.drill import make_drill
from smelt.simulate.layout import Component, event
from smelt.simulate.mill import make_mill
from smelt.simulate.operation import Cause
from smelt.simulate.tube_bender import make_tube_bender


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
        autoclave_parts.LAYOUT, make_autoclave, autoclave_parts.WARNINGS, autoclave_parts.FAULT_CONDITIONS
    ),
    "mills": DeviceClass(mill_parts.LAYOUT, make_mill, mill_parts.WARNINGS, mill_parts.FAULT_CONDITIONS),
    "drills": DeviceClass(drill_parts.LAYOUT, make_drill, drill_parts.WARNINGS, drill_parts.FAULT_CONDITIONS),
    "tube_benders": DeviceClass(
        tube_bender_parts.LAYOUT, make_tube_bender, tube_bender_parts.WARNINGS, tube_bender_parts.FAULT_CONDITIONS
    ),
}
