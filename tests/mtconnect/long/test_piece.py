"""Offsets in a piece of a long document are brought to the file."""

from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.dialect import decode
from smelt.mtconnect.long.piece import Part, Piece, placed
from smelt.terms.observation import Reject


def test_offsets_are_those_of_the_file() -> None:
    piece = Piece(100, b"[12345]", Part(10, 0, 95, 105, 1, 5))
    assert [piece.in_file(at) for at in range(8)] == [95, 100, 101, 102, 103, 104, 105, 105]
    assert piece.reject_in_file(Reject(2, 2, "torn, at byte 3")) == Reject(101, 2, "torn, at byte 102")
    assert piece.span_in_file(0, 7) == (10, 95)
    plain = Piece(100, b"12")
    assert plain.reject_in_file(Reject(1, 1, "x")) == Reject(101, 1, "x") and plain.span_in_file(1, 1) == (101, 1)


@given(opened=st.integers(0, 20), body=st.integers(1, 50), behind=st.integers(0, 9), closed=st.integers(0, 9))
def test_offsets_never_go_back(opened: int, body: int, behind: int, closed: int) -> None:
    piece = Piece(100, b"", Part(10, 0, 97, 100 + body + behind, opened, body))
    found = [piece.in_file(at) for at in range(opened + body + closed + 1)]
    assert found == sorted(found) and found[opened : opened + body] == list(range(100, 100 + body))
    assert {*found[:opened]} <= {97} and {*found[opened + body :]} <= {100 + body + behind}


def test_only_the_document_that_was_opened_again_is_the_long_one() -> None:
    piece = Piece(100, b"", Part(10, 0, 95, 150, 20, 50))
    assert piece.is_of_part(0) and not piece.is_of_part(30)
    assert piece.span_in_file(30, 10) == (110, 10)
    assert not Piece(100, b"").is_of_part(0)


def test_what_a_piece_says_is_placed() -> None:
    body = b'{"MTConnectStreams":{"Header":{"instanceId":1},"Streams":{}}}'
    decoded = decode(b"garbage" + body)
    documents = placed(decoded, Piece(1000, b"")).documents.to_pylist()
    assert [(d["offset"], d["length"]) for d in documents] == [(1007, len(body))]
    assert [r.offset for r in placed(decoded, Piece(1000, b"")).rejects] == [1000 + r.offset for r in decoded.rejects]
    assert decoded.rejects
