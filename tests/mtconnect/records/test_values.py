import json
from typing import Any

import pytest

from smelt.mtconnect.json.decode import decode_plain
from smelt.mtconnect.records.values import NEITHER, Values
from smelt.mtconnect.rows import Building, Place
from smelt.terms.observation import Decoded, Origin

RECORD = {"dataItemId": "x", "category": "SAMPLE", "timestamp": "2026-01-01T00:00:00Z", "sequence": 7, "result": "1.5"}
OBSERVATION = {"dataItemId": "x", "sequence": 7, "timestamp": "2026-01-01T00:00:00Z", "value": 1.5}
COMPONENT = {"componentId": "c", "Samples": {"Load": [OBSERVATION]}}
DOCUMENT = {
    "MTConnectStreams": {
        "Header": {"instanceId": 3, "nextSequence": 8},
        "Streams": {"DeviceStream": [{"uuid": "m", "ComponentStream": [COMPONENT]}]},
    }
}


def read(*values: Any, origin: Origin = Origin()) -> Decoded:  # noqa: B008 it is frozen
    building = Building(origin)
    reading = Values(building, decode_plain)
    for number, value in enumerate(values):
        reading.add(value, Place(10 * number, 10), origin)
        reading.before = 10 * number + 10
    return building.finish()


@pytest.mark.parametrize(
    "value",
    [
        DOCUMENT,
        [DOCUMENT],
        json.dumps(DOCUMENT),
        {"topic": "MTConnect/Sample/m", "payload": DOCUMENT},
        {"topic": "MTConnect/Sample/m", "payload": json.dumps(DOCUMENT)},
    ],
)
def test_a_document_says_the_same_whatever_is_around_it(value: Any) -> None:
    found = read(value)
    assert found.rejects == ()
    assert found.rows.select(["sequence", "value"]).to_pylist() == [{"sequence": 7, "value": 1.5}]
    assert found.documents["instance_id"].to_pylist() == [3]


def test_a_record_stands_where_it_was() -> None:
    found = read({"none": 1}, RECORD, origin=Origin(source="MTConnect/Devices/m/Observations/x"))
    (document,) = found.documents.select(["offset", "length", "kind"]).to_pylist()
    assert document == {"offset": 10, "length": 10, "kind": "records"}
    assert found.rows.select(["device_uuid", "data_item", "value"]).to_pylist() == [
        {"device_uuid": "m", "data_item": "x", "value": 1.5}
    ]


@pytest.mark.parametrize("value", [5, None, True, "words", {"none": 1}, {}])
def test_what_is_no_record_is_one_reject_with_its_reason(value: Any) -> None:
    found = read(value)
    (reject,) = found.rejects
    assert (reject.offset, reject.length) == (0, 10)
    assert (
        "no record that is known" in reject.reason
        or "no MTConnect document" in reject.reason
        or NEITHER in reject.reason
    )


def test_neighbours_that_are_wrong_in_the_same_way_are_one_reject() -> None:
    (reject,) = read({"none": 1}, {"none": 2}, {"none": 3}).rejects
    assert (reject.offset, reject.length) == (0, 30)
    assert len(read({"none": 1}, {"other": 2}, {"none": 3}).rejects) == 3
