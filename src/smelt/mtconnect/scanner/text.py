"""JSON's grammar on raw bytes: blanks, strings, members, whole values; every refusal is -1."""

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import inlined, part
from smelt.mtconnect.scanner.instructions import load_byte, load_word, shift_right, stops, trailing_zeros
from smelt.mtconnect.scanner.state import State

QUOTE, BACKSLASH, COMMA, COLON, MINUS, PLUS, POINT, ZERO, NINE = b'"\\,:-+.09'
OPEN, CLOSE, OPEN_LIST, CLOSE_LIST = b"{}[]"
_BLANKS = (1 << 0x20) | (1 << 0x09) | (1 << 0x0A) | (1 << 0x0D)
_MAX_DEPTH = 60
_WORD: int = np.int64(8)  # type: ignore[assignment]
_MAX_DIGITS = 100


def word(text: bytes) -> int:
    """Return up to 8 bytes as the integer that load_word makes of them."""
    return int.from_bytes(text[:8].ljust(8, b"\0"), "little", signed=True)


def key_of(text: bytes) -> NDArray[np.int64]:
    """Return a key's length, its first and its last 8 bytes: no other of up to 16 bytes has the same."""
    return np.array([len(text), word(text), word(text[-8:])])


_TRUE, _FALSE, _NULL, _ROOT = word(b"true"), word(b"false"), word(b"null"), word(b"MTConnect")


@inlined
def byte_at(s: State, at: int) -> int:
    """Return a byte; 0 at and behind the end, which no grammar wants."""
    return load_byte(at) if at < s.end else 0


@part
def word_at(s: State, at: int, length: int) -> int:
    """Return up to 8 bytes as an integer, the first one lowest."""
    if at <= s.safe:
        return load_word(at) if length == 8 else load_word(at) & ((1 << (length * 8)) - 1)
    found = 0
    for i in range(length):
        found |= byte_at(s, at + i) << (8 * i)
    return found


@inlined
def skip_blanks(s: State, at: int) -> int:
    """Return the next place that is not blank."""
    while at < s.end:
        byte = load_byte(at)
        if byte > 0x20 or (_BLANKS >> byte) & 1 == 0:
            break
        at += 1
    return at


@part
def string_end(s: State, at: int) -> int:
    """Return where the closing quote of the string is whose inside begins at `at`; notes whether it has escapes."""
    while True:
        if at <= s.safe:
            found = stops(at)
            if found == 0:
                at += 32
                continue
            at += trailing_zeros(found)
        elif at >= s.end:
            return -1
        byte = load_byte(at)
        if byte == QUOTE:
            return at if at < s.end else -1  # what lies behind the end is read, but nobody's
        at = _odd_end(s, at, byte)
        if at < 0:
            return -1


@part
def _odd_end(s: State, at: int, byte: int) -> int:
    """Return the end of the character at `at`."""
    if byte == BACKSLASH:
        s.escaped = 1
        return _escape_end(s, at)
    if byte < 0x20:
        return -1
    return at + 1 if byte < 0x80 else _utf8_end(s, at, byte)


@part
def _escape_end(s: State, at: int) -> int:
    mark = byte_at(s, at + 1)
    if mark in (0x22, 0x2F, 0x5C, 0x62, 0x66, 0x6E, 0x72, 0x74):  # the marks "/\bfnrt
        return at + 2
    if mark != 0x75:
        return -1
    code = 0
    for i in range(2, 6):
        digit = byte_at(s, at + i)
        if digit >= ZERO and digit <= NINE:
            code = code * 16 + digit - ZERO
        elif digit | 0x20 >= 0x61 and digit | 0x20 <= 0x66:
            code = code * 16 + (digit | 0x20) - 0x61 + 10
        else:
            return -1
    return -1 if code >= 0xD800 and code <= 0xDFFF else at + 6  # surrogates are the plain decoder's


@part
def _utf8_end(s: State, at: int, lead: int) -> int:
    """Return the end of a character of several bytes; -1 if it is not UTF-8 in its shortest form."""
    if lead >= 0xC2 and lead <= 0xDF:
        size, low, high = 2, 0x80, 0xBF
    elif lead >= 0xE0 and lead <= 0xEF:
        size, low, high = 3, 0xA0 if lead == 0xE0 else 0x80, 0x9F if lead == 0xED else 0xBF
    elif lead >= 0xF0 and lead <= 0xF4:
        size, low, high = 4, 0x90 if lead == 0xF0 else 0x80, 0x8F if lead == 0xF4 else 0xBF
    else:
        return -1
    second = byte_at(s, at + 1)
    if second < low or second > high:
        return -1
    for i in range(2, size):
        if byte_at(s, at + i) & 0xC0 != 0x80:
            return -1
    return at + size


