"""Bytes of XML in an encoding of two bytes a character to UTF-8, with the way back for offsets."""

import re
from dataclasses import dataclass

_MARKS = (
    (re.compile(rb"(?:\xff\xfe)?<\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"(?:\xfe\xff)?\0<\0[^\0]"), "utf-16-be"),
)


@dataclass(frozen=True)
class Utf8:
    """A file's text as UTF-8, and the encoding that it came in."""

    data: bytes
    codec: str

    def span(self, offset: int, length: int) -> tuple[int, int]:
        """Return offset and length in the file of a stretch of the UTF-8."""
        start, end = self._offset(offset), self._offset(offset + length)
        return start, end - start

    def _offset(self, at: int) -> int:
        return len(self.data[:at].decode(errors="ignore").encode(self.codec, "surrogatepass"))


def utf16_of(data: bytes) -> Utf8 | None:
    """Return a UTF-16 file as UTF-8, or None if it is none; what is no character becomes U+FFFD.

    Examples
    --------
    >>> utf16_of("<a/>".encode("utf-16")).data, utf16_of(b"<a/>") is None
    (b'\\xef\\xbb\\xbf<a/>', True)
    """
    codec = next((codec for mark, codec in _MARKS if mark.match(data)), None)
    return None if codec is None else Utf8(data.decode(codec, errors="replace").encode(), codec)
