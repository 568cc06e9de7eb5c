"""UTF-16 and UTF-32 to UTF-8, some megabytes at a time, with the way back for offsets: XML, JSON or a log."""

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

HEAD = 8  # so many bytes tell the encoding
_MARKS = (
    (re.compile(rb"\xff\xfe\0\0[^\0]\0\0\0|[<{\[\"*0-9 \t\r\n]\0\0\0[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\xfe\xff\0\0\0[^\0]|\0\0\0[<{\[\"*0-9 \t\r\n]\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"\xff\xfe[^\0]\0|[<{\[\"*0-9 \t\r\n]\0[^\0]\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\xfe\xff\0[^\0]|\0[<{\[\"*0-9 \t\r\n]\0[^\0]\0[^\0]"), "utf-16-be"),
)
CODECS = tuple(codec for _, codec in _MARKS)
_DECLARED = re.compile(rb"(<\?xml\s[^>]*?)(\sencoding\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))")
_AT_ONCE = 4 << 20
_BLOCK = 64


def codec_of(head: bytes) -> str | None:
    """Return the codec of text with two or four bytes a character, told by its first `HEAD` bytes; None of any other.

    Examples
    --------
    >>> codec_of("<a/>".encode("utf-16")), codec_of(b"<a/>")
    ('utf-16-le', None)
    """
    return next((codec for mark, codec in _MARKS if mark.match(head)), None)


def codec_of_stream(chunks: Iterable[bytes]) -> tuple[Iterator[bytes], str | None]:
    """Return the chunks, and the codec that they begin in."""
    rest, seen, head = iter(chunks), [], b""
    while len(head) < HEAD and (chunk := next(rest, None)) is not None:
        seen.append(chunk)
        head += chunk[:HEAD]
    return chain(seen, rest), codec_of(head)


class _Stretch(NamedTuple):
    """Some whole characters: where they begin in the UTF-8, and how many code units stand before them.

    bits : a byte is 1 where a code unit begins; counts : units before each block of it. None if all is ASCII.
    """

    start: int
    units: int
    bits: NDArray[np.uint8] | None = None
    counts: NDArray[np.uint32] | None = None

    def before(self, at: int) -> int:
        """Return how many units stand before a byte of the UTF-8."""
        inside = at - self.start
        if self.bits is None or self.counts is None:
            return self.units + inside
        block = min(inside // _BLOCK, len(self.counts) - 1)
        first = block * _BLOCK
        bits = np.unpackbits(self.bits[first // 8 : (first + _BLOCK) // 8], count=inside - first)
        return self.units + int(self.counts[block]) + int(bits.sum())


@dataclass
class FilePlaces:
    """Where the characters of a file stood before they were turned into UTF-8; what is ASCII takes no memory.

    Attributes
    ----------
    unit : bytes of a code unit, 2 or 4.
    size : bytes of the file so far.
    """

    unit: int
    size: int = 0
    _end: int = 0
    _units: int = 0
    _base: int = 0
    _stretches: tuple[_Stretch, ...] = ()

    def add(self, text: bytes) -> None:
        """Note UTF-8 that follows."""
        if not text:
            return
        if text.isascii():
            if not self._stretches or self._stretches[-1].bits is not None:
                self._stretches += (_Stretch(self._end, self._units),)
            self._units += len(text)
        else:
            self._note(np.frombuffer(text, np.uint8))
        self._end += len(text)

    def _note(self, text: NDArray[np.uint8]) -> None:
        is_unit = (text & 0xC0) != 0x80
        if self.unit == 2:
            is_unit[1:] |= text[:-1] >= 0xF0  # two units are a character of four bytes
        blocks = np.add.reduceat(is_unit, np.arange(0, len(text), _BLOCK), dtype=np.uint32)
        counts = np.cumsum(blocks, dtype=np.uint32)
        stretch = _Stretch(self._end, self._units, np.packbits(is_unit), counts - blocks)
        self._stretches += (stretch,)
        self._units += int(counts[-1])

    def of(self, at: int) -> int:
        """Return the offset in the file of a byte of the UTF-8."""
        place = bisect_right(self._stretches, at, key=lambda stretch: stretch.start) - 1
        return min(self._stretches[place].before(at) * self.unit - self._base, self.size) if place >= 0 else 0

    def forget(self, before: int) -> None:
        """Forget the bytes of the UTF-8 before one: they are not asked for any more."""
        self._stretches = self._from(before)

    def _from(self, at: int) -> tuple[_Stretch, ...]:
        return self._stretches[max(bisect_right(self._stretches, at, key=lambda stretch: stretch.start) - 1, 0) :]

    def since(self, at: int) -> "FilePlaces":
        """Return the same, counted from a byte of the UTF-8 on."""
        base = self.of(at)
        moved = tuple(stretch._replace(start=stretch.start - at) for stretch in self._from(at))
        return FilePlaces(self.unit, self.size - base, self._end - at, self._units, self._base + base, moved)


def to_utf8(chunks: Iterable[bytes], codec: str, places: FilePlaces | None = None) -> Iterator[bytes]:
    """Yield chunks of text as UTF-8; what is no character becomes U+FFFD, and where each stood is noted."""
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    small = (chunk[i : i + _AT_ONCE] for chunk in chunks for i in range(0, len(chunk), _AT_ONCE))
    for chunk in chain(small, [b""]):
        text = decoder.decode(chunk, final=not chunk).encode()
        if places is not None:
            places.size += len(chunk)
            places.add(text)
        if text:
            yield text


def undeclared(text: bytes) -> bytes:
    """Blank out what XML documents declare of their encoding, which is true no longer.

    Examples
    --------
    >>> undeclared(b'<?xml version="1.0" encoding="UTF-16"?>')
    b'<?xml version="1.0"                  ?>'
    """
    return _DECLARED.sub(lambda found: found[1] + b" " * len(found[2]), text)


class Utf8(NamedTuple):
    """A file's text as UTF-8, and where it stood in the file."""

    data: bytes
    places: FilePlaces


def utf8_of(data: bytes) -> Utf8 | None:
    """Return UTF-16 or UTF-32 as UTF-8, or None if it is neither.

    Examples
    --------
    >>> utf8_of("<a/>".encode("utf-16")).data, utf8_of(b"<a/>") is None
    (b'\\xef\\xbb\\xbf<a/>', True)
    """
    codec = codec_of(data[:HEAD])
    if codec is None:
        return None
    places = places_of(codec)
    return Utf8(undeclared(b"".join(to_utf8([data], codec, places))), places)


def places_of(codec: str) -> FilePlaces:
    """Return where nothing has stood yet."""
    return FilePlaces(4 if codec.startswith("utf-32") else 2)
