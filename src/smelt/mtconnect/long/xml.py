"""The way along a long Streams document of XML, and what opens and closes a piece of it."""

import re

import numpy as np

from smelt.mtconnect.json.header import int64
from smelt.mtconnect.long import xml_walk as walks
from smelt.mtconnect.long.document import Event
from smelt.mtconnect.long.feed import GUARD, Begin, Feed
from smelt.mtconnect.long.xml_walk import CUT, ENDED, IN_STREAMS, MORE, Walk, new_walk, walk
from smelt.mtconnect.xml.documents import find_documents
from smelt.mtconnect.xml.session import header_behind

_BEGIN = re.compile(
    rb"[ \t\r\n\xef\xbb\xbf]*+(?P<prolog>(?:<\?(?:(?!\?>).){0,2000}+\?>\s*+|<!--(?:(?!-->).){0,2000}+-->\s*+)*+)"
    rb"<(?:[\w.-]+:)?MTConnectStreams(?=[\s>])",
    re.DOTALL,
)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?MTConnect(?:Streams|Devices|Assets|Error)(?=[\s/>])")
_HEADER = re.compile(rb"<(?:[\w.-]+:)?Header\s[^<>]*?/?>")
_NEXT_DEVICE = re.compile(rb"<(?:[\w.-]+:)?DeviceStream(?=[\s>])")
_NAME = re.compile(rb"<([^\s/>]+)")
_NO_DEVICE = b"<DeviceStream></DeviceStream>"
_ROOT_LEVEL, _STREAMS_LEVEL = 0, 1
_LONGEST_PREFIX = 64
_READ_AT_ONCE = 16 << 20


def begin_xml(data: bytes) -> Begin | None:
    """Return where the Streams document begins with which the bytes begin, or None.

    Examples
    --------
    >>> begin_xml(b'\\n<?xml version="1.0"?><m:MTConnectStreams>'), begin_xml(b"<MTConnectDevices>")
    (Begin(start=1, behind=41), None)
    """
    found = _BEGIN.match(data)
    return None if found is None else Begin(found.start("prolog"), found.end())


def next_xml(data: bytes, start: int) -> int:
    """Return where a document begins, its declaration before it, from `start` on; or -1.

    Examples
    --------
    >>> next_xml(b'<MTConnectStreams/><?xml version="1.0"?><MTConnectError/>', 1)
    19
    """
    mark = data.find(b"MTConnect", start)
    while mark >= 0:
        root = data.rfind(b"<", max(mark - _LONGEST_PREFIX, start), mark)
        if root >= 0 and _ROOT.match(data, root) is not None:
            first = max(start, root - GUARD)
            found = find_documents(data[first : mark + _LONGEST_PREFIX])
            return first + found[0].start if found else root
        mark = data.find(b"MTConnect", mark + 1)
    return -1


class XmlWay:
    """Walks along a document of XML; see `long.document.Way`."""

    def __init__(self, root: int) -> None:
        self.at = root
        self.body_end = root
        self.kept = root
        self._start = root
        self._base = 0
        self._walk: Walk = new_walk(root)
        self._head = b""
        self._tags: dict[int, bytes] = {}
        self._header_not_told = b""  # stands behind the first piece, and no piece tells it yet

    def go(self, feed: Feed, wanted: int) -> Event:
        """Walk on to the first end of an element from `wanted` on that stands in known containers alone."""
        base = int(np.frombuffer(feed.data, np.uint8).ctypes.data) if feed.data else self._base
        self._walk.move(base - self._base)
        self._base = base
        found = walk(self._walk, base + feed.end, base + wanted)
        self.at = self.body_end = int(self._walk.fields[walks.AT]) - base
        self.kept = int(self._walk.fields[walks.KEPT]) - base
        if found == ENDED:
            return Event.ENDED
        self._keep_tags(feed.data)
        if found == CUT:
            return Event.CUT
        if found == MORE:  # if it does not go on, a comment or section does not end: its beginning shows that
            self.body_end = min(self.at + 2, feed.end)
        return Event.MORE if found == MORE and feed.limit is None else Event.TORN

    @property
    def _depth(self) -> int:
        """How many containers are open."""
        return min(int(self._walk.fields[walks.DEPTH]), walks.LEVELS)

    def _keep_tags(self, data: bytes) -> None:
        """Keep the start tags on the way down: the bytes in which they stand will be forgotten."""
        for level in range(self._depth):
            if self._walk.tags[level, 0] >= 0:
                start, end = (self._walk.tags[level] - self._base).tolist()
                self._tags[level] = data[start:end]
                if level == _STREAMS_LEVEL and not self._head:
                    self._head = data[self._start : end]
                self._walk.tags[level] = -1

    def move(self, by: int) -> None:
        """Let what stood at an offset stand `by` further on."""
        self._base -= by
        self._start += by
        self.at += by
        self.body_end += by

    def opened(self) -> bytes:
        """Return what opens all that is open here: the document's beginning, and the tags behind that are open."""
        self._header_not_told = b""
        return b"".join([self._head, *(self._tags[level] for level in range(IN_STREAMS, self._depth))])

    def closed(self) -> bytes:
        """Return what closes all that is open here, with the header if it stands behind."""
        found = []
        for level in reversed(range(self._depth)):
            name = _NAME.match(self._tags[level])
            assert name is not None
            found += [self._header_not_told if level == _ROOT_LEVEL else b"", b"</%s>" % name[1]]
        return b"".join(found)

    @property
    def lacks(self) -> bool:
        """Say whether no header stands before the Streams."""
        return not _tells_instance(self._head)

    def learn(self, feed: Feed) -> bool:
        """Look for a header behind the Streams; without one the document is not cut."""
        feed.more(0, _READ_AT_ONCE)
        while True:
            found = _HEADER.search(feed.data, 0, len(feed.data) if feed.limit is None else feed.limit)
            if found is not None:
                self._header_not_told = found[0]
                streams = self._tags[_STREAMS_LEVEL]
                self._head = self._head.removesuffix(streams) + found[0] + streams
                return _tells_instance(found[0])
            if feed.limit is not None:
                return False
            feed.more(max(len(feed.data) - GUARD, 0), _READ_AT_ONCE)

    def resume(self, feed: Feed) -> bytes | None:
        """Go on to the next device; a decoder goes on there, too."""
        if int(self._walk.fields[walks.DEPTH]) < IN_STREAMS:
            self.at = feed.skip(_READ_AT_ONCE)
            return None
        while True:
            found = _NEXT_DEVICE.search(feed.data, 0, len(feed.data) if feed.limit is None else feed.limit)
            if found is not None:
                self._begin_at(found.start())
                return _NO_DEVICE + self.closed()
            if feed.limit is not None:
                self.at = feed.limit
                return None
            feed.more(max(len(feed.data) - GUARD, 0), _READ_AT_ONCE)

    def _begin_at(self, at: int) -> None:
        """Stand before a device."""
        self.at = at
        fields = self._walk.fields
        fields[[walks.AT, walks.KEPT]] = self._base + at
        fields[walks.DEPTH], fields[walks.LEAF] = IN_STREAMS, -1


def _tells_instance(head: bytes) -> bool:
    """Say whether there is a header in these bytes that tells its agent's instance."""
    return int64(header_behind(head, 0, len(head)).get("instanceId")) is not None
