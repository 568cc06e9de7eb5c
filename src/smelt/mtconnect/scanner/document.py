"""A whole document: header, devices, components, categories; whatever is not of the shape refuses it (-1).

A document is read place by place: which keys hold others where, and what is opened then, stands in tables.
Version 2 has objects of lists, version 1 lists of *boxes*, which are objects with one key.
"""

import numpy as np

from smelt.compiled import part
from smelt.mtconnect.scanner.elements import open_list, read_list
from smelt.mtconnect.scanner.header import read_header
from smelt.mtconnect.scanner.instructions import shift_right, trailing_zeros
from smelt.mtconnect.scanner.state import BLOCK, DEVICE, NO_ROOM, SAMPLE, State, block_at
from smelt.mtconnect.scanner.text import (
    CLOSE_LIST,
    COMMA,
    OPEN,
    OPEN_LIST,
    QUOTE,
    byte_at,
    first_member,
    key_of,
    next_member,
    skip_blanks,
    skip_scalar,
    skip_value,
    string_end,
    word,
)
from smelt.mtconnect.scanner.words import find_word

_BLOCK_SIZE = BLOCK.itemsize
_ROOT_WORD = word(b"MTConnect")

_KEY_TABLE = np.array([
    key_of(key)
    for key in (
        b"MTConnectStreams", b"Header", b"Streams", b"DeviceStream", b"uuid", b"ComponentStream", b"ComponentStreams",
        b"Samples", b"Events", b"Condition",
    )
])  # fmt: skip
_CATEGORY_BIT = 7
_ROOT, _HEADER, _STREAMS, _DEVICE, _UUID, _COMPONENT, _COMPONENTS = (1 << bit for bit in range(_CATEGORY_BIT))
_CATEGORIES = 7 << _CATEGORY_BIT

# Places: lists are odd; those from _IN_DEVICE_BOX on hold what they know and nothing else.
_AT_ROOT, _IN_DEVICES, _IN_CONTENT, _IN_COMPONENTS, _IN_STREAMS, _IN_LIST, _IN_DEVICE, _NOWHERE = range(8)
_IN_COMPONENT, _IN_CATEGORY, _IN_DEVICE_BOX, _IN_COMPONENT_BOX, _OTHER = 8, 10, 12, 14, 16
_TREE = (  # by version: place, key, what it opens, and whether it must be there
    (
        (_AT_ROOT, 0, _IN_CONTENT, True),
        (_IN_CONTENT, 1, _OTHER, True),
        (_IN_CONTENT, 2, _IN_STREAMS, True),
        (_IN_STREAMS, 3, _IN_DEVICES, False),
        (_IN_DEVICE, 4, _OTHER, True),
        (_IN_DEVICE, 5, _IN_COMPONENTS, False),
        *((_IN_COMPONENT, key, _IN_CATEGORY, False) for key in (7, 8, 9)),
    ),
    (
        (_AT_ROOT, 0, _IN_CONTENT, True),
        (_IN_CONTENT, 1, _OTHER, True),
        (_IN_CONTENT, 2, _IN_DEVICES, True),
        (_IN_DEVICE_BOX, 3, _IN_DEVICE, True),
        (_IN_DEVICE, 4, _OTHER, True),
        (_IN_DEVICE, 6, _IN_COMPONENTS, False),
        (_IN_COMPONENT_BOX, 5, _IN_COMPONENT, True),
        *((_IN_COMPONENT, key, _IN_LIST, False) for key in (7, 8, 9)),
    ),
)
_ELEMENTS = np.zeros((2, 17), np.int64)  # what a list's elements are
_ELEMENTS[:, _IN_DEVICES] = _IN_DEVICE, _IN_DEVICE_BOX
_ELEMENTS[:, _IN_COMPONENTS] = _IN_COMPONENT, _IN_COMPONENT_BOX
_KEYS, _MUSTS, _CLEARED, _PARENTS = np.zeros((4, 2, 17), np.int64)
_OPENED = np.full((2, 17, len(_KEY_TABLE)), _OTHER)
for _version, _rows in enumerate(_TREE):
    for _place, _bit, _opened, _is_needed in _rows:
        _KEYS[_version, _place] |= 1 << _bit
        _MUSTS[_version, _place] |= _is_needed << _bit
        _OPENED[_version, _place, _bit] = _opened
        if _opened != _OTHER:
            _PARENTS[_version, _opened] = _place
    for _list in (_IN_DEVICES, _IN_COMPONENTS):
        _PARENTS[_version, _ELEMENTS[_version, _list]] = _list
_CLEARED[:] = _KEYS
# What is seen of the root and its content counts for the whole document, whose version the content tells.
_CLEARED[:, [_AT_ROOT, _IN_CONTENT]] = 0


