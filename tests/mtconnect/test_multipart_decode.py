import gzip

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect import multipart_decode
from smelt.mtconnect.dialect import decode
from smelt.mtconnect.unpack import unpack
from smelt.terms.observation import Decoded

STAMP = b"1970-01-01T00:00:0%dZ"


def part(body: bytes, source: bytes = b"http://a", second: int = 1) -> bytes:
    head = b"--smelt\r\nContent-Type: text/xml\r\nContent-Location: %s\r\nReceived-At: " % source + STAMP % second
    return head + b"\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(body), body)


def sequences(data: bytes) -> list[int]:
    return decode(data).rows["sequence"].to_pylist()


def shown(decoded: Decoded) -> tuple[list, list, tuple]:
    rows = [decoded.rows[name].to_pylist() for name in decoded.rows.column_names]
    return rows, decoded.documents.to_pylist(), decoded.rejects


@pytest.mark.parametrize(
    "name",
    [
        "nist_v1/stream_json.raw_chunked.http",
        "nist_v1/stream_current_json.http",
        "okuma_v2/stream_current_json.http",
        "okuma_v2/stream_xml.http.gz",
    ],
)
def test_captured_streams_have_every_part_and_observation(captured, name):
    data = unpack(captured(f"captured/{name}")).data
    decoded = decode(data)
    assert decoded.rejects == ()
    assert decoded.rows.num_rows == data.count(b'"sequence":') + data.count(b' sequence="')
    assert decoded.documents.num_rows == data.count(b"Content-Length: ")
    spans = zip(decoded.documents["offset"].to_pylist(), decoded.documents["length"].to_pylist(), strict=True)
    for at, length in spans:
        assert data[at : at + 1] in (b"<", b"{")
        assert data[at + length - 1 : at + length] in (b">", b"}")


def test_a_recorders_file_says_where_each_document_came_from(xml_positions, document):
    xml, json = xml_positions(1, count=1), document(2, count=1)
    data = (
        part(xml, b"http://a/sample", 1) + part(xml_positions(5, count=1), b"http://b", 2) + part(json, b"mqtt://c", 3)
    )
    decoded = decode(data)
    assert decoded.rows["sequence"].to_pylist() == [1, 5, 2]
    documents = pl.from_arrow(decoded.documents)
    assert documents["source"].to_list() == ["http://a/sample", "http://b", "mqtt://c"]
    assert documents["received_at"].dt.second().to_list() == [1, 2, 3]
    assert documents["dialect"].to_list() == ["xml", "xml", "json-v2"]
    assert [data[at : at + 20] for at in documents["offset"]] == [xml[:20], xml[:20], json[:20]]


def test_heartbeats_and_errors_are_documents(xml_positions):
    beat = b'<MTConnectStreams><Header instanceId="7" nextSequence="4"/><Streams/></MTConnectStreams>'
    error = b'<MTConnectError><Header instanceId="7"/><Errors/></MTConnectError>'
    decoded = decode(part(xml_positions(1)) + part(beat) + part(error))
    assert decoded.documents["kind"].to_pylist() == ["MTConnectStreams", "MTConnectStreams", "MTConnectError"]
    assert decoded.rejects == ()


def test_a_bad_part_never_takes_its_neighbours(xml_positions, document):
    torn = xml_positions(4)[:-60]
    data = part(xml_positions(1)) + part(torn) + part(b"garbage") + part(b"{") + part(document(7)) + part(document(10))
    decoded = decode(data)
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    kinds = [data[r.offset : r.offset + min(r.length, 7)] for r in decoded.rejects]
    assert kinds[1:] == [b"garbage", b"{"]
    assert "torn document" in decoded.rejects[0].reason


def test_several_responses_in_one_file(xml_positions):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed;boundary=%s\r\n\r\n"
    one, two = part(xml_positions(1)), part(xml_positions(4)).replace(b"--smelt", b"--other")
    plain = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/xml\r\n\r\n" + xml_positions(7)
    assert sequences(head % b"smelt" + one + b"\r\n" + head % b"other" + two + plain) == list(range(1, 10))


def test_responses_of_http_2_and_bodies_without_a_line_end(document, xml_positions):
    """As `curl -i` writes them one behind the other, from behind a proxy."""
    head = b"HTTP/2 200 \r\ncontent-type: text/xml\r\n\r\n"
    decoded = decode(head + document(1) + head + xml_positions(4) + head.replace(b"/2", b"/1.1") + document(7))
    assert decoded.rows["sequence"].to_pylist() == list(range(1, 10))
    assert decoded.rejects == ()


def test_a_stream_that_begins_in_the_middle_of_a_part(xml_positions):
    decoded = decode(xml_positions(1)[40:] + b"\r\n" + part(xml_positions(4)))
    assert decoded.rows["sequence"].to_pylist() == [4, 5, 6]
    assert decoded.rejects[0].offset == 0


def test_a_gzip_body_is_opened_and_counts_as_one_stretch(document):
    body = gzip.compress(document(1))
    data = part(body) + part(document(4))
    decoded = decode(data)
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3, 4, 5, 6]
    assert decoded.documents["offset"][0].as_py() == data.index(body)
    assert decoded.documents["length"][0].as_py() == len(body)


def test_a_stream_within_a_part_is_refused(xml_positions):
    decoded = decode(part(part(xml_positions(1)).replace(b"--smelt", b"--inner")) + part(xml_positions(4)))
    assert decoded.rows["sequence"].to_pylist() == [4, 5, 6]
    assert "within a part" in decoded.rejects[0].reason


@given(st.data())
def test_parts_together_say_what_each_says_alone(xml_positions, document, data):
    drawn = data.draw(st.lists(st.tuples(st.sampled_from("xj"), st.integers(0, 99), st.integers(0, 200)), max_size=8))
    bodies = []
    for kind, first, cut in drawn:
        body = xml_positions(first) if kind == "x" else document(first)
        bodies.append(body[:-cut] if cut and cut < 100 else body)
    file = b"".join(part(body, b"http://%d" % i, i % 10) for i, body in enumerate(bodies))
    together = shown(decode(file))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multipart_decode, "_MOST_PARTS", 1)
        assert shown(decode(file)) == together


def test_records_of_many_topics_are_those_of_their_topics():
    record = b'{"dataItemId":"%s","type":"LOAD","category":"SAMPLE","timestamp":"2020-01-01T00:00:00Z","result":"%d"}'
    topic = b"mqtt://h/MTConnect/Devices/%s/Observations/%s"
    parts = [
        part(record % (item, n), topic % (uuid, item))
        for n in range(3)
        for uuid in (b"u", b"v")
        for item in (b"a", b"b")
    ]
    data = b"".join(parts) + part(b"garbage", topic % (b"u", b"a")) + part(b"[{", topic % (b"u", b"a"))
    decoded = decode(data)
    found = [decoded.rows[name].to_pylist() for name in ("device_uuid", "data_item", "value")]
    expected = [(uuid, item, float(n)) for uuid in "uv" for item in "ab" for n in range(3)]
    assert sorted(zip(*found, strict=True)) == expected
    assert {uuid for uuid, *_ in expected} == {
        source.split("/")[5] for source in decoded.documents["source"].to_pylist()
    }
    assert [data[r.offset : r.offset + r.length] for r in decoded.rejects] == [b"garbage", b"{"]
