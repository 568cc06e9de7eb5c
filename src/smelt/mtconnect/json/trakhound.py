"""TrakHound's MTConnect.NET JSON: lower camel, flat observations, every value a text, header keys in either case."""

from typing import Any

from smelt.mtconnect.json.documents import add_probe, asset_of
from smelt.mtconnect.json.header import UnfitError, read_header
from smelt.mtconnect.json.observations import Reading
from smelt.mtconnect.json.streams import DeviceRows, device_uuid
from smelt.mtconnect.records.entities import flat_rows
from smelt.mtconnect.rows import Building, Document, Place, Rows
from smelt.terms.errors import DataError
from smelt.terms.observation import Asset, Category, Kind, Reject

_CATEGORIES: dict[tuple[str, ...], Category] = {
    ("samples",): "SAMPLE",
    ("events",): "EVENT",
    ("condition", "conditions"): "CONDITION",
}
_KINDS: dict[str, Kind] = {
    "streams": "MTConnectStreams",
    "devices": "MTConnectDevices",
    "assets": "MTConnectAssets",
    "errors": "MTConnectError",
}


def fits(value: dict[str, Any]) -> bool:
    """Say whether this is such a document: `header` beside `streams`, `devices`, `assets` or `errors`."""
    return isinstance(value.get("header"), dict) and any(name in value for name in _KINDS)


def add_document(building: Building, value: dict[str, Any], place: Place) -> None:
    """Add a document; raises UnfitError if it does not fit, and then nothing is added."""
    header = {name[:1].lower() + name[1:]: member for name, member in value["header"].items()}
    held = next(name for name in _KINDS if name in value)
    try:
        document = read_header(header, (0, 0), building.times, _KINDS[held], "json-trakhound")
    except UnfitError:
        if held == "streams":
            raise
        document = Document(0, 0, _KINDS[held], "json-trakhound")
    faults: list[str] = []
    streams = _listed(value[held]) if held == "streams" else []
    devices = [_device(device, building, faults) for device in streams]
    assets = _assets(value[held], building) if held == "assets" else []
    building.documents.append(place.note(document))
    building.assets += assets
    building.rejects += [Reject(place.offset, place.length, f"observation: {fault}") for fault in faults]
    for device in devices:
        building.add_rows(device.device_uuid, device.rows)
    if held == "devices":
        add_probe(building, {"Header": header, "Devices": {"Device": _listed(value[held])}}, place)


def _listed(member: Any) -> list[Any]:
    return member if isinstance(member, list) else [member]


def _device(device: Any, building: Building, faults: list[str]) -> DeviceRows:
    """Return the rows of a device; observations that do not fit are named in `faults`."""
    uuid, rows = device_uuid(device), Rows()
    reading = Reading(building.times, uuid, building.origin.sample_rates, is_text=True)
    for component in _objects(_member(device, "componentStream", "componentStreams")):
        for keys, category in _CATEGORIES.items():
            for observation in _objects(_member(component, *keys)):
                try:
                    rows.add_all(flat_rows(category, observation, reading))
                except DataError as error:
                    faults.append(str(error))
    return DeviceRows(uuid, rows)


def _member(parent: dict[str, Any], *names: str) -> Any:
    return next((parent[name] for name in names if parent.get(name) is not None), [])


def _objects(members: Any) -> list[dict[str, Any]]:
    if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
        raise UnfitError("no list of objects")
    return members


def _assets(assets: Any, building: Building) -> list[Asset]:
    found = [asset for asset in _listed(assets) if isinstance(asset, dict) and asset.get("assetId")]
    return [asset_of(building, str(asset.get("type", "")), asset, asset) for asset in found]