@part
def first_member(s: State, at: int) -> int:
    """Read the first key behind an object's bracket; returns where its value begins.

    A key has no escapes, else it is refused. At the object's end key_length is -1 and the place behind it returned.
    """
    at = skip_blanks(s, at)
    if byte_at(s, at) == CLOSE:
        s.key_length = -1
        return at + 1
    return _read_key(s, at)


@part
def next_member(s: State, at: int) -> int:
    """Read the key behind a member, likewise."""
    at = skip_blanks(s, at)
    byte = byte_at(s, at)
    if byte == CLOSE:
        s.key_length = -1
        return at + 1
    return _read_key(s, skip_blanks(s, at + 1)) if byte == COMMA else -1


@part
def _read_key(s: State, at: int) -> int:
    if byte_at(s, at) != QUOTE:
        return -1
    s.escaped = 0
    end = string_end(s, at + 1)
    if end < 0 or s.escaped != 0:
        return -1
    s.key = at + 1
    length = end - s.key
    s.key_length = length
    s.key_first = word_at(s, s.key, min(length, 8))
    s.key_last = word_at(s, max(s.key, end - 8), min(length, 8))
    at = skip_blanks(s, end + 1)
    return skip_blanks(s, at + 1) if byte_at(s, at) == COLON else -1


@inlined
def is_key(s: State, key: NDArray[np.int64]) -> bool:
    """Tell whether the key read last is this one, given as `key_of` makes it."""
    return s.key_length == key[0] and s.key_first == key[1] and s.key_last == key[2]


@part
def skip_scalar(s: State, at: int) -> int:
    """Return the end of a string, number or word."""
    byte = byte_at(s, at)
    if byte == QUOTE:
        end = string_end(s, at + 1)
        return end + 1 if end >= 0 else -1
    if byte == MINUS or (byte >= ZERO and byte <= NINE):
        return number_end(s, at)
    name = word_at(s, at, _WORD)
    if name & 0xFFFFFFFF == _TRUE or name & 0xFFFFFFFF == _NULL:
        return at + 4
    return at + 5 if name & 0xFFFFFFFFFF == _FALSE else -1


@part
def _digits_end(s: State, at: int) -> int:
    """Return the end of one digit or more."""
    start = at
    while True:
        byte = byte_at(s, at)
        if byte < ZERO or byte > NINE:
            break
        at += 1
    return at if at > start and at - start < _MAX_DIGITS else -1


@part
def number_end(s: State, at: int) -> int:
    """Return the end of a number; one that may be too large for a float is the plain decoder's."""
    at += 1 if byte_at(s, at) == MINUS else 0
    start = at
    at = _digits_end(s, at)
    if at < 0 or (byte_at(s, start) == ZERO and at > start + 1):
        return -1
    if byte_at(s, at) == POINT:
        at = _digits_end(s, at + 1)
        if at < 0:
            return -1
    if byte_at(s, at) | 0x20 == 0x65:
        at += 1
        at += 1 if byte_at(s, at) == PLUS or byte_at(s, at) == MINUS else 0
        start = at
        at = _digits_end(s, at)
        if at > start + 2:
            return -1
    return at


@part
def skip_value(s: State, at: int) -> int:
    """Return the end of any value; one that holds what looks like a document is refused."""
    depth, kinds = 0, 0  # a bit for each open bracket: 1 is an object
    while True:
        byte = byte_at(s, at)
        is_opened = byte in (OPEN, OPEN_LIST)
        if is_opened:
            if depth == _MAX_DEPTH:
                return -1
            depth, kinds = depth + 1, kinds * 2 + (1 if byte == OPEN else 0)
            at += 1
        else:
            at = skip_scalar(s, at)
            if at < 0:
                return -1
        while depth > 0:  # close what closes here, then go on to the next value
            is_object = kinds & 1 == 1
            at = skip_blanks(s, at)
            if byte_at(s, at) == (CLOSE if is_object else CLOSE_LIST):
                depth, kinds, is_opened = depth - 1, shift_right(kinds, 1), False
                at += 1
                continue
            at = _next_inside(s, at, is_object, is_opened)
            if at < 0:
                return -1
            break
        if depth == 0:
            return at


@part
def _next_inside(s: State, at: int, is_object: bool, is_first: bool) -> int:
    """Return where the next value of an open container begins."""
    if not is_first:
        if byte_at(s, at) != COMMA:
            return -1
        at = skip_blanks(s, at + 1)
    if not is_object:
        return at
    key = at + 1
    if byte_at(s, at) != QUOTE:
        return -1
    end = string_end(s, key)
    if end < 0:
        return -1
    at = skip_blanks(s, end + 1)
    if byte_at(s, at) != COLON:
        return -1
    at = skip_blanks(s, at + 1)
    return -1 if byte_at(s, at) == OPEN and word_at(s, key, _WORD) == _ROOT else at
