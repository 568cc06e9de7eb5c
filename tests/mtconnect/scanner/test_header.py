import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.scanner.spoiling import a_document, an_observation, assert_same

from smelt.mtconnect.scanner.scan import Scan
from smelt.mtconnect.scanner.state import SENDER_COLUMN

PLAIN = b'"Header":{"version":"2.5","creationTime":"2020-01-01T00:00:00Z","instanceId":7,"sender":"a","bufferSize":8}'
BODY = b",".join(an_observation(b"1.5", sequence=n) for n in range(6))
KEYS = (
    b"instanceId",
    b"sender",
    b"creationTime",
    b"firstSequence",
    b"nextSequence",
    b"lastSequence",
    b"other",
    b"e\\u0061",
)
VALUES = (
    b"7", b'"7"', b"0", b"-1", b"07", b'"07"', b"1.5", b"1e3", b"999999999999999", b"9" * 16, b"9" * 19, b"9" * 20,
    b'"x"', b'""', b'"\\u00e9"', b'"\xc3\xa9"', b"null", b"true", b"{}", b'[{"instanceId":1}]',
    b'"2020-01-01T00:00:00.5Z"', b'"2020-01-01T01:00:00+01:00"', b'"2020-01-01T00:00:00"',
    b'"1960-01-01T00:00:00Z"', b'"0001-01-01T00:00:00Z"', b'"yesterday"', b'"2020-01-01T00:00:00Z "',
)  # fmt: skip


def documents(*headers: bytes) -> bytes:
    whole = a_document(BODY)
    start = whole.index(b'"Header":{')
    end = whole.index(b"}", start) + 1
    return b"\n".join(whole[:start] + header + whole[end:] for header in headers)


@given(st.lists(st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(VALUES)), max_size=6), max_size=4))
def test_any_header_is_what_the_plain_decoder_makes_of_it(headers):
    told = [b",".join(b'"%s":%s' % member for member in members) for members in headers]
    assert_same(documents(PLAIN, *(b'"Header":{"instanceId":7,%s}' % t if t else b'"Header":{}' for t in told)))


@pytest.mark.parametrize("header", [b'"Header":[]', b'"Header":null', b'"Header":"x"', b'"Header":{"instanceId":7} '])
def test_odd_headers(header):
    assert_same(documents(PLAIN, header, PLAIN))


def test_a_plain_header_is_read_by_the_scan():
    data = documents(PLAIN, PLAIN.replace(b'"sender"', b'"lastSequence":"12","nextSequence":13,"sender"'))
    scan = Scan()
    scan.open(data)
    assert scan.resume(0) == len(data)
    first, second = scan.documents(0)
    assert (first.instance_id, first.first_sequence, first.last_sequence) == (7, -1, -1)
    assert (second.next_sequence, second.last_sequence) == (13, 12)
    assert scan.word(SENDER_COLUMN, second.sender) == "a"
    assert first.created_at == second.created_at == 1_577_836_800_000_000


def test_a_header_with_an_escape_is_left_to_the_plain_decoder():
    data = documents(PLAIN.replace(b'"a"', b'"\\u0061"'))
    scan = Scan()
    scan.open(data)
    assert scan.resume(0) == len(data)
    assert [found.instance_id for found in scan.documents(0)] == [-1]
    assert assert_same(data).documents["sender"].to_pylist() == ["a"]
