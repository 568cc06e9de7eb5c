"""Walks a parsed MTConnectStreams document of JSON version 1 or 2; what does not fit raises, nothing is half added.

Version 2 has objects of lists (`"Samples": {"Position": [{…}]}`), version 1 lists of objects with one
key each (`"Samples": [{"Position": {…}}]`). Other writers mix them (MTConnect.NET lists the conditions of its
version 2 as version 1 does), write a single child without its list, and null for what is empty.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.header import UnfitError
from smelt.mtconnect.json.observations import CATEGORIES, Reading, read_observations
from smelt.mtconnect.rows import Rows

_NO_RATES: Mapping[tuple[str, str], float] = {}


class DeviceRows(NamedTuple):
    """The rows of one DeviceStream."""

    device_uuid: str
    rows: Rows


def read_streams(
    streams: Any,
    times: EventTimes,
    sample_rates: Mapping[tuple[str, str], float] = _NO_RATES,
    has_singles: bool = False,
) -> list[DeviceRows]:
    """Return the rows of `MTConnectStreams.Streams`, device by device, in document order.

    Parameters
    ----------
    has_singles : a single child of version 2 may stand without its list.

    Raises
    ------
    UnfitError
        If anything in it is not of the expected shape.
    """
    found = []
    for device in _devices(streams, has_singles):
        uuid, rows = device_uuid(device), Rows()
        reading = Reading(times, uuid, sample_rates)
        for component in _components(device, has_singles):
            for key, elements in _containers(component, tuple(CATEGORIES)):
                for element, observations in _named(elements):
                    listed = [observations] if isinstance(elements, list) else _list(observations, element, has_singles)
                    read_observations(rows, CATEGORIES[key], element, listed, reading)
        found.append(DeviceRows(uuid, rows))
    return found


def _devices(streams: Any, has_singles: bool) -> Iterator[Any]:
    for key, device in _named(streams):
        if key != "DeviceStream":
            raise UnfitError(f"'{key[:40]}' where DeviceStream should stand")
        yield from [device] if isinstance(streams, list) else _list(device, key, has_singles)


def _components(device: Any, has_singles: bool) -> Iterator[Any]:
    for key, streams in _containers(device, ("ComponentStream", "ComponentStreams")):
        if key == "ComponentStream":
            yield from _list(streams, key, has_singles)
            continue
        for name, component in _named(_list(streams, key, has_singles)):
            if name != "ComponentStream":
                raise UnfitError(f"'{name[:40]}' where ComponentStream should stand")
            yield component


def device_uuid(device: Any) -> str:
    """Return the uuid of a DeviceStream, which must be a string that is not empty."""
    uuid = device.get("uuid") if isinstance(device, dict) else None
    if not isinstance(uuid, str) or not uuid:
        raise UnfitError("DeviceStream has no uuid")
    return uuid


def _list(found: Any, key: str, has_singles: bool) -> list[Any]:
    if isinstance(found, list):
        return found
    if has_singles and isinstance(found, dict):
        return [found]
    raise UnfitError(f"'{key[:40]}' is no list")


def _named(parent: Any) -> Iterator[tuple[str, Any]]:
    """Yield what an object holds, or each of a list of objects, by its key; what is null is not there."""
    for group in parent if isinstance(parent, list) else [parent]:
        if not isinstance(group, dict):
            raise UnfitError("not an object")
        yield from ((key, member) for key, member in group.items() if member is not None)


def _containers(parent: Any, known: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the members of an object that are known to hold others; no other may."""
    if not isinstance(parent, dict):
        raise UnfitError("not an object")
    for key, member in _named(parent):
        if key in known:
            yield key, member
        elif isinstance(member, dict | list):
            raise UnfitError(f"unknown member '{key[:40]}'")
