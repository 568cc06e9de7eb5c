import orjson
import pytest

from smelt.mtconnect.json.decode import decode_json

HEAD = {
    "HourWindow": "2020-01-01T00:00:00",
    "Id": "5d",
    "DeviceName": "Mazak01",
    "DeviceId": "m1",
    "Component": "Linear",
}


def record(prefix, **members):
    own = {"DataItemId": "x", "Timestamp": "2020-01-01T00:00:00.5Z", "Name": "Xabs", "Sequence": "123"} | members
    return orjson.dumps(HEAD | {prefix + name: member for name, member in own.items()})


def test_the_names_differ_by_category():
    data = record("Sample", Value="1.5", Subtype="ACTUAL") + record("Event", Value="0815")
    data += record("Condition", Level="Fault", NativeCode="7", Message="servo")
    decoded = decode_json(data)
    names = ["device_uuid", "category", "value", "text", "level", "native_code", "sequence"]
    assert [tuple(row.values()) for row in decoded.rows.select(names).to_pylist()] == [
        ("m1", "SAMPLE", 1.5, None, None, None, 123),
        ("m1", "EVENT", None, "0815", None, None, 123),
        ("m1", "CONDITION", None, "servo", "FAULT", "7", 123),
    ]
    assert decoded.documents["dialect"].to_pylist() == ["sms-records"]


@pytest.mark.parametrize("members", [{"DataItemId": None}, {"Timestamp": "never"}, {"DataItemId": 5}])
def test_what_does_not_fit_is_rejected_alone(members):
    decoded = decode_json(record("Sample", **members) + record("Sample", Value="1"))
    assert (decoded.rows.num_rows, len(decoded.rejects)) == (1, 1)
