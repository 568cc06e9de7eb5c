import base64

import pytest

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.records.envelopes import contents_of, fits, last_will, origin_in, unwrap
from smelt.terms.observation import Origin


@pytest.mark.parametrize(
    ("value", "payload", "source", "key", "received_at"),
    [
        ({"tst": "1970-01-01T00:00:01Z+0000", "topic": "t", "payload": "{}", "retain": 1}, "{}", "t", None, 1_000_000),
        ({"topic": "t", "ts": 1000, "key": "k", "payload": "<a/>", "offset": 3}, "<a/>", "t", "k", 1_000_000),
        ({"schema": {"type": "string"}, "payload": "<a/>"}, "<a/>", None, None, None),
        ({"key": "http://agent:5000", "value": "<a/>"}, "<a/>", None, "http://agent:5000", None),
        ({"topic": 5, "payload": None, "ts": True}, None, None, None, None),
    ],
)
def test_what_is_around_a_payload(value, payload, source, key, received_at):
    assert fits(value)
    found = unwrap(value, EventTimes(), Origin())
    assert found.payload == payload
    assert (found.origin.source, found.origin.record_key, found.origin.received_at_us) == (source, key, received_at)


def test_the_origin_stays_where_the_envelope_is_silent():
    origin = Origin(source="kafka://h/t", record_key="k", received_at_us=5)
    assert unwrap({"schema": None, "payload": 1}, EventTimes(), origin).origin == origin


def test_bare_words_are_last_wills():
    assert last_will(" UNAVAILABLE\n") == "last will of an agent (UNAVAILABLE): no document"
    assert last_will("READY") is None


@pytest.mark.parametrize(
    "value",
    [
        {"a": "MTConnect"},
        {"a": "eyJ"},
        {"a": "H4sIAAAA"},
        {"a": "<html/>"},
        {"a": {"b": {"c": {"d": {"e": {"MTConnectStreams": {}}}}}}},
        {},
    ],
)
def test_what_holds_neither_document_nor_record(value):
    assert contents_of(value) == []


def test_a_payload_in_base64_has_its_key_in_base64_too():
    sent = {"topic": "t", "partition": 0, "key": "bTE=", "value": base64.b64encode(b'{ "dataItemId": "x"}').decode()}
    found = unwrap(sent, EventTimes(), Origin())
    assert (found.payload, found.origin.record_key) == ('{ "dataItemId": "x"}', "m1")
    plain = unwrap({"key": "bTE=", "value": '{"dataItemId": "x"}'}, EventTimes(), Origin())
    assert plain.origin.record_key == "bTE="


@pytest.mark.parametrize(
    ("value", "source", "key"),
    [
        ({"mqtt.topic": "t"}, "t", "k"),
        ({"tags": {"host": "h", "topic": "t"}}, "t", "k"),
        ({"attributes": {"mqtt.topic": "t"}}, "t", "k"),
        ({"partitionKey": "m1", "data": "e30="}, "s", "m1"),
        ({"topic": 5, "tags": [], "key": ""}, "s", "k"),
    ],
)
def test_where_what_an_unknown_envelope_holds_came_from(value, source, key):
    found = origin_in(value, Origin(source="s", record_key="k"))
    assert (found.source, found.record_key) == (source, key)
