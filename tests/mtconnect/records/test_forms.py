import pytest

from smelt.mtconnect.records.forms import form_of


@pytest.mark.parametrize(
    ("keys", "dialect"),
    [
        (("dataItemId", "timestamp"), "entities"),
        (("dataItemId", "timestamp", "samples"), None),
        (("dataItemId", "result"), None),
        (("id", "tag", "attributes", "value", "type"), "mtc2kafka"),
        (("id", "attributes", "type", "payload"), None),
        (("DeviceId", "SampleDataItemId"), "sms-records"),
        (("DeviceId", "SampleDataItemId", "EventDataItemId"), None),
        (("Header", "Streams", "SampleDataItemId"), None),
        (("m:MTConnectStreams", "SampleDataItemId"), None),
        (("SampleDataItemId", ""), None),
        ((), None),
    ],
)
def test_keys_tell_the_dialect(keys, dialect):
    form = form_of(keys)
    assert (form and form.dialect) == dialect


def test_what_a_record_says_beside_its_time_sequence_and_value():
    record = {
        "timestamp": "t",
        "dataItemId": "x",
        "sequence": 5,
        "value": "2",
        "result": "1",
        "name": "n",
        "level": "a",
    }
    form = form_of(tuple(record))
    assert (form.said(record), form.value) == (("t", 5, "1"), "result")
    assert set(form.rest(record)) == {"x", "a", "2"}


def test_the_attributes_of_mtc2kafka_tell_their_presence():
    record = {"id": "x", "type": "Samples", "attributes": {"timestamp": "t"}}
    form = form_of(tuple(record))
    assert (form.said(record), form.value) == (("t", None, None), None)
    more = record | {"attributes": {"timestamp": "t", "sampleRate": None}}
    assert form.rest(record) != form.rest(more)
    with pytest.raises(AttributeError):
        form.said(record | {"attributes": [1]})


def test_pascal_case_records_have_their_prefix():
    record = {"DeviceId": "m1", "EventDataItemId": "x", "EventTimestamp": "t", "EventValue": "a", "EventName": "n"}
    form = form_of(tuple(record))
    assert (form.said(record), form.value, set(form.rest(record))) == (("t", None, "a"), "EventValue", {"m1", "x", "n"})


def test_records_of_mtc2kafka_mean_the_same_whatever_they_are_about_but_time_series():
    one, other = ({"id": item, "type": "Samples", "tag": "Load", "attributes": {"timestamp": "t"}} for item in "xy")
    form = form_of(tuple(one))
    assert form.rest(one) != form.rest(other)
    assert form.meant(one) == form.meant(other)
    series = {"tag": "LoadTimeSeries"}
    assert form.meant(one | series) != form.meant(other | series)
