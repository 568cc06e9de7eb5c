import base64
import gzip

import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.json.decode import decode_json, decode_plain
from smelt.terms.observation import Origin, Reject

STAMP = "2020-01-01T00:00:00Z"


def entity(number: int, **more) -> bytes:
    record = {
        "dataItemId": "Xact",
        "category": "SAMPLE",
        "timestamp": STAMP,
        "result": f"{number}.5",
        "sequence": number,
    }
    return orjson.dumps(record | more)


def sequences(data: bytes) -> list[int]:
    return decode_json(data).rows["sequence"].to_pylist()


def rejected(data: bytes) -> list[bytes]:
    return [data[r.offset : r.offset + r.length] for r in decode_json(data).rejects]


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n", b",", b" , ", b"\x1e"])
def test_records_joined_in_any_way(between):
    data = between.join(entity(n) for n in range(5))
    for joined in (data, b"[" + data + b"]", b"\xef\xbb\xbf" + data):
        decoded = decode_json(joined)
        assert decoded.rows["sequence"].to_pylist() == [0, 1, 2, 3, 4]
        assert decoded.rejects == ()
        assert decoded.documents.select(["kind", "dialect"]).to_pylist() == [{"kind": "records", "dialect": "entities"}]
        assert decoded.rows["instance_id"].null_count == 5


def test_a_border_inside_of_a_text_is_none():
    text = entity(1, category="EVENT", result='}{"dataItemId":"b"}\n{')
    assert sequences(text + entity(2)) == [1, 2]


def test_records_and_documents_in_one_file(document):
    data = entity(100) + document(1) + entity(101) + b"\n" + entity(102) + document(4)
    decoded = decode_json(data)
    assert decoded.rows["sequence"].to_pylist() == [100, 1, 2, 3, 101, 102, 4, 5, 6]
    kinds = ["records", "MTConnectStreams", "records", "MTConnectStreams"]
    assert decoded.documents["kind"].to_pylist() == kinds
    spans = zip(decoded.documents["offset"].to_pylist(), decoded.documents["length"].to_pylist(), strict=True)
    assert [data[o : o + n] for o, n in spans][2] == entity(101) + b"\n" + entity(102)
    assert decoded.rejects == ()


def test_one_bad_record_harms_no_other():
    bad = entity(2).replace(b"2020", b"yesterday")
    data = entity(1) + bad + entity(3)
    assert sequences(data) == [1, 3]
    assert rejected(data) == [bad]


@pytest.mark.parametrize("between", [b"", b"\n"])
@pytest.mark.parametrize("cut", [5, 20, 40, 60])
def test_a_torn_record_takes_no_neighbour_along(between, cut):
    torn = entity(2)[:cut]
    data = entity(1) + between + torn + between + entity(3) + between + entity(4)
    assert sequences(data) == [1, 3, 4]
    assert b"".join(rejected(data)).replace(b"\n", b"") == torn


def test_an_unknown_object_is_rejected_with_its_keys():
    data = entity(1) + b'{"temperature": 3, "unit": "C"}' + entity(2)
    assert sequences(data) == [1, 2]
    (reject,) = decode_json(data).rejects
    assert reject.reason == "no record that is known: an object with keys 'temperature', 'unit'"


def test_an_error_record_of_a_delivery_stream_is_no_data():
    inner = b"eyJNVENvbm5lY3RTdHJlYW1zIjp7fX0="
    for key in ("errorCode", "ErrorCode"):
        data = orjson.dumps({"attemptsMade": 4, key: "Lambda.FunctionError", "rawData": inner.decode()})
        (reject,) = decode_json(data).rejects
        assert (reject.offset, reject.length) == (0, len(data))
        assert "rawData" in reject.reason


