"""Tells by the first bytes what a landing file is, and hands it to the decoder of that dialect.

A new dialect is a file with a decoder, a case in `sniff` and a case in `decode`.
"""

import re
from typing import Literal

from smelt.mtconnect.json import BETWEEN, decode_json, find_documents
from smelt.mtconnect.rows import Building
from smelt.mtconnect.shdr import decode_shdr
from smelt.terms.observation import Decoded, Origin

Sniffed = Literal["empty", "json-v2", "shdr", "xml", "json-trakhound", "multipart", "firehose-error", "gzip", "unknown"]

NOWHERE = Origin()
_HEAD = 1 << 16
_LOG_LINE = re.compile(rb"(?m)^[ \t]*[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)?(?:@[0-9.]+)?\|")
_XML = re.compile(rb"<\?xml|<(?:\w+:)?MTConnect|<!DOCTYPE", re.ASCII)
_TRAKHOUND = re.compile(rb'"header"\s*:|"componentStream"\s*:|"componentStreams"\s*:')
_LATER = {
    "xml": "MTConnect XML: comes later; ask the agent for JSON version 2 until then",
    "json-trakhound": "JSON of TrakHound's MTConnect.NET: comes later; use its 'json-cppagent' format until then",
    "multipart": "a recorded HTTP stream (multipart): comes later",
    "firehose-error": "an error record of a delivery stream (rawData): no observations are read from it",
    "gzip": "still gzip after unpacking twice",
    "unknown": "neither MTConnect JSON nor an adapter log",
}


def sniff(data: bytes) -> Sniffed:
    """Tell the dialect of a file's plain bytes.

    Examples
    --------
    >>> sniff(b"2017-06-22T08:31:57Z|avail|AVAILABLE"), sniff(b"<MTConnectStreams>"), sniff(b"garbage")
    ('shdr', 'xml', 'unknown')
    """
    start = data[:_HEAD].lstrip(BETWEEN) or data.lstrip(BETWEEN)[:_HEAD]
    if not start:
        return "empty"
    if start.startswith((b"HTTP/1.", b"--")):
        return "multipart"
    if _LOG_LINE.match(start):
        return "shdr"
    if _XML.match(start):
        return "xml"
    if next(find_documents(data), None) is not None:
        return "json-v2"
    return _sniff_rest(data, start)


def _sniff_rest(data: bytes, start: bytes) -> Sniffed:
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if b'"rawData"' in start and b'"errorCode"' in start.replace(b"ErrorCode", b"errorCode"):
        return "firehose-error"
    if start.startswith(b"{") and _TRAKHOUND.search(start):
        return "json-trakhound"
    return "shdr" if _LOG_LINE.search(data) or start.startswith(b"* ") else "unknown"


def decode(data: bytes, origin: Origin = NOWHERE) -> Decoded:
    """Decode a landing file's plain bytes, whatever they are; never raises."""
    match sniff(data):
        case "empty":
            return Building().finish()
        case "json-v2":
            return decode_json(data, origin)
        case "shdr" if origin.log_device_uuid is not None:
            return decode_shdr(data, origin.log_device, origin.log_device_uuid)
        case "shdr":
            return _reject_all(data, "an adapter's log, but no device is named for it: give its device")
        case later:
            return _reject_all(data, _LATER[later])


def _reject_all(data: bytes, reason: str) -> Decoded:
    building = Building()
    building.reject(0, len(data), reason)
    return building.finish()
