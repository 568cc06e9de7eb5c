"""An observation as a record of its own: the agents' MQTT entity topics, `MTConnect/Devices/<uuid>/Observations/<id>`.

The device stands in the topic (or in a member `deviceUuid`), or is the broker's key; where nothing tells it, rows
go to the device of the log that is being read, else to 'unknown': they are not lost. What is left of a torn document
is no record: it tells neither device nor category, and is rejected.
"""

import re
from typing import Any

import orjson

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.header import UnfitError, int64
from smelt.mtconnect.json.observations import CATEGORIES, Reading, rows_of
from smelt.mtconnect.json.streams import DeviceRows
from smelt.mtconnect.rows import Cell, Row, Rows
from smelt.terms.observation import LEVELS, UNAVAILABLE, Category, Origin

UNKNOWN_DEVICE = "unknown"
LOOSE = "an observation outside of its document: nothing tells its device or category"
_CATEGORY_IN_TOPIC = re.compile(r"/(Samples|Events|Condition)/")
_TOPIC = re.compile(r"(?:\A|/)(?:Devices?/(?P<uuid>[^/]+)/Observations?|Observations?/(?P<device>[^/]+))(?:/|\Z)")
_OF_RECORDS = frozenset(("result", "samples", "entries"))  # what says the value of a record, but of no agent's document
_CATEGORIES: dict[str, Category] = {"SAMPLE": "SAMPLE", "EVENT": "EVENT", "CONDITION": "CONDITION"}


def fits(value: dict[str, Any]) -> bool:
    """Say whether this is an observation."""
    return "dataItemId" in value and "timestamp" in value


def observation_of(value: dict[str, Any]) -> dict[str, Any] | None:
    """Return the observation that an object is, or that it holds under its element, of a condition the level.

    Examples
    --------
    >>> observation_of({"Fault": {"dataItemId": "c", "timestamp": "2020-01-01T00:00:00Z", "value": "hot"}})
    {'level': 'Fault', 'message': 'hot', 'dataItemId': 'c', 'timestamp': '2020-01-01T00:00:00Z', 'value': 'hot'}
    """
    if fits(value):
        return value
    if "DataItemId" in value and "Timestamp" in value:  # as .NET writes names if nobody tells it otherwise
        return {name[:1].lower() + name[1:]: member for name, member in value.items()}
    element, member = next(iter(value.items())) if len(value) == 1 else ("", None)
    if not isinstance(member, dict) or not fits(member):
        return None
    if element.upper() in LEVELS:
        return {"level": element, "message": member.get("value"), **member}
    return {"type": element, "result": member.get("value"), **member}


def is_loose(value: dict[str, Any], observation: dict[str, Any], origin: Origin) -> bool:
    """Say whether an object that holds an observation under its element is a piece of a torn document."""
    return len(value) == 1 and device_of(observation, origin) == UNKNOWN_DEVICE


def read(value: dict[str, Any], times: EventTimes, origin: Origin) -> list[DeviceRows]:
    """Return the rows of one observation.

    Examples
    --------
    >>> record = {"dataItemId": "Xact", "category": "SAMPLE", "timestamp": "2020-01-01T00:00:00Z", "result": "150.5"}
    >>> found = read(record, EventTimes(), Origin(source="mqtt://shop/MTConnect/Devices/m1/Observations/Xact"))
    >>> found[0].device_uuid, found[0].rows.value
    ('m1', [150.5])
    """
    uuid = device_of(value, origin)
    rows = Rows()
    category = _CATEGORIES.get(str(value.get("category", "")).upper())
    if category is None:
        told = _CATEGORY_IN_TOPIC.search(origin.source or "")
        if uuid == UNKNOWN_DEVICE and told is None and "level" not in value and _OF_RECORDS.isdisjoint(value):
            raise UnfitError(LOOSE)
        category = "CONDITION" if "level" in value else CATEGORIES[told[1]] if told else "EVENT"
    rows.add_all(flat_rows(category, value, Reading(times, uuid, origin.sample_rates, is_text=True)))
    return [DeviceRows(uuid, rows)]


