"""Walks a parsed MTConnectStreams document of JSON version 1 or 2; what does not fit raises, nothing is half added.

Version 2 has objects of lists (`"Samples": {"Position": [{…}]}`), version 1 lists of objects with one
key each (`"Samples": [{"Position": {…}}]`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json_header import UnfitError
from smelt.mtconnect.json_observations import CATEGORIES, Reading, read_observations
from smelt.mtconnect.rows import Rows

_NO_RATES: Mapping[tuple[str, str], float] = {}


class DeviceRows(NamedTuple):
    """The rows of one DeviceStream."""

    device_uuid: str
    rows: Rows


def read_streams(
    streams: Any, times: EventTimes, sample_rates: Mapping[tuple[str, str], float] = _NO_RATES
) -> list[DeviceRows]:
    """Return the rows of `MTConnectStreams.Streams`, device by device, in document order.

    Raises
    ------
    UnfitError
        If anything in it is not of the expected shape.
    """
    if isinstance(streams, list):
        devices, groups_of = list(_only(streams, "DeviceStream")), _groups_1
    else:
        devices, groups_of = _list(streams, "DeviceStream"), _groups_2
    found = []
    for device in devices:
        uuid, rows = device_uuid(device), Rows()
        reading = Reading(times, uuid, sample_rates)
        for key, element, observations in groups_of(device):
            read_observations(rows, CATEGORIES[key], element, observations, reading)
        found.append(DeviceRows(uuid, rows))
    return found


_Groups = Iterator[tuple[str, str, list[Any]]]  # category key, element, observations


def _groups_1(device: Any) -> _Groups:
    for component in _only(_list(device, "ComponentStreams"), "ComponentStream"):
        for key, elements in _containers(component, tuple(CATEGORIES)):
            if not isinstance(elements, list):
                raise UnfitError(f"'{key}' is no list")
            for element, observation in _named(elements):
                yield key, element, [observation]


def _groups_2(device: Any) -> _Groups:
    for component in _list(device, "ComponentStream"):
        for key, elements in _containers(component, tuple(CATEGORIES)):
            for element, observations in _containers(elements, None):
                yield key, element, observations


def device_uuid(device: Any) -> str:
    """Return the uuid of a DeviceStream, which must be a string that is not empty."""
    uuid = device.get("uuid") if isinstance(device, dict) else None
    if not isinstance(uuid, str) or not uuid:
        raise UnfitError("DeviceStream has no uuid")
    return uuid


def _only(elements: list[Any], name: str) -> Iterator[Any]:
    """Yield what version 1 lists under `name`; nothing else may stand there."""
    for key, element in _named(elements):
        if key != name:
            raise UnfitError(f"'{key[:40]}' where {name} should stand")
        yield element


def _named(elements: list[Any]) -> Iterator[tuple[str, Any]]:
    for element in elements:
        if not isinstance(element, dict):
            raise UnfitError("not an object")
        yield from element.items()


def _list(parent: Any, key: str) -> list[Any]:
    for _ in _containers(parent, (key,)):
        pass
    found = parent.get(key, [])
    if not isinstance(found, list):
        raise UnfitError(f"{key} is no list")
    return found


def _containers(parent: Any, known: tuple[str, ...] | None) -> Iterator[tuple[str, Any]]:
    """Yield the members that hold others; with `known` None every member must be a list."""
    if not isinstance(parent, dict):
        raise UnfitError("not an object")
    for key, member in parent.items():
        if known is None:
            if not isinstance(member, list):
                raise UnfitError(f"'{key[:40]}' is no list")
            yield key, member
        elif key in known:
            yield key, member
        elif isinstance(member, dict | list):
            raise UnfitError(f"unknown member '{key[:40]}'")
