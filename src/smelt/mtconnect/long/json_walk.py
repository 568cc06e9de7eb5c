"""Compiled walk along the brackets of a JSON document of version 1 or 2: where it can be cut, where it ends or tears.

It goes by the rules of json.scan, so that a document tears for both at the same token; strings are passed over.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import entry, inlined, part
from smelt.mtconnect.scanner.instructions import load_byte, stops, trailing_zeros

MOST_DEPTH = 512
MORE, CUT, ENDED, HEADER, UUID, FAULT, FAULT_STRING = range(7)  # what a walk comes back with
# fields of a walk's state; offsets are addresses
AT, DEPTH, NEXT, LEAF, VERSION, DEVICE, IS_HEADER, KEY, KEY_END, START, END, KEPT, FIELDS = range(13)
KNOWN_LEVELS = 11

Longs = NDArray[np.int64]
Bytes = NDArray[np.uint8]

_VALUE, _VALUE_OR_END, _KEY, _KEY_OR_END, _COLON, _COMMA = range(6)  # what may come next
_QUOTE, _BACKSLASH, _COMMA_BYTE, _COLON_BYTE = b'"\\,:'
_OPEN, _CLOSE, _OPEN_LIST, _CLOSE_LIST = b"{}[]"
_BLANKS = (1 << 0x20) | (1 << 0x09) | (1 << 0x0A) | (1 << 0x0D)
_AT_ENVELOPE, _IN_DEVICE, _FIRST_CUT = 2, 5, 4  # how many containers are open


def _table(*texts: bytes) -> Bytes:
    """Return texts a row each, with their length in front."""
    table = np.zeros((len(texts), 1 + max(map(len, texts))), np.uint8)
    for row, text in zip(table, texts, strict=True):
        row[0] = len(text)
        row[1 : 1 + len(text)] = list(text)
    return table


_KEYS = _table(
    b"MTConnectStreams", b"Header", b"Streams", b"DeviceStream", b"uuid", b"ComponentStream", b"ComponentStreams",
    b"Samples", b"Events", b"Condition",
)  # fmt: skip
_ROOT, _HEADER, _STREAMS, _DEVICES, _UUID, _COMPONENT, _COMPONENTS = (1 << bit for bit in range(7))
_CATEGORIES = 7 << 7
_ANY = 0
_LEVELS = np.array([  # by version: the bracket at each depth, and the keys it may stand under
    (
        (_OPEN, _ANY), (_OPEN, _ROOT), (_OPEN, _STREAMS), (_OPEN_LIST, _DEVICES), (_OPEN, _ANY),
        (_OPEN_LIST, _COMPONENT), (_OPEN, _ANY), (_OPEN, _CATEGORIES), (_OPEN_LIST, _ANY), (_OPEN, _ANY), (0, _ANY),
    ),
    (
        (_OPEN, _ANY), (_OPEN, _ROOT), (_OPEN_LIST, _STREAMS), (_OPEN, _ANY), (_OPEN, _DEVICES),
        (_OPEN_LIST, _COMPONENTS), (_OPEN, _ANY), (_OPEN, _COMPONENT), (_OPEN_LIST, _CATEGORIES), (_OPEN, _ANY),
        (_OPEN, _ANY),
    ),
])  # fmt: skip
_OBSERVATION = np.array([9, 10])
_DEVICE_LEVEL = 4
_WORDS = _table(b"true", b"false", b"null", b"undefined", b"None", b"NaN", b"Infinity", b"nan", b"inf")
_SIGNED_WORDS = 5  # from there on words may have a sign


class Walk(NamedTuple):
    """A walk's fields, the brackets that are open, and where the keys of the known ones stand; places are addresses.

    A key is -1 as long as none was read since the place was forgotten.
    """

    fields: Longs
    stack: Bytes
    keys: Longs

    def move(self, by: int) -> None:
        """Let the addresses be those of bytes that were moved."""
        self.fields[[AT, KEY, KEY_END, START, END, KEPT]] += by
        self.keys[self.keys >= 0] += by


def new_walk(at: int) -> Walk:
    """Return a walk that stands before the first byte of a document."""
    fields = np.zeros(FIELDS, np.int64)
    fields[AT], fields[KEPT], fields[LEAF], fields[DEVICE] = at, at, -1, -1
    return Walk(fields, np.zeros(MOST_DEPTH, np.uint8), np.full((KNOWN_LEVELS, 2), -1, np.int64))


@entry
def walk(walked: Walk, end: int, wanted: int, is_last: int) -> int:
    """Walk on to the first place at or behind `wanted` at which the document can be cut: a comma.

    Returns CUT there, ENDED behind the document; HEADER, UUID when one was read, [START, END); FAULT at a token that
    must not stand there, which ends at END; FAULT_STRING at a string that does not end; MORE where the bytes end. What
    is not known to hold others on the way to the observations is a leaf, which is not cut.
    """
    state, stack = walked.fields, walked.stack
    at = state[AT]
    while True:
        while at < end and load_byte(at) <= 0x20 and (_BLANKS >> load_byte(at)) & 1 == 1:
            at += 1
        state[AT] = at
        if at >= end:
            return MORE
        byte = load_byte(at)
        if byte == _QUOTE:
            behind = _string_end(at + 1, end)
            if behind < 0:
                return FAULT_STRING if is_last != 0 else MORE
            if state[NEXT] == _KEY or state[NEXT] == _KEY_OR_END:
                state[KEY], state[KEY_END], state[NEXT] = at + 1, behind - 1, _COLON
                at = behind
                continue
            found = _take_scalar(state, at, behind, state[NEXT] <= _VALUE_OR_END)
            at = behind
        elif byte == _COMMA_BYTE:
            if state[NEXT] != _COMMA:
                return _fault(state, at, at + 1)
            state[NEXT] = _KEY if stack[state[DEPTH] - 1] == _OPEN else _VALUE
            at += 1
            if at > wanted and state[LEAF] < 0 and state[DEPTH] >= _FIRST_CUT and _goes_on(state, at, end):
                state[AT] = at
                return CUT
            continue
        elif byte == _COLON_BYTE:
            if state[NEXT] != _COLON:
                return _fault(state, at, at + 1)
            state[NEXT] = _VALUE
            at += 1
            continue
        elif byte in (_OPEN, _OPEN_LIST):
            found = _open(walked, at, byte)
            at += 1
        elif byte in (_CLOSE, _CLOSE_LIST):
            found = _close(state, stack, at, byte)
            at += 1
        else:
            behind = _bare_end(at, end)
            if behind == end and is_last == 0:
                return MORE
            found = _take_scalar(state, at, behind, state[NEXT] <= _VALUE_OR_END and _is_literal(at, behind))
            at = behind
        if found != MORE:
            if found != FAULT:
                state[AT] = at
            return found


@inlined
def _fault(state: Longs, at: int, end: int) -> int:
    state[START], state[END] = at, end
    return FAULT


@part
def _goes_on(state: Longs, at: int, end: int) -> bool:
    """Tell whether an element or member follows: at anything else the document tears, and it must be told so there."""
    while at < end and load_byte(at) <= 0x20 and (_BLANKS >> load_byte(at)) & 1 == 1:
        at += 1
    return at < end and load_byte(at) == (_QUOTE if state[NEXT] == _KEY else _OPEN)


@part
def _string_end(at: int, end: int) -> int:
    """Return the place behind the closing quote of the string whose inside begins at `at`, or -1."""
    while at < end:
        if at + 32 <= end:
            found = stops(at)
            if found == 0:
                at += 32
                continue
            at += trailing_zeros(found)
        byte = load_byte(at)
        if byte == _QUOTE:
            return at + 1
        at += 2 if byte == _BACKSLASH else 1
    return -1


@part
def _bare_end(at: int, end: int) -> int:
    while at < end:
        byte = load_byte(at)
        if byte <= 0x20 and (_BLANKS >> byte) & 1 == 1:
            break
        if byte in (_QUOTE, _COMMA_BYTE, _COLON_BYTE, _OPEN, _CLOSE, _OPEN_LIST, _CLOSE_LIST):
            break
        at += 1
    return at


@part
def _is_literal(at: int, end: int) -> bool:
    """Tell whether [at, end) is a number or a word that some writer means by a value."""
    first = load_byte(at)
    is_signed = first in (0x2D, 0x2B)  # - +
    start = at + 1 if is_signed else at
    if start < end and load_byte(start) >= 0x30 and load_byte(start) <= 0x39:
        for i in range(start + 1, end):
            byte = load_byte(i)
            if not (byte >= 0x30 and byte <= 0x39) and byte not in (0x2E, 0x65, 0x45, 0x2B, 0x2D):  # . e E + -
                return False
        return True
    found = _which(_WORDS, start, end)
    return found >= (_SIGNED_WORDS if is_signed else 0)


@part
def _which(table: Bytes, at: int, end: int) -> int:
    """Return the row of a table in which the text [at, end) stands, or -1."""
    for row in range(len(table)):
        if table[row, 0] != end - at:
            continue
        i = 0
        while i < end - at and table[row, 1 + i] == load_byte(at + i):
            i += 1
        if i == end - at:
            return row
    return -1


@part
def _key_bit(state: Longs) -> int:
    row = _which(_KEYS, state[KEY], state[KEY_END])
    return 0 if row < 0 else 1 << row


@part
def _take_scalar(state: Longs, at: int, end: int, is_fit: bool) -> int:
    if not is_fit:
        return _fault(state, at, end)
    state[NEXT] = _COMMA
    depth = state[DEPTH]
    if state[LEAF] < 0 and depth > _AT_ENVELOPE:
        key, keys = _key_bit(state), _LEVELS[state[VERSION], depth, 1]
        if depth == _IN_DEVICE and key == _UUID:
            state[START], state[END] = at, end
            return UUID
        if keys == _ANY or key & keys != 0:
            state[KEPT] = end
    return MORE


@part
def _open(walked: Walk, at: int, byte: int) -> int:
    state, stack = walked.fields, walked.stack
    depth = state[DEPTH]
    if state[NEXT] > _VALUE_OR_END or depth >= MOST_DEPTH:
        return _fault(state, at, at + 1)
    if state[LEAF] < 0:
        has_key = depth > 0 and stack[depth - 1] == _OPEN
        key = _key_bit(state) if has_key else 0
        if depth == _AT_ENVELOPE and key == _STREAMS:
            state[VERSION] = 1 if byte == _OPEN_LIST else 0
        version = state[VERSION]
        bracket, keys = _LEVELS[version, depth]
        if depth == _OBSERVATION[version] or bracket != byte or (keys != _ANY and key & keys == 0):
            state[LEAF], state[START] = depth, at
            state[IS_HEADER] = 1 if depth == _AT_ENVELOPE and key == _HEADER else 0
        else:
            state[DEVICE] += 1 if depth == _DEVICE_LEVEL else 0
            walked.keys[depth, 0], walked.keys[depth, 1] = (state[KEY], state[KEY_END]) if has_key else (at, at)
    stack[depth] = byte
    state[DEPTH] = depth + 1
    state[NEXT] = _KEY_OR_END if byte == _OPEN else _VALUE_OR_END
    return MORE


@part
def _close(state: Longs, stack: Bytes, at: int, byte: int) -> int:
    depth, expected = state[DEPTH] - 1, state[NEXT]
    is_open = depth >= 0 and stack[depth] == (_OPEN if byte == _CLOSE else _OPEN_LIST)
    if not is_open or expected in (_VALUE, _KEY, _COLON):
        return _fault(state, at, at + 1)
    state[DEPTH], state[NEXT] = depth, _COMMA
    if depth == 0:
        return ENDED
    if state[LEAF] == depth:
        state[LEAF] = -1
        if depth > _AT_ENVELOPE or state[IS_HEADER] != 0:
            state[KEPT] = at + 1
        if state[IS_HEADER] != 0:
            state[IS_HEADER], state[END] = 0, at + 1
            return HEADER
    return MORE
