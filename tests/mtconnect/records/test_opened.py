import orjson
import pytest

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.records.batch import Sender
from smelt.mtconnect.records.opened import open_up
from smelt.terms.observation import Origin

RECORD = {"id": "x", "attributes": {}, "type": "Samples"}
TEXT = orjson.dumps(RECORD).decode()


@pytest.mark.parametrize(
    ("value", "depth"),
    [
        (RECORD, 0),
        ({"topic": "t", "payload": RECORD}, 1),
        ({"topic": "t", "payload": " \n" + TEXT, "qos": 0}, 2),
        ({"schema": None, "payload": {"key": "k", "value": {"topic": "t", "payload": RECORD}}}, 3),
    ],
)
def test_what_was_in_envelopes_and_texts(value, depth):
    opened = open_up(value, Origin())
    assert (opened.payload, opened.depth) == (RECORD, depth)
    assert opened.record == (RECORD if depth else {})


@pytest.mark.parametrize(
    "value",
    [
        {"topic": "t", "payload": RECORD, "dataItemId": "x"},
        {"topic": "t", "payload": RECORD, "header": {}},
        {"body": RECORD},
        {"key": "k", "value": 5},
        [{"key": "k", "value": TEXT}],
        TEXT[:-1],
    ],
)
def test_what_may_be_more_than_an_envelope_stays_closed(value):
    assert open_up(value, Origin()).payload == value


def test_no_more_than_four_are_opened():
    value = RECORD
    for _ in range(6):
        value = {"topic": "t", "payload": value}
    opened = open_up(value, Origin())
    assert opened.depth == 4
    assert opened.payload == {"topic": "t", "payload": {"topic": "t", "payload": RECORD}}


def test_the_inner_envelope_tells_more_than_the_outer_one():
    inner = {"key": "k", "value": RECORD, "ts": "never"}
    opened = open_up({"topic": "t", "key": "outer", "payload": inner, "ts": 1000}, Origin(source="s", record_key="r"))
    assert opened.sender == Sender("t", "k")
    origin = opened.origin(EventTimes(), Origin(received_at_us=5, log_device_uuid="m1"))
    assert origin == Origin(source="t", record_key="k", received_at_us=1_000_000, log_device_uuid="m1")
