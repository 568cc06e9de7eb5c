"""Records of python-mtc2kafka: an observation each, the device's uuid is the broker's key of the record."""

from typing import Any

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.header import UnfitError, int64
from smelt.mtconnect.json.observations import CATEGORIES, Reading, rows_of
from smelt.mtconnect.json.streams import DeviceRows
from smelt.mtconnect.records.entities import UNKNOWN_DEVICE
from smelt.mtconnect.rows import Cell, Row, Rows
from smelt.mtconnect.text_value import value_of_text
from smelt.terms.observation import Origin


def fits(value: dict[str, Any]) -> bool:
    """Say whether this is such a record."""
    category = value.get("type")
    is_known = isinstance(category, str) and category in CATEGORIES
    return is_known and "id" in value and isinstance(value.get("attributes"), dict)


def read(value: dict[str, Any], times: EventTimes, origin: Origin) -> list[DeviceRows]:
    """Return the rows of one record; `type` is its category, `tag` its element, of a condition the level.

    Examples
    --------
    >>> record = {"id": "Zact", "tag": "Position", "attributes": {"timestamp": "2020-01-01T00:00:00Z"},
    ...           "value": "-0.328", "type": "Samples"}
    >>> found = read(record, EventTimes(), Origin(record_key="m1"))
    >>> found[0].device_uuid, found[0].rows.value
    ('m1', [-0.328])
    """
    item, attributes, tag = value["id"], value["attributes"], str(value.get("tag", ""))
    stamp = attributes.get("timestamp")
    time_us = times.parse(stamp) if isinstance(stamp, str) and stamp else None
    if not isinstance(item, str) or not item or time_us is None:
        raise UnfitError(f"a record with id {str(item)[:40]!r} and timestamp {str(stamp)[:40]!r}")
    uuid = origin.record_key or origin.log_device_uuid or UNKNOWN_DEVICE
    category, element = CATEGORIES[value["type"]], tag.rpartition(":")[2]
    text = value.get("value")
    sent = value_of_text(category, element, attributes, text) if isinstance(text, str) else text
    rows = Rows()
    head = Row(int64(attributes.get("sequence")), 0, item, category, time_us, Cell())
    rows.add_all(
        rows_of(head, element, attributes | {"value": sent}, Reading(times, uuid, origin.sample_rates, is_text=True))
    )
    return [DeviceRows(uuid, rows)]
