import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.dialect import decode, sniff
from smelt.mtconnect.topic_lines import is_topic_line, read_topic_lines

TOPIC = b"MTConnect/Devices/%s/Observations/x "


def entity(sequence: int) -> bytes:
    record = {"dataItemId": "x", "category": "SAMPLE", "timestamp": "2020-01-01T00:00:00Z", "result": "1.5"}
    return orjson.dumps(record | {"sequence": sequence})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'a/b {"x":1}', True),
        (b"/a <x/>", True),
        (b'm1\t{"x":1}', True),
        (b'CreateTime:5\tm1\t{"x":1}', True),
        (b'm1\tm2\t{"x":1}', False),
        (b"a/Availability AVAILABLE\n", True),
        (b'{"rest":1}\na/b {"x":1}', True),
        (b"a/b text", False),
        (b'topic {"x":1}', False),
        (b'{"a": "b/c {"}', False),
        (b'2020/01/01 10:00:00 INFO {"x":1}', False),
        (b"", False),
    ],
)
def test_what_topic_lines_are(data, expected):
    assert is_topic_line(data) is expected


def test_the_topic_tells_the_device_and_is_the_documents_source(document, xml_positions):
    """Payloads may be pretty-printed, and come in any order."""
    pretty = orjson.dumps(orjson.loads(document(1)), option=orjson.OPT_INDENT_2)
    lines = [b"MTConnect/Current/m1 " + pretty, TOPIC % b"m2" + entity(4), TOPIC % b"m3" + entity(5)]
    lines += [TOPIC % b"m2" + entity(6), b"MTConnect/Sample/m1 " + xml_positions(7)]
    data = b"\n".join(lines) + b"\n"
    decoded = decode(data)
    assert (sniff(data), decoded.rejects) == ("topics", ())
    found = dict(zip(decoded.rows["sequence"].to_pylist(), decoded.rows["device_uuid"].to_pylist(), strict=True))
    assert [found[sequence] for sequence in (1, 2, 3, 4, 5, 6)] == ["m1", "m1", "m1", "m2", "m3", "m2"]
    kinds = decoded.documents.filter(decoded.documents["kind"].to_numpy(zero_copy_only=False) == "MTConnectStreams")
    assert kinds["source"].to_pylist() == ["MTConnect/Current/m1", "MTConnect/Sample/m1"]
    assert kinds["offset"].to_pylist() == [data.index(pretty), data.index(b"<")]


def test_the_key_of_a_record_tells_the_device(document):
    """As `kafka-console-consumer --property print.key=true` and kcat print records."""
    record = {"id": "x", "tag": "Position", "attributes": {"timestamp": "2020-01-01T00:00:00Z"}, "value": "1.5"}
    sent = orjson.dumps(record | {"type": "Samples"})
    lines = [b"m1\t" + sent, b"CreateTime:1000\tPartition:0\tOffset:5\tm2\t" + sent, b"null\t" + sent]
    decoded = decode(b"\n".join([*lines, b"http://agent:5000\t" + document(1)]))
    assert decoded.rejects == ()
    assert sorted(decoded.rows["device_uuid"].to_pylist()) == ["m1"] * 4 + ["m2", "unknown"]
    assert decoded.documents["received_at"].drop_null().cast("int64").to_pylist() == [1_000_000]


def test_a_bad_payload_and_a_last_will_are_rejected_alone(document):
    lines = [b"a/b " + document(1), b"a/Availability UNAVAILABLE", b"a/c {torn", b"a/b " + document(4)]
    data = b"\r\n".join(lines)
    decoded = decode(data)
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3, 4, 5, 6]
    assert [data[r.offset : r.offset + r.length] for r in decoded.rejects] == [b"UNAVAILABLE", b"{torn"]
    assert decoded.rejects[0].reason == "last will of an agent (UNAVAILABLE): no document"


def test_a_piece_that_begins_behind_its_topic(document):
    decoded = decode(document(1) + b"\n" + TOPIC % b"m2" + entity(4))
    assert (decoded.rows["sequence"].to_pylist(), decoded.rejects) == ([1, 2, 3, 4], ())
    assert decoded.rows["device_uuid"].to_pylist() == ["m1", "m1", "m1", "m2"]


@given(
    st.binary(max_size=60),
    st.lists(st.sampled_from([b"a/b {}", b"k\t{}", b"x", b"\n", b"a/b <", b"/ ", b"{"]), max_size=8),
)
def test_parts_lie_in_order_and_each_has_its_topic(start, rest):
    data = start + b"\n".join(rest)
    before = 0
    for part in read_topic_lines(data):
        assert before <= part.start <= part.end <= len(data)
        assert part.source is None or data[: part.start].decode(errors="replace").endswith(f"{part.source} ")
        assert part.record_key is None or data[: part.start].decode(errors="replace").endswith(f"{part.record_key}\t")
        before = part.end
