import orjson
import polars as pl
import pytest

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json import decode_json
from smelt.mtconnect.json_header import UnfitError
from smelt.mtconnect.json_streams import read_streams


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
        ({"DeviceStream": {}}, "DeviceStream is no list"),
        ({"DeviceStreams": []}, "unknown member 'DeviceStreams'"),
        ({"DeviceStream": [{"ComponentStream": []}]}, "no uuid"),
        ({"DeviceStream": [7]}, "no uuid"),
        ({"DeviceStream": [{"uuid": "u", "ComponentStream": [{"Samples": {"P": {}}}]}]}, "'P' is no list"),
        ({"DeviceStream": [{"uuid": "u", "ComponentStream": [{"Samplez": {}}]}]}, "unknown member 'Samplez'"),
        ([7], "not an object"),
        ([{"Device": {}}], "'Device' where DeviceStream should stand"),
        ([{"DeviceStream": {"uuid": "u", "ComponentStreams": {}}}], "ComponentStreams is no list"),
        ([{"DeviceStream": {"uuid": "u", "ComponentStream": []}}], "unknown member 'ComponentStream'"),
        (
            [{"DeviceStream": {"uuid": "u", "ComponentStreams": [{"ComponentStream": {"Samples": {}}}]}}],
            "'Samples' is no list",
        ),
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
