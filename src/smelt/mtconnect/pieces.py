"""A stream of plain bytes to pieces that can be decoded one by one: cut where a document, a part or a line begins."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from smelt.mtconnect.encoding import codec_of_stream, places_of, to_utf8
from smelt.mtconnect.long.document import Cutting, pieces_of
from smelt.mtconnect.long.feed import Feed, NextDocument
from smelt.mtconnect.long.json import JsonWay, begin_json, next_json
from smelt.mtconnect.long.piece import Part, Piece, as_they_stood
from smelt.mtconnect.long.xml import XmlWay, begin_xml, next_xml
from smelt.mtconnect.xml.documents import find_documents

TARGET = 16 << 20
LONG = 64 << 20
MOST = 128 << 20
MODEL = 32 << 20
_HEAD = 1 << 16
_NEAR = 300
_SLOWLY = 1 << 20
_SPACE = rb"[ \t\r\n\x1e\xef\xbb\xbf]*+"
_JSON_ROOT = rb'\{[ \t\r\n]*+"(?:MTConnect(?:Streams|Devices|Assets|Error)|@xml|\?xml)"[ \t\r\n]*+:'
# no comma between two objects: only where one document ends and the next begins; in a string a quote would be escaped
_JSON_NEXT = rb"(?<=\})" + _SPACE + rb'(?=\{[ \t\r\n]*+"[^"\\]{0,200}"[ \t\r\n]*+:)'
_JSON = re.compile(rb"(?=" + _JSON_ROOT + rb")|" + _JSON_NEXT + rb"|(?<=\]\n)(?=\[)|(?<=\]\r\n)(?=\[)")
_JSON_ELEMENT = re.compile(rb'(?<=\})[ \t\r\n]*+,[ \t\r\n]*+(?=\{[ \t\r\n]*+["}])')  # not in a text's JSON
_JSON_KIND = re.compile(_SPACE + rb'\{[ \t\r\n]*+"(MTConnect(?:Streams|Devices|Assets|Error))"[ \t\r\n]*+:')
_XML_DECLARATION = re.compile(rb"(?=<\?xml[ \t\r\n])")
_XML_ROOT = re.compile(rb"(?=<(?:[A-Za-z_][\w.-]{0,50}:)?MTConnect(?:Streams|Devices|Assets|Error)[ \t\r\n/>])")
_LINE = re.compile(rb"(?<=\n)")
_RECORD = re.compile(rb"(?<=\n)[ \t]*+([0-9]{4}-[0-9]{2}-[0-9]{2}T[^|\n]{0,60})\|")
_LOG = re.compile(rb"(?m)^[ \t]*[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)?(?:@[0-9.]+)?\|")
_BLANKS = b" \t\r\n\x1e\xef\xbb\xbf"
_MODELS = ("MTConnectDevices", "MTConnectAssets")
_FIRST = 1 << 15  # no document's root element begins behind that
_LastBorder = Callable[[bytes, int], int]


@dataclass(frozen=True)
class Sizes:
    """How a file is cut, in bytes.

    target : large enough that the first so many bytes tell what the file is.
    long : a Streams document that is longer becomes several pieces, which open again what is around them.
    most : any other document or value that is longer is refused, and not held; the rest is cut where it can be.
    model : a Devices or Assets document that is longer is refused: read whole, it takes 30 times as much memory.
    """

    target: int = TARGET
    long: int = LONG
    most: int = MOST
    model: int = MODEL


SIZES = Sizes()


def cut(
    chunks: Iterable[bytes], sizes: Sizes = SIZES, again: Callable[[], Iterable[bytes]] | None = None
) -> Iterator[Piece]:
    r"""Join chunks and cut them anew, at the last border in each `target` bytes.

    Parameters
    ----------
    again : returns the chunks once more, for long documents that tell last what is needed first.

    Notes
    -----
    Borders: the root of an MTConnect document (JSON, XML), an object that follows another without a comma
    (joined records, JSON lines), the boundary of a multipart stream, a log's line whose time differs from
    the one before it (identical lines of an instant are counted together). The content of the pieces is that
    of the chunks, byte by byte, but for what opens and closes the parts of a long document; of UTF-16 and UTF-32 it
    is turned into UTF-8, and the offsets are still the file's.

    Examples
    --------
    >>> log = b"2020-01-01T00:00:00Z|a|1\n2020-01-01T00:00:00Z|a|1\n2020-01-01T00:00:01Z|a|2\n"
    >>> [piece.offset for piece in cut([log], Sizes(target=60))]
    [0, 50]
    """
    rest, codec = codec_of_stream(chunks)
    if codec is None:
        yield from _cut(rest, sizes, again)
        return
    places = places_of(codec)
    once_more = None if again is None else lambda: to_utf8(again(), codec)
    yield from as_they_stood(_cut(to_utf8(rest, codec, places), sizes, once_more), places)


def _cut(chunks: Iterator[bytes], sizes: Sizes, again: Callable[[], Iterable[bytes]] | None) -> Iterator[Piece]:
    held: list[bytes] = []
    size = offset = looked = 0
    last_border: _LastBorder | None = None
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        while size - looked >= sizes.target:
            data = b"".join(held)
            last_border = last_border or _borders_of(data[:_HEAD])
            end = last_border(data, max(looked - _HEAD, 0))
            if end <= 0 and looked < sizes.long <= size:
                feed = Feed(data, offset, chunks)
                yield from _long_pieces(feed, Cutting(sizes.target, sizes.most, again))
                if feed.offset > offset:
                    held, size, offset, looked = [feed.data], len(feed.data), feed.offset, 0
                    continue
                data, size = feed.data, len(feed.data)
            if end <= 0 and (too_long := _too_long(data, sizes)) is not None:
                feed = Feed(data, offset, chunks)
                yield _refused(feed, too_long, sizes)
                held, size, offset, looked = [feed.data], len(feed.data), feed.offset, 0
                continue
            if end <= 0 and size >= sizes.most:
                end = _torn(data) or len(data)
            if end <= 0:
                held, looked = [data], size
                break
            yield Piece(offset, data[:end])
            offset += end
            held, looked = [data[end:]], 0
            size -= end
    if size:
        yield Piece(offset, b"".join(held))


def _long_pieces(feed: Feed, cutting: Cutting) -> Iterator[Piece]:
    """Yield the pieces of the long document that a feed begins with; if it is none, the feed stays as it is."""
    json, xml = begin_json(feed.data), begin_xml(feed.data)
    if json is not None:
        feed.watch(json.behind, next_json)
        yield from pieces_of(feed, JsonWay(json.start), json, cutting)
    elif xml is not None:
        feed.watch(xml.behind, next_xml)
        yield from pieces_of(feed, XmlWay(xml.start), xml, cutting)


def _borders_of(head: bytes) -> _LastBorder:
    """Tell by a file's first bytes what a border is in it."""
    start = head.lstrip(_BLANKS)
    if start.startswith(b"HTTP/1."):
        return lambda _data, _start: 0  # the head says how all that follows is framed; a border is no single byte
    if start.startswith(b"--"):
        boundary = start.splitlines()[0].rstrip()
        return _last_of(re.compile(rb"(?<=\n)(?=" + re.escape(boundary) + rb"\r?\n)"), boundary)
    if start.startswith(b"<?xml"):
        return _last_of(_XML_DECLARATION, b"<?xml")
    if start.startswith(b"<"):
        return _last_of(_XML_ROOT, b"<MTConnect", b":MTConnect")
    if start.startswith((b"{", b"[", b",")):
        return _last_of(_JSON, b'"MTConnect', b"}{", b"}\n{", b"}\r\n{")
    return _last_instant if _LOG.search(head) or start.startswith(b"* ") else _last_of(_LINE, b"\n")


