"""What a device consists of: components and data items, with the dead-band and digits its adapter reports with."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from smelt.terms.observation import Category

LEVELS = ("Normal", "Warning", "Fault", "Unavailable")
_ACRONYMS = {"ADAPTER_URI": "AdapterURI", "MTCONNECT_VERSION": "MTConnectVersion"}


@dataclass(frozen=True)
class Item:
    """A data item; `band` is the change that the adapter reports, `every` its stride in ticks of the device."""

    name: str
    category: Category
    type: str
    units: str | None = None
    sub_type: str | None = None
    native_units: str | None = None
    decimals: int = 1
    band: float = 0.0
    every: int = 1


@dataclass(frozen=True)
class Component:
    """A part of a device with its data items and its own parts."""

    kind: str
    name: str
    items: tuple[Item, ...] = ()
    parts: tuple["Component", ...] = ()

    def walk(self) -> Iterator["Component"]:
        """Yield the component and everything below it, depth first."""
        yield self
        for part in self.parts:
            yield from part.walk()


def sample(name: str, type_: str, units: str, band: float, decimals: int) -> Item:
    """Make a SAMPLE whose adapter works in the agent's units."""
    return Item(name, "SAMPLE", type_, units, native_units=units, band=band, decimals=decimals)


def every(ticks: int, item: Item) -> Item:
    """Let the adapter look at a data item only every so many ticks."""
    return replace(item, every=ticks)


def event(name: str, type_: str, units: str | None = None, sub_type: str | None = None) -> Item:
    """Make an EVENT; with units its value is a number, without it is text."""
    return Item(name, "EVENT", type_, units, sub_type, units)


def condition(name: str, type_: str) -> Item:
    """Make a CONDITION."""
    return Item(name, "CONDITION", type_)


def element_name(type_: str) -> str:
    """Return the element that an agent writes for a type.

    Examples
    --------
    >>> element_name("ROTARY_VELOCITY"), element_name("x:HOLE_COUNT"), element_name("ADAPTER_URI")
    ('RotaryVelocity', 'x:HoleCount', 'AdapterURI')
    """
    if type_ in _ACRONYMS:
        return _ACRONYMS[type_]
    prefix, _, word = type_.rpartition(":")
    pascal = "".join(part.capitalize() for part in word.split("_"))
    return f"{prefix}:{pascal}" if prefix else pascal


def controller(items: tuple[Item, ...], path_items: tuple[Item, ...]) -> Component:
    """Make the controller that every class has: mode, program, line, execution and part count on its path."""
    path = (
        event("execution", "EXECUTION"),
        event("mode", "CONTROLLER_MODE"),
        event("program", "PROGRAM"),
        event("line", "LINE"),
        event("PartCountAct", "PART_COUNT", sub_type="ALL"),
    )
    shared = (
        event("estop", "EMERGENCY_STOP"),
        condition("system_cond", "SYSTEM"),
        condition("logic_cond", "LOGIC_PROGRAM"),
        condition("comms_cond", "COMMUNICATIONS"),
    )
    motion = (condition("motion_cond", "MOTION_PROGRAM"),)
    return Component(
        "Controller", "controller", shared + items, (Component("Path", "path", path + path_items + motion),)
    )
