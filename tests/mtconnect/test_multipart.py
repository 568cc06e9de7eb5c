import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.multipart import find_boundary, read_parts


def part(body: bytes, length: int | None = None, name: bytes = b"Content-Length", end: bytes = b"\r\n") -> bytes:
    size = len(body) if length is None else length
    return b"--s" + end + name + b": %d" % size + end + end + body + end


def bodies(data: bytes, boundary: bytes = b"--s") -> list[bytes]:
    return [data[p.start : p.end] for p in read_parts(data, boundary) if p.fault is None]


def test_a_recorders_part_says_where_and_when():
    head = b"--s\r\nContent-Type: text/xml\r\nContent-Location: mqtt://shop/a\r\nRecord-Key: k\r\n"
    head += b"Received-At: 1970-01-01T00:00:01.500000Z\r\nContent-Length: 4\r\n\r\n"
    (found,) = read_parts(head + b"<a/>\r\n", b"--s")
    assert (found.source, found.record_key, found.received_at_us) == ("mqtt://shop/a", "k", 1_500_000)


@pytest.mark.parametrize("name", [b"Content-Length", b"Content-length", b"CONTENT-LENGTH"])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_names_in_any_case_and_any_line_ends(name, end):
    data = part(b"one", name=name, end=end) + part(b"two", name=name, end=end) + b"--s--" + end
    assert bodies(data) == [b"one", b"two"]


@pytest.mark.parametrize("lie", [0, 1, 7, 400, 10**12])
def test_where_the_length_lies_the_next_boundary_counts(lie):
    assert bodies(part(b"one") + part(b"second", lie) + part(b"three")) == [b"one", b"second", b"three"]


def test_without_a_length_the_next_boundary_counts():
    data = b"--s\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--s\r\n\r\n<b/>\r\n--s--\r\n"
    assert bodies(data) == [b"<a/>", b"<b/>"]


def test_a_boundary_in_a_body_is_text_where_the_length_is_right():
    body = b"text\r\n--s\r\nmore"
    assert bodies(part(body) + part(b"two")) == [body, b"two"]


def test_a_stream_cut_in_a_part_keeps_what_came():
    assert bodies(part(b"one") + part(b"second")[:-4]) == [b"one", b"seco"]
    assert bodies(part(b"one") + b"--") == [b"one"]


def test_what_is_between_parts_is_told():
    data = b"noise\r\n" + part(b"one") + b"--s\r\nno head at all" + b"\r\n" + part(b"two")
    found = [(data[p.start : p.end], p.fault) for p in read_parts(data, b"--s")]
    assert [f for _, f in found] == ["between the parts of a stream", None, "a part whose head does not end", None]
    assert [body for body, fault in found if fault is None] == [b"one", b"two"]


@pytest.mark.parametrize(
    ("data", "content_type", "expected"),
    [
        (b"--a1\r\n", "", b"--a1"),
        (b"\r\n--a1\n", "", b"--a1"),
        (b"--x\r\n\r\n--a1\r\n", 'multipart/mixed; boundary="a1"', b"--a1"),
        (b"--a1\r\n", "multipart/x-mixed-replace;boundary=--a1", b"--a1"),
        (b"<a/>", "text/xml", None),
    ],
)
def test_the_boundary(data, content_type, expected):
    assert find_boundary(data, content_type) == expected


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=8))
def test_bodies_of_any_bytes_come_back(wanted):
    assert bodies(b"".join(map(part, wanted))) == wanted


@given(st.lists(st.sampled_from([b"--s", b"--s--", b"\r\n", b"\n", b"Content-Length: 3", b"abc", b":"]), max_size=25))
def test_parts_lie_in_order_and_within(pieces):
    data = b"".join(pieces)
    at = 0
    for found in read_parts(data, b"--s"):
        assert at <= found.start <= found.end <= len(data)
        at = found.end
