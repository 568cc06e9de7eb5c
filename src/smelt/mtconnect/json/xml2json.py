"""An XML document that a converter turned into JSON, to the elements that it was before.

Known marks: xmltodict (`@name`, `#text`), xml2js and Node-RED (`$`, `_`), fast-xml-parser (`@_name`), xml-js
(`_attributes`, `_text`), BadgerFish (`@name`, `$`), x2js (`_name`, `__text`), Go's (`-name`, `#content`), PHP's
(`@attributes`, `0` or `@value`), Ruby's (`__content__`), and attributes without any mark (`content`, `text`). One
child is an object, several are a list.
"""

from collections.abc import Iterator
from typing import Any

from smelt.mtconnect.json.documents import BARE_DEVICES, ROOTS, read_assets
from smelt.mtconnect.json.header import UnfitError, read_header
from smelt.mtconnect.json.observations import CATEGORIES, Reading, read_observations
from smelt.mtconnect.json.streams import DeviceRows, device_uuid
from smelt.mtconnect.probe.tree import Node, read_device
from smelt.mtconnect.rows import Building, Document, Place, Rows
from smelt.mtconnect.text_value import value_of_text
from smelt.terms.errors import DataError, InputError
from smelt.terms.observation import Asset, Category, LandedProbe, Probe, Reject

_ATTRIBUTES = frozenset(("$", "_attributes", "attributes", "@attributes", ":@", "$attributes"))
_TEXTS = frozenset(
    (
        "#text", "_", "_text", "$t", "__text", "#", "#content", "#cdata-section", "__cdata", "_cdata",
        "@value", "@cdata", "#value", "_value", "__content__",
    )
)  # fmt: skip
_PLAIN_TEXTS = frozenset(("content", "text", "", "0"))  # of converters that mark nothing; "value" is the agent's, too
_MARKED = ("@_", "@", "-", "_")
_MARKS = ("@", "-", "_")
_BODIES = {
    "Streams": "MTConnectStreams",
    "Devices": "MTConnectDevices",
    "Assets": "MTConnectAssets",
    "Errors": "MTConnectError",
}
_MAX_DEPTH = 64
_LOOKED_AT = 5000


def root_of(value: dict[str, Any]) -> str | None:
    """Return the key of the root element, with its prefix, or None; a declaration may stand beside it.

    Examples
    --------
    >>> root_of({"?xml": {"@version": "1.0"}, "m:MTConnectStreams": {}}), root_of({"a": 1})
    ('m:MTConnectStreams', None)
    """
    return next((key for key in value if _local(key) in ROOTS), None)


def root_of_content(value: dict[str, Any]) -> str | None:
    """Return the root that is missing around the content of a document, or None: some writers leave it out.

    Examples
    --------
    >>> root_of_content({"Header": {}, "Streams": {}}), root_of_content({"Streams": {}})
    ('MTConnectStreams', None)
    """
    names = {_local(key) for key in value}
    return next((root for body, root in _BODIES.items() if body in names and "Header" in names), None)


def is_converted(content: Any, texts: frozenset[str] = _TEXTS) -> bool:
    """Say whether a document carries the marks of a converter, which the agent's own JSON never does.

    Parameters
    ----------
    texts : keys under which an element's text stands.

    Examples
    --------
    >>> is_converted({"Header": {"@instanceId": "1"}}), is_converted({"Header": {"instanceId": 1}})
    (True, False)
    """
    waiting, looked = [content], 0
    while waiting and looked < _LOOKED_AT:
        value = waiting.pop()
        looked += 1
        if isinstance(value, dict):
            if any(k in texts or k in _ATTRIBUTES or k.startswith(_MARKS) for k in value):
                return True
            waiting += (member for key, member in value.items() if key != "value")  # keys of a set are anything
        elif isinstance(value, list):
            waiting += value
    return False


def is_unmarked(content: Any) -> bool:
    """Say whether a Streams document that is not the agent's own JSON may come from a converter that marks nothing.

    Examples
    --------
    >>> is_unmarked({"Streams": {"Position": {"dataItemId": "x", "content": 1.5}}})
    True
    """
    return is_converted(content, _TEXTS | _PLAIN_TEXTS | {"Entry"})


