"""A probe's tree, whatever it was written in, to devices: components nest, data items know their path."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from smelt.mtconnect.cells import parse_number
from smelt.mtconnect.time_series import series_rate
from smelt.terms.errors import InputError
from smelt.terms.observation import Category, DataItem, ProbedDevice

_CATEGORIES: tuple[Category, ...] = ("SAMPLE", "EVENT", "CONDITION")
_MAX_DEPTH = 64
_OF_AGENTS = ("DEVICE_ADDED", "DEVICE_REMOVED", "DEVICE_CHANGED")  # no machine has them; some writers call it a Device


@dataclass(frozen=True)
class Node:
    """An element of a probe: its local name, its attributes, its text, and the elements in it."""

    name: str
    attributes: dict[str, str]
    text: str | None = None
    children: list["Node"] = field(default_factory=list)


def read_device(node: Node) -> ProbedDevice:
    """Turn a Device or Agent element into a device; data items come in document order."""
    name = node.attributes.get("name") or node.attributes.get("id") or ""
    uuid = node.attributes.get("uuid") or name
    if not uuid:
        raise InputError(
            "the probe has a Device without uuid, name and id; expected at least one. Ask the agent again."
        )
    items = tuple(_data_items(node, uuid, (), 0))
    is_agent = (
        node.name == "Agent" or node.attributes.get("type") == "Agent" or any(i.type in _OF_AGENTS for i in items)
    )
    return ProbedDevice(uuid, name or uuid, is_agent, items)


def _data_items(node: Node, uuid: str, path: tuple[str, ...], depth: int) -> Iterator[DataItem]:
    if depth > _MAX_DEPTH:
        raise InputError(f"the probe nests components more than {_MAX_DEPTH} deep; expected a device model.")
    for child in node.children:
        if child.name == "DataItems":
            yield from (_data_item(i, uuid, "/".join(path)) for i in child.children if i.name == "DataItem")
        elif child.name == "Components":
            for component in child.children:
                yield from _data_items(component, uuid, (*path, _step(component)), depth + 1)


def _step(component: Node) -> str:
    name = component.attributes.get("name")
    return f"{component.name}[{name}]" if name and name.lower() != component.name.lower() else component.name


def _data_item(node: Node, uuid: str, component: str) -> DataItem:
    known = node.attributes
    item_id, item_type = known.get("id"), known.get("type")
    category = next((c for c in _CATEGORIES if c == known.get("category")), None)
    if not item_id or not item_type or category is None:
        raise InputError(
            f"the probe has a DataItem with id={item_id!r}, type={item_type!r}, category={known.get('category')!r}; "
            "expected all three, category one of SAMPLE, EVENT, CONDITION. Mend it or leave it out."
        )
    return DataItem(
        device_uuid=uuid,
        id=item_id,
        name=known.get("name") or None,
        category=category,
        type=item_type,
        sub_type=known.get("subType") or None,
        units=known.get("units") or None,
        native_units=known.get("nativeUnits") or None,
        native_scale=_native_scale(known.get("nativeScale", "")),
        representation=known.get("representation") or "VALUE",
        source=_source(node),
        component=component,
        sample_rate=series_rate(known.get("sampleRate")),
    )


def _native_scale(text: str) -> float | None:
    """Return the divisor of native values; 0, by which nothing is divided, where the probe says no such number."""
    if not text.strip():
        return None
    scale = parse_number(text)
    return scale if scale is not None and math.isfinite(scale) else 0.0


def _source(node: Node) -> str | None:
    """Return a Source's text, the adapter's own key; its attributes name other data items."""
    for child in node.children:
        if child.name == "Source":
            return (child.text or "").strip() or None
    return None
