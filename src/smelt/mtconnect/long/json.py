"""The way along a long Streams document of JSON version 1 or 2, and what opens and closes a piece of it."""

import re
from dataclasses import dataclass, field

import numpy as np
import orjson

from smelt.mtconnect.json.header import int64
from smelt.mtconnect.long import json_walk as walks
from smelt.mtconnect.long.document import Event
from smelt.mtconnect.long.feed import Begin, Feed
from smelt.mtconnect.long.json_walk import CUT, ENDED, FAULT, HEADER, MORE, UUID, Walk, new_walk, walk

_ROOT = re.compile(rb'\{[ \t\r\n]*+"MTConnect(?:Streams|Devices|Assets|Error)"[ \t\r\n]*+:[ \t\r\n]*+(?=\{)')
_BEGIN = re.compile(rb'[ \t\r\n\xef\xbb\xbf]*+(?=\{[ \t\r\n]*+"MTConnectStreams"[ \t\r\n]*+:[ \t\r\n]*+\{)')
_MARK = b'"MTConnect'
_CONTENT, _DEVICE = 1, 4  # the levels of the objects that hold Header and uuid
_SKIPPED_AT_ONCE = 16 << 20


def begin_json(data: bytes) -> Begin | None:
    """Return where the Streams document begins with which the bytes begin, or None.

    Examples
    --------
    >>> begin_json(b' {"MTConnectStreams": {'), begin_json(b'{"MTConnectDevices": {')
    (Begin(start=1, behind=2), None)
    """
    found = _BEGIN.match(data)
    return None if found is None else Begin(found.end(), found.end() + 1)


def next_json(data: bytes, start: int) -> int:
    """Return where a document begins, from `start` on, or -1.

    Examples
    --------
    >>> next_json(b'{"MTConnectStreams":{}}{"MTConnectError":{}}', 1)
    23
    """
    mark = data.find(_MARK, start)
    while mark >= 0:
        opened = len(data[max(mark - 256, start) : mark].rstrip(b" \t\r\n")) + max(mark - 256, start) - 1
        if opened >= start and _ROOT.match(data, opened) is not None:
            return opened
        mark = data.find(_MARK, mark + 1)
    return -1


def _tells_instance(header: bytes) -> bool:
    try:
        return int64(orjson.loads(header).get("instanceId")) is not None
    except (orjson.JSONDecodeError, AttributeError):
        return False


@dataclass
class _Told:
    """What a document tells of itself and its devices, as it stands there."""

    header: bytes | None = None
    uuids: dict[int, bytes] = field(default_factory=dict)


class JsonWay:
    """Walks along a document of the agent's own JSON; see `long.document.Way`.

    Attributes
    ----------
    header : the last one that was met, as it stands there.
    """

    def __init__(self, root: int) -> None:
        self.at = root
        self.body_end = root
        self.kept = root
        self.header: bytes | None = None
        self._base = 0
        self._walk: Walk = new_walk(root)
        self._met = _Told()
        self._behind = _Told()
        self._names: dict[int, bytes] = {}

    def go(self, feed: Feed, wanted: int) -> Event:
        """Walk on to the first comma from `wanted` on between two elements of a list or members on the way to one."""
        base = int(np.frombuffer(feed.data, np.uint8).ctypes.data) if feed.data else self._base
        self._walk.move(base - self._base)
        self._base = base
        while True:
            found = walk(self._walk, base + feed.end, base + wanted, int(feed.limit is not None))
            if found in (HEADER, UUID):
                self._note(feed.data, found)
                continue
            self.at = int(self._walk.fields[walks.AT]) - base
            if found == CUT:
                self._keep_names(feed.data)
                self.body_end = self.at - 1
                self.kept = int(self._walk.fields[walks.KEPT]) - base
                return Event.CUT
            if found == ENDED:
                return Event.ENDED
            if found == FAULT:
                self.body_end = int(self._walk.fields[walks.END]) - base
                return Event.TORN
            self.body_end = feed.end
            return Event.MORE if found == MORE and feed.limit is None else Event.TORN

    def _note(self, data: bytes, found: int) -> None:
        start, end = self._walk.fields[[walks.START, walks.END]] - self._base
        if found == HEADER:
            self.header = data[start:end]
            self._met.header = self.header if _tells_instance(self.header) else None
        else:
            self._met.uuids[self._device] = data[start:end]

    @property
    def _device(self) -> int:
        return int(self._walk.fields[walks.DEVICE])

    @property
    def _is_in_device(self) -> bool:
        return int(self._walk.fields[walks.DEPTH]) > _DEVICE

    def _keep_names(self, data: bytes) -> None:
        """Keep the keys on the way down: the bytes in which they stand will be forgotten."""
        keys = self._walk.keys
        for level in range(int(self._walk.fields[walks.DEPTH])):
            if keys[level, 0] >= 0:
                start, end = (keys[level] - self._base).tolist()
                self._names[level] = data[start:end]
                keys[level] = -1

    def move(self, by: int) -> None:
        """Let what stood at an offset stand `by` further on."""
        self._base -= by
        self.at += by
        self.body_end += by

    def opened(self) -> bytes:
        """Return what opens all that is open here, and what was told of it."""
        found = []
        for level in range(int(self._walk.fields[walks.DEPTH])):
            name = self._names[level]
            found += [b'"%s":' % name if name else b"", self._bracket(level)]
            if level == _CONTENT and self._met.header is not None:
                found.append(b'"Header":%s,' % self._met.header)
            if level == _DEVICE and self._device in self._met.uuids:
                found.append(b'"uuid":%s,' % self._met.uuids[self._device])
        return b"".join(found)

    def _bracket(self, level: int) -> bytes:
        return bytes(self._walk.stack[level : level + 1])

    def closed(self) -> bytes:
        """Return what closes all that is open here, with what is told of it behind."""
        found = []
        for level in reversed(range(int(self._walk.fields[walks.DEPTH]))):
            if level == _CONTENT and self._met.header is None and self._behind.header is not None:
                found.append(b',"Header":%s' % self._behind.header)
            uuid = self._behind.uuids.get(self._device) if self._device not in self._met.uuids else None
            if level == _DEVICE and uuid is not None:
                found.append(b',"uuid":%s' % uuid)
            found.append(b"}" if self._bracket(level) == b"{" else b"]")
        return b"".join(found)

    @property
    def has_header(self) -> bool:
        """Say whether the header that was met last tells its agent's instance."""
        return self._met.header is not None

    @property
    def lacks(self) -> bool:
        """Say whether the header or the device's uuid was not met yet."""
        return self._met.header is None or (self._is_in_device and self._device not in self._met.uuids)

    def learn(self, feed: Feed) -> bool:
        """Look for header and uuids in the document; without a header, or the first device's uuid, it is not cut."""
        ahead = JsonWay(0)
        begin = 0
        while (event := ahead.go(feed, begin + _SKIPPED_AT_ONCE)) in (Event.CUT, Event.MORE):
            if event is Event.CUT:
                begin = ahead.at
            else:
                ahead.move(-begin)
                feed.more(begin, _SKIPPED_AT_ONCE)
                begin = 0
        self._behind = ahead._met
        return self._behind.header is not None and (not self._is_in_device or self._device in self._behind.uuids)

    def resume(self, feed: Feed) -> bytes | None:
        """Go to the next document: of a torn one nothing behind the tear is read."""
        self.at = feed.skip(_SKIPPED_AT_ONCE)
        return None
