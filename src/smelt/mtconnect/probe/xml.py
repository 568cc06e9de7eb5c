"""MTConnectDevices as XML: any schema version and vendor namespace, no document type and no entities."""

from typing import Never
from xml.parsers import expat

from smelt.mtconnect.probe.tree import Node, read_device
from smelt.terms.errors import InputError
from smelt.terms.observation import Probe

_MAX_DEPTH = 256


def read_probe_xml(data: bytes) -> Probe:
    """Parse the document; the first of all errors is told as an InputError."""
    root = _parse(data)
    if root.name != "MTConnectDevices":
        raise InputError(
            f"this is no probe: its root is <{root.name[:60]}>; expected <MTConnectDevices>. "
            "Save the agent's answer to /probe and give that file."
        )
    header = next((c.attributes for c in root.children if c.name == "Header"), {})
    instance = header.get("instanceId", "")
    is_known = instance.isdecimal() and instance.isascii() and len(instance) < 19
    found = [d for c in root.children if c.name == "Devices" for d in c.children if d.name in ("Device", "Agent")]
    devices = tuple(read_device(d) for d in found)
    return Probe(header.get("sender"), int(instance) if is_known else None, devices)


def _parse(data: bytes) -> Node:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    top = Node("", {})
    open_nodes, texts = [top], [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_nodes) > _MAX_DEPTH:
            raise InputError(f"the probe's XML nests more than {_MAX_DEPTH} deep; expected a device model.")
        node = Node(_local(name), {_local(key): value for key, value in attributes.items()})
        open_nodes[-1].children.append(node)
        open_nodes.append(node)
        texts.append("")

    def end(_: str) -> None:
        node = open_nodes.pop()
        text = texts.pop()
        open_nodes[-1].children[-1] = Node(node.name, node.attributes, text, node.children)

    def text(found: str) -> None:
        texts[-1] += found

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InputError(
            f"the probe is no well-formed XML: {error}. Save the agent's answer to /probe again."
        ) from error
    return top.children[0]


def _refuse_doctype(name: str, *_: object) -> Never:
    raise InputError(f"the probe declares a document type ({name[:60]}), which is refused; remove the DOCTYPE lines.")


def _local(name: str) -> str:
    return name.rpartition(":")[2]
