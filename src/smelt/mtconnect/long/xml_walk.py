"""Compiled walk along the tags of an XML document: where it can be cut, where it ends or tears.

It goes by names and nesting alone; whatever else is wrong, the parser finds in the piece in which it stands.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import entry, inlined, part
from smelt.mtconnect.scanner.instructions import load_byte

MORE, CUT, ENDED, FAULT = range(4)  # what a walk comes back with
AT, DEPTH, LEAF, KEPT, FIELDS = range(5)  # fields of a walk; places are addresses
LEVELS = 5  # root, Streams, DeviceStream, ComponentStream, category
IN_STREAMS = 2

Longs = NDArray[np.int64]

_MOST_DEPTH = 64
_LT, _GT, _SLASH, _QUOTE, _APOSTROPHE, _COLON, _EXCLAMATION, _QUESTION, _DASH = b"<>/\"':!?-"
_CLOSE_BRACKET = b"]"[0]
_CDATA = np.array(list(b"[CDATA["), np.int64)
_WHOLE, _CLOSED, _OPEN = range(3)  # a start tag: as it must be; another one begins in it behind a `>`; before any
_BLANKS = (1 << 0x20) | (1 << 0x09) | (1 << 0x0A) | (1 << 0x0D)
_BASIS, _PRIME = 0x1465_0FB0_739D_0383, 0x100_0000_01B3


def _hash_of(name: bytes) -> int:
    """Return the number by which a name is known."""
    found = _BASIS
    for byte in name:
        found = ((found ^ byte) * _PRIME) % (1 << 64)
        found -= (1 << 64) if found >= 1 << 63 else 0
    return found


_CONTAINERS = np.array([
    [_hash_of(name) for name in names]
    for names in (
        (b"MTConnectStreams",) * 3, (b"Streams",) * 3, (b"DeviceStream",) * 3, (b"ComponentStream",) * 3,
        (b"Samples", b"Events", b"Condition"),
    )
])  # fmt: skip
_ENTRIES = np.array([_hash_of(b"Entry"), _hash_of(b"Cell")])


class Walk(NamedTuple):
    """A walk's fields, the names of the open elements, and the start tags of the known ones; places are addresses.

    A tag is -1 as long as none was read since the place was forgotten.
    """

    fields: Longs
    names: Longs
    tags: Longs

    def move(self, by: int) -> None:
        """Let the addresses be those of bytes that were moved."""
        self.fields[[AT, KEPT]] += by
        self.tags[self.tags >= 0] += by


def new_walk(at: int) -> Walk:
    """Return a walk that stands before the first byte of a document."""
    fields = np.zeros(FIELDS, np.int64)
    fields[AT], fields[KEPT], fields[LEAF] = at, at, -1
    return Walk(fields, np.zeros(_MOST_DEPTH, np.int64), np.full((LEVELS, 2), -1, np.int64))


@entry
def walk(walked: Walk, end: int, wanted: int) -> int:
    """Walk on to the first end of an element behind `wanted` that stands in nothing but known containers.

    Returns CUT there, ENDED behind the document; FAULT behind a tag that must not stand there; MORE where bytes end.
    An element of another name is a leaf, as an observation is, and not cut.
    """
    state = walked.fields
    while True:
        at = state[AT]
        while at < end and load_byte(at) != _LT:
            at += 1
        state[AT] = at
        behind = _markup_end(at, end)
        if behind < 0:
            return MORE
        mark, depth = load_byte(at + 1), state[DEPTH]
        found = MORE
        if mark == _SLASH:
            found = _close(walked, at, behind)
        elif mark == _EXCLAMATION:
            found = MORE if behind > at + 2 else FAULT
            behind = max(behind, at + 2)
        elif mark != _QUESTION:
            behind, found = _open(walked, at, behind, end)
            if behind < 0:
                return MORE
        state[AT] = behind
        if state[DEPTH] == 0 and depth > 0:
            return ENDED
        if found == FAULT:
            return FAULT
        is_end = state[DEPTH] < depth or state[KEPT] == behind
        if is_end and behind > wanted and state[LEAF] < 0 and state[DEPTH] >= IN_STREAMS:
            return CUT


@part
def _markup_end(at: int, end: int) -> int:
    """Return the end of the comment, section, instruction or end tag that begins at `at`; -1 if the bytes end before.

    Of a start tag only its first bytes are looked at; of what begins like a comment and is none, the end is at + 2.
    """
    if at + 12 > end:
        return _small_end(at, end)
    mark = load_byte(at + 1)
    if mark == _SLASH:
        return _after(at + 2, end, _GT, _GT, 1)
    if mark == _QUESTION:
        return _after(at + 2, end, _QUESTION, _GT, 2)
    if mark == _EXCLAMATION:
        if load_byte(at + 2) == _DASH and load_byte(at + 3) == _DASH:
            return _after(at + 4, end, _DASH, _GT, 3)
        if _begins_with(at + 2, _CDATA):
            return _after(at + 9, end, _CLOSE_BRACKET, _GT, 3)
        return at + 2
    return at + 1


@part
def _begins_with(at: int, text: Longs) -> bool:
    i = 0
    while i < len(text) and load_byte(at + i) == text[i]:
        i += 1
    return i == len(text)


@part
def _small_end(at: int, end: int) -> int:
    """Return likewise what ends within the last bytes: tags do."""
    if at + 2 >= end:
        return -1
    mark = load_byte(at + 1)
    if mark == _SLASH:
        return _after(at + 2, end, _GT, _GT, 1)
    return -1 if mark in (_QUESTION, _EXCLAMATION) else at + 1


@part
def _after(at: int, end: int, mark: int, last: int, count: int) -> int:
    """Return the place behind `last` before which the mark stands count - 1 times; -1 if there is none."""
    run = 0
    while at < end:
        byte = load_byte(at)
        if byte == last and run >= count - 1:
            return at + 1
        run = run + 1 if byte == mark else 0
        at += 1
    return -1


@inlined
def _is_blank(byte: int) -> bool:
    return byte <= 0x20 and (_BLANKS >> byte) & 1 == 1


@inlined
def _is_name(byte: int) -> bool:
    is_letter = (byte | 0x20) >= 0x61 and (byte | 0x20) <= 0x7A
    return is_letter or (byte >= 0x30 and byte <= _COLON) or byte in (_DASH, 0x2E, 0x5F) or byte >= 0x80


@part
def _name_end(at: int, end: int) -> int:
    while at < end and _is_name(load_byte(at)):
        at += 1
    return at


@part
def _hash(at: int, end: int) -> int:
    found = _BASIS
    for i in range(at, end):
        found = (found ^ load_byte(i)) * _PRIME
    return found


@part
def _local_hash(at: int, end: int) -> int:
    """Return the number of a name without its prefix."""
    start = at
    for i in range(at, end):
        if load_byte(i) == _COLON:
            start = i + 1
    return _hash(start, end)


@part
def _is_in(name: int, names: Longs) -> bool:
    i = 0
    while i < len(names) and names[i] != name:
        i += 1
    return i < len(names)


@part
def _close(walked: Walk, at: int, behind: int) -> int:
    """Read an end tag; one that is wrong within an observation spoils it alone, if it is an entry's, or its own."""
    state, name_end = walked.fields, _name_end(at + 2, behind)
    name, depth = _hash(at + 2, name_end), state[DEPTH]
    if depth == 0:
        return FAULT
    if walked.names[depth - 1] != name:
        leaf = state[LEAF]
        if leaf < 0 or leaf != LEVELS:
            return FAULT
        if walked.names[leaf] != name:
            return MORE if _is_in(_local_hash(at + 2, name_end), _ENTRIES) else FAULT
        depth = leaf + 1
    state[DEPTH] = depth - 1
    if state[LEAF] == depth - 1:
        state[LEAF], state[KEPT] = -1, behind
    return MORE


