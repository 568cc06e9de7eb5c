"""MTConnectDevices as the reference agent's JSON: version 2 (lists by element name) and version 1 (one-key objects)."""

from typing import Any

import orjson

from smelt.mtconnect.probe_tree import Node, read_device
from smelt.terms.errors import InputError
from smelt.terms.observation import Probe

_MAX_DEPTH = 256


def read_probe_json(data: bytes) -> Probe:
    """Parse the document; both versions become the same tree as the XML."""
    try:
        root = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InputError(f"the probe is no JSON: {error}. Save the agent's answer to /probe again.") from error
    content = root.get("MTConnectDevices")
    if not isinstance(content, dict):
        raise InputError(
            f"this is no probe: its keys are {sorted(root)[:5]}; expected MTConnectDevices. "
            "Save the agent's answer to /probe and give that file."
        )
    header = content.get("Header")
    header = header if isinstance(header, dict) else {}
    sender, instance = header.get("sender"), header.get("instanceId")
    found = [n for n in _children(content.get("Devices"), 0) if n.name in ("Device", "Agent")]
    return Probe(
        sender if isinstance(sender, str) else None,
        instance if isinstance(instance, int) and 0 <= instance < 1 << 63 else None,
        tuple(read_device(n) for n in found),
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
    text = element.get("value")
    children = [
        Node(key, {}, None, _children(element[key], depth)) for key in ("DataItems", "Components") if key in element
    ]
    if "Source" in element:
        children.append(_source(element["Source"]))
    return Node(local, attributes, text if isinstance(text, str) else None, children)


def _source(source: Any) -> Node:
    return _node("Source", source[0] if isinstance(source, list) and source else source, 0)
