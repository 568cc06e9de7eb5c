"""The forms of flat records: which members of one tell its time, sequence and value, and which say the rest.

All records with the same keys have one form. What a record means is said by its dialect's reader alone; a form
only tells which members that reader looks at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from smelt.mtconnect import entities, mtc2kafka, sms_records
from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json_streams import DeviceRows
from smelt.mtconnect.record_kinds import Kind
from smelt.terms.observation import Dialect, Origin

_ENTITY = (
    "dataItemId", "deviceUuid", "category", "type", "representation", "level", "nativeCode", "conditionId",
    "resetTriggered", "message", "result", "value",
)  # fmt: skip
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
    said : returns its time, sequence and value; both raise KeyError, TypeError or AttributeError where there are none.
    value : key of its value, if it has one.
    kinds : by what `rest` returns, what is known of records that say it.
    """

    dialect: Dialect
    read: Callable[[dict[str, Any], EventTimes, Origin], list[DeviceRows]]
    rest: Callable[[dict[str, Any]], tuple[Any, ...]]
    said: Callable[[dict[str, Any]], tuple[Any, Any, Any]]
    value: str | None
    kinds: dict[tuple[Any, ...], Kind] = field(default_factory=dict)


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
        return Form("mtc2kafka", mtc2kafka.read, _mtc2kafka_rest, _mtc2kafka_said, value)
    prefixes = [prefix for prefix in _PREFIXES if f"{prefix}DataItemId" in keys]
    return _sms(keys, prefixes[0]) if len(prefixes) == 1 and all(map(_is_pascal_case, keys)) else None


def _entity(keys: tuple[str, ...]) -> Form:
    value = next((key for key in ("result", "value") if key in keys), None)
    rest = tuple(key for key in _ENTITY if key in keys and key != value)
    return Form("entities", entities.read, _members(rest), _said(keys, "timestamp", "sequence", value), value)


def _mtc2kafka_rest(record: dict[str, Any]) -> tuple[Any, ...]:
    attributes = record["attributes"]
    return (record["id"], record["type"], record.get("tag"), *map(attributes.get, _ATTRIBUTES), tuple(attributes))


def _mtc2kafka_said(record: dict[str, Any]) -> tuple[Any, Any, Any]:
    attributes = record["attributes"]
    return attributes.get("timestamp"), attributes.get("sequence"), record.get("value")


def _is_pascal_case(key: str) -> bool:
    return key.isalnum() and key[0].isupper() and not key.startswith(("MTConnect", "Header"))


def _sms(keys: tuple[str, ...], prefix: str) -> Form:
    own = [prefix + name for name in ("DataItemId", *_SMS)]
    value = f"{prefix}Value" if f"{prefix}Value" in keys else None
    rest = tuple(key for key in ("DeviceId", "DeviceName", *own) if key in keys and key != value)
    said = _said(keys, f"{prefix}Timestamp", f"{prefix}Sequence", value)
    return Form("sms-records", sms_records.read, _members(rest), said, value)


def _members(keys: tuple[str, ...]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    return itemgetter(*keys, keys[0])  # of a single key it would return no tuple


def _said(keys: tuple[str, ...], *chosen: str | None) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    if all(key in keys for key in chosen):
        return itemgetter(*chosen)
    return lambda record: tuple(None if key is None else record.get(key) for key in chosen)
