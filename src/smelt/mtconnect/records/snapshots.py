"""Wide snapshots, a record a poll, a key a data item: `{"timestamp": …, "machine": …, "sequence": …, "Xabs": -12.5}`.

The time is that of the poll, not of the observations; it often has no zone and is then taken as UTC,
which is wrong by the zone of a recorder that writes local time.
"""

from typing import Any

from smelt.mtconnect.cells import event_cell, sample_cell
from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.header import UnfitError, int64
from smelt.mtconnect.json.streams import DeviceRows
from smelt.mtconnect.rows import Row, Rows
from smelt.terms.observation import UNAVAILABLE, Category

_DEVICE_KEYS = ("machine", "device", "deviceUuid", "uuid")
_NO_ITEMS = frozenset((*_DEVICE_KEYS, "timestamp", "sequence", "nextSequence", "instanceId"))


def fits(value: dict[str, Any]) -> bool:
    """Say whether this is a poll: flat, with a time, a sequence and a device."""
    has_head = "timestamp" in value and "sequence" in value and any(isinstance(value.get(k), str) for k in _DEVICE_KEYS)
    return has_head and not any(isinstance(member, dict | list) for member in value.values())


class Snapshots:
    """Reads polls; a key that held a number once is a SAMPLE, also where it is UNAVAILABLE later."""

    def __init__(self) -> None:
        self._samples: set[tuple[str, str]] = set()

    def read(self, value: dict[str, Any], times: EventTimes) -> list[DeviceRows]:
        """Return a row for each data item of a poll; null members are left out."""
        uuid = next(value[k] for k in _DEVICE_KEYS if isinstance(value.get(k), str))
        time_us = (
            times.parse(value["timestamp"]) if isinstance(value["timestamp"], str) and value["timestamp"] else None
        )
        if time_us is None or not uuid:
            raise UnfitError(f"a poll with timestamp {str(value['timestamp'])[:40]!r} of machine {uuid[:40]!r}")
        rows = Rows()
        for item, member in value.items():
            if item and item not in _NO_ITEMS and member is not None:
                category = self._category(uuid, item, member)
                cell = sample_cell(member) if category == "SAMPLE" else event_cell(member)
                rows.add(Row(int64(value["sequence"]), 0, item, category, time_us, cell))
        return [DeviceRows(uuid, rows)]

    def _category(self, uuid: str, item: str, member: object) -> Category:
        if isinstance(member, float | int) and not isinstance(member, bool):
            self._samples.add((uuid, item))
            return "SAMPLE"
        return "SAMPLE" if member == UNAVAILABLE and (uuid, item) in self._samples else "EVENT"
