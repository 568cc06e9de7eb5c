import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.dialect import decode, sniff
from smelt.mtconnect.unpack import unpack
from smelt.terms.observation import Origin, Reject

LINE = b"2017-06-22T08:31:57.115Z|Xpos|26"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("captured/shapes_v2/sample.json", "json"),
        ("captured/okuma_v2/error_count0.json", "json"),
        ("captured/nist_v1/poll_01.json", "json"),
        ("captured/shapes_v2/sample.xml", "xml"),
        ("python-mtc2kafka/MTConnectStreams.xml", "xml"),
        ("trakhound/json-trakhound.streams.json", "json"),
        ("captured/okuma_v2/stream_current_json.http", "multipart"),
        ("captured/shapes_v2/shapes_sc.txt", "shdr"),
        ("nist/shdr/1-31-2017-Hurco04.raw-terminal-capture.txt", "shdr"),
        ("cppagent/okuma.txt", "shdr"),
        ("README.md", "unknown"),
    ],
)
def test_real_files(captured, name, expected):
    assert sniff(unpack(captured(name)).data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty"),
        (b" \r\n[]\n", "empty"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "xml"),
        (b"garbage\n" + LINE, "shdr"),
        (b"* PING\n", "shdr"),
        (b"2017-06-22 08:31:57|avail|AVAILABLE", "shdr"),
        (b"06/22/2017 8:31:57 PM|avail|AVAILABLE", "shdr"),
        (b"2017-06-22 | a table of some report", "unknown"),
        (b'oops{"MTConnectStreams":{}}', "json"),
        (b'{"attemptsMade":4,"errorCode":"Lambda.FunctionError","rawData":"eyJN"}', "json"),
        (b"\x1f\x8b\x08", "gzip"),
        (b'{"id":"Zact","value":"1"}', "json"),
        (b'oops\n{"dataItemId":"a"}', "json"),
        (b"UNAVAILABLE", "unknown"),
    ],
)
def test_made_files(data, expected):
    assert sniff(data) == expected


def test_a_log_needs_a_device(machine):
    assert decode(LINE, Origin(machine, "m1")).rows["data_item"].to_pylist() == ["id_Xpos"]
    assert decode(LINE, Origin(None, "m1")).rows["data_item"].to_pylist() == ["Xpos"]
    nobody = decode(LINE)
    assert (nobody.rows.num_rows, nobody.documents.num_rows) == (0, 0)
    assert "no device is named" in nobody.rejects[0].reason


def test_json_needs_none(document):
    assert decode(document(1)).rows["sequence"].to_pylist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<MTConnectStreams/>", "no Header with an instanceId"),
        (b"garbage", "neither an MTConnect document nor a record"),
        (b'{"rawData":"eyJN","errorCode":"Lambda.FunctionError"}', "an error record of a delivery stream"),
    ],
)
def test_what_cannot_be_read_is_one_reject_that_says_so(data, told):
    decoded = decode(data)
    assert decoded.rows.num_rows == 0
    assert decoded.rejects == (Reject(0, len(data), decoded.rejects[0].reason),)
    assert told in decoded.rejects[0].reason


def test_an_empty_file_is_nothing():
    decoded = decode(b"")
    assert (decoded.rows.num_rows, decoded.documents.num_rows, decoded.rejects) == (0, 0, ())


@given(st.binary(max_size=200))
def test_no_bytes_raise(data):
    for reject in decode(data, Origin(None, "m1")).rejects:
        assert 0 <= reject.offset <= reject.offset + reject.length <= len(data)


def test_the_last_will_of_an_agent_is_no_document():
    (reject,) = decode(b"UNAVAILABLE", Origin(source="mqtt://shop/MTConnect/Probe/Agent_1/Availability")).rejects
    assert reject == Reject(0, 11, "last will of an agent (UNAVAILABLE): no document")


def test_small_and_large_files_of_the_same_documents_give_the_same_rows(captured):
    small = captured("captured/nist_v1/poll_01.json")
    once, often = decode(small), decode(small * 4)
    assert len(small) < 1 << 16 < 4 * len(small)
    names = [name for name in once.rows.column_names if name != "document"]
    plain = pl.concat([pl.from_arrow(once.rows).select(names)] * 4)
    assert pl.from_arrow(often.rows).select(names).cast(pl.String).equals(plain.cast(pl.String))


def test_json_between_documents_of_xml(document, xml_positions):
    """Brokers and delivery streams join what several agents send: each by its own reader, in the order of the file."""
    parts = [xml_positions(1), document(11, instance_id=8), xml_positions(21), b"?!", document(31, instance_id=9)]
    data = b"\n".join(parts)
    decoded = decode(data)
    assert decoded.documents["instance_id"].to_pylist() == [7, 8, 7, 9]
    assert decoded.documents["offset"].to_pylist() == [data.index(part) for part in parts if part != b"?!"]
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3, 11, 12, 13, 21, 22, 23, 31, 32, 33]
    assert [data[r.offset : r.offset + r.length] for r in decoded.rejects] == [b"?!"]


@pytest.mark.parametrize("data", [b" \r\n", b"\xef\xbb\xbf", b"[]\n[ ]"])
def test_blanks_and_empty_lists_are_nothing(data):
    assert decode(data).rejects == ()


@pytest.mark.parametrize("data", [b"[", b"[[[[", b"\0" * 3000, b"]"])
def test_open_brackets_and_zeros_alone_are_something(data):
    assert [(reject.offset, reject.length) for reject in decode(data).rejects] == [(0, len(data))]