def _last_of(border: re.Pattern[bytes], *marks: bytes) -> _LastBorder:
    """Return a search for the last border; a mark stands near nearly every one, and is found much faster."""

    def last(data: bytes, start: int) -> int:
        for window in _from_behind(data, start):
            end = max(_last_near(data, window, border, mark) for mark in marks)
            if end:
                return end
        return _last_between(data, max(start, len(data) - _SLOWLY), border)

    return last


def _last_near(data: bytes, start: int, border: re.Pattern[bytes], mark: bytes) -> int:
    place = data.rfind(mark, start)
    while place > 0:
        end = _last_between(data, max(place - _NEAR, start), border, place + _NEAR)
        if end:
            return end
        place = data.rfind(mark, start, place)
    return 0


def _last_between(data: bytes, start: int, border: re.Pattern[bytes], end: int | None = None) -> int:
    """Return the last border but the one at the very beginning, or 0."""
    ends = [m.end() for m in border.finditer(data, start, len(data) if end is None else end)]
    return ends[-1] if ends else 0


def _last_instant(data: bytes, start: int) -> int:
    for window in _from_behind(data, start):
        lines = list(_RECORD.finditer(data, window))
        for line in reversed(lines):
            if line[1] != lines[-1][1]:
                return lines[lines.index(line) + 1].start()
    return 0


