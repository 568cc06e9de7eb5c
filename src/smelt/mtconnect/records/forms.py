"""The forms of flat records: which members of one tell its time, sequence and value, and which say the rest.

All records with the same keys have one form. What a record means is said by its dialect's reader alone; a form
only tells which members that reader looks at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.streams import DeviceRows
from smelt.mtconnect.records import entities, mtc2kafka
from smelt.mtconnect.records import sms as sms_records
from smelt.mtconnect.records.kinds import Kind, Meaning
from smelt.terms.observation import Dialect, Origin

_ENTITY = (
    "category", "type", "representation", "level", "nativeCode", "conditionId",
    "resetTriggered", "message", "result", "value",
)  # fmt: skip
_ENTITY_HEAD = ("dataItemId", "deviceUuid")
_SERIES = frozenset(("samples", "entries", "sampleRate", "sampleCount"))
_MTC2KAFKA = frozenset(("id", "tag", "attributes", "value", "type"))
_ATTRIBUTES = ("type", "nativeCode", "conditionId", "resetTriggered", "sampleRate", "sampleCount")
_PREFIXES = ("Sample", "Event", "Condition")
_SMS = ("Level", "State", "Tag", "Value", "Name", "Message", "NativeCode")


@dataclass(frozen=True)
class Form:
    """How records with certain keys are read.

    read : the dialect's reader.
    rest : returns of a record all that its rows depend on, beside its time, sequence and value.
    meant : returns that without what it is about: what its cell depends on, beside its value.
    said : returns its time, sequence and value; both raise KeyError, TypeError or AttributeError where there are none.
    value : key of its value, if it has one.
    origin : that of records of one sender in envelopes; None for records that stand by themselves.
    kinds, meanings : by what `rest` and `meant` return, what is known of records that say it.
    """

    dialect: Dialect
    read: Callable[[dict[str, Any], EventTimes, Origin], list[DeviceRows]]
    rest: Callable[[dict[str, Any]], tuple[Any, ...]]
    meant: Callable[[dict[str, Any]], tuple[Any, ...]]
    said: Callable[[dict[str, Any]], tuple[Any, ...]]
    value: str | None
    origin: Origin | None = None
    kinds: dict[tuple[Any, ...], Kind] = field(default_factory=dict)
    meanings: dict[tuple[Any, ...], Meaning] = field(default_factory=dict)


def form_of(keys: tuple[str, ...]) -> Form | None:
    """Return the form of records with these keys, or None if they have none of these.

    Examples
    --------
    >>> form = form_of(("dataItemId", "timestamp", "result"))
    >>> form.dialect, form.said({"dataItemId": "x", "timestamp": "2020-01-01T00:00:00Z", "result": "1"})
    ('entities', ('2020-01-01T00:00:00Z', None, '1'))
    """
    if "dataItemId" in keys and "timestamp" in keys:
        return None if _SERIES.intersection(keys) else _entity(keys)
    if {"id", "attributes", "type"} <= set(keys) <= _MTC2KAFKA:
        value = "value" if "value" in keys else None
        return Form("mtc2kafka", mtc2kafka.read, _mtc2kafka_rest, _mtc2kafka_meant, _mtc2kafka_said, value)
    prefixes = [prefix for prefix in _PREFIXES if f"{prefix}DataItemId" in keys]
    return _sms(keys, prefixes[0]) if len(prefixes) == 1 and all(map(_is_pascal_case, keys)) else None


def _entity(keys: tuple[str, ...]) -> Form:
    value = next((key for key in ("result", "value") if key in keys), None)
    rest = _members(keys, (*_ENTITY_HEAD, *_ENTITY), value)
    said = _said(keys, "timestamp", "sequence", value)
    return Form("entities", entities.read, rest, _members(keys, _ENTITY, value), said, value)


def _mtc2kafka_rest(record: dict[str, Any]) -> tuple[Any, ...]:
    attributes = record["attributes"]
    keys = tuple(attributes)
    return (record["id"], record["type"], record.get("tag"), keys, *_attributes_of(keys)(attributes))


def _mtc2kafka_meant(record: dict[str, Any]) -> tuple[Any, ...]:
    """Return what it means; how a time series is placed depends on its data item, too."""
    attributes, tag = record["attributes"], record.get("tag")
    is_series = "sampleRate" in attributes or "sampleCount" in attributes or str(tag).endswith("TimeSeries")
    return _mtc2kafka_rest(record if is_series else record | {"id": None})


@lru_cache(1 << 10)
def _attributes_of(keys: tuple[str, ...]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    return _members(keys, _ATTRIBUTES, None)


def _mtc2kafka_said(record: dict[str, Any]) -> tuple[Any, Any, Any]:
    attributes = record["attributes"]
    return attributes.get("timestamp"), attributes.get("sequence"), record.get("value")


def _is_pascal_case(key: str) -> bool:
    return key.isalnum() and key[0].isupper() and not key.startswith(("MTConnect", "Header"))


def _sms(keys: tuple[str, ...], prefix: str) -> Form:
    value = f"{prefix}Value" if f"{prefix}Value" in keys else None
    own = tuple(prefix + name for name in _SMS)
    rest = _members(keys, (f"{prefix}DataItemId", "DeviceId", "DeviceName", *own), value)
    said = _said(keys, f"{prefix}Timestamp", f"{prefix}Sequence", value)
    return Form("sms-records", sms_records.read, rest, _members(keys, own, value), said, value)


def _members(
    keys: tuple[str, ...], chosen: tuple[str, ...], value: str | None
) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    """Return what gets the chosen members that there are, but the value."""
    found = [key for key in chosen if key in keys and key != value]
    return itemgetter(*found) if len(found) > 1 else lambda record: tuple(record[key] for key in found)


def _said(keys: tuple[str, ...], *chosen: str | None) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    if all(key in keys for key in chosen):
        return itemgetter(*chosen)
    return lambda record: tuple(None if key is None else record.get(key) for key in chosen)
