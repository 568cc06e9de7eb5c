"""Small pieces of neighbouring files are decoded as one: a call costs as much as some thousand observations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SMALL_BYTES = 4 << 20
TOGETHER_BYTES = 8 << 20
_JOINABLE = b'{"MTConnectStreams"'


@dataclass(frozen=True)
class FilePiece:
    """Plain bytes of a landing file, and where in it they begin."""

    path: str
    offset: int
    data: bytes


def joined(pieces: Iterable[FilePiece]) -> Iterator[list[FilePiece]]:
    """Put small pieces of JSON documents together, in their order, up to TOGETHER_BYTES; others stay alone.

    Joined, they are what a delivery stream makes of documents anyway: one behind the other, without a sign.

    Examples
    --------
    >>> body = b'{"MTConnectStreams":{}}'
    >>> pieces = [FilePiece("a", 0, body), FilePiece("b", 0, body), FilePiece("c", 0, b"2017-01-01T00:00:00Z|x|1")]
    >>> [[piece.path for piece in group] for group in joined(pieces)]
    [['a', 'b'], ['c']]
    """
    group: list[FilePiece] = []
    size = 0
    for piece in pieces:
        is_joinable = _is_joinable(piece.data)
        if group and (not is_joinable or size + len(piece.data) > TOGETHER_BYTES):
            yield group
            group, size = [], 0
        if is_joinable:
            group.append(piece)
            size += len(piece.data)
        else:
            yield [piece]
    if group:
        yield group


def _is_joinable(data: bytes) -> bool:
    return len(data) <= SMALL_BYTES and data.startswith(_JOINABLE)
