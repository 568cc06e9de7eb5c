"""Where the parts of a multipart stream lie: what an agent sends without end, and the files that recorders write.

Content-Length counts; where it lies, the next boundary does. A bad part never takes its neighbours along.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from smelt.mtconnect.event_time import parse_event_time
from smelt.mtconnect.http_response import read_fields

_FIRST_LINE = re.compile(rb"(?:\A|\n)(--[^\r\n]{1,200}?)(?:--)?[ \t]*(?:\r?\n|\Z)")
_NAMED = re.compile(r'boundary="?([^";]{1,200})', re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LONGEST_HEAD = 1 << 16
_BLANKS = b" \t\r\n\0"


class Part(NamedTuple):
    """A part: its body is the bytes [start, end); where `fault` says why, the bytes are no part."""

    start: int
    end: int
    source: str | None = None
    record_key: str | None = None
    received_at_us: int | None = None
    fault: str | None = None


def find_boundary(data: bytes, content_type: str = "") -> bytes | None:
    """Return what a boundary line says, dashes included: as the head names it, else as the first such line has it.

    Examples
    --------
    >>> find_boundary(b"--smelt\\r\\nContent-Length: 0\\r\\n\\r\\n")
    b'--smelt'
    """
    named = _NAMED.search(content_type)
    if named is not None:
        name = named[1].strip().encode()
        stands = (mark for mark in (b"--" + name, name) if mark in data)
        found = next(stands, None)
        if found is not None:
            return found
    first = _FIRST_LINE.search(data)
    return None if first is None else first[1]


def read_parts(data: bytes, boundary: bytes) -> Iterator[Part]:
    """Yield the parts in order, and the stretches between them that are none.

    Examples
    --------
    >>> data = b"--s\\r\\nContent-Location: http://a/sample\\r\\nContent-Length: 4\\r\\n\\r\\n<a/>\\r\\n"
    >>> [(data[part.start : part.end], part.source) for part in read_parts(data, b"--s")]
    [(b'<a/>', 'http://a/sample')]
    """
    lines = _Lines(data, boundary)
    before, at = 0, lines.find(0)
    while at is not None:
        yield from _gap(data, before, at)
        head = data.find(b"\n", at) + 1 or len(data)
        if data.startswith(b"--", at + len(boundary)):
            before, at = head, lines.find(head - 1)
            continue
        part = _read_part(data, head, lines)
        yield part
        before, at = part.end, lines.find(part.end - 1 if part.end > head else head - 1)
        if at is not None and not data[before:at].strip(_BLANKS):
            before = at
    yield from _gap(data, before, len(data))


class _Lines:
    """Finds boundary lines."""

    def __init__(self, data: bytes, boundary: bytes) -> None:
        self._data = data
        self._boundary = boundary
        self._mark = re.compile(rb"[\r\n]*" + re.escape(boundary) + rb"(?:--)?[ \t]*(?:[\r\n]|\Z)")
        self._rest = (boundary + b"--\r\n").startswith

    def find(self, at: int) -> int | None:
        """Return the start of the first boundary line whose line end before it lies at `at` or later."""
        if at <= 0 and self._stands_at(0):
            return 0
        while True:
            at = self._data.find(b"\n" + self._boundary, max(at, 0))
            if at < 0 or self._stands_at(at + 1):
                return None if at < 0 else at + 1
            at += 1

    def _stands_at(self, at: int) -> bool:
        return self._data.startswith(self._boundary, at) and self._mark.match(self._data, at) is not None

    def follow(self, at: int) -> bool:
        """Say whether nothing but a boundary line, whole or cut by the end of the file, comes at byte `at`."""
        if self._data[at - 1 : at + 1] == b"\r\n":
            return False
        match = self._mark.match(self._data, at)
        return match is not None or self._rest(self._data[at : at + len(self._boundary) + 8].lstrip(b"\r\n"))


def _read_part(data: bytes, head: int, lines: _Lines) -> Part:
    """Read the part whose head begins at byte `head`."""
    if data.startswith((b"\r\n", b"\n"), head):
        fields, start = {}, data.index(b"\n", head) + 1
    else:
        match = _HEAD_END.search(data, head, head + _LONGEST_HEAD)
        following = lines.find(head - 1)
        if match is None or (following is not None and following < match.start()):
            end = len(data) if following is None else following
            return Part(head, end, fault="a part whose head does not end")
        fields, start = read_fields(data[head : match.start()]), match.end()
    return Part(
        start,
        _body_end(data, start, fields.get("content-length", ""), lines),
        fields.get("content-location"),
        fields.get("record-key"),
        parse_event_time(fields.get("received-at", "")),
    )


def _body_end(data: bytes, start: int, length: str, lines: _Lines) -> int:
    if length.isdecimal() and length.isascii() and len(length) < 16:
        end = start + int(length)
        if end <= len(data) and lines.follow(end):
            return end
    following = lines.find(start - 1)
    if following is None:
        return len(data)
    end = following - 1
    return max(start, end - 1 if data[end - 1 : end] == b"\r" else end)


def _gap(data: bytes, start: int, end: int) -> Iterator[Part]:
    if data[start:end].strip(_BLANKS):
        yield Part(start, end, fault="between the parts of a stream")
