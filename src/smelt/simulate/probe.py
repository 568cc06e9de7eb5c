"""The agent's device model as an MTConnectDevices document."""

import xml.etree.ElementTree as ET
from pathlib import Path

from smelt.simulate.document import AGENT_VERSION, BUFFER_SIZE, SCHEMA_VERSION, Instance, time_text
from smelt.simulate.fleet import AGENT_NAME
from smelt.simulate.layout import Component, Item
from smelt.simulate.model import Modelled

_NAMESPACE = f"urn:mtconnect.org:MTConnectDevices:{SCHEMA_VERSION}"
_SCHEMA = f"http://schemas.mtconnect.org/schemas/MTConnectDevices_{SCHEMA_VERSION}.xsd"


def write_probe(path: Path, devices: tuple[Modelled, ...], start_ms: int) -> None:
    """Write the probe of the agent's first instance."""
    started = time_text(start_ms)
    root = ET.Element(
        "MTConnectDevices",
        {
            "xmlns:m": _NAMESPACE,
            "xmlns": _NAMESPACE,
            "xmlns:x": "urn:seed-plant:devices:1.0",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{_NAMESPACE} {_SCHEMA}",
        },
    )
    head = {
        "creationTime": started,
        "sender": AGENT_NAME,
        "instanceId": str(Instance(start_ms).id),
        "version": AGENT_VERSION,
        "deviceModelChangeTime": started,
        "assetBufferSize": "64",
        "assetCount": "0",
        "bufferSize": str(BUFFER_SIZE),
    }
    ET.SubElement(root, "Header", head)
    parent = ET.SubElement(root, "Devices")
    for device in devices:
        _device(parent, device)
    text = ET.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', encoding="utf-8")


def _device(parent: ET.Element, device: Modelled) -> None:
    head = {"id": device.prefix, "name": device.name, "uuid": device.uuid}
    if not device.is_named:
        head["mtconnectVersion"] = SCHEMA_VERSION
    element = ET.SubElement(parent, device.root.kind, head)
    if device.manufacturer:
        plate = {"manufacturer": device.manufacturer, "model": device.type_name}
        ET.SubElement(element, "Description", plate).text = f"{device.manufacturer} {device.type_name}"
    _contents(element, device, device.root)


def _contents(element: ET.Element, device: Modelled, component: Component) -> None:
    if component.items:
        items = ET.SubElement(element, "DataItems")
        for item in component.items:
            ET.SubElement(items, "DataItem", _attributes(device, item))
    if component.parts:
        parts = ET.SubElement(element, "Components")
        for part in component.parts:
            child = ET.SubElement(parts, part.kind, {"id": device.component_id(part), "name": part.name})
            _contents(child, device, part)


def _attributes(device: Modelled, item: Item) -> dict[str, str]:
    pairs = {
        "category": item.category,
        "id": device.item_id(item),
        "name": item.name if device.is_named else None,
        "nativeUnits": item.native_units,
        "subType": item.sub_type,
        "type": item.type,
        "units": item.units,
    }
    return {key: value for key, value in pairs.items() if value is not None}
