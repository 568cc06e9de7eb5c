"""An agent's endless multipart answer, cut into its parts as bytes arrive; chunk borders may be anywhere."""

import re
from dataclasses import dataclass

from smelt.terms.errors import TransientError

HEAD_LIMIT = 64 << 10
BODY_LIMIT = 512 << 20
_BOUNDARY_LINE = re.compile(rb"(?:\A|\n)(--[^\r\n]+)\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"(?:\A|\n)content-length\s*:\s*(\d{1,12})\s*(?:\r?\n|\Z)", re.IGNORECASE)
_TYPE = re.compile(rb"(?:\A|\n)content-type\s*:\s*([^\r\n]*)", re.IGNORECASE)
_XML_END = re.compile(rb"</[\w.:-]*MTConnect\w+\s*>\s*\Z")
_JSON_END = re.compile(rb"[}\]]\s*\}\s*\Z")
_JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_TAIL = 400  # bytes in which a document's end is looked for


@dataclass(frozen=True)
class StreamPart:
    """A part as the agent sent it."""

    content_type: str
    body: bytes


class PartReader:
    """Cuts a multipart body into parts.

    A part is given as soon as its Content-Length has come and it ends like a document. Where the length lies, or
    is not told, the next boundary ends it. What is not whole when the stream ends is not given.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._boundary: bytes | None = None
        self._head: tuple[str, int | None] | None = None  # content type and length of the part being read
        self._looked = 0  # bytes in which there is no boundary

    def feed(self, data: bytes) -> list[StreamPart]:
        """Take the next bytes; return the parts that are whole now.

        Raises
        ------
        TransientError
            If this is no multipart stream: a head or a body without end.
        """
        self._bytes += data
        parts = []
        while (part := self._next()) is not None:
            parts.append(part)
        return parts

    def _next(self) -> StreamPart | None:
        if self._head is None and not self._read_head():
            return None
        assert self._head is not None
        content_type, length = self._head
        end = self._body_end(length)
        if end is None:
            if len(self._bytes) > BODY_LIMIT:
                raise TransientError(f"a part of the stream is longer than {BODY_LIMIT >> 20} MB")
            return None
        body = bytes(self._bytes[:end])
        del self._bytes[:end]
        self._head, self._looked = None, 0
        return StreamPart(content_type, body)

    def _read_head(self) -> bool:
        """Read up to a part's body; False if more bytes are needed."""
        start = self._after_boundary()
        end = _HEAD_END.search(self._bytes, max(start - 1, 0)) if start is not None else None
        if start is None or end is None:
            if len(self._bytes) > HEAD_LIMIT:
                raise TransientError(f"no part of a multipart stream begins in {len(self._bytes):,} bytes of it")
            return False
        head = bytes(self._bytes[start : end.start()])
        length, kind = _LENGTH.search(head), _TYPE.search(head)
        self._head = (kind[1].decode("latin-1").strip() if kind else "", int(length[1]) if length else None)
        del self._bytes[: end.end()]
        return True

    def _after_boundary(self) -> int | None:
        if self._boundary is None:
            found = _BOUNDARY_LINE.search(self._bytes)
            if found is None:
                return None
            self._boundary = found[1].rstrip()
        at = self._bytes.find(self._boundary)
        end = self._bytes.find(b"\n", at) if at >= 0 else -1
        return end + 1 if end >= 0 else None

    def _body_end(self, length: int | None) -> int | None:
        """Return where the body ends, None if that cannot be told yet."""
        boundary = self._find_boundary()
        if boundary is not None and (length is None or boundary < length):
            return boundary
        if length is not None and len(self._bytes) >= length and self._ends_at(length):
            return length
        return boundary

    def _find_boundary(self) -> int | None:
        """Return where a line break and the boundary begin."""
        assert self._boundary is not None
        marker = b"\n" + self._boundary
        at = self._bytes.find(marker, max(0, self._looked - len(marker)))
        if at < 0:
            self._looked = len(self._bytes)
            return None
        return at - 1 if at and self._bytes[at - 1] == 0x0D else at

    def _ends_at(self, length: int) -> bool:
        """Say whether the document can end here: it looks like an end, and a line break follows it."""
        following = bytes(self._bytes[length : length + 1])
        if following:
            return following in b"\r\n" and looks_ended(bytes(self._bytes[max(0, length - _TAIL) : length]))
        return is_whole(bytes(self._bytes[:length]))


def looks_ended(document: bytes) -> bool:
    """Say whether the last bytes of a document look like its end."""
    tail = document[-_TAIL:]
    return (_JSON_END.search(tail) or _XML_END.search(tail)) is not None


def is_whole(document: bytes) -> bool:
    """Say whether a document has its end: a Content-Length that lies cuts it, and its Header would still be believed.

    Examples
    --------
    >>> is_whole(b'{"a":{"b":[{"c":"}"}]}}'), is_whole(b'{"a":{"b":[{"c":{}}')
    (True, False)
    """
    if not looks_ended(document):
        return False
    if _XML_END.search(document[-_TAIL:]):
        return True
    bare = _JSON_STRING.sub(b"", document)
    if b'"' in bare:
        return False
    return bare.count(b"{") == bare.count(b"}") and bare.count(b"[") == bare.count(b"]")
