import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.json.scan import scan_document


def test_a_complete_document(document):
    data = document(1) + b"garbage"
    found = scan_document(data, 0, len(data))
    assert (found.fault, found.end) == (None, len(document(1)))
    assert found.shape is not None and found.shape.dialect == "json-v2"
    assert found.uuids == {0: b'"m1"'}
    assert [data[s.start : s.start + 11] for s in found.observations] == [
        b'{"value":1.',
        b'{"value":2.',
        b'{"value":3.',
    ]
    assert {s.keys[7:9] for s in found.observations} == {(b"Samples", b"Position")}
    assert found.oddities == []


@pytest.mark.parametrize(
    ("old", "new", "odd"),
    [
        (b'"Samples"', b'"Samplez"', b'{"Position":'),
        (b'"Position":[', b'"Position":5,"Other":[', b"5"),
        (b'"Position":[', b'"Position":[null,', b"null"),
        (b'"Position":[', b'"Position":{"a":[1]},"Other":[', b'{"a":[1]}'),
        (b'"DeviceStream":[', b'"DeviceStream":[7,', b"7"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(document, old, new, odd):
    data = document(1).replace(old, new)
    found = scan_document(data, 0, len(data))
    assert found.fault is None
    assert [data[s.start : s.start + len(odd)] for s in found.oddities] == [odd]


@pytest.mark.parametrize(
    ("torn", "fault"),
    [
        (b'{"MTConnectStreams":{"a', "a string does not end"),
        (b'{"MTConnectStreams":{"a":1', "the document ends in the middle"),
        (b'{"MTConnectStreams":{"a":1]', "']' where a comma should stand"),
        (b'{"MTConnectStreams":{"a":{"b"}', "'}' where a colon should stand"),
        (b'{"MTConnectStreams":{"a":oops', "a word where a value should stand"),
        (b'{"MTConnectStreams":{"a":[1 2', "a word where a comma should stand"),
        (b'{"MTConnectStreams":{"a":1,}', "'}' where a key should stand"),
        (b'{"MTConnectStreams":' + b"[" * 600, "more than 512 levels"),
    ],
)
def test_faults(torn, fault):
    found = scan_document(torn, 0, len(torn))
    assert found.fault == fault
    assert found.kept_until == 0


@given(st.text(alphabet='{}[]:,"\\ab1', max_size=60))
def test_a_scan_always_stops_inside(text):
    data = text.encode()
    found = scan_document(data, 0, len(data))
    assert 0 <= found.kept_until <= found.end <= len(data)
