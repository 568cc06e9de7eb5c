"""How each data item is written in a document: the fixed text around value, sequence and time, and where it stands."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smelt.simulate.layout import LEVELS, Component, Item, element_name
from smelt.simulate.model import Modelled

UNAVAILABLE = '"UNAVAILABLE"'
_PLURAL = {"SAMPLE": "Samples", "EVENT": "Events", "CONDITION": "Condition"}


@dataclass(frozen=True)
class Place:
    """Where an observation stands in a document: the texts that open its device, component, category, element."""

    device: str
    component: str
    category: str
    element: str


@dataclass(frozen=True)
class Channel:
    """A data item's way into a document; a CONDITION has one for each level.

    An observation is `before + token + after + sequence + middle + time + end`.
    """

    device: Modelled
    item: Item
    level: str | None
    place: Place
    before: str
    after: str
    middle: str
    end: str

    def token(self, code: str = "", message: str | None = "") -> str:
        """Return a CONDITION's token: everything before its sequence."""
        pairs = {} if message is None else {"value": message}
        pairs |= ({"conditionId": code} if code else {}) | {"dataItemId": self.device.item_id(self.item)}
        pairs |= {"name": self.item.name} | ({"nativeCode": code} if code else {})
        return json.dumps(pairs, separators=(",", ":"))[:-1] + ","

    @property
    def unavailable(self) -> str:
        """The token that says UNAVAILABLE."""
        return UNAVAILABLE if self.level is None else self.token(message=None)


class Channels:
    """All channels, numbered in the order of a document, with what rendering needs as lists and arrays.

    `item[c]` numbers data items, so that the levels of a CONDITION share one; `group[c]` numbers
    elements; `initial` are the channels that say UNAVAILABLE when the agent starts.
    """

    def __init__(self, devices: tuple[Modelled, ...]) -> None:
        self.all = [c for d in devices for part in d.root.walk() for c in _of_component(d, part)]
        self.before, self.after = [c.before for c in self.all], [c.after for c in self.all]
        self.middle, self.end = [c.middle for c in self.all], [c.end for c in self.all]
        self.places: list[Place] = list(dict.fromkeys(c.place for c in self.all))
        self.group = _numbers([c.place for c in self.all])
        self.item = _numbers([(c.device.name, c.item.name) for c in self.all])
        self.device = _numbers([c.device.name for c in self.all])
        self.of = {(c.device.name, c.item.name, c.level): n for n, c in enumerate(self.all)}
        self.initial = np.asarray([n for n, c in enumerate(self.all) if c.level in (None, LEVELS[3])])

    def of_device(self, name: str) -> NDArray[np.int64]:
        """Return the initial channels of a device."""
        return np.asarray([n for n in self.initial if self.all[n].device.name == name])


def _numbers(keys: list[object] | list[Place] | list[tuple[str, str]] | list[str]) -> NDArray[np.int64]:
    order = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    return np.asarray([order[key] for key in keys])


def _of_component(device: Modelled, component: Component) -> Iterator[Channel]:
    """Yield a component's channels: samples, events, conditions; equal elements next to each other."""
    for category in _PLURAL:
        items = sorted((i for i in component.items if i.category == category), key=lambda i: element_name(i.type))
        for level in LEVELS if category == "CONDITION" else (None,):
            for item in items:
                yield _channel(device, component, item, level)


def _channel(device: Modelled, component: Component, item: Item, level: str | None) -> Channel:
    head = {"component": component.kind, "componentId": device.component_id(component), "name": component.name}
    place = Place(
        json.dumps({"name": device.name, "uuid": device.uuid}, separators=(",", ":"))[:-1] + ',"ComponentStream":[',
        json.dumps(head, separators=(",", ":"))[:-1],
        f',"{_PLURAL[item.category]}":{{',
        f'"{level or element_name(item.type)}":[',
    )
    if level is not None:
        return Channel(device, item, level, place, "", '"sequence":', ',"timestamp":"', f'","type":"{item.type}"}}')
    name = f'"name":"{item.name}",' if device.is_named else ""
    sub_type = f'"subType":"{item.sub_type}",' if item.sub_type else ""
    after = f',"dataItemId":"{device.item_id(item)}",{name}"sequence":'
    return Channel(device, item, None, place, '{"value":', after, f',{sub_type}"timestamp":"', '"}')
