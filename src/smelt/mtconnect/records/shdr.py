"""An adapter's records as JSON (TrakHound's SHDR over MQTT): `{"timestamp": …, "observations": [{"dataItemKey": …}]}`.

Keys and values are the adapter's own, as in a log: native units, and a category only where the device's
model is known.
"""

import re
from typing import Any

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.header import UnfitError
from smelt.mtconnect.json.observations import Reading, rows_of
from smelt.mtconnect.json.streams import DeviceRows
from smelt.mtconnect.records.entities import device_of, level_and_message, milliseconds
from smelt.mtconnect.rows import Cell, Row, Rows
from smelt.mtconnect.shdr.fields import Keys
from smelt.terms.observation import Origin

_PLACED = re.compile(r"(DATASET|TABLE|TIMESERIES)\[([^\]]*)\](?:\[([^\]]*)\])?", re.IGNORECASE)
_REMOVED = "[!!REMOVED!!]"


def fits(value: dict[str, Any]) -> bool:
    """Say whether this is such a record."""
    return "timestamp" in value and isinstance(value.get("observations"), list)


def read(value: dict[str, Any], times: EventTimes, origin: Origin) -> list[DeviceRows]:
    """Return the rows of a record; raises UnfitError if one of its observations does not fit.

    Examples
    --------
    >>> record = {"timestamp": "2020-01-01T00:00:00Z", "observations": [
    ...     {"dataItemKey": "vars", "values": {"DATASET[E100]": "12.1"}}]}
    >>> read(record, EventTimes(), Origin())[0].rows.columns()["text"]
    ['{"E100":12.1}']
    """
    stamp = value["timestamp"]
    time_us = times.parse(stamp) if isinstance(stamp, str) and stamp else milliseconds(stamp)
    if time_us is None:
        raise UnfitError(f"timestamp '{str(stamp)[:40]}' is none")
    uuid = device_of(value, origin)
    keys = Keys.of(origin.log_device, uuid)
    rows = Rows()
    for observation in value["observations"]:
        rows.add_all(_rows(observation, time_us, keys, Reading(times, uuid, origin.sample_rates)))
    return [DeviceRows(uuid, rows)]


def _rows(observation: Any, time_us: int, keys: Keys, reading: Reading) -> list[Row]:
    key = observation.get("dataItemKey") if isinstance(observation, dict) else None
    values = observation.get("values") if isinstance(observation, dict) else None
    if isinstance(values, list):  # [{"key": "result", "value": …}]
        values = {str(v.get("key")): v.get("value") for v in values if isinstance(v, dict)}
    if not isinstance(key, str) or not key or not isinstance(values, dict):
        raise UnfitError("an observation without dataItemKey or values")
    lower = {name[:1].lower() + name[1:]: member for name, member in values.items()}
    name, item = keys.find(key)
    category = item.category if item is not None else "CONDITION" if "level" in lower else "EVENT"
    head = Row(None, 0, name if item is None else item.id, category, time_us, Cell())
    if category == "CONDITION":
        level, message = level_and_message(lower)
        return rows_of(head, level, lower | {"value": message}, reading)
    found = rows_of(head, "", lower | {"value": _value(lower)}, reading)
    return [row._replace(is_native=row.cell.value is not None) for row in found]


def _value(values: dict[str, Any]) -> Any:
    """Return a single result, or the set, table or time series whose members stand under keys with brackets."""
    placed = [(_PLACED.fullmatch(name), member) for name, member in values.items()]
    found: dict[str, Any] = {}
    series = []
    for match, member in placed:
        if match is None:
            continue
        sent = {"removed": True} if member == _REMOVED else member
        if match[1].upper().startswith("TIMESERIES"):
            series.append(member)
        elif match[3] is None:
            found[match[2]] = sent
        else:
            row = found.setdefault(match[2], {})
            row[match[3]] = sent
    return series or found or values.get("result", values.get("value"))
