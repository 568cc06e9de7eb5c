"""Tells by the first bytes what a landing file is, and hands it to the decoder of that dialect.

A new dialect is a file with a decoder, a case in `sniff` and a case in `decode`.
"""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from smelt.mtconnect.encoding import codec_of, utf8_of
from smelt.mtconnect.json.decode import decode_json, decode_plain, find_documents
from smelt.mtconnect.json.values import BETWEEN
from smelt.mtconnect.long.piece import Piece, placed
from smelt.mtconnect.merge import merge, moved
from smelt.mtconnect.multipart_decode import decode_multipart, decode_parts
from smelt.mtconnect.records.envelopes import last_will
from smelt.mtconnect.rows import Building
from smelt.mtconnect.shdr.decode import decode_shdr
from smelt.mtconnect.topic_lines import is_topic_line, read_topic_lines
from smelt.mtconnect.xml.decode import NO_DOCUMENT, decode_xml
from smelt.terms.observation import Decoded, Origin

Sniffed = Literal["empty", "utf-16", "json", "shdr", "xml", "multipart", "topics", "gzip", "unknown"]

NOWHERE = Origin()
_HEAD = 1 << 16
_LONGEST_WILL = 64
SMALL = 1 << 16  # below that the plain decoder is done before compiled code is loaded
_LOG_LINE = re.compile(
    rb"(?m)^[ \t]*(?:[0-9]{4}[-/][ 0-9]?[0-9][-/][ 0-9]?[0-9]|[ 0-9]?[0-9]/[ 0-9]?[0-9]/[0-9]{4})"
    rb"[Tt ][ 0-9]{0,2}[0-9]:[ 0-9][0-9][^|\n]{0,40}\|"
)
_NOTHING = re.compile(rb"(?:[ \t\r\n,\x1e\xef\xbb\xbf]|\[[ \t\r\n]*+\])*+")  # but not open brackets, nor zeros alone
_XML = re.compile(rb"<\?xml|<(?:[\w.-]+:)?MTConnect|<!DOCTYPE|<!--", re.ASCII)
_XML_LATER = re.compile(rb"<(?:[\w.-]+:)?MTConnect(?:Streams|Devices|Assets|Error)[\s/>]", re.ASCII)
_BOUNDARY = re.compile(rb"(?mi)^--[^\r\n]+\r?\n(?:[\w-]+:[^\r\n]*\r?\n)*?Content-(?:Type|Length|Location):")
_LATER = {
    "multipart": "a stream in parts within a part of a stream",
    "topics": "lines of topics within a part of a stream",
    "utf-16": "UTF-16 within UTF-16",
    "gzip": "still gzip after unpacking twice",
    "unknown": "neither an MTConnect document nor a record nor an adapter log",
}


def sniff(data: bytes) -> Sniffed:
    """Tell the dialect of a file's plain bytes.

    Examples
    --------
    >>> sniff(b"2017-06-22T08:31:57Z|avail|AVAILABLE"), sniff(b"<MTConnectStreams>"), sniff(b"garbage")
    ('shdr', 'xml', 'unknown')
    """
    if codec_of(data) is not None:
        return "utf-16"
    start = data[:_HEAD].lstrip(BETWEEN) or data.lstrip(BETWEEN)[:_HEAD]
    if not start:
        return "empty"
    has_lines = b"\n" in start  # to look for one byte is twenty times as fast as for three
    if start.startswith((b"HTTP/1.", b"HTTP/2", b"HTTP/3", b"--")) or (
        has_lines and b"\n--" in start and _BOUNDARY.search(start)
    ):
        return "multipart"
    if _LOG_LINE.match(start):
        return "shdr"
    if _XML.match(start):
        return "xml"
    if is_topic_line(start):
        return "topics"
    if start.startswith((b"{", b'"')) or next(find_documents(data), None) is not None:
        return "json"
    return _sniff_rest(data, start)


def _sniff_rest(data: bytes, start: bytes) -> Sniffed:
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if _XML_LATER.search(data):
        return "xml"
    if _LOG_LINE.search(data) or start.startswith(b"* "):
        return "shdr"
    return "json" if b'{"' in start else "unknown"


def decode(data: bytes, origin: Origin = NOWHERE) -> Decoded:
    """Decode a landing file's plain bytes, whatever they are; never raises."""
    match sniff(data):
        case "multipart":
            return decode_multipart(data, origin, _decode_plain)
        case "topics":
            decoded = decode_parts(data, read_topic_lines(data), origin, _decode_plain)
            return replace(decoded, rejects=tuple(sorted(decoded.rejects, key=lambda reject: reject.offset)))
        case _:
            return _decode_plain(data, origin)


def _decode_plain(data: bytes, origin: Origin) -> Decoded:
    match sniff(data):
        case "empty":
            return Building().finish() if _NOTHING.fullmatch(data) else _reject_all(data, _LATER["unknown"])
        case "utf-16" if (wide := utf8_of(data)) is not None:
            return placed(decode(wide.data, origin), Piece(0, wide.data, None, wide.places))
        case "xml":
            return _decode_xml(data, origin)
        case "json":
            return decode_plain(data, origin) if len(data) < SMALL else decode_json(data, origin)
        case "shdr" if origin.log_device_uuid is not None:
            return decode_shdr(data, origin.log_device, origin.log_device_uuid)
        case "shdr":
            return _reject_all(data, "an adapter's log, but no device is named for it: give its device")
        case later:
            will = last_will(data[:_LONGEST_WILL].decode(errors="replace"))
            return _reject_all(data, will or _LATER[later])


def _decode_xml(data: bytes, origin: Origin) -> Decoded:
    """Decode XML; where JSON stands between its documents, each stretch by its own reader."""
    decoded = decode_xml(data, origin)
    gaps = [(r.offset, r.offset + r.length) for r in decoded.rejects if r.reason == NO_DOCUMENT]
    foreign = [gap for gap in gaps if sniff(data[slice(*gap)]) == "json"]
    if not foreign:
        return decoded
    found = []
    for start, end in pairwise(sorted({0, len(data), *(border for gap in foreign for border in gap)})):
        read = decode_json if (start, end) in foreign else decode_xml
        found.append(moved(read(data[start:end], origin), start))
    return merge(found)


def _reject_all(data: bytes, reason: str) -> Decoded:
    building = Building()
    building.reject(0, len(data), reason)
    return building.finish()
