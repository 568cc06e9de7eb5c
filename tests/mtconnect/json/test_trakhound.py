import orjson

from smelt.mtconnect.json.decode import decode_json

STAMP = "2023-02-07T21:53:41.6473551Z"


def document(*observations, key="samples", header=None, **more):
    component = {"component": "Linear", key: list(observations)}
    streams = [{"name": "M", "uuid": "m1", "componentStream": [component]}]
    return b"\xef\xbb\xbf" + orjson.dumps(
        {"header": header or {"InstanceId": 5, "Sender": "s"}, "streams": streams} | more
    )


def observation(**members):
    return {"dataItemId": "x", "type": "POSITION", "timestamp": STAMP, "sequence": 19} | members


def test_a_real_document_is_read_whole(captured):
    data = captured("trakhound/json-trakhound.streams.json")
    decoded = decode_json(data)
    assert decoded.rows["part"].to_pylist().count(0) == data.count(b'"sequence"') == 117
    assert decoded.rows.num_rows == 123  # one is a time series of seven values
    assert decoded.rejects == ()
    names = ["kind", "dialect", "sender", "instance_id", "first_sequence", "next_sequence", "last_sequence"]
    assert [tuple(r.values()) for r in decoded.documents.select(names).to_pylist()] == [
        ("MTConnectStreams", "json-trakhound", "DESKTOP-HV74M4N", 1675806820, 1, 203, 202)
    ]


def test_every_result_is_a_text_and_shapes_have_keys_of_their_own():
    entries = [{"key": "G54", "cells": [{"key": "X", "value": "1.0"}]}]
    decoded = decode_json(
        document(observation(result="1.5"), observation(samples=["1", "2"], sampleRate="10"))
        + document(observation(entries=entries), observation(result="0815"), key="events")
        + document(observation(level="FAULT", nativeCode="7", message="servo"), key="condition")
    )
    names = ["value", "text", "level", "part"]
    assert [tuple(r.values()) for r in decoded.rows.select(names).to_pylist()] == [
        (1.5, None, None, 0),
        (1.0, None, None, 0),
        (2.0, None, None, 1),
        (None, '{"G54":{"X":1}}', None, 0),
        (None, "0815", None, 0),
        (None, "servo", "FAULT", 0),
    ]
    assert decoded.rejects == ()


def test_header_keys_of_either_case():
    for header in ({"InstanceId": "5", "NextSequence": 9}, {"instanceId": 5, "nextSequence": "9"}):
        assert decode_json(document(header=header)).documents["next_sequence"].to_pylist() == [9]


def test_a_bad_observation_harms_no_other():
    decoded = decode_json(document(observation(timestamp="never"), observation(result="1")))
    assert decoded.rows["value"].to_pylist() == [1.0]
    assert [r.reason for r in decoded.rejects] == ["observation: timestamp 'never' is none"]


def test_a_document_without_an_instance_is_rejected():
    (reject,) = decode_json(document(header={"Sender": "s"})).rejects
    assert "instanceId" in reject.reason


def test_devices_and_assets():
    item = {"id": "a", "category": "EVENT", "type": "AVAILABILITY"}
    devices = {"header": {"InstanceId": 5}, "devices": [{"id": "d", "name": "M", "uuid": "m1", "dataItems": [item]}]}
    assets = {"header": {"InstanceId": 5}, "assets": [{"assetId": "t1", "type": "CuttingTool", "timestamp": STAMP}]}
    decoded = decode_json(orjson.dumps(devices) + orjson.dumps(assets))
    assert decoded.documents["kind"].to_pylist() == ["MTConnectDevices", "MTConnectAssets"]
    assert [(a.document, a.asset_id, a.type) for a in decoded.assets] == [(1, "t1", "CuttingTool")]
    assert [p.probe.devices[0].uuid for p in decoded.probes] == ["m1"]