def test_a_whole_xml_document_in_a_json_text(captured):
    """kafka-connect-mtconnect-source: the value is the XML document as a text, the key the agent's URL."""
    xml = captured("captured/shapes_v2/sample.xml").decode()
    plain = decode_json(captured("captured/shapes_v2/sample.json"))
    lines = [xml, {"key": "http://agent:5000", "value": xml}, {"schema": {"type": "string"}, "payload": xml}]
    data = b"\n".join(map(orjson.dumps, lines))
    decoded = decode_json(data)
    assert decoded.rejects == ()
    assert decoded.documents["dialect"].to_pylist() == ["xml"] * 3
    assert decoded.rows.num_rows == 3 * plain.rows.num_rows
    assert decoded.documents["offset"].to_pylist()[1] == len(orjson.dumps(xml)) + 1


def test_a_device_model_of_a_probe_topic_stands_alone():
    device = {
        "name": "M",
        "uuid": "m1",
        "id": "d",
        "DataItems": {"DataItem": [{"id": "a", "category": "EVENT", "type": "AVAILABILITY"}]},
    }
    decoded = decode_json(orjson.dumps({"Device": device}) + orjson.dumps({"Agent": device}))
    assert decoded.documents["kind"].to_pylist() == ["MTConnectDevices"] * 2
    assert [p.probe.devices[0].is_agent for p in decoded.probes] == [False, True]
    assert [p.document for p in decoded.probes] == [0, 1]


def test_lines_of_mosquitto_sub(captured):
    decoded = decode_json(gzip.decompress(captured("captured/okuma_v2/mqtt.jsonl.gz")))
    wills = [r for r in decoded.rejects if r.reason.startswith("last will of an agent")]
    assert len(wills) == len(decoded.rejects) == 5
    documents = pl.from_arrow(decoded.documents)
    assert documents["kind"].value_counts(sort=True).rows() == [
        ("MTConnectStreams", 99),
        ("MTConnectAssets", 75),
        ("MTConnectDevices", 9),
    ]
    assert documents["source"][0] == "MTConnect/Probe/Agent_92f8d153-387a-5a86-bfca-9507f36253c3"
    assert documents["received_at"][0].isoformat() == "2026-11-22T03:23:30.739263+00:00"
    assert documents.filter(kind="MTConnectStreams")["instance_id"].n_unique() == 3  # two retained from older agents


def test_a_torn_payload_keeps_what_is_good(document):
    payload = document(1)[:-60].decode()
    line = orjson.dumps({"tst": "2026-11-22T03:23:30Z", "topic": "MTConnect/Sample/m1", "payload": payload})
    decoded = decode_json(line + b"\n" + line)
    assert (
        decoded.rows["sequence"].to_pylist() == [1, 2, 3, 1, 2, 3] or decoded.rows["sequence"].to_pylist() == [1, 2] * 2
    )
    assert decoded.documents["source"].to_pylist() == ["MTConnect/Sample/m1"] * 2
    assert {(r.offset, r.length) for r in decoded.rejects} == {(0, len(line)), (len(line) + 1, len(line))}


def test_a_payload_may_be_an_object_with_a_document_in_it(document):
    line = b'{"tst":"2026-11-22T03:23:30Z","topic":"MTConnect/Sample/m1","payload":' + document(1) + b"}\n"
    decoded = decode_json(line + document(4) + line)
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3, 4, 5, 6, 1, 2, 3]
    assert decoded.documents["offset"].to_pylist() == [0, len(line), len(line) + len(document(4))]
    assert decoded.rejects == ()


def test_an_entity_in_an_envelope_belongs_to_its_topics_device():
    topic = "MTConnect/Devices/m7/Observations/Xact"
    line = orjson.dumps({"tst": STAMP, "topic": topic, "payload": entity(1).decode()})
    assert decode_json(line).rows["device_uuid"].to_pylist() == ["m7"]


def test_envelopes_in_envelopes_end_somewhere():
    value = entity(1).decode()
    for _ in range(6):
        value = orjson.dumps({"topic": "a", "payload": value}).decode()
    assert len(decode_json(value.encode()).rejects) <= 1


def test_what_the_origin_knows_reaches_the_documents():
    decoded = decode_json(
        entity(1), Origin(source="mqtt://shop/MTConnect/Devices/m1/Observations/Xact", received_at_us=7)
    )
    (row,) = pl.from_arrow(decoded.documents).select("source", pl.col("received_at").cast(pl.Int64)).rows()
    assert row == ("mqtt://shop/MTConnect/Devices/m1/Observations/Xact", 7)