def add_document(building: Building, name: str, content: Any, place: Place) -> None:
    """Add a converted document; raises DataError if it does not fit, and then nothing is added."""
    kind = ROOTS[_local(name)]
    root = _element(_local(name), content, 0)
    header = next((child.attributes for child in root.children if child.name == "Header"), None)
    try:
        document = read_header(header, (0, 0), building.times, kind, "json-xml")
    except UnfitError:
        if kind == "MTConnectStreams":
            raise
        document = Document(0, 0, kind, "json-xml")
    faults: list[str] = []
    devices = [_device(d, building, faults) for d in _under(root, "Streams", "DeviceStream")]
    building.assets += _assets(building, content) if kind == "MTConnectAssets" else []
    building.documents.append(place.note(document))
    building.rejects += [Reject(place.offset, place.length, f"observation: {fault}") for fault in faults]
    for device in devices:
        building.add_rows(device.device_uuid, device.rows)
    if kind == "MTConnectDevices":
        _add_probe(building, root, document, place)


def _element(name: str, value: Any, depth: int) -> Node:
    """Return the element that a member describes."""
    if depth > _MAX_DEPTH:
        raise UnfitError(f"nested more than {_MAX_DEPTH} deep")
    if not isinstance(value, dict):
        return Node(name, {}, None if value is None else _text(value))
    attributes: dict[str, str] = {}
    texts: list[str] = []
    children: list[Node] = []
    for key, member in value.items():
        if key in _ATTRIBUTES and isinstance(member, dict):
            attributes |= {_unmarked(k): _text(v) for k, v in member.items()}
        elif key in _TEXTS or ((key in ("$", "value") or key in _PLAIN_TEXTS) and not isinstance(member, dict)):
            texts += [_text(m) for m in (member if isinstance(member, list) else [member])]
        elif isinstance(member, dict | list):
            found = member if isinstance(member, list) else [member]
            children += [_element(_local(key), m, depth + 1) for m in found]
        elif member is None or _local(key)[:1].isupper():  # an element with text alone: attributes begin small
            children.append(Node(_local(key), {}, None if member is None else _text(member)))
        else:
            attributes[_unmarked(key)] = _text(member)
    return Node(name, attributes, "".join(texts) if texts else None, children)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _unmarked(key: str) -> str:
    for mark in _MARKED:
        if key.startswith(mark):
            return key[len(mark) :]
    return key


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _under(node: Node, *names: str) -> Iterator[Node]:
    """Yield the elements below a node that are reached by these names, one a level."""
    if not names:
        yield node
        return
    for child in node.children:
        if child.name == names[0]:
            yield from _under(child, *names[1:])


def _device(node: Node, building: Building, faults: list[str]) -> DeviceRows:
    """Return the rows of a DeviceStream; observations that do not fit are named in `faults`."""
    uuid, rows = device_uuid(node.attributes), Rows()
    reading = Reading(building.times, uuid, building.origin.sample_rates, is_text=True)
    for component in _under(node, "ComponentStream"):
        for group in component.children:
            if group.name not in CATEGORIES:
                faults.append(f"unknown element '{group.name[:40]}'")
                continue
            category = CATEGORIES[group.name]
            for element in group.children:
                try:
                    read_observations(rows, category, element.name, [_observation(category, element)], reading)
                except DataError as error:
                    faults.append(str(error))
    return DeviceRows(uuid, rows)


def _observation(category: Category, element: Node) -> dict[str, Any]:
    """Return an observation as the agent's JSON has it."""
    entries = [child for child in element.children if child.name == "Entry"]
    attributes: dict[str, Any] = dict(element.attributes)
    if entries or (element.name.endswith(("DataSet", "Table")) and not (element.text or "").strip()):
        return attributes | {"value": _entries(entries)}
    return attributes | {"value": value_of_text(category, element.name, attributes, element.text or "")}


def _entries(entries: list[Node]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        key = entry.attributes.get("key")
        if key is None:
            raise UnfitError("an entry without a key")
        cells = [child for child in entry.children if child.name == "Cell"]
        is_removed = entry.attributes.get("removed") in ("true", "1")
        found[key] = {"removed": True} if is_removed else _entries(cells) if cells else entry.text or ""
    return found


def _assets(building: Building, content: Any) -> list[Asset]:
    """Return the assets of a document, each as the JSON that it stands in."""
    groups = [m for key, m in content.items() if _local(key) == "Assets"] if isinstance(content, dict) else []
    return read_assets(building, [{k: v} for g in groups if isinstance(g, dict) for k, v in g.items()], _attributes)


def _attributes(asset: dict[str, Any]) -> dict[str, str]:
    return _element("", asset, 0).attributes


def _add_probe(building: Building, root: Node, document: Document, place: Place) -> None:
    try:
        devices = [d for group in _under(root, "Devices") for d in group.children if d.name in BARE_DEVICES]
        probe = Probe(document.sender, document.instance_id, tuple(read_device(d) for d in devices))
    except InputError as error:
        building.rejects.append(Reject(place.offset, place.length, f"device model: {error}"))
        return
    building.probes.append(LandedProbe(len(building.documents) - 1, probe))
