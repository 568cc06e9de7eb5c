import math

import orjson
import pytest

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.decode import decode_json
from smelt.mtconnect.json.header import UnfitError
from smelt.mtconnect.records import entities
from smelt.terms.observation import Origin

STAMP = "2020-01-01T00:00:00Z"
TOPIC = Origin(source="mqtt://shop:1883/MTConnect/Devices/m1/Observations/Xact")


def read(origin=TOPIC, **members):
    record = {"dataItemId": "a", "category": "SAMPLE", "timestamp": STAMP, "sequence": 7} | members
    (found,) = entities.read({k: v for k, v in record.items() if v is not None}, EventTimes(), origin)
    return found.device_uuid, found.rows.columns()


def test_every_result_is_a_text():
    assert read(result="150.5")[1]["value"] == [150.5]
    assert read(category="EVENT", result="0815")[1]["text"] == ["0815"]
    assert read(result="UNAVAILABLE")[1]["level"] == ["UNAVAILABLE"]
    assert math.isnan(read(result="NaN")[1]["value"][0])
    assert read(result="1.5 2 3")[1]["text"] == ["[1.5,2.0,3.0]"]


def test_conditions_have_level_code_and_message():
    columns = read(category="CONDITION", level="FAULT", nativeCode="404", message="servo")[1]
    assert (columns["level"], columns["native_code"], columns["text"]) == (["FAULT"], ["404"], ["servo"])
    assert read(category="CONDITION", level="fault", conditionId="c1")[1]["native_code"] == ["c1"]
    assert read(category=None, level="NORMAL")[1]["category"] == ["CONDITION"]
    with pytest.raises(UnfitError, match="no level"):
        read(category="CONDITION", level="SEVERE")


def test_time_series_sets_and_tables_of_trakhound():
    columns = read(samples=["1", "2"], sampleRate="10")[1]
    assert (columns["value"], columns["part"]) == ([1.0, 2.0], [0, 1])
    assert read(result="1 2", sampleRate=10)[1]["part"] == [0, 1]
    entries = [{"key": "a", "value": "1"}, {"key": "b", "removed": True}]
    assert read(category="EVENT", entries=entries)[1]["text"] == ['{"a":1,"b":{"removed":true}}']
    cells = [{"key": "G54", "cells": [{"key": "X", "value": "-421.9"}]}]
    assert read(category="EVENT", entries=cells)[1]["text"] == ['{"G54":{"X":-421.9}}']
    assert read(category="EVENT", result='{"a":1.0}', count=1)[1]["text"] == ['{"a":1}']


@pytest.mark.parametrize(
    ("source", "member", "log", "expected"),
    [
        ("MTConnect/Devices/m1/Observations/a", None, None, "m1"),
        ("MTConnect/Observation/Mill/Axes/X/a", None, None, "Mill"),
        ("MTConnect/Devices/m1/Observations/a", "m2", None, "m2"),
        (None, "m2", "m3", "m2"),
        (None, None, "m3", "m3"),
        (None, None, None, "unknown"),
        ("http://host:5000/current", None, None, "unknown"),
    ],
)
def test_whose_an_observation_is(source, member, log, expected):
    assert read(Origin(source=source, log_device_uuid=log), deviceUuid=member, result="1")[0] == expected


@pytest.mark.parametrize(
    ("source", "key", "member", "expected"),
    [
        ("kafka://h/t", "m1", None, "m1"),
        ("kafka://h/t", "m1", "m2", "m2"),
        ("MTConnect/Devices/m2/Observations/a", "m1", None, "m2"),
        ("kafka://h/t", "MTConnect/Devices/m2/Observations/x", None, "m2"),
        ("kafka://h/t", "a", None, "log"),
        ("kafka://h/t", "", None, "log"),
    ],
)
def test_the_brokers_key_tells_the_device_unless_it_is_the_data_item(source, key, member, expected):
    origin = Origin(source=source, record_key=key, log_device_uuid="log")
    assert read(origin, deviceUuid=member, result="1")[0] == expected


