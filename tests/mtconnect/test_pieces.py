"""Pieces are the stream, byte by byte, cut where something begins; decoded one by one they say the same."""

import json
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect import pieces
from smelt.mtconnect.dialect import decode
from smelt.mtconnect.long.piece import placed
from smelt.mtconnect.pieces import Piece, Sizes, cut


def chunked(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def json_documents(count: int, between: bytes = b"") -> list[bytes]:
    bodies = [{"Header": {"instanceId": k, "sender": 'a}{"x":"MTConnectStreams"'}, "Streams": {}} for k in range(count)]
    return [json.dumps({"MTConnectStreams": b}).encode() + between for b in bodies]


XML = [
    b'<?xml version="1.0"?>\n<!-- <MTConnectStreams> -->\n<m:MTConnectStreams a="%d"></m:MTConnectStreams>' % k
    for k in range(9)
]
BARE_XML = [b"<MTConnectStreams>%d</MTConnectStreams>\n" % k for k in range(9)]
PARTS = [b"--smelt\r\nContent-Length: 9\r\n\r\n--smelt %d\r\n" % k for k in range(9)]
LINES = [json.dumps({"id": "Xact", "tag": "Position", "value": str(k)}).encode() + b"\n" for k in range(9)]
JOINED = [json.dumps({"id": "Xact", "value": f"}}{{ {k}", "no": "}"}).encode() for k in range(9)]
INSTANTS = [b"2020-01-01T00:00:0%dZ|a|1\n2020-01-01T00:00:0%dZ|a|1\n" % (k, k) for k in range(9)]
STREAMS = [
    json_documents(9), json_documents(9, b"\n"), json_documents(9, b" ,\r\n"), XML, BARE_XML, PARTS, LINES, JOINED,
    INSTANTS,
]  # fmt: skip


@pytest.mark.parametrize("units", STREAMS, ids=lambda u: repr(u[0][:24]))
@given(target=st.integers(60, 300), size=st.integers(1, 300))
def test_a_piece_begins_where_a_unit_does(units: list[bytes], target: int, size: int) -> None:
    data = b"".join(units)
    begins = {sum(map(len, units[:k])) for k in range(len(units))}
    found = list(cut(chunked(data, size), Sizes(target)))
    assert b"".join(p.data for p in found) == data
    assert [p.offset for p in found] == [sum(len(q.data) for q in found[:k]) for k in range(len(found))]
    assert {p.offset for p in found} <= begins


@pytest.mark.parametrize("units", STREAMS, ids=lambda u: repr(u[0][:24]))
def test_pieces_are_about_as_large_as_wanted(units: list[bytes]) -> None:
    longest = max(map(len, units))
    found = list(cut(chunked(b"".join(units), 50), Sizes(2 * longest)))
    assert len(found) >= 2
    assert all(len(p.data) <= 4 * longest + 50 for p in found)


@given(st.binary(max_size=400), st.integers(1, 50), st.integers(1, 80))
def test_any_bytes_are_kept(data: bytes, target: int, size: int) -> None:
    assert b"".join(p.data for p in cut(chunked(data, size), Sizes(target, most=100))) == data


def test_a_document_longer_than_a_piece_stays_whole_up_to_a_limit() -> None:
    long = b'{"MTConnectStreams":{"Header":{},"x":[' + b'{"a":1},' * 100 + b"0]}}"
    assert [p.offset for p in cut(chunked(long * 2, 10), Sizes(50))] == [0, len(long)]
    listed = b"[" + b",".join(b'{"a":1}' for _ in range(100)) + b"]"
    torn = list(cut(chunked(listed, 10), Sizes(50, most=200)))
    assert len(torn) > 2 and max(len(p.data) for p in torn) <= 210
    assert all(p.data.startswith(b'{"a":1}') for p in torn[1:-1])


LONG = {
    "streams": (b'{"MTConnectStreams":{"Header":{},"x":[' + b'{"a":1},' * 100 + b"0]}}", "MTConnectStreams document"),
    "assets": (b'{"MTConnectAssets":{"Assets":[' + b'{"a":1},' * 100 + b"0]}}", "MTConnectAssets document"),
    "xml": (b"<MTConnectDevices>" + b"<a/>" * 200 + b"</MTConnectDevices>", "MTConnectDevices document"),
    "text": (b'{"a":"' + b'{\\"b\\":1},' * 100 + b'"}', "value"),
}


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize("name", LONG)
def test_what_is_too_long_to_be_held_is_refused_and_what_follows_is_read(
    monkeypatch: pytest.MonkeyPatch, name: str, codec: str
) -> None:
    monkeypatch.setattr(pieces, "_FIRST", 20)
    long, what = LONG[name]
    data = (long + (BARE_XML[0] if name == "xml" else json_documents(1)[0])).decode().encode(codec)
    refused, *rest = cut(chunked(data, 10), Sizes(50, 100, 300, 200))
    assert rest and b"".join(piece.data for piece in rest) == data.decode(codec).encode()[len(long) :]
    assert (refused.data, refused.offset) == (b"", 0)
    (reject,) = placed(decode(refused.data), refused).rejects
    assert (reject.offset, reject.length) == (0, rest[0].offset) == (0, len(long.decode().encode(codec)))
    assert what in reject.reason and f"{len(long):,} bytes" in reject.reason


def test_a_captured_answer_is_never_cut() -> None:
    """Its head says how all that follows is framed."""
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(PARTS)
    assert list(cut(chunked(answer, 30), Sizes(40))) == [Piece(0, answer)]


def test_nothing_is_no_piece() -> None:
    assert list(cut([])) == list(cut([b""])) == []


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("units", STREAMS, ids=lambda u: repr(u[0][:24]))
def test_wide_text_is_cut_as_if_it_were_not(units: list[bytes], codec: str) -> None:
    replaced = {"|a|": "|ü\U0001f6e0|", '"X': '"ü\U0001f6e0X', "Length: 9": "Name: ü\U0001f6e0"}
    texts = [reduce(lambda text, old: text.replace(old, replaced[old]), replaced, unit.decode()) for unit in units]
    texts[0] = "\ufeff" + texts[0]
    wide = "".join(texts).encode(codec)
    found = list(cut(chunked(wide, 37), Sizes(200)))
    assert b"".join(piece.data for piece in found).decode() == "".join(texts)
    assert {piece.offset for piece in found} <= {len("".join(texts[:k]).encode(codec)) for k in range(len(texts))}
    assert len(found) > 1
