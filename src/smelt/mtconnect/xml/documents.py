"""Where XML documents of MTConnect begin in a file that holds several, joined in any way."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from smelt.terms.observation import Kind

BLANKS = b" \t\r\n\xef\xbb\xbf\0"
ROOT = re.compile(rb"<(?:[\w.-]+:)?(MTConnect(?:Streams|Devices|Assets|Error))(?=[\s/>])")
_PROLOG_MARKS = (b"<?", b"<!--", b"<!DOCTYPE")
_PROLOG = re.compile(rb"<\?(?:(?!\?>).)*+\?>|<!--(?:(?!-->).)*+-->|<!DOCTYPE[^<>\[]*+(?:\[[^\]]*+\]\s*+)?>", re.DOTALL)
_QUOTES = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"))
_LONGEST_PREFIX = 64
_LONGEST_PROLOG = 1 << 14
_KINDS: dict[bytes, Kind] = {
    b"MTConnectStreams": "MTConnectStreams",
    b"MTConnectDevices": "MTConnectDevices",
    b"MTConnectAssets": "MTConnectAssets",
    b"MTConnectError": "MTConnectError",
}


class Found(NamedTuple):
    """A document of a kind: its first byte (of its declaration, if it has one) and that of its root element."""

    start: int
    root: int
    kind: Kind


def find_documents(data: bytes) -> list[Found]:
    """Return the documents in order; what only looks like one in CDATA or in a comment is none.

    Examples
    --------
    >>> [found.start for found in find_documents(b'<?xml version="1.0"?><m:MTConnectError/><MTConnectStreams/>')]
    [0, 40]
    """
    found: list[Found] = []
    end = 0
    for root, kind in _roots(data):
        start = _start(data, root, end)
        found.append(Found(start, root, kind))
        end = root + 1
    return found


def _roots(data: bytes) -> Iterator[tuple[int, Kind]]:
    quotes = _QUOTES if b"<!" in data else ()
    quoted = sorted(span for opened, closed in quotes for span in _quoted(data, opened, closed))
    starts = [start for start, _ in quoted]
    at = data.find(b"MTConnect")
    while at >= 0:
        before = data.rfind(b"<", max(0, at - _LONGEST_PREFIX), at)
        match = ROOT.match(data, before) if before >= 0 else None
        place = bisect_right(starts, before) - 1
        is_quoted = place >= 0 and before < quoted[place][1]
        if match is not None and match.start(1) == at and not is_quoted:
            yield before, _KINDS[match[1]]
        at = data.find(b"MTConnect", at + 1)


def _quoted(data: bytes, opened: bytes, closed: bytes) -> Iterator[tuple[int, int]]:
    """Yield the CDATA sections or comments; one that runs into another document does not end at all."""
    at, end, declared = data.find(opened), 0, 0
    while at >= 0:
        if end < at + len(opened):
            end = data.find(closed, at + len(opened))
            if end < 0:
                return
        if declared < at:
            declared = data.find(b"<?xml ", at)
            declared = len(data) if declared < 0 else declared
        if declared > end:
            yield at, end + len(closed)
        at = data.find(opened, end if declared > end else at + 1)


def _start(data: bytes, root: int, end: int) -> int:
    """Go back from a root element over its declaration, style sheets, comments and document type."""
    first = max(end, root - _LONGEST_PROLOG)
    start = root
    while not data.startswith(b"<?xml ", start):
        before = first + len(data[first:start].rstrip(BLANKS))
        opened = sorted((data.rfind(mark, first, before) for mark in _PROLOG_MARKS), reverse=True)
        fits = next((at for at in opened if at >= 0 and _PROLOG.fullmatch(data, at, before)), None)
        if fits is None:
            return start
        start = fits
    return start