@part
def read_document(s: State, at: int) -> int:
    """Read the document that begins at `at` and return its end."""
    s.header, s.is_version_1, s.device = 0, 0, -1
    place, seen, category, first_block = _AT_ROOT, 0, SAMPLE, s.blocks
    at = first_member(s, at + 1) if byte_at(s, at) == OPEN else -1
    while at >= 0:
        if s.key_length < 0:
            at = _close(s, at, place, seen, first_block)
            if place == _AT_ROOT:
                return at
            seen &= ~_CLEARED[s.is_version_1, place]
            place = _PARENTS[s.is_version_1, place]
        else:
            key = _key(s) & _KEYS[s.is_version_1, place]
            inner = _inside(s, at, place, key, category)
            if key & seen != 0 or inner == _NOWHERE:
                return -1
            seen |= key
            if key & _CATEGORIES != 0:
                category, s.level, s.visit = shift_right(key, _CATEGORY_BIT + 1), 0, s.visit + 1
            if inner == _IN_DEVICE:
                first_block = s.blocks
            if inner == _IN_LIST:
                at = read_list(s, at, category)
            elif inner != _OTHER:
                place = inner
                at = first_member(s, at + 1) if place & 1 == 0 else _first_element(s, at + 1)
                continue
            else:
                at = _read_member(s, at, place, key)
        if at >= 0:
            at = next_member(s, at) if place & 1 == 0 else _next_element(s, at)
    return -1


@part
def _key(s: State) -> int:
    """Return the bit of the key read last; 0 if it is none that matters."""
    for i in range(_KEY_TABLE.shape[0]):
        key = _KEY_TABLE[i]
        if s.key_length == key[0] and s.key_first == key[1] and s.key_last == key[2]:
            return 1 << i
    return 0


@part
def _inside(s: State, at: int, place: int, key: int, category: int) -> int:
    """Return the place that a member or element opens, _OTHER if it opens none, _NOWHERE if it must not stand here."""
    byte = byte_at(s, at)
    if place == _IN_CATEGORY:
        return _IN_LIST if open_list(s, at, category) else _NOWHERE
    if place & 1 == 1:
        inner = _ELEMENTS[s.is_version_1, place]
    elif key == 0:
        return _NOWHERE if place == _AT_ROOT or place >= _IN_DEVICE_BOX else _OTHER
    else:
        if key == _STREAMS:
            s.is_version_1 = 1 if byte == OPEN_LIST else 0
        inner = _OPENED[s.is_version_1, place, trailing_zeros(key)]
    if inner == _OTHER:
        return inner
    return inner if byte == (OPEN_LIST if inner & 1 == 1 else OPEN) else _NOWHERE


@part
def _close(s: State, at: int, place: int, seen: int, first_block: int) -> int:
    """Check that the place that ends at `at` had what it must; returns `at`, or -1 if not."""
    must = _MUSTS[s.is_version_1, place]
    if seen & must != must:
        return -1
    if place == _IN_DEVICE:
        for block in range(first_block, s.blocks):  # the uuid may stand behind them
            block_at(s.block + block * _BLOCK_SIZE).device = s.device
    return at


@part
def _first_element(s: State, at: int) -> int:
    at = skip_blanks(s, at)
    is_end = byte_at(s, at) == CLOSE_LIST
    s.key_length = -1 if is_end else 0
    return at + 1 if is_end else at


@part
def _next_element(s: State, at: int) -> int:
    """Return where the next element begins; at the list's end key_length is -1 and the place behind it returned."""
    at = skip_blanks(s, at)
    byte = byte_at(s, at)
    s.key_length = -1 if byte == CLOSE_LIST else 0
    if byte == CLOSE_LIST:
        return at + 1
    return skip_blanks(s, at + 1) if byte == COMMA else -1


@part
def _read_member(s: State, at: int, place: int, key: int) -> int:
    """Read a member that opens no place; returns its end."""
    if key == _UUID:
        return _read_uuid(s, at)
    if place != _IN_CONTENT:
        return skip_scalar(s, at)
    end = skip_value(s, at) if s.key_first != _ROOT_WORD else -1
    if key == _HEADER and end >= 0:
        s.header, s.header_end = at, end
        read_header(s, at)
    return end


@part
def _read_uuid(s: State, at: int) -> int:
    s.escaped = 0
    end = string_end(s, at + 1) if byte_at(s, at) == QUOTE else -1
    if end <= at + 1 or s.escaped != 0:
        return -1
    s.device = find_word(s, at + 1, end - at - 1, DEVICE)
    return end + 1 if s.device != NO_ROOM else -1