def device_of(value: dict[str, Any], origin: Origin) -> str:
    """Return the device's uuid: as the record tells it, else its topic, else the broker's key, else whose log this is.

    A bridge from MQTT may have the topic as the key of a record; the key of one data item tells no device.
    """
    told = value.get("deviceUuid")
    if isinstance(told, str) and told:
        return told
    key = origin.record_key or ""
    topic = _TOPIC.search(origin.source or "") or _TOPIC.search(key)
    if topic is not None:
        return str(topic["uuid"] or topic["device"])
    return ("" if key == value.get("dataItemId") else key) or origin.log_device_uuid or UNKNOWN_DEVICE


def milliseconds(stamp: object) -> int | None:
    """Return microseconds since 1970 of a time that was sent as a whole number of milliseconds, or None."""
    if isinstance(stamp, int) and not isinstance(stamp, bool) and 0 < stamp < 1 << 42:
        return stamp * 1000
    return None


def flat_rows(category: Category, value: dict[str, Any], reading: Reading) -> list[Row]:
    """Return the rows of a flat observation: its value is `result`, `samples`, `entries`, or `level` and `message`."""
    item, stamp = value.get("dataItemId"), value.get("timestamp")
    time_us = reading.times.parse(stamp) if isinstance(stamp, str) and stamp else milliseconds(stamp)
    if not isinstance(item, str) or not item:
        raise UnfitError("dataItemId is no string")
    if time_us is None:
        raise UnfitError(f"timestamp '{str(stamp)[:40]}' is none")
    sequence = int64(value.get("sequence"))
    if sequence is None and value.get("sequence") is not None:
        raise UnfitError(f"sequence {str(value['sequence'])[:40]} is no number from 0 to 2^63 - 1")
    head = Row(sequence, 0, item, category, time_us, Cell())
    if category == "CONDITION":
        level, message = level_and_message(value)
        return rows_of(head, level, value | {"value": message}, reading)
    element = "TimeSeries" if "samples" in value else ""
    return rows_of(head, element, value | {"value": _value(category, value)}, reading)


def level_and_message(value: dict[str, Any]) -> tuple[str, Any]:
    """Return a condition's level and message: MTConnect.NET's entities have the message as their `result`.

    Examples
    --------
    >>> level_and_message({"level": "FAULT", "result": "hot"}), level_and_message({"result": "NORMAL"})
    (('FAULT', 'hot'), ('NORMAL', None))
    """
    if value.get("level") is None:
        return str(value.get("result", "")), value.get("message")
    return str(value["level"]), value.get("message", value.get("result"))


def _value(category: Category, value: dict[str, Any]) -> Any:
    if isinstance(value.get("samples"), list):
        return value["samples"]
    if isinstance(value.get("entries"), list):
        return entries_of(value["entries"])
    result = value.get("result", value.get("value"))
    if not isinstance(result, str):
        return result
    if category == "SAMPLE" and result != UNAVAILABLE and ("sampleRate" in value or "sampleCount" in value):
        return result.split()
    return _parsed_set(result) if "count" in value or value.get("representation") in ("DATA_SET", "TABLE") else result


def _parsed_set(result: str) -> Any:
    """Return the set that a text holds as JSON, else the text."""
    try:
        return orjson.loads(result) if result.startswith("{") else result
    except orjson.JSONDecodeError:
        return result


def entries_of(entries: list[Any]) -> dict[str, Any]:
    """Return `[{"key": …, "value": …}, {"key": …, "cells": […]}]` as the agent's JSON has a data set or table."""
    found: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str):
            raise UnfitError("an entry without a key")
        if entry.get("removed") in (True, "true"):
            found[entry["key"]] = {"removed": True}
        elif isinstance(entry.get("cells"), list):
            found[entry["key"]] = entries_of(entry["cells"])
        else:
            found[entry["key"]] = entry.get("value", entry.get("result", ""))
    return found