@part
def _open(walked: Walk, at: int, name_at: int, end: int) -> tuple[int, int]:
    """Read a start tag; returns the place behind it (-1 if the bytes end before), and whether it is a FAULT."""
    state, depth = walked.fields, walked.fields[DEPTH]
    name_end = _name_end(name_at, end)
    behind, form = _tag_end(name_end, end)
    if behind < 0:
        return -1, MORE
    local = _local_hash(name_at, name_end)
    is_container = state[LEAF] < 0 and depth < LEVELS and _is_in(local, _CONTAINERS[depth])
    if (is_container or depth == 0 or depth == _MOST_DEPTH - 1) and not (form == _WHOLE and is_container):
        return behind, FAULT
    if form == _OPEN:
        return behind, MORE
    is_empty = load_byte(behind - 1) == _GT and load_byte(behind - 2) == _SLASH
    if is_empty:
        if state[LEAF] < 0 and not is_container:
            state[KEPT] = behind
        return behind, MORE
    if is_container:
        walked.tags[depth, 0], walked.tags[depth, 1] = at, behind
    elif state[LEAF] < 0:
        state[LEAF] = depth
    walked.names[depth] = _hash(name_at, name_end)
    state[DEPTH] = depth + 1
    return behind, MORE


@part
def _tag_end(at: int, end: int) -> tuple[int, int]:
    """Return the place behind a start tag, and its form; the parser goes on where another one begins in it.

    There, if only a quote is missing. Else `/>` before it ends the tag, and behind `>` the element's end is awaited.
    """
    start, quote, is_odd, before = at, 0, False, 0
    while at < end:
        byte = load_byte(at)
        if byte == _LT:
            return (at, _OPEN) if quote != 0 and not is_odd else _broken_end(start, at)
        if quote != 0:
            if byte == quote:
                quote = 0
                is_odd = is_odd or (at + 1 < end and _is_name(load_byte(at + 1)))
        elif byte in (_QUOTE, _APOSTROPHE):
            quote = byte
            is_odd = is_odd or before != 0x3D  # =
        elif byte == _GT:
            return at + 1, _WHOLE
        before = before if _is_blank(byte) else byte
        at += 1
    return -1, _WHOLE


@part
def _broken_end(start: int, end: int) -> tuple[int, int]:
    for i in range(start, end):
        if load_byte(i) == _GT:
            return (i + 1 if load_byte(i - 1) == _SLASH else end), _CLOSED
    return end, _OPEN
