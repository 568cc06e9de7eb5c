"""A recorded HTTP response to its body: the head taken off, chunked framing undone, and the way back for offsets."""

import re
from bisect import bisect_right
from dataclasses import dataclass

_HEAD = re.compile(rb"HTTP/[1-3](?:\.[01])?[ \t][^\r\n]*\r?\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_LONGEST_HEAD = 1 << 16


@dataclass(frozen=True)
class Body:
    """A response's body in one piece; `starts` of its pieces here and in the file, in order.

    content_type : as the head says, or "" without a head.
    """

    data: bytes
    content_type: str = ""
    starts: tuple[int, ...] = (0,)
    file_starts: tuple[int, ...] = (0,)

    def in_file(self, at: int) -> int:
        """Return the offset in the file of byte `at`; the end of a piece is its own, not the next one's start."""
        place = bisect_right(self.starts, at) - 1
        return self.file_starts[place] + at - self.starts[place]


def open_response(data: bytes) -> Body:
    """Return the body of a recorded response; bytes without a head are their own body.

    Examples
    --------
    >>> head = b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
    >>> body = open_response(head + b"3\\r\\nabc\\r\\n2\\r\\nde\\r\\n0\\r\\n")
    >>> body.data, body.in_file(3) - len(head)
    (b'abcde', 11)
    """
    match = _HEAD.match(data)
    if match is None:
        return Body(data)
    end = _head_end(data, match.end())
    fields = read_fields(data[match.end() : end])
    content_type = fields.get("content-type", "")
    if "chunked" in fields.get("transfer-encoding", "").lower() and _CHUNK.match(data, end):
        return _without_chunks(data, end, content_type)
    return Body(data[end:], content_type, (0,), (end,))


def _head_end(data: bytes, at: int) -> int:
    ends = [data.find(mark, at - 1, at + _LONGEST_HEAD) + len(mark) for mark in (b"\r\n\r\n", b"\n\n")]
    found = [end for mark, end in zip((4, 2), ends, strict=True) if end >= mark]
    return min(found, default=len(data))


def read_fields(head: bytes) -> dict[str, str]:
    """Return header fields by their names in lower case; what is no field is left out.

    Examples
    --------
    >>> read_fields(b"Content-type: text/xml\\r\\nCONTENT-LENGTH:12\\r\\n")
    {'content-type': 'text/xml', 'content-length': '12'}
    """
    fields = {}
    for line in head.decode("utf-8", errors="replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields[name.strip().lower()] = value.strip()
    return fields


def _without_chunks(data: bytes, at: int, content_type: str) -> Body:
    """Join the chunks; where the framing breaks off, the rest counts as it stands."""
    pieces, starts, file_starts = [], [], []
    size = 0
    match = _CHUNK.match(data, at)
    while match is not None and at < len(data):
        length = int(match[1], 16)
        if length == 0:
            break
        piece = data[match.end() : match.end() + length]
        pieces.append(piece)
        starts.append(size)
        file_starts.append(match.end())
        size += len(piece)
        line_end = _LINE_END.match(data, match.end() + length)
        at = match.end() + len(piece) if line_end is None else line_end.end()
        match = _CHUNK.match(data, at) if line_end is not None else None
    if match is None and at < len(data):
        pieces.append(data[at:])
        starts.append(size)
        file_starts.append(at)
    return Body(b"".join(pieces), content_type, tuple(starts) or (0,), tuple(file_starts) or (at,))
