import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.http_response import open_response, read_fields

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n"


def chunked(pieces: list[bytes]) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces)


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=6))
def test_chunks_are_joined_and_every_byte_knows_its_place(pieces):
    data = HEAD + chunked(pieces) + b"0\r\n\r\n"
    body = open_response(data)
    assert body.data == b"".join(pieces)
    assert all(data[body.in_file(at)] == byte for at, byte in enumerate(body.data))


def test_a_head_alone_and_none():
    assert open_response(b"<a/>").data == b"<a/>"
    body = open_response(HEAD + b"--b\r\n")  # a client that undid the chunks and kept the head
    assert (body.data, body.content_type, body.in_file(0)) == (b"--b\r\n", "multipart/mixed;boundary=b", len(HEAD))
    assert open_response(b"HTTP/1.1 200 OK\r\nServer: x").data == b""


@pytest.mark.parametrize("end", [b"", b"5\r\nab", b"zz\r\nab"])
def test_where_the_framing_breaks_off_the_rest_counts_as_it_stands(end):
    body = open_response(HEAD + chunked([b"abc"]) + end)
    assert body.data == b"abc" + (b"ab" if end.startswith(b"5") else end)
    assert body.in_file(len(body.data) - 1) == len(HEAD) + 8 + len(end) - 1 if end else True


def test_fields_in_any_case():
    assert read_fields(b"Content-type:text/xml\r\nnothing\r\nCONTENT-LENGTH : 1\r\n") == {
        "content-type": "text/xml",
        "content-length": "1",
    }
