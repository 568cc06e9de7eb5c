"""PascalCase records, an observation each, whose member names begin with the category: `SampleValue`, `EventName`."""

from typing import Any

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.header import UnfitError, int64
from smelt.mtconnect.json.observations import Reading, rows_of
from smelt.mtconnect.json.streams import DeviceRows
from smelt.mtconnect.rows import Cell, Row, Rows
from smelt.mtconnect.text_value import value_of_text
from smelt.terms.observation import LEVELS, Category, Origin

_PREFIXES: dict[str, Category] = {"Sample": "SAMPLE", "Event": "EVENT", "Condition": "CONDITION"}
_MARK = "DataItemId"
_LEVEL_NAMES = ("Level", "State", "Tag", "Value", "Name")


def fits(value: dict[str, Any]) -> bool:
    """Say whether this is such a record."""
    return any(prefix + _MARK in value for prefix in _PREFIXES)


def read(value: dict[str, Any], times: EventTimes, origin: Origin) -> list[DeviceRows]:
    """Return the rows of one record; the device is its `DeviceId`, else its `DeviceName`.

    Examples
    --------
    >>> record = {"DeviceId": "m1", "SampleDataItemId": "x", "SampleTimestamp": "2020-01-01T00:00:00Z",
    ...           "SampleSequence": "123", "SampleValue": "1.5"}
    >>> found = read(record, EventTimes(), Origin())
    >>> found[0].device_uuid, found[0].rows.sequence, found[0].rows.value
    ('m1', [123], [1.5])
    """
    prefix = next(p for p in _PREFIXES if value.get(p + _MARK)) if any(value.get(p + _MARK) for p in _PREFIXES) else ""
    if not prefix:
        raise UnfitError(f"a record without a {_MARK}")
    category = _PREFIXES[prefix]
    own = {name[len(prefix) :]: member for name, member in value.items() if name.startswith(prefix)}
    item, stamp = own[_MARK], own.get("Timestamp")
    time_us = times.parse(stamp) if isinstance(stamp, str) and stamp else None
    uuid = value.get("DeviceId") or value.get("DeviceName") or origin.log_device_uuid
    if not isinstance(item, str) or time_us is None or not isinstance(uuid, str):
        raise UnfitError(f"a record with {prefix}{_MARK} {str(item)[:40]!r} and timestamp {str(stamp)[:40]!r}")
    rows = Rows()
    head = Row(int64(own.get("Sequence")), 0, item, category, time_us, Cell())
    element, sent = _element_and_value(category, own)
    attributes = {"value": sent, "nativeCode": own.get("NativeCode")}
    rows.add_all(rows_of(head, element, attributes, Reading(times, uuid, origin.sample_rates, is_text=True)))
    return [DeviceRows(uuid, rows)]


def _element_and_value(category: Category, own: dict[str, Any]) -> tuple[str, Any]:
    if category != "CONDITION":
        text = own.get("Value")
        return "", value_of_text(category, "", {}, text) if isinstance(text, str) else text
    name = next((n for n in _LEVEL_NAMES if str(own.get(n, "")).upper() in LEVELS), "Level")
    message = own.get("Message", own.get("Value") if name != "Value" else None)
    return str(own.get(name, "")), message
