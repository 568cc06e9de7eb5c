"""A stream of plain bytes to pieces that can be decoded one by one: cut where a document, a part or a line begins."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from smelt.mtconnect.borders import BLANKS, HEAD, SPACE, LastBorder, borders_of, next_value, torn_at
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
_JSON_KIND = re.compile(SPACE + rb'\{[ \t\r\n]*+"(MTConnect(?:Streams|Devices|Assets|Error))"[ \t\r\n]*+:')
_MODELS = ("MTConnectDevices", "MTConnectAssets")
_FIRST = 1 << 15  # no document's root element begins behind that


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
    last_border: LastBorder | None = None
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        while size - looked >= sizes.target:
            data = b"".join(held)
            last_border = last_border or borders_of(data[:HEAD])
            end = last_border(data, max(looked - HEAD, 0))
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
                end = torn_at(data) or len(data)
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


class _TooLong(NamedTuple):
    """Something that is not held: what, the bound, what to do, and how it is told where it ends."""

    what: str
    bound: int
    remedy: str
    next_document: NextDocument


def _too_long(data: bytes, sizes: Sizes) -> _TooLong | None:
    """Tell what the bytes begin with if it is longer than can be held; None if it may be read, or cut."""
    json = _JSON_KIND.match(data)
    xml = find_documents(data[:HEAD])[:1] if data[:HEAD].lstrip(BLANKS).startswith(b"<") else []
    next_document = next_xml if xml else next_json
    kind = json[1].decode() if json is not None else xml[0].kind if xml else None
    if kind in _MODELS and len(data) >= sizes.model:
        return _TooLong(f"{kind} document", sizes.model, "ask the agent for less at once", next_document)
    if len(data) < sizes.most:
        return None
    if kind is not None:
        remedy = "give its Header an instanceId, or cut the file into smaller ones"
        return _TooLong(f"{kind} document that cannot be cut", sizes.most, remedy, next_document)
    if data[:HEAD].lstrip(BLANKS)[:1] == b"{" and not torn_at(data):
        return _TooLong("value that cannot be cut", sizes.most, "deliver the document without an envelope", next_value)
    return None


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
