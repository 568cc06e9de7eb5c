import orjson
import polars as pl
import pytest

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.decode import decode_json
from smelt.mtconnect.json.header import UnfitError
from smelt.mtconnect.json.streams import read_streams


def as_version_1(document: bytes) -> bytes:
    """Write a document of version 2 as version 1."""
    content = orjson.loads(document)["MTConnectStreams"]
    devices = []
    for device in content["Streams"].get("DeviceStream", []):
        components = [{"ComponentStream": _component(c)} for c in device.pop("ComponentStream")]
        devices.append({"DeviceStream": device | {"ComponentStreams": components}})
    return orjson.dumps({"MTConnectStreams": content | {"jsonVersion": 1, "Streams": devices}})


def _component(component):
    for key in ("Samples", "Events", "Condition"):
        if key in component:
            lists = component[key]
            component[key] = [{element: o} for element, found in lists.items() for o in found]
    return component


@pytest.mark.parametrize(
    ("streams", "told"),
    [
        (None, "not an object"),
        ({"DeviceStream": {}}, "'DeviceStream' is no list"),
        ({"DeviceStreams": []}, "'DeviceStreams' where DeviceStream should stand"),
        ({"DeviceStream": [{"ComponentStream": []}]}, "no uuid"),
        ({"DeviceStream": [7]}, "no uuid"),
        ({"DeviceStream": [{"uuid": "u", "ComponentStream": [{"Samples": {"P": {}}}]}]}, "'P' is no list"),
        ({"DeviceStream": [{"uuid": "u", "ComponentStream": [{"Samples": {"P": [7]}}]}]}, "without dataItemId"),
        ({"DeviceStream": [{"uuid": "u", "ComponentStream": [{"Samplez": {}}]}]}, "unknown member 'Samplez'"),
        ([7], "not an object"),
        ([{"Device": {}}], "'Device' where DeviceStream should stand"),
        (
            [{"DeviceStream": {"uuid": "u", "ComponentStreams": [{"Stream": {}}]}}],
            "'Stream' where ComponentStream should stand",
        ),
        ([{"DeviceStream": {"uuid": "u", "ComponentStreams": {}}}], "'ComponentStreams' is no list"),
        ([{"DeviceStream": {"uuid": "u", "ComponentStreams": [{"ComponentStream": {"Samples": 7}}]}}], "not an object"),
    ],
)
def test_streams_that_do_not_fit(streams, told):
    with pytest.raises(UnfitError, match=told):
        read_streams(streams, EventTimes())


@pytest.mark.parametrize("name", ["sample", "current"])
def test_both_versions_of_a_state_give_the_same_rows(captured, name):
    second = captured(f"captured/shapes_v2/{name}.json")
    first = decode_json(as_version_1(second))
    assert pl.from_arrow(first.rows).equals(pl.from_arrow(decode_json(second).rows))
    assert (first.documents["dialect"].to_pylist(), first.rejects) == (["json-v1"], ())


def test_agents_of_version_1_7_tell_no_json_version(captured):
    decoded = decode_json(captured("ladder99/ccs-pa_sample.cppagent1.7.json-v1.json"))
    assert decoded.rejects == ()
    assert pl.from_arrow(decoded.documents).select("dialect", "instance_id", "next_sequence").rows() == [
        ("json-v1", 1619735800, 201)
    ]
    assert decoded.rows.num_rows == 200
    assert set(decoded.rows["device_uuid"].to_pylist()) == {"e05363af-95d1-4354-b749-8fbb09d3499e"}


def test_an_empty_document_of_version_1_is_a_heartbeat():
    decoded = decode_json(b'{"MTConnectStreams":{"Header":{"instanceId":1,"nextSequence":9},"Streams":[]}}')
    assert decoded.documents["next_sequence"].to_pylist() == [9]
    assert decoded.rejects == ()


def test_version_1_of_a_real_agent_loses_nothing(captured):
    data = b"".join(captured(f"captured/nist_v1/poll_{n:02}.json") for n in range(12))
    decoded = decode_json(data)
    assert decoded.rejects == ()
    assert decoded.rows.num_rows == data.count(b'"sequence":')
    assert set(decoded.documents["dialect"].to_pylist()) == {"json-v1"}


def test_conditions_in_a_list_within_version_2(captured):
    """MTConnect.NET writes `"Condition": [{"Fault": {…}}]` in documents that are of version 2 otherwise."""
    whole = captured("captured/shapes_v2/sample.json")
    content = orjson.loads(whole)
    for device in content["MTConnectStreams"]["Streams"]["DeviceStream"]:
        for component in device["ComponentStream"]:
            levels = component.get("Condition", {})
            component["Condition"] = [{level: one} for level, found in levels.items() for one in found]
    mixed, expected = decode_json(orjson.dumps(content)), decode_json(whole)
    assert "CONDITION" in expected.rows["category"].to_pylist()
    assert (mixed.rejects, mixed.documents["dialect"].to_pylist()) == ((), ["json-v2"])
    assert (
        pl.from_arrow(mixed.rows).sort("sequence", "part").equals(pl.from_arrow(expected.rows).sort("sequence", "part"))
    )


def test_null_where_nothing_is_and_a_single_child_without_its_list(document):
    component = orjson.loads(document(1, 1))["MTConnectStreams"]["Streams"]["DeviceStream"][0]["ComponentStream"][0]
    position = component["Samples"]["Position"][0]
    single = {"Samples": {"Position": position}, "Events": None, "Condition": None}
    streams = {"DeviceStream": {"uuid": "m1", "ComponentStream": [single, {"Samples": None}]}}
    found = read_streams(streams, EventTimes(), has_singles=True)
    assert [(d.device_uuid, d.rows.sequence, d.rows.value) for d in found] == [("m1", [1], [1.0])]
    content = {"Header": {"instanceId": 7}, "Streams": streams}
    assert decode_json(orjson.dumps({"MTConnectStreams": content})).rows["sequence"].to_pylist() == [1]


@pytest.mark.parametrize("streams", [b'"Streams":null', b'"Streams":""', b'"jsonVersion":2'])
def test_streams_that_are_not_there_are_a_heartbeat(streams):
    decoded = decode_json(b'{"MTConnectStreams":{"Header":{"instanceId":1,"nextSequence":9},' + streams + b"}}")
    assert (decoded.documents["next_sequence"].to_pylist(), decoded.rejects) == ([9], ())