def test_a_record_needs_no_sequence_but_a_wrong_one_is_refused():
    assert read(sequence=None, result="1")[1]["sequence"] == [None]
    with pytest.raises(UnfitError, match="sequence -1"):
        read(sequence=-1, result="1")


def test_names_may_begin_with_a_capital():
    """As .NET writes them if nobody tells it otherwise."""
    sent = {"DataItemId": "x", "Timestamp": STAMP, "Category": "SAMPLE", "Result": "1.5", "DeviceUuid": "m1"}
    decoded = decode_json(orjson.dumps(sent) + orjson.dumps(sent | {"Sequence": 4}))
    assert (decoded.rows["value"].to_pylist(), decoded.rows["sequence"].to_pylist()) == ([1.5, 1.5], [None, 4])
    assert decoded.rows["device_uuid"].to_pylist() == ["m1", "m1"]


@pytest.mark.parametrize("members", [{"dataItemId": 5}, {"timestamp": "never"}, {"timestamp": -5}, {"entries": [1]}])
def test_what_does_not_fit(members):
    with pytest.raises(UnfitError):
        read(**members)


@pytest.mark.parametrize(
    ("place", "category", "value", "text"),
    [("Samples/SpindleSpeed.Actual[S]", "SAMPLE", 5000.0, None), ("Events/Line[ln]", "EVENT", None, "204")],
)
def test_observations_of_older_agents_have_their_category_in_the_topic(place, category, value, text):
    sent = {"dataItemId": "x", "sequence": 5, "timestamp": "2020-01-01T00:00:00Z", "value": value or text}
    origin = Origin(source=f"mqtt://shop/MTConnect/Observation/m1/Axes[Axes]/Rotary[C]/{place}")
    decoded = decode_json(orjson.dumps(sent), origin)
    assert decoded.rows["category"].to_pylist() == [category]
    assert (decoded.rows["value"].to_pylist(), decoded.rows["text"].to_pylist()) == ([value], [text])
    unavailable = decode_json(orjson.dumps(sent | {"value": "UNAVAILABLE"}), origin)
    assert (unavailable.rows["category"].to_pylist(), unavailable.rejects) == ([category], ())


def test_conditions_of_older_agents_stand_under_their_level():
    told = {"dataItemId": "c", "sequence": 9, "timestamp": "2020-01-01T00:00:00Z", "type": "TEMPERATURE"}
    fault = {"Fault": told | {"nativeCode": "X111", "value": "hot"}}
    decoded = decode_json(orjson.dumps(fault) + orjson.dumps({"Normal": told}))
    assert decoded.rows["category"].to_pylist() == ["CONDITION", "CONDITION"]
    assert decoded.rows["level"].to_pylist() == ["FAULT", "NORMAL"]
    assert decoded.rows["native_code"].to_pylist() == ["X111", None]
    assert decoded.rows["text"].to_pylist() == ["hot", None]


def test_an_observation_may_stand_under_its_element():
    told = {"dataItemId": "ln", "timestamp": "2020-01-01T00:00:00Z", "value": "204"}
    assert decode_json(orjson.dumps({"Line": told})).rows["text"].to_pylist() == ["204"]


def test_times_may_be_milliseconds():
    told = {"dataItemId": "x", "timestamp": 1500, "result": "1"}
    assert decode_json(orjson.dumps(told)).rows["event_time"].cast("int64").to_pylist() == [1_500_000]


def test_the_message_of_a_condition_may_be_its_result():
    """MTConnect.NET's entities and its own JSON write it so."""
    _, columns = read(category="CONDITION", level="WARNING", nativeCode="2", result="oil low")
    assert (columns["level"], columns["text"], columns["native_code"]) == (["WARNING"], ["oil low"], ["2"])
    _, columns = read(category="CONDITION", result="NORMAL")
    assert (columns["level"], columns["text"]) == (["NORMAL"], [None])
