import pytest

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.decode import decode_json
from smelt.mtconnect.json.header import UnfitError
from smelt.mtconnect.records.mtc2kafka import fits, read
from smelt.terms.observation import Origin

ATTRIBUTES = b'"attributes":{"name":"Zact","subType":"ACTUAL","timestamp":"2020-01-01T00:00:00Z","sequence":"5"}'


def test_the_device_is_the_key_of_the_record():
    data = b'{"id":"Zact","tag":"Position",' + ATTRIBUTES + b',"value":"-0.328","type":"Samples"}'
    decoded = decode_json(data, Origin(record_key="m1"))
    (row,) = decoded.rows.select(["device_uuid", "data_item", "category", "value", "sequence"]).to_pylist()
    assert tuple(row.values()) == ("m1", "Zact", "SAMPLE", -0.328, 5)
    assert decoded.documents["dialect"].to_pylist() == ["mtc2kafka"]
    assert decode_json(data).rows["device_uuid"].to_pylist() == ["unknown"]


def test_conditions_carry_their_level_in_the_tag():
    data = b'{"id":"c","tag":"Fault",' + ATTRIBUTES + b',"value":"servo","type":"Condition"}'
    (row,) = decode_json(data).rows.select(["category", "level", "text"]).to_pylist()
    assert tuple(row.values()) == ("CONDITION", "FAULT", "servo")


def test_other_records_do_not_fit():
    assert not fits({"id": "Zact", "value": "1"})
    with pytest.raises(UnfitError, match="Zact"):
        read({"id": "Zact", "attributes": {}, "type": "Samples"}, EventTimes(), Origin())
