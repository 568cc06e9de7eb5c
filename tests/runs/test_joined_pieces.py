from hypothesis import given
from hypothesis import strategies as st

from smelt.runs import joined_pieces
from smelt.runs.joined_pieces import FilePiece, joined

DOCUMENT = b'{"MTConnectStreams":{}}'
bodies = st.sampled_from([DOCUMENT, DOCUMENT * 40, b"2017-01-01T00:00:00Z|x|1", b" " + DOCUMENT, b"", b"<x/>"])


@given(st.lists(bodies, max_size=12))
def test_every_piece_comes_once_and_in_order(found: list[bytes]) -> None:
    pieces = [FilePiece(str(n), n, body) for n, body in enumerate(found)]
    groups = list(joined(pieces))
    assert [piece for group in groups for piece in group] == pieces
    assert all(len(group) == 1 or all(p.data.startswith(DOCUMENT[:10]) for p in group) for group in groups)


def test_a_large_piece_stays_alone(monkeypatch) -> None:
    monkeypatch.setattr(joined_pieces, "SMALL_BYTES", 100)
    monkeypatch.setattr(joined_pieces, "TOGETHER_BYTES", 100)
    pieces = [FilePiece(n, 0, body) for n, body in zip("abcdefg", [DOCUMENT] * 5 + [DOCUMENT * 9] * 2, strict=True)]
    assert ["".join(p.path for p in group) for group in joined(pieces)] == ["abcd", "e", "f", "g"]
