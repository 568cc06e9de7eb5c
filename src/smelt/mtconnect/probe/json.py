"""MTConnectDevices as JSON: version 2 (lists by element name), 1 (one-key objects), bare devices, TrakHound's own."""

from typing import Any

import orjson

from smelt.mtconnect.json.header import int64
from smelt.mtconnect.json.repeats import parse_joined
from smelt.mtconnect.probe.tree import Node, read_device
from smelt.terms.errors import InputError
from smelt.terms.observation import Probe

_MAX_DEPTH = 256
_TEXTS = ("value", "content", "text", "")  # the agent's, and those of converters that mark nothing
_FLAT = (("dataItems", "DataItems"), ("components", "Components"))  # TrakHound's lists, and what they are elsewhere


def read_probe_json(data: bytes) -> Probe:
    """Parse the document; every form becomes the same tree as the XML.

    Examples
    --------
    >>> read_probe_json(b'{"Agent":{"uuid":"u","name":"Agent"}}').devices[0].is_agent
    True
    """
    try:
        root = parse_joined(data)
    except orjson.JSONDecodeError as error:
        raise InputError(f"the probe is no JSON: {error}. Save the agent's answer to /probe again.") from error
    content = _content(root)
    header = content.get("Header")
    header = header if isinstance(header, dict) else {}
    sender, instance = header.get("sender"), header.get("instanceId")
    found = [n for n in _children(content.get("Devices"), 0) if n.name in ("Device", "Agent")]
    return Probe(
        sender if isinstance(sender, str) else None,
        int64(instance),
        tuple(read_device(n) for n in found),
    )


def _content(root: Any) -> dict[str, Any]:
    """Return what an MTConnectDevices holds: of a document, of a bare device's topic, or of TrakHound's form."""
    keys = root.keys() if isinstance(root, dict) else ()
    if "MTConnectDevices" in keys and isinstance(root["MTConnectDevices"], dict):
        content: dict[str, Any] = root["MTConnectDevices"]
        return content
    if keys and keys <= {"Device", "Agent"}:
        return {"Devices": root}
    if "devices" in keys and isinstance(root.get("header"), dict):
        header = {name[:1].lower() + name[1:]: member for name, member in root["header"].items()}
        return {"Header": header, "Devices": {"Device": root["devices"]}}
    raise InputError(
        f"this is no probe: its keys are {sorted(keys)[:5]}; expected MTConnectDevices. "
        "Save the agent's answer to /probe and give that file."
    )


def _children(member: Any, depth: int) -> list[Node]:
    """Return the elements in {"Linear": [..], ..} (version 2) or [{"Linear": ..}, ..] (version 1)."""
    if depth > _MAX_DEPTH:
        raise InputError(f"the probe's JSON nests more than {_MAX_DEPTH} deep; expected a device model.")
    pairs: list[tuple[str, Any]] = []
    for group in member if isinstance(member, list) else [member]:
        if isinstance(group, dict):
            pairs += group.items()
    nodes = []
    for name, elements in pairs:
        nodes += [_node(name, e, depth + 1) for e in (elements if isinstance(elements, list) else [elements])]
    return nodes


def _node(name: str, element: Any, depth: int) -> Node:
    local = name.rpartition(":")[2]
    if not isinstance(element, dict):
        return Node(local, {}, element if isinstance(element, str) else None)
    attributes = {k: str(v) for k, v in element.items() if isinstance(v, str | int | float)}
    text = next((element[key] for key in _TEXTS if key in element), None)
    children = [
        Node(key, {}, None, _children(element[key], depth)) for key in ("DataItems", "Components") if key in element
    ]
    children += [Node(key, {}, None, _flat(element[name], key, depth)) for name, key in _FLAT if name in element]
    children += [_source(element[key]) for key in ("Source", "source") if key in element]
    return Node(local, attributes, text if isinstance(text, str) else None, children)


def _flat(members: Any, key: str, depth: int) -> list[Node]:
    """Return the data items or components of a list in which no member stands under its element's name."""
    if depth > _MAX_DEPTH:
        raise InputError(f"the probe's JSON nests more than {_MAX_DEPTH} deep; expected a device model.")
    found = [member for member in (members if isinstance(members, list) else [members]) if isinstance(member, dict)]
    names = ["DataItem" if key == "DataItems" else str(member.get("type", "Component")) for member in found]
    return [_node(name, member, depth + 1) for name, member in zip(names, found, strict=True)]


def _source(source: Any) -> Node:
    return _node("Source", source[0] if isinstance(source, list) and source else source, 0)
