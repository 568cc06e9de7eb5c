"""The Header of every captured document from its first bytes; anything else is none."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.header import read_header
from smelt.terms.document_header import DocumentHeader

V1 = (
    b'{"MTConnectStreams":{"jsonVersion":1,"Header":{"version":"2.5","creationTime":"2026-11-22T03:24:42Z",'
    b'"testIndicator":false,"instanceId":1795317878,"deviceModelChangeTime":"2026-11-22T03:24:38.248063Z",'
    b'"bufferSize":4096,"nextSequence":1352,"lastSequence":1351,"firstSequence":1},"Streams":[]}}'
)
XML = (
    b'<?xml version="1.0"?>\n<m:MTConnectStreams xmlns:m="urn:mtconnect.org:MTConnectStreams:2.7">'
    b'<m:Header creationTime="2026-11-22T03:24:42Z" sender="x" instanceId=\'1795317878\' '
    b'deviceModelChangeTime="2026-11-22T03:24:38.248063Z" bufferSize="4096" '
    b'firstSequence="1" nextSequence="1352" lastSequence="1351"/><m:Streams/></m:MTConnectStreams>'
)
TRAKHOUND = (
    b'\xef\xbb\xbf{\r\n "header": {"InstanceId": 1795317878, "BufferSize": 4096, "FirstSequence": 1,'
    b'"LastSequence": 1351, "NextSequence": 1352, "DeviceModelChangeTime": "2026-11-22T03:24:38.248063Z",'
    b'"CreationTime": "2026-11-22T03:24:42Z"}, "streams": [{"instanceId": 3}]}'
)
XML_ERROR = b'<MTConnectError><Header instanceId="5"/>%b</MTConnectError>'
WANTED = DocumentHeader(
    "MTConnectStreams", 1795317878, 1, 1352, 1351, 4096, 1_795_317_882_000_000, "2026-11-22T03:24:38.248063Z"
)


@pytest.mark.parametrize("document", [V1, XML, TRAKHOUND], ids=["json", "xml", "trakhound"])
def test_the_same_state_reads_alike_in_every_dialect(document: bytes) -> None:
    assert read_header(document) == WANTED


@pytest.mark.parametrize("document", [V1, XML, TRAKHOUND], ids=["json", "xml", "trakhound"])
def test_it_need_not_be_whole(document: bytes) -> None:
    end = max(document.find(b"Streams/"), document.find(b'"Streams"'), document.find(b'"streams"'))
    assert read_header(document[: end + 12]) == WANTED


def test_numbers_that_are_none_and_backward_reads_are_told() -> None:
    odd = V1.replace(b'"nextSequence":1352', b'"nextSequence":-20').replace(b"4096", b"99999999999999999999999")
    found = read_header(odd)
    assert found is not None and (found.next_sequence, found.buffer_size) == (-20, None)


def test_a_number_with_rubbish_behind_it_is_read() -> None:
    found = read_header(XML.replace(b'"1352"', b'"1352="'))
    assert found is not None and found.next_sequence == 1352


@pytest.mark.parametrize(
    "document",
    [
        XML_ERROR % b'<Errors><Error errorCode="OUT_OF_RANGE">x</Error></Errors>',
        XML_ERROR % b'<Error errorCode="OUT_OF_RANGE">x</Error>',
        XML_ERROR % b'<Errors><OutOfRange errorCode="OUT_OF_RANGE" URI="/"/></Errors>',
        b'{"MTConnectError":{"Header":{"instanceId":5},"Errors":[{"Error":{"errorCode":"OUT_OF_RANGE","value":"x"}}]}}',
        b'{"MTConnectError":{"Header":{"instanceId":5},"Errors":{"Error":[{"errorCode":"OUT_OF_RANGE","value":"x"}]}}}',
        b'{"header":{"instanceId":5},"errors":[{"errorCode":"OUT_OF_RANGE","value":"x"}]}',
    ],
)
def test_error_documents_tell_their_codes(document: bytes) -> None:
    found = read_header(document)
    assert found == DocumentHeader("MTConnectError", instance_id=5, errors=("OUT_OF_RANGE",))


@pytest.mark.parametrize("garbage", [b"", b"<html/>", b"{}", b"[1]", b"UNAVAILABLE", b'{"Header":{"instanceId":1}}'])
def test_anything_else_is_no_document(garbage: bytes) -> None:
    assert read_header(garbage) is None


@given(st.binary(max_size=200), st.integers(0, 400), st.sampled_from([V1, XML, TRAKHOUND]))
def test_mutated_documents_never_raise(noise: bytes, at: int, document: bytes) -> None:
    found = read_header(document[:at] + noise + document[at + len(noise) :])
    assert found is None or found.kind.startswith("MTConnect")


def test_every_captured_document_is_told(smelt_data: Path) -> None:
    files = [p for p in (smelt_data / "mtconnect").rglob("*") if p.suffix in (".xml", ".json")]
    told = {p.name: read_header(p.read_bytes()) for p in files if b"MTConnect" in p.read_bytes()[:600]}
    told.pop("Devices.xml", None)  # a configuration file: some have no numbers
    assert len(told) > 40
    for name, found in told.items():
        assert found is not None and found.instance_id, name


def test_json_headers_equal_those_that_a_parser_finds(smelt_data: Path) -> None:
    for path in (smelt_data / "mtconnect/captured").rglob("*.json"):
        [(root, content)] = json.loads(path.read_bytes()).items() if path.name != "REQUESTS.json" else [("", {})]
        if not root:
            continue
        header, found = content["Header"], read_header(path.read_bytes())
        assert found is not None and found.kind == root
        names = ("instanceId", "firstSequence", "nextSequence", "lastSequence", "bufferSize")
        told = (
            found.instance_id, found.first_sequence, found.next_sequence, found.last_sequence, found.buffer_size,
        )  # fmt: skip
        assert told == tuple(header.get(n) for n in names), path
        assert found.model_changed_at == header["deviceModelChangeTime"]
