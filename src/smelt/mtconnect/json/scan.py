"""Scans one document of JSON version 1 or 2 without parsing it: where header and observations lie, where it tears.

Only documents that cannot be parsed whole come here, so this is written for certainty, not for speed.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

_TOKEN = re.compile(rb'[ \t\r\n]*+(?:("[^"\\]*+(?:\\.[^"\\]*+)*+")|([{}\[\],:])|([^ \t\r\n"{}\[\],:]++)|\Z)', re.DOTALL)
_LITERAL = re.compile(rb"[-+]?[0-9][0-9.eE+-]*|[-+]?(?:NaN|Infinity|nan|inf)|true|false|null|undefined|None")
_MAX_DEPTH = 512
_OPENERS = {ord("}"): ord("{"), ord("]"): ord("[")}

_CATEGORIES = frozenset({b"Samples", b"Events", b"Condition"})


@dataclass(frozen=True)
class Shape:
    """How the documents of a version nest.

    levels : what stands at each depth, the number of containers around it: its bracket and, where only
        certain members may hold others, their keys. The last level is the observation.
    category, element : at which depth the keys stand that tell an observation's category and element.
    """

    dialect: Literal["json-v1", "json-v2"]
    levels: tuple[tuple[bytes, frozenset[bytes] | None], ...]
    category: int
    element: int

    @property
    def observation(self) -> int:
        """Depth of an observation."""
        return len(self.levels) - 1


_TOP: tuple[tuple[bytes, frozenset[bytes] | None], ...] = (
    (b"{", None),
    (b"{", frozenset({b"MTConnectStreams"})),
)
_VERSION_2 = Shape(
    "json-v2",
    (
        *_TOP,
        (b"{", frozenset({b"Streams"})),
        (b"[", frozenset({b"DeviceStream"})),
        (b"{", None),
        (b"[", frozenset({b"ComponentStream"})),
        (b"{", None),
        (b"{", _CATEGORIES),
        (b"[", None),
        (b"{", None),
    ),
    category=7,
    element=8,
)
_VERSION_1 = Shape(
    "json-v1",
    (
        *_TOP,
        (b"[", frozenset({b"Streams"})),
        (b"{", None),
        (b"{", frozenset({b"DeviceStream"})),
        (b"[", frozenset({b"ComponentStreams"})),
        (b"{", None),
        (b"{", frozenset({b"ComponentStream"})),
        (b"[", _CATEGORIES),
        (b"{", None),
        (b"{", None),
    ),
    category=8,
    element=10,
)
_ENVELOPE = 3
_DEVICE = 5  # the members of a DeviceStream, in both versions


class Span(NamedTuple):
    """Bytes [start, end) with the keys on the way down to them and the device they stand in, counted from 0."""

    start: int
    end: int
    keys: tuple[bytes, ...]
    device: int


@dataclass
class Scan:
    """What a scan found; `fault` is None if the document is complete, else why the scan stopped at `end`."""

    end: int = 0
    fault: str | None = None
    header: Span | None = None
    shape: Shape | None = None  # None: no Streams were seen
    observations: list[Span] = field(default_factory=list)
    oddities: list[Span] = field(default_factory=list)
    uuids: dict[int, bytes] = field(default_factory=dict)

    @property
    def kept_until(self) -> int:
        """End of the last thing that is complete; 0 if nothing is."""
        last = (self.observations[-1:] + self.oddities[-1:]) + ([self.header] if self.header else [])
        return max((span.end for span in last), default=0)


def scan_document(data: bytes, start: int, limit: int) -> Scan:
    """Scan the document that begins at `start`; nothing at or behind `limit` is read."""
    scanner = _Scanner()
    at = start
    while True:
        token = _TOKEN.match(data, at, limit)
        if token is None:
            return scanner.stop(at, "a string does not end")
        at = token.end()
        text, mark, bare = token.groups()
        place = at - len(text or mark or bare or b"")
        if text is None and mark is None and bare is None:
            return scanner.stop(at, "the document ends in the middle")
        fault = scanner.take_mark(mark, place) if mark else scanner.take_scalar(text or bare, place)
        if fault is not None:
            return scanner.stop(place, fault)
        if not scanner.stack:
            return scanner.stop(at, None)


class _Scanner:
    """The state of a scan: open brackets, the keys they stand under, what may come next, the leaf it is inside."""

    def __init__(self) -> None:
        self.stack = bytearray()
        self._keys: list[bytes] = []
        self._key = b""
        self._next = "value"
        self._leaf: tuple[int, int] | None = None  # depth and start of a container whose inside is not looked at
        self._device = -1
        self._shape = _VERSION_2
        self._found = Scan()

    def stop(self, at: int, fault: str | None) -> Scan:
        """Close the books."""
        self._found.end = at
        self._found.fault = fault
        return self._found

    def take_mark(self, mark: bytes, at: int) -> str | None:
        """Take a bracket, comma or colon; returns what is wrong with it."""
        if mark in b"{[":
            return self._open(mark, at)
        if mark in b"}]":
            return self._close(mark, at)
        if mark == b":" and self._next == "colon":
            self._next = "value"
        elif mark == b"," and self._next == "comma":
            self._next = "key" if self.stack[-1:] == b"{" else "value"
        else:
            return f"'{mark.decode()}' where a {self._next} should stand"
        return None

    def take_scalar(self, token: bytes, at: int) -> str | None:
        """Take a string, number or word; returns what is wrong with it."""
        is_string = token[:1] == b'"'
        if self._next in ("key", "key or end") and is_string:
            self._key = token[1:-1]
            self._next = "colon"
            return None
        if self._next not in ("value", "value or end") or not (is_string or _LITERAL.fullmatch(token)):
            return f"a word where a {self._next} should stand"
        self._next = "comma"
        if self._leaf is None:
            self._note_scalar(token, at)
        return None

    def _note_scalar(self, token: bytes, at: int) -> None:
        depth = len(self.stack)
        if depth == _DEVICE and self._key == b"uuid":
            self._found.uuids[self._device] = token
        elif depth >= _ENVELOPE and self._may_hold_others(depth):
            self._found.oddities.append(self._span(at, at + len(token)))

    def _may_hold_others(self, depth: int) -> bool:
        keys = self._shape.levels[depth][1]
        return keys is None or self._key in keys

    def _open(self, mark: bytes, at: int) -> str | None:
        if self._next not in ("value", "value or end"):
            return f"'{mark.decode()}' where a {self._next} should stand"
        depth = len(self.stack)
        if depth >= _MAX_DEPTH:
            return f"more than {_MAX_DEPTH} levels"
        if self._leaf is None:
            self._note_open(mark, at, depth)
        self.stack += mark
        self._keys.append(self._key)
        self._key = b""
        self._next = "key or end" if mark == b"{" else "value or end"
        return None

    def _note_open(self, mark: bytes, at: int, depth: int) -> None:
        if depth == _ENVELOPE - 1 and self._key == b"Streams":
            self._found.shape = self._shape = _VERSION_1 if mark == b"[" else _VERSION_2
        is_known = mark == self._shape.levels[depth][0] and self._may_hold_others(depth)
        if depth == self._shape.observation or not is_known:
            self._leaf = (depth, at)
        elif depth == _DEVICE - 1:
            self._device += 1

    def _close(self, mark: bytes, at: int) -> str | None:
        is_open = bool(self.stack) and self.stack[-1] == _OPENERS[mark[0]]
        if not is_open or self._next not in ("comma", "key or end", "value or end"):
            return f"'{mark.decode()}' where a {self._next} should stand"
        self.stack.pop()
        self._key = self._keys.pop()
        self._next = "comma"
        if self._leaf is not None and len(self.stack) == self._leaf[0]:
            self._note_leaf(self._leaf[1], at + 1, mark)
            self._leaf = None
        return None

    def _note_leaf(self, start: int, end: int, mark: bytes) -> None:
        depth = len(self.stack)
        span = self._span(start, end)
        if depth == self._shape.observation and mark == b"}":
            self._found.observations.append(span)
        elif depth >= _ENVELOPE:
            self._found.oddities.append(span)
        elif depth == _ENVELOPE - 1 and self._key == b"Header":
            self._found.header = span

    def _span(self, start: int, end: int) -> Span:
        return Span(start, end, (*self._keys, self._key), self._device)
