"""Parsed MTConnect documents of the JSON dialects to rows, device models and assets."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from smelt.mtconnect.json.header import UnfitError, read_header
from smelt.mtconnect.json.streams import read_streams
from smelt.mtconnect.probe.json import read_probe_json
from smelt.mtconnect.rows import Building, Document, Place
from smelt.terms.errors import InputError
from smelt.terms.observation import Asset, Dialect, Kind, LandedProbe, Reject

ROOTS: dict[str, Kind] = {
    "MTConnectStreams": "MTConnectStreams",
    "MTConnectDevices": "MTConnectDevices",
    "MTConnectAssets": "MTConnectAssets",
    "MTConnectError": "MTConnectError",
}
_LISTS = {"MTConnectStreams": "Streams", "MTConnectDevices": "Devices", "MTConnectAssets": "Assets"}
BARE_DEVICES = ("Device", "Agent")


def add_document(building: Building, name: str, content: Any, place: Place, has_singles: bool = False) -> None:
    """Add a document of JSON version 1 or 2; raises DataError if it does not fit, and then nothing is added.

    Parameters
    ----------
    has_singles : a single child of version 2 may stand without its list.
    """
    kind = ROOTS[name]
    if kind == "MTConnectStreams":
        _add_streams(building, content, place, has_singles)
        return
    document = _read_header(building, content, kind)
    assets = read_assets(building, content.get("Assets"), dict) if kind == "MTConnectAssets" else []
    building.documents.append(place.note(document))
    building.assets += assets
    if kind == "MTConnectDevices":
        add_probe(building, content, place)


def _add_streams(building: Building, content: Any, place: Place, has_singles: bool) -> None:
    if not isinstance(content, dict):
        raise UnfitError("not an object")
    streams = content.get("Streams") or ({} if content.get("jsonVersion") != 1 else [])  # some write no empty Streams
    dialect: Dialect = "json-v1" if isinstance(content.get("Streams", streams), list) else "json-v2"
    document = read_header(content.get("Header"), (0, 0), building.times, "MTConnectStreams", dialect)
    devices = read_streams(streams, building.times, building.origin.sample_rates, has_singles)
    building.documents.append(place.note(document))
    for device in devices:
        building.add_rows(device.device_uuid, device.rows)


def _read_header(building: Building, content: Any, kind: Kind) -> Document:
    """Read the header of a document without observations; it counts even if it does not tell the instance."""
    if not isinstance(content, dict):
        raise UnfitError("not an object")
    dialect = _dialect(content, kind)
    try:
        return read_header(content.get("Header"), (0, 0), building.times, kind, dialect)
    except UnfitError:
        return Document(0, 0, kind, dialect)


def _dialect(content: dict[str, Any], kind: Kind) -> Dialect:
    held = content.get(_LISTS.get(kind, "Errors"), content.get("Error"))
    return "json-v1" if isinstance(held, list) or content.get("jsonVersion") == 1 else "json-v2"


def add_probe(building: Building, content: Any, place: Place) -> None:
    """Add the device model of an MTConnectDevices document to the newest document; reject what is none."""
    try:
        probe = read_probe_json(orjson.dumps({"MTConnectDevices": content}))
    except (InputError, TypeError) as error:
        building.rejects.append(Reject(place.offset, place.length, f"device model: {error}"))
        return
    building.probes.append(LandedProbe(len(building.documents) - 1, probe))


def add_bare_device(building: Building, value: dict[str, Any], place: Place) -> None:
    """Add a `{"Device": {…}}` or `{"Agent": {…}}`, as the agent publishes them on its probe topics."""
    name = next(iter(value))
    devices = value[name] if isinstance(value[name], list) else [value[name]]
    items = next((d.get("DataItems") for d in devices if isinstance(d, dict)), None)
    dialect: Dialect = "json-v1" if isinstance(items, list) else "json-v2"
    building.documents.append(place.note(Document(0, 0, "MTConnectDevices", dialect)))
    add_probe(building, {"Devices": {name: devices}}, place)


def is_bare_asset(value: dict[str, Any]) -> bool:
    """Say whether this is `{"CuttingTool": {"assetId": …}}`, as older agents publish an asset.

    Examples
    --------
    >>> is_bare_asset({"Part": {"assetId": "p1"}}), is_bare_asset({"Part": {"name": "p1"}})
    (True, False)
    """
    member = next(iter(value.values())) if len(value) == 1 else None
    return isinstance(member, dict) and isinstance(member.get("assetId"), str) and bool(member["assetId"])


def add_bare_asset(building: Building, value: dict[str, Any], place: Place) -> None:
    """Add an asset that stands without a document around it."""
    assets = read_assets(building, value, dict)
    building.documents.append(place.note(Document(0, 0, "MTConnectAssets", "json-v2")))
    building.assets += assets


def read_assets(
    building: Building, assets: Any, attributes_of: Callable[[dict[str, Any]], Mapping[str, Any]]
) -> list[Asset]:
    """Read what `"Assets": {"CuttingTool": [{…}]}` (version 2) or `[{"CuttingTool": {…}}]` (version 1) holds.

    The assets are those of the building's next document; one without an id is left out.
    """
    read = []
    for group in assets if isinstance(assets, list) else [assets]:
        for type_, found in group.items() if isinstance(group, dict) else ():
            for asset in found if isinstance(found, list) else [found]:
                if isinstance(asset, dict) and attributes_of(asset).get("assetId"):
                    read.append(asset_of(building, type_.rpartition(":")[2], asset, attributes_of(asset)))
    return read


def asset_of(building: Building, type_: str, asset: Any, attributes: Mapping[str, Any]) -> Asset:
    """Return an asset of the building's next document; its content is its JSON."""
    stamp, uuid = attributes.get("timestamp"), attributes.get("deviceUuid")
    try:
        content = orjson.dumps(asset).decode()
    except TypeError as error:
        raise UnfitError(f"an asset cannot be written as JSON: {error}") from error
    return Asset(
        document=len(building.documents),
        asset_id=str(attributes["assetId"]),
        type=type_,
        device_uuid=uuid if isinstance(uuid, str) and uuid else None,
        time_us=building.times.parse(stamp) if isinstance(stamp, str) and stamp else None,
        is_removed=attributes.get("removed") in (True, "true", "1"),
        content=content,
    )
