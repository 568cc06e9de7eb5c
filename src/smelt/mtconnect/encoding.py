"""Bytes in an encoding of two bytes a character to UTF-8, with the way back for offsets: XML, JSON or a log."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyarrow as pa

from smelt.terms.observation import Decoded, Reject

_MARKS = (
    (re.compile(rb"\xff\xfe[^\0]\0|[<{\[\"*0-9 \t\r\n]\0[^\0]\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\xfe\xff\0[^\0]|\0[<{\[\"*0-9 \t\r\n]\0[^\0]\0[^\0]"), "utf-16-be"),
)
_DECLARED = re.compile(rb"(<\?xml\s[^>]*?)(\sencoding\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))")


@dataclass(frozen=True)
class Utf8:
    """A file's text as UTF-8, and the encoding that it came in."""

    data: bytes
    codec: str

    def span(self, offset: int, length: int) -> tuple[int, int]:
        """Return offset and length in the file of a stretch of the UTF-8."""
        places = self._places((offset, offset + length))
        return places[offset], places[offset + length] - places[offset]

    def from_outside(self, decoded: Decoded) -> Decoded:
        """Return the same with offsets and lengths of the file's own bytes."""
        spans = zip(decoded.documents["offset"].to_pylist(), decoded.documents["length"].to_pylist(), strict=True)
        ranges = [*spans, *((r.offset, r.length) for r in decoded.rejects)]
        places = self._places({end for at, length in ranges for end in (at, at + length)})
        moved = [(places[at], places[at + length] - places[at]) for at, length in ranges]
        documents = decoded.documents
        for column, name in enumerate(("offset", "length")):
            place = documents.schema.get_field_index(name)
            values = pa.array([span[column] for span in moved[: documents.num_rows]], pa.int64())
            documents = documents.set_column(place, documents.schema.field(name), values)
        told = zip(moved[documents.num_rows :], decoded.rejects, strict=True)
        return replace(decoded, documents=documents, rejects=tuple(Reject(*span, r.reason) for span, r in told))

    def _places(self, offsets: Iterable[int]) -> dict[int, int]:
        """Return where offsets of the UTF-8 lie in the file; the text is gone through once."""
        places, before, place = {}, 0, 0
        for at in sorted(set(offsets)):
            place += len(self.data[before:at].decode(errors="ignore").encode(self.codec, "surrogatepass"))
            places[at], before = place, at
        return places


def utf16_of(data: bytes) -> Utf8 | None:
    """Return a UTF-16 file as UTF-8, or None if it is none; what is no character becomes U+FFFD.

    What an XML document declares of its encoding is blanked out: it is true no longer.

    Examples
    --------
    >>> utf16_of("<a/>".encode("utf-16")).data, utf16_of(b"<a/>") is None
    (b'\\xef\\xbb\\xbf<a/>', True)
    """
    codec = next((codec for mark, codec in _MARKS if mark.match(data)), None)
    if codec is None:
        return None
    text = data.decode(codec, errors="replace").encode()
    return Utf8(_DECLARED.sub(lambda found: found[1] + b" " * len(found[2]), text), codec)