@given(
    st.lists(
        st.sampled_from(
            [b"{", b"}", b"[", b'"', b'{"a":', b"1", b",", b"\n", b"<", entity(1), b'{"key":"k","value":"<"}']
        ),
        max_size=12,
    )
)
def test_no_bytes_raise_and_rejects_lie_inside(pieces):
    data = b"".join(pieces)
    decoded = decode_json(data)
    for reject in decoded.rejects:
        assert 0 <= reject.offset <= reject.offset + reject.length <= len(data)


def test_a_flood_of_brackets_takes_linear_time():
    data = b'{"a":' * 20_000
    assert decode_json(data).rejects == (Reject(0, len(data), "neither an MTConnect document nor a record"),)


def test_many_unknown_records_in_a_row_are_one_reject():
    unknown = b'{"temperature": 3, "unit": "C"}\n'
    data = entity(1) + unknown * 1000 + entity(2) + unknown
    decoded = decode_json(data)
    assert decoded.rows["sequence"].to_pylist() == [1, 2]
    spans = [(r.offset, r.length) for r in decoded.rejects]
    assert spans == [(len(entity(1)), 1000 * len(unknown) - 1), (len(data) - len(unknown), len(unknown) - 1)]


def test_a_torn_document_of_another_kind_is_not_a_reject_a_line():
    torn = orjson.dumps({"a": ["text"] * 3, "b": {"c": 1}}, option=orjson.OPT_INDENT_2)[:-8]
    data = torn + b"\n" + entity(1) + b"\n"
    assert sequences(data) == [1]
    assert rejected(data) == [torn]


def test_a_document_in_an_envelope_of_any_kind(document, xml_positions):
    """Proxies, functions and log shippers wrap documents in objects of their own."""
    whole = orjson.loads(document())
    envelopes = [
        {"data": whole},
        {"statusCode": 200, "body": document().decode()},
        {"@timestamp": "2020-01-01T00:00:00Z", "message": xml_positions().decode()},
        {"device": "m1", "answers": [{"at": 5, "answer": whole}]},
        {"Records": [{"kinesis": {"data": base64.b64encode(document()).decode()}}]},
        {"message": {"data": base64.b64encode(gzip.compress(xml_positions())).decode()}},
    ]
    for envelope in envelopes:
        decoded = decode_json(orjson.dumps(envelope))
        assert (decoded.rows["sequence"].to_pylist(), decoded.rejects) == ([1, 2, 3], ())


_RECORD = {"dataItemId": "x", "category": "SAMPLE", "timestamp": "2020-01-01T00:00:00Z", "result": "1.5", "sequence": 4}
_TEXT = orjson.dumps(_RECORD).decode()
_BASE64 = base64.b64encode(orjson.dumps(_RECORD, option=orjson.OPT_INDENT_2)).decode()
_TOPIC = "MTConnect/Devices/m1/Observations/x"


@pytest.mark.parametrize(
    "envelope",
    [
        {"_msgid": "ab12", "payload": _RECORD | {"deviceUuid": "m1"}},
        {"time": 1704067201.5, "host": "h", "sourcetype": "_json", "event": _RECORD | {"deviceUuid": "m1"}},
        {"tag": "mqtt", "time": 1704067201, "record": _RECORD, "topic": _TOPIC},
        {"log": _TEXT + "\n", "stream": "stdout", "deviceUuid": "m1"},
        {"fields": {"value": _TEXT}, "name": "mqtt_consumer", "tags": {"topic": _TOPIC}, "timestamp": 1704067201},
        {"SequenceNumber": 1, "Offset": "0", "Properties": {}, "Body": _BASE64, "deviceUuid": "m1"},
        {"Records": [{"kinesis": {"partitionKey": "m1", "data": _BASE64}, "eventSource": "aws:kinesis"}]},
        {"records": {"t-0": [{"topic": "t", "partition": 0, "key": "bTE=", "value": _BASE64}]}},
        {"specversion": "1.0", "type": "mtconnect", "source": "/a", "data": [_RECORD], "deviceUuid": "m1"},
        {"_index": "mtc", "_source": _RECORD | {"deviceUuid": "m1"}},
        {"deviceUuid": "m1", "observations": [_RECORD]},
    ],
)
def test_a_record_in_an_envelope_of_any_kind(envelope):
    """As Node-RED, Splunk, Fluentd, Docker, Telegraf, Event Hubs, functions, CloudEvents and Elasticsearch wrap it."""
    decoded = decode_json(orjson.dumps(envelope))
    assert decoded.rejects == ()
    told = {name: decoded.rows[name].to_pylist() for name in ("device_uuid", "data_item", "sequence", "value")}
    assert told == {"device_uuid": ["m1"], "data_item": ["x"], "sequence": [4], "value": [1.5]}


