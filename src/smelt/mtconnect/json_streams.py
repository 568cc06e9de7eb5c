"""Walks a parsed MTConnectStreams document of JSON version 2; whatever does not fit raises, nothing is half added."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from smelt.mtconnect.cells import canonical_json, condition_cell, event_cell, sample_cell
from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.rows import Cell, Document, Row, Rows
from smelt.mtconnect.time_series import expand_series, series_rate
from smelt.terms.observation import Category, Kind

CATEGORIES: dict[str, Category] = {"Samples": "SAMPLE", "Events": "EVENT", "Condition": "CONDITION"}
_INT64_MAX = (1 << 63) - 1
_TIME_SERIES_MARKS = ("sampleRate", "sampleCount")


class UnfitError(Exception):
    """A document or an observation is not what JSON version 2 says; the message tells what."""


class DeviceRows(NamedTuple):
    """The rows of one DeviceStream."""

    device_uuid: str
    rows: Rows


def read_header(header: Any, offset: int, length: int, times: EventTimes, kind: Kind = "MTConnectStreams") -> Document:
    """Turn a Header into the document's row; only a Header that names its agent instance will do."""
    instance_id = _int64(header.get("instanceId")) if isinstance(header, dict) else None
    if instance_id is None:
        raise UnfitError("no Header with an instanceId")
    sender = header.get("sender")
    created = header.get("creationTime")
    return Document(
        offset,
        length,
        kind,
        "json-v2",
        sender if isinstance(sender, str) else None,
        instance_id,
        _int64(header.get("firstSequence")),
        _int64(header.get("nextSequence")),
        _int64(header.get("lastSequence")),
        times.parse(created) if isinstance(created, str) else None,
    )


def _int64(value: object) -> int | None:
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _INT64_MAX:
        return value
    return None


def read_streams(streams: Any, times: EventTimes) -> list[DeviceRows]:
    """Return the rows of `MTConnectStreams.Streams`, device by device, in document order.

    Raises
    ------
    UnfitError
        If anything in it is not of the expected shape.
    """
    if isinstance(streams, list):
        raise UnfitError("JSON version 1")
    found = []
    for device in _lists(streams, "DeviceStream", ("DeviceStream",)):
        rows = Rows()
        for component in _lists(device, "ComponentStream", ("ComponentStream",)):
            for key, elements in _containers(component, tuple(CATEGORIES)):
                for element, observations in _containers(elements, None):
                    read_observations(rows, CATEGORIES[key], element, observations, times)
        found.append(DeviceRows(device_uuid(device.get("uuid")), rows))
    return found


def device_uuid(uuid: object) -> str:
    """Return the uuid of a DeviceStream, which must be a string that is not empty."""
    if not isinstance(uuid, str) or not uuid:
        raise UnfitError("DeviceStream has no uuid")
    return uuid


def _lists(parent: Any, key: str, known: tuple[str, ...]) -> list[Any]:
    for _ in _containers(parent, known):
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


def read_observations(rows: Rows, category: Category, element: str, observations: list[Any], times: EventTimes) -> None:
    """Append the rows of one element's list; raises UnfitError at the first observation that does not fit."""
    for observation in observations:
        try:
            item = observation["dataItemId"]
            sequence = observation["sequence"]
            time_us = times.parse(observation["timestamp"])
            value = observation.get("value")
        except (KeyError, TypeError, AttributeError) as error:
            raise UnfitError("observation without dataItemId, sequence or timestamp") from error
        if type(sequence) is not int or not 0 <= sequence <= _INT64_MAX:
            sequence = _checked_sequence(sequence)
        if time_us is None:
            raise UnfitError(f"timestamp '{str(observation['timestamp'])[:40]}' is none")
        if type(item) is not str or not item:
            raise UnfitError("dataItemId is no string")
        if type(value) is float and category == "SAMPLE":
            rows.add_number(sequence, item, time_us, value)
        elif type(value) is list and category != "CONDITION" and _is_time_series(element, observation):
            rows.add_all(_time_series(observation, Row(sequence, 0, item, "SAMPLE", time_us, Cell())))
        else:
            rows.add(Row(sequence, 0, item, category, time_us, _cell(category, element, observation, value)))


def _checked_sequence(sequence: object) -> int:
    checked = _int64(sequence)
    if checked is None:
        raise UnfitError(f"sequence {str(sequence)[:40]} is no number from 0 to 2^63 - 1")
    return checked


def _cell(category: Category, element: str, observation: dict[str, Any], value: Any) -> Cell:
    if category == "SAMPLE":
        return sample_cell(value)
    code = observation.get("nativeCode")
    native_code = None if code is None or code == "" else str(code)
    if category == "EVENT":
        cell = event_cell(value)
        return cell if native_code is None else cell._replace(native_code=native_code)
    message = value if isinstance(value, str) or value is None else canonical_json(value)
    condition = condition_cell(element, native_code, message)
    if condition is None:
        raise UnfitError(f"'{element[:40]}' is no level of a condition")
    return condition


def _is_time_series(element: str, observation: dict[str, Any]) -> bool:
    return element.endswith("TimeSeries") or any(mark in observation for mark in _TIME_SERIES_MARKS)


def _time_series(observation: dict[str, Any], last: Row) -> list[Row]:
    values = observation["value"]
    cells = [sample_cell(v) for v in values]
    rate = series_rate(observation.get("sampleRate"))
    if any(c.text is not None for c in cells):
        return [last._replace(cell=Cell(text=canonical_json(values)))]
    return expand_series(last, cells, rate) or [last._replace(cell=Cell(text=canonical_json(values)))]