def _from_behind(data: bytes, start: int) -> Iterator[int]:
    """Yield where to look from: the last bytes first, then ever more of them."""
    window = _HEAD
    while len(data) - window > start:
        yield len(data) - window
        window *= 8
    yield start


def _torn(data: bytes) -> int:
    """Return where to cut what has no border: between elements, else at a line's end; 0 if nowhere."""
    half = len(data) // 2
    return _last_near(data, max(half, len(data) - _SLOWLY), _JSON_ELEMENT, b",") or _last_near(data, half, _LINE, b"\n")


class _TooLong(NamedTuple):
    """Something that is not held: what, the bound, what to do, and how it is told where it ends."""

    what: str
    bound: int
    remedy: str
    next_document: NextDocument


def _too_long(data: bytes, sizes: Sizes) -> _TooLong | None:
    """Tell what the bytes begin with if it is longer than can be held; None if it may be read, or cut."""
    json = _JSON_KIND.match(data)
    xml = find_documents(data[:_HEAD])[:1] if data[:_HEAD].lstrip(_BLANKS).startswith(b"<") else []
    next_document = next_xml if xml else next_json
    kind = json[1].decode() if json is not None else xml[0].kind if xml else None
    if kind in _MODELS and len(data) >= sizes.model:
        return _TooLong(f"{kind} document", sizes.model, "ask the agent for less at once", next_document)
    if len(data) < sizes.most:
        return None
    if kind is not None:
        remedy = "give its Header an instanceId, or cut the file into smaller ones"
        return _TooLong(f"{kind} document that cannot be cut", sizes.most, remedy, next_document)
    if data[:_HEAD].lstrip(_BLANKS)[:1] == b"{" and not _torn(data):
        return _TooLong("value that cannot be cut", sizes.most, "deliver the document without an envelope", _next_value)
    return None


def _next_value(data: bytes, start: int) -> int:
    found = _JSON.search(data, start + 1)
    return -1 if found is None else found.end()


def _refused(feed: Feed, long: _TooLong, sizes: Sizes) -> Piece:
    """Read on, holding little, to where something else begins; return the piece that says what was not read."""
    start = feed.offset
    feed.watch(_FIRST, long.next_document)
    behind = feed.skip(sizes.target)
    end = feed.offset + behind
    feed.more(behind, 0)
    size = f"{end - start:,} bytes, more than {long.bound:,} that are held"
    reason = f"a {long.what}: {size}; {long.remedy}"
    return Piece(start, b"", Part(start, 0, start, end, 0, 0), None, reason)