def test_a_document_without_its_root(document):
    content = orjson.loads(document())["MTConnectStreams"]
    decoded = decode_json(orjson.dumps(content))
    assert (decoded.rows["sequence"].to_pylist(), decoded.rejects) == ([1, 2, 3], ())
    assert decoded.documents["dialect"].to_pylist() == ["json-v2"]


def test_an_xml_document_among_records_ends_where_its_root_does(xml_positions):
    record = orjson.dumps({"dataItemId": "pgm", "timestamp": "2020-01-01T00:00:00Z", "result": "a <b> c"})
    decoded = decode_json(record + xml_positions() + record + xml_positions(11))
    assert decoded.rows["sequence"].to_pylist() == [None, 1, 2, 3, None, 11, 12, 13]
    assert decoded.rejects == ()


@pytest.mark.parametrize("content", [b"10", b"null", b"[]", b'"x"', b"[{}]", b"true"])
@pytest.mark.parametrize("form", [b'{"MTConnectStreams":%s,"x":1}', b'{"payload":{"MTConnectStreams":%s}}'])
def test_a_document_that_is_no_object_is_one_reject(content, form):
    data = form % content
    for decode in (decode_json, decode_plain):
        decoded = decode(data)
        assert (decoded.rows.num_rows, len(decoded.rejects)) == (0, 1)


def test_what_is_left_of_a_torn_document_is_no_record():
    part = {"dataItemId": "x", "timestamp": "2020-01-01T00:00:00Z", "sequence": 7}
    for observation in ({"Load": part | {"value": 1.5}}, {"Fault": part | {"type": "SYSTEM"}}, part | {"value": 1.5}):
        torn = b'ue":3.5}},' + orjson.dumps(observation) + b"," + orjson.dumps(observation) + b"]}}]}}]}}"
        decoded = decode_json(torn + b"\n" + entity(1))
        assert decoded.rows["data_item"].to_pylist() == decode_json(entity(1)).rows["data_item"].to_pylist()
        assert sum(r.length for r in decoded.rejects) >= len(torn) - 2


@pytest.mark.parametrize("garbage", [b"\nhello\n", b"\n\xff\xfe\n", b"\n{ no json\n"])
def test_an_xml_document_behind_garbage_behind_json_is_read(garbage, xml_positions):
    document = xml_positions()
    data = entity(1) + garbage + document
    decoded = decode_json(data)
    assert decoded.documents["dialect"].to_pylist() == ["entities", "xml"]
    assert decoded.documents["offset"].to_pylist() == [0, len(data) - len(document)]
    (reject,) = decoded.rejects
    assert len(entity(1)) <= reject.offset < reject.offset + reject.length <= len(data) - len(document)


def test_a_device_model_that_is_left_of_a_torn_document_has_neither_agent_nor_time():
    item = {"DataItem": {"id": "x", "category": "SAMPLE", "type": "LOAD"}}
    device = orjson.dumps({"Device": {"id": "d", "name": "m", "uuid": "m1", "DataItems": [item]}})
    assert len(decode_json(device).probes) == 1
    decoded = decode_json(b'"LOAD"}}]}},' + device + b"," + device + b"]}}")
    assert decoded.probes == ()
    assert [r.length for r in decoded.rejects if "nothing tells its agent or time" in r.reason] == [2 * len(device) + 1]
